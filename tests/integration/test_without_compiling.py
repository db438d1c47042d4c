"""The kernels as plain Python (NUMBA_DISABLE_JIT=1): compiled and plain code say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

CODE = """
import json
import uncounted as uc
from uncounted.core.table import OverlapTable
table = OverlapTable.from_histories(
    ["a", "b", "c"], {"100": 40, "010": 30, "001": 20, "110": 6, "101": 4, "011": 5, "111": 2}
)
out = {}
for name, model in (("main", "main"), ("bic", uc.BestBIC(top=3)), ("step", uc.Stepwise())):
    e = uc.LogLinear(model, bootstrap=5, interval="percentile", threads=1).estimate(table)
    out[name] = [e.point, e.interval.lower, e.interval.upper, e.bic]
print(json.dumps(out))
"""


def run(**env):
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True,
        env={**os.environ, **env},
    )  # fmt: skip
    return json.loads(done.stdout)


def test_plain_python_says_the_same():
    plain, compiled = run(NUMBA_DISABLE_JIT="1"), run()
    for name, values in compiled.items():
        # Compiled code may fuse a multiplication with an addition: the last digits differ.
        assert plain[name] == pytest.approx(values, rel=1e-9)
