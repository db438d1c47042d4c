"""`uncounted doctor`: what is installed, and whether the parts that matter work here."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, write_json

_CORE = (
    "numpy",
    "scipy",
    "numba",
    "duckdb",
    "pydantic",
    "click",
    "rich",
    "jinja2",
    "altair",
    "vl-convert-python",
)
_EXTRAS = {
    "link": ("splink", "rapidfuzz", "openpyxl"),
    "flows": ("pyfixest", "pycountry", "Babel", "statsmodels"),
    "covariates": ("scikit-learn",),
}


@click.command(cls=Command)
@json_option
def doctor(as_json: bool) -> None:
    """Check that everything needed is here and works.

    Lists the versions of what Uncounted stands on and runs one fit and one drawing.
    """
    versions = {name: _version(name) for name in _CORE}
    extras = {extra: {n: _version(n) for n in names} for extra, names in _EXTRAS.items()}
    checks = {"fit": _check_fit(), "picture": _check_picture()}
    ok = all(versions.values()) and all(checks.values())
    report: dict[str, Any] = {
        "ok": ok,
        "python": platform.python_version(),
        "core": versions,
        "extras": extras,
        "checks": checks,
    }
    if as_json:
        write_json(report)
    else:
        click.echo(f"Python {report['python']}")
        for name, version in versions.items():
            click.echo(f"  {name} {version or 'MISSING'}")
        for extra, parts in extras.items():
            lacking = [n for n, v in parts.items() if v is None]
            state = f"not installed ({', '.join(lacking)} missing)" if lacking else "installed"
            click.echo(f"extra {extra}: {state}")
        for name, passed in checks.items():
            click.echo(f"{name}: {'works' if passed else 'FAILS'}")
    if not ok:
        raise SystemExit(1)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _check_fit() -> bool:
    """Fit two independent lists, whose estimate is known: n1 n2 / both."""
    from uncounted.estimators.loglinear import LogLinear
    from uncounted.tables import OverlapTable

    table = OverlapTable.from_histories(["a", "b"], {"10": 20, "01": 30, "11": 10})
    point = LogLinear(model="main", interval="none").estimate(table).point
    return point is not None and abs(point - 30 * 40 / 10) < 1e-6


def _check_picture() -> bool:
    from uncounted.charts.export import to_svg

    spec = {
        "data": {"values": [{"x": 1}]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }
    return to_svg(spec).startswith("<svg")
