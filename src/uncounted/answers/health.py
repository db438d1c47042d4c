"""What is installed, and whether the parts that matter work on this machine."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping
from dataclasses import dataclass

from uncounted.answers.shape import Cell, Column, Line, Rows, Stages, Told
from uncounted.core.json_types import JSONObject, Spec
from uncounted.core.notes import note

__all__ = ["HealthAnswer", "HealthRequest", "answer"]

_CORE = (
    "numpy", "scipy", "numba", "duckdb", "pydantic", "click", "rich", "jinja2", "altair",
    "vl-convert-python",
)  # fmt: skip
_EXTRAS = {
    "link": ("splink", "rapidfuzz", "openpyxl"),
    "flows": (),
    "covariates": ("scikit-learn",),
}


@dataclass(frozen=True, slots=True)
class HealthRequest:
    """Ask how this machine is; there is nothing to choose."""


@dataclass(frozen=True, slots=True)
class HealthAnswer:
    """Versions by package (``None``: missing), and what was tried.

    Parameters
    ----------
    python
        Version of Python.
    core
        Packages that Uncounted cannot do without.
    extras
        Packages by extra.
    checks
        What was tried, and whether it worked.
    """

    python: str
    core: Mapping[str, str | None]
    extras: Mapping[str, Mapping[str, str | None]]
    checks: Mapping[str, bool]

    @property
    def well(self) -> bool:
        """Whether nothing needed is missing and everything tried works."""
        return all(self.core.values()) and all(self.checks.values())

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "python": self.python,
            "core": dict(self.core),
            "extras": {extra: dict(parts) for extra, parts in self.extras.items()},
            "checks": dict(self.checks),
        }

    def rows(self) -> Rows:
        """Return a row a package."""
        cells: list[tuple[Cell, ...]] = [("core", n, v) for n, v in self.core.items()]
        for extra, parts in self.extras.items():
            cells += [(extra, n, v) for n, v in parts.items()]
        return Rows((Column("part"), Column("package"), Column("version")), tuple(cells))

    def told(self) -> Told:
        """Return what the terminal shows."""
        lines = [f"Python {self.python}"]
        lines += [
            f"  {name} {version or note('terms.health.missing')}"
            for name, version in self.core.items()
        ]
        for extra, parts in self.extras.items():
            lacking = [n for n, v in parts.items() if v is None]
            state = note("terms.health.installed")
            if lacking:
                state = note("terms.health.not-installed", packages=", ".join(lacking))
            lines.append(str(note("terms.health.extra", extra=extra, state=state)))
        lines += [
            f"{note(f'terms.health.{name}')}: {note('terms.health.works' if ok else 'terms.health.fails')}"
            for name, ok in self.checks.items()
        ]
        return tuple(Line(text) for text in lines)


def answer(request: HealthRequest, *, progress: Stages | None = None) -> HealthAnswer:
    """Look up versions, fit once and draw once."""
    return HealthAnswer(
        platform.python_version(),
        {name: _version(name) for name in _CORE},
        {extra: {n: _version(n) for n in names} for extra, names in _EXTRAS.items()},
        {"fit": _check_fit(), "picture": _check_picture()},
    )


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _check_fit() -> bool:
    """Fit two independent lists, whose estimate is known: n1 n2 / both."""
    from uncounted.core.table import OverlapTable
    from uncounted.estimators.loglinear import LogLinear

    table = OverlapTable.from_histories(["a", "b"], {"10": 20, "01": 30, "11": 10})
    point = LogLinear(model="main", interval="none").estimate(table).point
    return point is not None and abs(point - 30 * 40 / 10) < 1e-6


def _check_picture() -> bool:
    from uncounted.charts.export import to_svg

    spec: Spec = {
        "data": {"values": [{"x": 1}]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }
    return to_svg(spec).startswith("<svg")
