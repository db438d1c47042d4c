"""Estimators hold settings; the table comes later. Who gives it too early is told what to write."""

from __future__ import annotations

from dataclasses import fields

from uncounted.core.cases import CaseTable
from uncounted.core.table import OverlapTable
from uncounted.errors import UsageError

__all__ = ["HoldsSettings"]

_RULES = {"Stepwise", "BestBIC", "BestAIC", "Averaged"}
"""Rules for choosing a log-linear model: settings of `LogLinear`, not estimators."""


class HoldsSettings:
    """Refuses tables and data frames where settings are wanted."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Look through the settings for a table; classes with checks of their own call this first."""
        for f in fields(self):  # type: ignore[arg-type]  # every class below is a dataclass
            value = getattr(self, f.name)
            if isinstance(value, (OverlapTable, CaseTable)) or (
                hasattr(value, "columns") and hasattr(value, "shape")
            ):
                name = type(self).__name__
                call = f"LogLinear(model=uc.{name}())" if name in _RULES else f"{name}()"
                raise UsageError(
                    f"{name} holds settings and is given no table.",
                    fix=f"Write uc.{call}.estimate(table).",
                )
