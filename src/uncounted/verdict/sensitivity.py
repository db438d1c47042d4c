"""Sensitivity to the identifying assumption: N as a function of the odds ratio no data can tell.

Every estimate from overlapping lists rests on one assumption about people on no list. Models with
the same fit to the observed cells can give any N (Aleshin-Guendel, Sadinle & Wakefield 2024,
Biometrics 80; arXiv 2101.09304). Here that assumption is a number, xi, and the reader moves it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note, series
from uncounted.core.protocols import Estimator
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, NoFiniteEstimate, NotSupported
from uncounted.published.accept import TableLike, as_table

__all__ = ["XI_GRID", "Sensitivity", "sensitivity", "sensitivity_curve"]

XI_GRID: tuple[float, ...] = tuple(float(x) for x in np.geomspace(0.2, 5.0, 41))
"""Default values of xi: from a fifth to five, even on the log scale, 1 in the middle."""

_ASSUMPTIONS = ("no-highest-order", "independent", "marginal", "method")


@dataclass(frozen=True, slots=True, repr=False)
class Sensitivity(Shown):
    """N over a range of xi, and the xi at which a claim would be reached.

    Parameters
    ----------
    assumption
        ``"no-highest-order"``, ``"independent"``, ``"marginal"`` or ``"method"``.
    lists
        Names of the lists the assumption speaks of.
    observed
        ``n``: people on at least one list.
    xi
        Values of the odds ratio, shape (k,), ascending. 1 is the assumption itself; below 1 more
        people are hidden, above 1 fewer.
    point, lower, upper
        ``N`` and its interval at each xi, shape (k,), people. For ``"marginal"`` a value may lie
        below ``observed``: there the data contradict the assumption.
    level
        Nominal coverage of the interval at each xi, xi taken as known.
    interval
        How the interval was made: ``"delta"`` (log-normal on the hidden count, variance by the
        delta method), ``"bootstrap"`` (percentile), or the kind of the estimator's own interval.
    fit
        What stands for the observed cells: ``"saturated"`` (the counts themselves) or the method.
    base
        ``N`` at xi = 1.
    claim
        Figure under test, people, or ``None``.
    claim_xi
        xi at which the point estimate equals the claim; ``None`` without a claim or where no xi
        reaches it.
    claim_xi_lower, claim_xi_upper
        Range of xi whose interval holds the claim; ``None`` as above, ``inf`` or 0 where open.
    meaning
        What xi is here.
    caveats
        What must travel with the figures.

    Examples
    --------
    >>> import uncounted as uc
    >>> curve = uc.sensitivity_curve("kosovo", xi_grid=[0.5, 1, 2])
    >>> [(row["xi"], round(row["point"])) for row in curve.to_rows()]
    [(0.5, 29484), (1.0, 16942), (2.0, 10671)]
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        "xi": "number",
        "point": "people",
        "lower": "people",
        "upper": "people",
    }

    assumption: str
    lists: tuple[str, ...]
    observed: int
    xi: NDArray[np.float64]
    point: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    level: float
    interval: str
    fit: str
    base: float
    claim: float | None
    claim_xi: float | None
    claim_xi_lower: float | None
    claim_xi_upper: float | None
    meaning: Note
    caveats: tuple[Note, ...] = ()

    @property
    def told(self) -> Note:
        """What the curve says."""
        said = note(
            "verdict.sensitivity.range",
            first=_two_figures(self.xi[0]),
            last=_two_figures(self.xi[-1]),
            low=Number(float(self.point.min()), "estimate"),
            high=Number(float(self.point.max()), "estimate"),
            base=Number(self.base, "estimate"),
        )
        if self.claim is None:
            return said
        claim = Number(self.claim, "estimate")
        if self.claim_xi is None:
            return note("verdict.sensitivity.no-xi", claim=claim, said=said)
        xi = _two_figures(self.claim_xi)
        return note("verdict.sensitivity.needs-xi", claim=claim, xi=xi, said=said)

    @property
    def sentence(self) -> str:
        """What the curve says, in plain words."""
        return str(self.told)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row a value of xi; ends that are not known are ``None``."""
        ends = zip(self.xi, self.point, self.lower, self.upper, strict=True)
        return [
            {
                "xi": float(xi),
                "point": float(point),
                "lower": None if math.isnan(lower) else float(lower),
                "upper": None if math.isnan(upper) else float(upper),
            }
            for xi, point, lower, upper in ends
        ]

    def caption(self) -> str:
        """Say what the curve says."""
        return self.sentence

    def sayings(self) -> tuple[str, ...]:
        """Give what xi means, and the caveats."""
        return tuple(str(c) for c in (self.meaning, *self.caveats) if c)

    def to_dict(self) -> JSONObject:
        """JSON form; arrays become lists, what is not finite becomes ``None``."""
        arrays = {
            key: [float(v) if math.isfinite(v) else None for v in getattr(self, key)]
            for key in ("xi", "point", "lower", "upper")
        }
        numbers = {
            key: value if value is not None and math.isfinite(value) else None
            for key in ("claim", "claim_xi", "claim_xi_lower", "claim_xi_upper")
            for value in (getattr(self, key),)
        }
        return {
            "assumption": self.assumption,
            "lists": list(self.lists),
            "observed": self.observed,
            **arrays,
            "level": self.level,
            "interval": self.interval,
            "fit": self.fit,
            "base": self.base if math.isfinite(self.base) else None,
            **numbers,
            "meaning": str(self.meaning),
            "sentence": self.sentence,
            "caveats": [str(c) for c in self.caveats],
            "notes": [c.to_dict() for c in self.caveats],
        }


@dataclass(frozen=True, slots=True)
class _Hidden:
    """The hidden count at xi = 1 and all that is needed to move it.

    ``seen`` people stand outside the hidden count; ``ratio`` is the hidden count at xi = 1;
    ``variance`` that of its log (delta); ``draws`` bootstrap values of (seen, ratio).
    """

    seen: float
    ratio: float
    variance: float
    draws: NDArray[np.float64] | None


def sensitivity(
    table: TableLike,
    *,
    assumption: str = "no-highest-order",
    lists: Sequence[str] | None = None,
    xi_grid: Sequence[float] | NDArray[np.float64] | None = None,
    claim: float | None = None,
    level: float = 0.95,
    interval: str = "delta",
    estimator: Estimator | None = None,
    bootstrap: int = 1000,
    seed: int = 0,
) -> Sensitivity:
    r"""N as a function of xi, the ratio that no data can show.

    With mu_w the expected number of people with capture history w over the lists L the assumption
    speaks of,

        n0(xi) = product of mu_w over histories with an odd number of lists
                 / product over histories with an even number (two or more) / xi.

    xi = 1 is "no highest-order interaction" among L. For two lists that is independence, and
    1 / xi is the odds ratio between them: xi = 1/2 means that being on one list doubles the odds
    of being on the other.

    Parameters
    ----------
    table
        Any table, data frame, file or published name; strata are added up.
    assumption
        * ``"no-highest-order"``: over all lists. The assumption inside every log-linear model.
        * ``"independent"``: among people on none of the *other* lists, no highest-order
          interaction between ``lists`` (two lists: independent given the rest). Needs ``lists``.
        * ``"marginal"``: the same, the other lists ignored (two lists: Lincoln-Petersen).
        * ``"method"``: xi divides the hidden count of ``estimator``, whatever it assumes.
    lists
        Names of two or more lists for ``"independent"`` and ``"marginal"``.
    xi_grid
        Values of xi above 0; `XI_GRID` by default.
    claim
        A figure under test, people: the xi that it needs is given back.
    level
        Nominal coverage.
    interval
        ``"delta"``: log-normal on the hidden count, Var(log n0) = sum of 1/mu_w + 1/n0.
        ``"bootstrap"``: percentile over multinomial resamples of the people observed; a resample
        without a finite figure counts as infinite.
    estimator
        A fitted model in place of the counts themselves: required where a cell is zero. Its
        hidden count, and its own interval or draws, are divided by xi. For a log-linear model
        (or an average of such) this is exactly ``"no-highest-order"`` with fitted cells.
    bootstrap
        Resamples.
    seed
        Root seed.

    Returns
    -------
    Sensitivity

    Raises
    ------
    NoFiniteEstimate
        If a count the formula multiplies or divides by is zero and no ``estimator`` is given.
    InputError
        If a setting makes no sense.

    References
    ----------
    Aleshin-Guendel, Sadinle & Wakefield (arXiv 2101.09304). Variance: Bishop, Fienberg & Holland
    (1975), chapter 6.

    Examples
    --------
    >>> from uncounted import published
    >>> curve = sensitivity(published.load("kosovo"), xi_grid=[0.5, 1, 2], claim=10_000)
    >>> curve.point.round()
    array([29484., 16942., 10671.])
    >>> round(curve.claim_xi, 2)
    2.24
    """
    _check(assumption, lists, claim, level, interval, bootstrap, estimator)
    xi = _grid(xi_grid)
    table = as_table(table)
    table = table.pooled() if table.stratified else table
    chosen = _chosen(table, assumption, lists)
    names = tuple(table.lists[i] for i in chosen)
    if estimator is not None:
        return _by_method(table, names, assumption, estimator, xi, claim, level, seed)
    members, seen_outside = _cells(table, chosen, assumption)
    base = _hidden(members, seen_outside, names, table, interval, bootstrap, seed)
    z = _normal_quantile(0.5 + level / 2)
    point = base.seen + base.ratio / xi
    lower, upper = _band(base, xi, z, level)
    claim_xi, low, high = _claim(base, claim, z, level)
    caveats = list(_thin(members, names))
    if assumption == "marginal" and (point < table.n).any():
        observed = Number(table.n, "people", of="observed")
        caveats.append(note("verdict.sensitivity.below", observed=observed))
    return Sensitivity(
        assumption,
        names,
        table.n,
        xi,
        point,
        lower,
        upper,
        level,
        interval,
        "saturated",
        base.seen + base.ratio,
        claim,
        claim_xi,
        low,
        high,
        _meaning(assumption, names),
        tuple(caveats),
    )


def _check(
    assumption: str,
    lists: Sequence[str] | None,
    claim: float | None,
    level: float,
    interval: str,
    bootstrap: int,
    estimator: object,
) -> None:
    if assumption not in _ASSUMPTIONS:
        raise InputError(
            f"There is no assumption {assumption!r}.", fix=f"Choose {', '.join(_ASSUMPTIONS)}."
        )
    if interval not in ("delta", "bootstrap"):
        raise InputError(
            f"There is no interval {interval!r} here.", fix="Choose delta or bootstrap."
        )
    if not 0 < level < 1:
        raise InputError("The level must lie between 0 and 1.", fix="Give for instance 0.95.")
    if claim is not None and not (math.isfinite(claim) and claim > 0):
        raise InputError("A claim is a number of people above 0.", fix="Give for instance 10000.")
    if interval == "bootstrap" and bootstrap < 20:
        raise InputError("A bootstrap interval needs 20 resamples or more.", fix="Give 1000.")
    if assumption in ("independent", "marginal") and (lists is None or len(set(lists)) < 2):
        raise InputError(
            f"The assumption {assumption!r} speaks of two lists or more.",
            fix="Name them: lists=['A', 'B'].",
        )
    if assumption in ("no-highest-order", "method") and lists is not None:
        raise InputError(
            f"The assumption {assumption!r} speaks of all lists.", fix="Leave lists out."
        )
    if assumption == "method" and estimator is None:
        raise InputError(
            "The assumption 'method' needs an estimator.", fix="Give estimator=LogLinear(...)."
        )
    if estimator is not None and assumption in ("independent", "marginal"):
        raise InputError(
            f"A fitted model cannot stand for the cells under {assumption!r}.",
            fix="Use assumption='no-highest-order' or 'method' with an estimator.",
        )


def _grid(values: Sequence[float] | NDArray[np.float64] | None) -> NDArray[np.float64]:
    xi = np.unique(np.asarray(XI_GRID if values is None else values, dtype=np.float64))
    if xi.ndim != 1 or xi.size == 0 or not np.isfinite(xi).all() or (xi <= 0).any():
        raise InputError("Values of xi are numbers above 0.", fix="Give for instance [0.5, 1, 2].")
    return xi


def _chosen(table: OverlapTable, assumption: str, lists: Sequence[str] | None) -> tuple[int, ...]:
    if lists is None:
        return tuple(range(table.t))
    unknown = [x for x in lists if x not in table.lists]
    if unknown:
        raise InputError(
            f"The table has no list {unknown[0]!r}.", fix=f"Its lists: {', '.join(table.lists)}."
        )
    return tuple(sorted({table.lists.index(x) for x in lists}))


def _cells(
    table: OverlapTable, chosen: tuple[int, ...], assumption: str
) -> tuple[NDArray[np.float64], float]:
    """Count by bit mask over the chosen lists (entry 0 unused), and everybody else observed."""
    k = len(chosen)
    if assumption == "marginal" and k < table.t:
        counts = table.keep(list(chosen)).counts.astype(np.float64)
        counts[0] = 0.0
        return counts, 0.0
    counts = np.zeros(1 << k)
    for mask in range(1, 1 << k):
        whole = sum(1 << chosen[i] for i in range(k) if mask >> i & 1)
        counts[mask] = table.counts[whole]
    return counts, float(table.n - counts.sum())


def _signs(size: int) -> NDArray[np.float64]:
    """+1 for an odd number of lists, -1 for an even one, 0 for none; shape (size,)."""
    bits = np.bitwise_count(np.arange(size, dtype=np.uint32))
    signs = np.where(bits % 2 == 1, 1.0, -1.0)
    signs[0] = 0.0
    return signs


def _ratio(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Odd cells over even cells; the last axis runs over bit masks. ``inf`` for 0 below."""
    signs = _signs(counts.shape[-1])
    with np.errstate(divide="ignore"):
        logs = np.log(counts)
    odd = logs[..., signs > 0].sum(axis=-1)
    even = logs[..., signs < 0].sum(axis=-1)
    with np.errstate(invalid="ignore", over="ignore"):
        out = np.where(np.isneginf(even), np.inf, np.exp(odd - even))
    return np.asarray(out, dtype=np.float64)


def _hidden(
    counts: NDArray[np.float64],
    outside: float,
    names: tuple[str, ...],
    table: OverlapTable,
    interval: str,
    bootstrap: int,
    seed: int,
) -> _Hidden:
    empty = [m for m in range(1, counts.size) if counts[m] == 0]
    if empty:
        k = len(names)
        first = "+".join(names[i] for i in range(k) if empty[0] >> i & 1)
        raise NoFiniteEstimate(
            note(
                "verdict.sensitivity.empty",
                empty=Number(len(empty)),
                counts=Number(counts.size - 1),
                first=first,
            ),
            fix=note("verdict.sensitivity.empty.fix"),
        )
    seen = float(outside + counts.sum())
    ratio = float(_ratio(counts))
    if not math.isfinite(ratio):
        raise NoFiniteEstimate(
            note("verdict.sensitivity.endless"), fix=note("verdict.sensitivity.endless.fix")
        )
    draws = None
    if interval == "bootstrap":
        rng = stream(seed, f"sensitivity/{table.name}/{'+'.join(names)}")
        total = round(seen)
        everyone = np.append(counts[1:], outside) / seen
        drawn = rng.multinomial(total, everyone, size=bootstrap)[:, :-1].astype(np.float64)
        draws = _ratio(np.concatenate([np.zeros((bootstrap, 1)), drawn], axis=1))
    return _Hidden(seen, ratio, float((1.0 / counts[1:]).sum()), draws)


def _band(
    base: _Hidden, xi: NDArray[np.float64], z: float, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    hidden = base.ratio / xi
    if base.draws is None:
        spread = np.exp(z * np.sqrt(base.variance + 1.0 / hidden))
        return base.seen + hidden / spread, base.seen + hidden * spread
    low, high = _ends(base.draws, level)
    return base.seen + low / xi, base.seen + high / xi


def _ends(draws: NDArray[np.float64], level: float) -> tuple[float, float]:
    ordered = np.sort(draws)
    tail = (1 - level) / 2
    low = ordered[math.floor(tail * (ordered.size - 1))]
    high = ordered[math.ceil((1 - tail) * (ordered.size - 1))]
    return float(low), float(high)


def _claim(
    base: _Hidden, claim: float | None, z: float, level: float
) -> tuple[float | None, float | None, float | None]:
    """Return xi of the claim, and the least and the greatest xi whose interval holds it."""
    if claim is None or claim <= base.seen:
        return None, None, None
    wanted = claim - base.seen
    if base.draws is None:
        # At xi the log of the hidden count is log(ratio/xi) +- z sqrt(v + xi/ratio); with
        # x = hidden count at xi, the ends are where |log x - log wanted| = z sqrt(v + 1/x).
        low = _crossing(wanted, z, base.variance, up=True)
        high = _crossing(wanted, z, base.variance, up=False)
        return base.ratio / wanted, base.ratio / low, base.ratio / high
    low, high = _ends(base.draws, level)
    return base.ratio / wanted, low / wanted, high / wanted


def _crossing(wanted: float, z: float, variance: float, *, up: bool) -> float:
    """Hidden count whose interval just touches ``wanted``: above it (``up``) or below it."""

    def gap(x: float) -> float:
        return abs(math.log(x / wanted)) - z * math.sqrt(variance + 1.0 / x)

    step = 1.5 if up else 1 / 1.5
    near, far = wanted, wanted * step
    while gap(far) < 0:
        near, far = far, far * step
        if not 1e-12 < far < 1e300:
            return far
    for _ in range(200):
        middle = math.sqrt(near * far)
        near, far = (middle, far) if gap(middle) < 0 else (near, middle)
    return far


def _by_method(
    table: OverlapTable,
    names: tuple[str, ...],
    assumption: str,
    estimator: Estimator,
    xi: NDArray[np.float64],
    claim: float | None,
    level: float,
    seed: int,
) -> Sensitivity:
    estimate = estimator.estimate(table, seed=seed)
    if estimate.point is None or not math.isfinite(estimate.point):
        named = note("verdict.sensitivity.no-figure", method=estimate.method)
        if estimate.refused is not None:
            named = note(
                "verdict.sensitivity.refused", method=estimate.method, why=estimate.refused
            )
        raise NotSupported(named, fix=note("verdict.sensitivity.no-figure.fix"))
    n = estimate.observed
    hidden = estimate.point - n
    nan = np.full(xi.shape, np.nan)
    low = high = math.nan
    kind = "none"
    if estimate.interval is not None and math.isclose(estimate.interval.level, level):
        low, high = estimate.interval.lower - n, estimate.interval.upper - n
        kind = estimate.interval.kind
    elif estimate.draws is not None:
        low, high = (x - n for x in _ends(estimate.draws, level))
        kind = "percentile"
    lower, upper = (nan, nan.copy()) if math.isnan(low) else (n + low / xi, n + high / xi)
    wanted = None if claim is None or claim <= n or hidden <= 0 else claim - n
    known = wanted is not None and not math.isnan(low)
    caveats = list(estimate.caveats)
    if assumption == "no-highest-order":
        caveats.append(note("verdict.sensitivity.fitted", method=estimate.method))
    return Sensitivity(
        assumption,
        names,
        n,
        xi,
        n + hidden / xi,
        lower,
        upper,
        level,
        kind,
        estimate.method if estimate.model is None else f"{estimate.method} {estimate.model}",
        estimate.point,
        claim,
        None if wanted is None else hidden / wanted,
        low / wanted if known and wanted is not None else None,
        high / wanted if known and wanted is not None else None,
        _meaning(assumption, names),
        tuple(caveats),
    )


def _thin(counts: NDArray[np.float64], names: tuple[str, ...]) -> list[Note]:
    few = int((counts[1:] < 5).sum())
    if not few:
        return []
    # How many counts are below 5 narrows down what each of the hidden ones can be.
    thin = Number(few, of="small counts")
    return [note("verdict.sensitivity.thin", few=thin, counts=Number(counts.size - 1))]


def _meaning(assumption: str, names: tuple[str, ...]) -> Note:
    if assumption == "method":
        return note("verdict.sensitivity.meaning-method")
    others = assumption == "independent"
    if len(names) == 2:
        return note(
            "verdict.sensitivity.meaning-pair-rest"
            if others
            else "verdict.sensitivity.meaning-pair",
            one=names[0],
            other=names[1],
        )
    return note(
        "verdict.sensitivity.meaning-rest" if others else "verdict.sensitivity.meaning",
        lists=series("words.comma", names),
    )


def _two_figures(value: float) -> Number:
    return Number(float(f"{value:.2g}"))


def _normal_quantile(p: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)


sensitivity_curve = sensitivity
"""The same function under the name it has in ``uncounted`` itself, where this module has its own."""
