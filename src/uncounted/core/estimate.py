"""What every estimator gives back, and how sets of draws are pooled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.core.shown import Cell, Kind, Shown

__all__ = ["Estimate", "Interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for the population N (or any other figure).

    Parameters
    ----------
    kind
        ``"wald"``, ``"profile"``, ``"bca"``, ``"percentile"``, ``"log-normal"``,
        ``"posterior"``, ``"pool"``.
    level
        Nominal coverage, between 0 and 1.
    lower, upper
        People. ``upper`` is ``inf`` where the data put no upper bound.
    """

    kind: str
    level: float
    lower: float
    upper: float

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite."""
        return math.isfinite(self.lower) and math.isfinite(self.upper)

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Interval:
        """Read the JSON form back."""
        lower, upper = (math.inf if made[k] is None else float(made[k]) for k in ("lower", "upper"))
        return cls(made["kind"], made["level"], lower, upper)

    def to_dict(self) -> dict[str, Any]:
        """JSON form; an end without a bound is ``None`` and ``unbounded`` says so."""
        out: dict[str, Any] = {
            "kind": self.kind,
            "level": self.level,
            "lower": self.lower if math.isfinite(self.lower) else None,
            "upper": self.upper if math.isfinite(self.upper) else None,
        }
        if not self.bounded:
            out["unbounded"] = True
        return out


@dataclass(frozen=True, slots=True, repr=False)
class Estimate(Shown):
    """One figure with everything needed to judge it.

    Parameters
    ----------
    method
        Name on the command line, e.g. ``"bic"``.
    observed
        ``n``: people on at least one list.
    point
        Estimate of the population ``N`` (observed and hidden). ``None`` only in a refusal.
    interval
        Main interval, or ``None`` where none was asked for.
    draws
        Equally likely values of ``N``, shape (draws,), ``inf`` where a resample has no finite
        estimate; ``None`` where the method gives none.
    model
        Hierarchical model in list numbers, e.g. ``"[12,13,4]"``; ``None`` where it has no sense.
    bic, aic, deviance
        Of the chosen model; ``None`` where they have no sense.
    caveats
        What must travel with the figure.
    diagnostics
        Whatever else the method knows: JSON-ready, or with a ``to_dict()`` of its own.
    refused
        Why there is no figure; ``None`` where there is one.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = uc.LowerBound().estimate("uk2013-5")
    >>> round(found.point), found.observed, round(found.hidden)
    (14642, 2744, 11898)
    >>> found.to_frame("pyarrow").column_names
    ['method', 'point', 'lower', 'upper', 'level', 'interval', 'observed', 'model', 'refused']
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        "method": "text",
        "point": "people",
        "lower": "people",
        "upper": "people",
        "level": "share",
        "interval": "text",
        "observed": "count",
        "model": "text",
        "refused": "text",
    }

    method: str
    observed: int
    point: float | None
    interval: Interval | None = None
    draws: NDArray[np.float64] | None = None
    model: str | None = None
    bic: float | None = None
    aic: float | None = None
    deviance: float | None = None
    caveats: tuple[Note, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    refused: Note | None = None

    @property
    def hidden(self) -> float | None:
        """``n0``: people on no list, point estimate."""
        return None if self.point is None else self.point - self.observed

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row: the figure, its interval and the people observed."""
        i = self.interval
        return [
            {
                "method": self.method,
                "point": self.point,
                "lower": None if i is None else i.lower,
                "upper": None if i is None else i.upper,
                "level": None if i is None else i.level,
                "interval": None if i is None else i.kind,
                "observed": self.observed,
                "model": self.model,
                "refused": str(self.refused) if self.refused else None,
            }
        ]

    def caption(self) -> str:
        """Name the method."""
        return f"Estimate by {self.method}"

    def to_dict(self) -> dict[str, Any]:
        """JSON form with the contract's keys; draws stay out."""
        out: dict[str, Any] = {
            "method": self.method,
            "point": self.point,
            "interval": None if self.interval is None else self.interval.to_dict(),
            "observed": self.observed,
            "model": self.model,
            "bic": self.bic,
            "aic": self.aic,
            "deviance": self.deviance,
            "caveats": [str(c) for c in self.caveats],
            "notes": [c.to_dict() for c in self.caveats],
            "diagnostics": {
                k: v.to_dict() if hasattr(v, "to_dict") else v for k, v in self.diagnostics.items()
            },
        }
        if self.refused is not None:
            out["refused"] = str(self.refused)
            out["refused_note"] = self.refused.to_dict()
        return out
