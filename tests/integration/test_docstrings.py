"""Examples in docstrings run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import uncounted

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
NAMES = ["uncounted"] + [
    m.name
    for m in pkgutil.walk_packages(uncounted.__path__, "uncounted.")
    if not m.name.endswith("__main__")
]


DEAR = {"uncounted.estimators.latent_class", "uncounted.estimators.threshold"}
"""Modules whose examples run samplers."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.extended] if n in DEAR else []) for n in NAMES],
)
def test_examples(name):
    module = importlib.import_module(name)
    found = doctest.testmod(module, optionflags=FLAGS)
    assert found.failed == 0, f"{found.failed} of {found.attempted} examples in {name}"
