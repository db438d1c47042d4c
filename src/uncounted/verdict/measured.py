"""How often a method's interval held the truth in the calibration study: what stands beside its figure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypedDict

from uncounted.core.json_types import JSONObject

__all__ = ["Measured", "measured_coverage"]


@dataclass(frozen=True, slots=True)
class Measured:
    """Coverage of one method over simulated lists.

    Parameters
    ----------
    method
        The method.
    mean, lowest
        Share of 95% intervals that held the true number: over all designs, and in the worst design.
    designs, tables
        How many of each.
    source
        Where the study stands.
    """

    method: str
    mean: float
    lowest: float
    designs: int
    tables: int
    source: str

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "mean": self.mean,
            "lowest": self.lowest,
            "designs": self.designs,
            "tables": self.tables,
            "source": self.source,
        }


def measured_coverage(method: str, level: float = 0.95) -> Measured | None:
    """Give what the study measured of a method; ``None`` where it was not in it, or at another level.

    Examples
    --------
    >>> measured_coverage("bic").mean < 0.6
    True
    >>> measured_coverage("mth:gamma") is None
    True
    """
    study = _study()
    found = study["methods"].get(method)
    if found is None or level != study["level"]:
        return None
    return Measured(
        method, found["mean"], found["lowest"], study["designs"], study["tables"], study["source"]
    )


class _Study(TypedDict):
    """What ``measured.json`` holds."""

    source: str
    level: float
    designs: int
    tables: int
    methods: dict[str, _Coverage]


class _Coverage(TypedDict):
    mean: float
    lowest: float


@cache
def _study() -> _Study:
    text = resources.files("uncounted.verdict").joinpath("measured.json").read_text("utf-8")
    study: _Study = json.loads(text)
    return study
