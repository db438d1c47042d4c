"""Several methods on one table, side by side: `estimate` and `Comparison`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.censored import CensoredTable
from uncounted.core.estimate import Estimate
from uncounted.core.protocols import Estimator
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.errors import Refusal, UsageError
from uncounted.estimators.censored import estimate_ranges
from uncounted.estimators.completions import expected_table
from uncounted.estimators.loglinear import refusal
from uncounted.estimators.registry import DEFAULT_METHODS, MethodSettings, make
from uncounted.published.accept import TableLike, as_any_table

__all__ = ["Comparison", "estimate"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(Shown):
    """Methods side by side on one table; iterating gives its estimates.

    Parameters
    ----------
    table
        The table.
    names
        Names of the methods, in the order asked for.
    estimates
        One `Estimate` a name; where a method refuses, ``point`` is ``None`` and ``refused`` says why.
    seed
        Root seed.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = uc.estimate("uk2013-5", ["main", "lower-bound"], bootstrap=0)
    >>> [e.method for e in found], round(found["main"].point)
    (['main', 'lower-bound'], 13444)
    >>> print(found)
    Comparison of 2 methods: uk2013-5: 2,744 people on 5 lists
      main         13,444  (11,985 to 15,166)
      lower-bound  14,642  (12,925 to 16,649)
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = Estimate.COLUMNS

    table: OverlapTable
    names: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    seed: int = 0

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def __len__(self) -> int:
        return len(self.estimates)

    def __contains__(self, name: object) -> bool:
        return name in self.names or name in self.estimates

    def __getitem__(self, which: str | int) -> Estimate:
        """Return the estimate of a name, or of a place counted from 0."""
        if isinstance(which, str):
            if which not in self.names:
                raise KeyError(f"{which!r}; there are {', '.join(self.names)}")
            return self.estimates[self.names.index(which)]
        return self.estimates[which]

    def __str__(self) -> str:
        """Show a line a method, at most twenty."""
        wide = max(len(n[:40]) for n in self.names)
        lines = [
            f"Comparison of {len(self)} method{'' if len(self) == 1 else 's'}: {self.caption()}"
        ]
        for name, e in list(zip(self.names, self.estimates, strict=True))[:20]:
            words = "no figure" if e.point is None else f"{e.point:,.0f}"
            if e.interval is not None:
                ends = f"({e.interval.lower:,.0f} to {e.interval.upper:,.0f})"
                words += "  " + (
                    ends if e.interval.bounded else f"({e.interval.lower:,.0f} or more)"
                )
            lines.append(f"  {name[:40]:<{wide}}  {words}")
        if len(self) > 20:
            lines.append(f"  and {len(self) - 20} more")
        return "\n".join(lines)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row a method, a refusal as well."""
        return [
            {**e.to_rows()[0], "method": name}
            for name, e in zip(self.names, self.estimates, strict=True)
        ]

    def rows(self) -> list[dict[str, Cell]]:
        """Give the same as `to_rows`."""
        return self.to_rows()

    def caption(self) -> str:
        """Name the table."""
        return self.table.caption()

    def sayings(self) -> tuple[str, ...]:
        """Caveats and refusals of every method, each once, with the methods they belong to."""
        said: dict[str, list[str]] = {}
        for name, e in zip(self.names, self.estimates, strict=True):
            for words in (*map(str, e.caveats), *([str(e.refused)] if e.refused else [])):
                said.setdefault(words, []).append(name)
        return tuple(f"{', '.join(names)}: {words}" for words, names in said.items())

    def draw_sets(self) -> dict[str, NDArray[np.float64]]:
        """Draws of every method that has some."""
        pairs = zip(self.names, self.estimates, strict=True)
        return {name: e.draws for name, e in pairs if e.draws is not None}

    def to_dict(self) -> dict[str, object]:
        """JSON form: the table and the estimates; draws stay out."""
        return {
            "table": self.table.to_dict(),
            "seed": self.seed,
            "estimates": [
                {**e.to_dict(), "method": name}
                for name, e in zip(self.names, self.estimates, strict=True)
            ],
        }


def estimate(
    table: TableLike | CensoredTable,
    methods: str | Estimator | Sequence[str | Estimator] | Mapping[str, Estimator] | None = None,
    *,
    level: float = 0.95,
    bootstrap: int = 1000,
    max_order: int | None = None,
    top: int | Literal["all"] = 20,
    seed: int = 0,
    threads: int | None = None,
) -> Comparison:
    """Estimate how many people there are by several methods; a refusal is a row, not an error.

    Parameters
    ----------
    table
        An `OverlapTable` or a `CaseTable`, a data frame (pandas, polars, pyarrow), the path of a
        file, or the name of a published table.
    methods
        Names as on the command line (``"bic"``, ``"model:[12,3]"``), estimators
        (``uc.LatentClass()``), one of these alone, or ``{name: estimator}``. By default main,
        stepwise, bic, aic, averaged and lower-bound.
    level, bootstrap, max_order, top, threads
        Nominal coverage, resamples (0 for none), lists in the largest interaction, best models that
        compete again in every resample, threads; for methods given by name. An estimator keeps its own.
    seed
        Root seed: the same seed gives the same figures whatever the threads and the order of lists.

    Returns
    -------
    Comparison
        All figures count people: those on a list and those on none.

    Raises
    ------
    UsageError
        If there is no such method, or none was named.
    TableError
        If the table is none; the message says what to write.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = uc.estimate("uk2013-5", ["bic", uc.LowerBound()], bootstrap=0)
    >>> round(found["bic"].point), found["bic"].model
    (25311, '[123,25,34]')
    >>> str(uc.estimate("artificial-3", "all-pairs", bootstrap=0)[0].refused)[:44]
    'With A × B, A × C, B × C, more than one popu'
    """
    given = as_any_table(table)
    censored = given if isinstance(given, CensoredTable) else None
    data = expected_table(given) if isinstance(given, CensoredTable) else given
    settings = MethodSettings(level, bootstrap, max_order, top, threads)
    named = _named(methods, settings)
    # Names are read before the first method runs: a slip in the last costs no waiting.
    found = []
    for name, estimator in named:
        try:
            found.append(
                estimator.estimate(data, seed=seed)
                if censored is None
                else estimate_ranges(
                    estimator, name or type(estimator).__name__, censored, seed=seed
                )
            )
        except Refusal as why:
            found.append(refusal(name or type(estimator).__name__, data.n, why))
    names = _different([name or e.method for (name, _), e in zip(named, found, strict=True)])
    return Comparison(data, names, tuple(found), seed)


def _named(
    methods: str | Estimator | Sequence[str | Estimator] | Mapping[str, Estimator] | None,
    settings: MethodSettings,
) -> list[tuple[str, Estimator]]:
    """Return estimators with the names they were given; ``""`` where they were given none."""
    if isinstance(methods, Mapping):
        listed: list[tuple[str, str | Estimator]] = [(str(k), v) for k, v in methods.items()]
    else:
        if methods is None:
            methods = DEFAULT_METHODS
        elif isinstance(methods, str) or not isinstance(methods, Sequence):
            methods = (methods,)
        listed = [(m, m) if isinstance(m, str) else ("", m) for m in methods]
    if not listed:
        raise UsageError("No method was named.", fix='Name one, for instance "bic".')
    out = []
    for name, method in listed:
        if isinstance(method, str):
            out.append((name, make(method, settings)))
        elif isinstance(method, type) or not callable(getattr(method, "estimate", None)):
            kind = method.__name__ if isinstance(method, type) else type(method).__name__
            raise UsageError(
                f"{kind} is no method that estimates.",
                fix='Give names such as "bic", or estimators such as uc.LogLinear(model=uc.BestBIC()).',
            )
        else:
            out.append((name, method))
    return out


def _different(names: Sequence[str]) -> tuple[str, ...]:
    """Add numbers to names that come twice."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(out)
