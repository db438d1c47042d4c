"""The evidence that claims can be held against: a small registry, each kind computed from data.

A kind is a function of the sources and of the ledger's reference; it returns an `Evidence` that
says what it counts in the same terms as a claim. No figure stands in this module.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncounted.claims.ledger import Counts, EvidenceRef, LedgerError
from uncounted.core.estimate import Interval
from uncounted.errors import InputError
from uncounted.places.countries import country_name
from uncounted.ranks import Ranking, rank_counts
from uncounted.shares.posterior import shares
from uncounted.sources.tallies import by_form, by_origin, total

if TYPE_CHECKING:
    from uncounted.sources.route_sets import RouteSet
    from uncounted.sources.unodc import UnodcTable

__all__ = ["KINDS", "Evidence", "Sources", "gather"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence.

    Parameters
    ----------
    counts
        What it counts, in a claim's terms.
    low, high
        Bounds that the source sets: people, or a share between 0 and 1; NaN where it has none.
    interval
        Bounds with chance variation, or ``None`` where the figure is a plain count.
    words
        The figure in words, with what it counts.
    source
        Where it is from.
    ranking
        For an order.
    caveats
        Plain sentences.
    """

    counts: Counts
    low: float
    high: float
    interval: Interval | None
    words: str
    source: str
    ranking: Ranking | None = None
    caveats: tuple[str, ...] = field(default=())

    @property
    def figure(self) -> float | None:
        """The figure where there is one value."""
        return self.low if self.low == self.high else None


class Sources:
    """The open data, read when first asked for.

    Parameters
    ----------
    folder
        Folder of the ledger; evidence files must lie in it.
    level
        Level of all intervals.
    """

    def __init__(self, folder: Path | None = None, *, level: float = 0.95) -> None:
        self.folder = folder
        self.level = level

    @cached_property
    def unodc(self) -> UnodcTable:
        """The bundled UNODC table."""
        from uncounted.sources.unodc import read_unodc

        return read_unodc()

    @cached_property
    def routes(self) -> RouteSet:
        """The bundled route statements."""
        from uncounted.sources.route_sets import routes_from_statements
        from uncounted.sources.statements import read_statements

        return routes_from_statements(read_statements())

    def used(self) -> list[str]:
        """Names of the sources read so far."""
        read = self.__dict__
        return [read[k].source for k in ("unodc", "routes") if k in read]


Kind = Callable[[Sources, EvidenceRef], Evidence]


def gather(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Compute the evidence that a ledger refers to.

    Raises
    ------
    InputError
        No such kind, a field it needs is missing, or the source does not hold it.
    """
    if ref.kind not in KINDS:
        raise LedgerError(
            "An evidence kind is not known.", fix=f"Kinds: {', '.join(sorted(KINDS))}."
        )
    found = KINDS[ref.kind](sources, ref)
    return found if ref.note is None else replace(found, caveats=(*found.caveats, ref.note))


def _need(ref: EvidenceRef, *fields: str) -> None:
    missing = [f for f in fields if getattr(ref, f) in (None, [])]
    if missing:
        raise LedgerError(
            f'Evidence of kind "{ref.kind}" needs {" and ".join(missing)}.',
            fix="Add the field; docs/claims.md lists what each kind needs.",
        )


def _counts(ref: EvidenceRef, basis: str, measure: str, area: str | None = None) -> Counts:
    return Counts.model_validate(
        {
            "people": "trafficked",
            "basis": basis,
            "measure": measure,
            "area": area or ref.destination or "world",
            "years": list(ref.years),
        }
    )


def _detected_total(sources: Sources, ref: EvidenceRef) -> Evidence:
    """All victims detected in a country in one year, or over several (cumulative)."""
    _need(ref, "destination", "years")
    low, high = total(sources.unodc, destination=ref.destination, years=ref.years)
    if low < 0:
        raise InputError(f"The table has no total for {ref.destination} in every one of the years.")
    measure = "flow" if len(ref.years) == 1 else "cumulative"
    words = f"{_people(low, high)} detected in {_the(ref.destination)}, {_years(ref.years)}"
    caveat = "Detected victims are those an authority found and reported: a floor, not an estimate."
    return Evidence(
        _counts(ref, "detected", measure),
        low,
        high,
        None,
        words,
        sources.unodc.source,
        None,
        (caveat,),
    )


def _detected_from(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Victims of one citizenship detected in a country."""
    _need(ref, "destination", "origin")
    tally = by_origin(
        sources.unodc,
        destination=ref.destination,
        years=ref.years or None,
        origins=[ref.origin or ""],
        nationals=ref.origin == ref.destination,
    )
    low, high = int(tally.lower.sum()), int(tally.upper.sum())
    measure = "flow" if len(tally.years) == 1 else "cumulative"
    words = (
        f"{_people(low, high)} with the citizenship of {_the(ref.origin)} detected in "
        f"{_the(ref.destination)}, {_years(tally.years)}"
    )
    counts = _counts(ref, "detected", measure).model_copy(update={"years": list(tally.years)})
    return Evidence(counts, low, high, None, words, tally.source, None, tally.caveats[:2])


def _detected_share(sources: Sources, ref: EvidenceRef, form: str) -> Evidence:
    """Share of a form of exploitation among the victims detected in a country in a year."""
    _need(ref, "destination", "years")
    if len(ref.years) != 1:
        raise LedgerError(
            "A share by form is of one year at a time.", fix="Name one year an evidence entry."
        )
    tally = by_form(sources.unodc, destination=ref.destination or "", year=ref.years[0])
    found = shares(tally.lower, tally.names, upper=tally.upper, level=sources.level).find(form)
    if found is None:
        raise InputError("That form is not listed for that year, which is not zero.")
    if found.point is None:
        share = f"between {found.range_lower:.0%} and {found.range_upper:.0%}"
        of = f"{_span(found.count_lower, found.count_upper)} of {_span(found.of_lower, found.of_upper)}"
    else:
        share = f"{found.point:.0%}"
        of = f"{found.count_lower:,.0f} of {found.of_lower:,.0f}"
    label = {"sexual": "sexual exploitation", "labour": "forced labour", "other": "other forms"}
    words = (
        f"{share} {label[form]} ({of}; {sources.level:.0%} interval {found.interval.lower:.0%} to "
        f"{found.interval.upper:.0%}) of victims detected in {_the(ref.destination)}, "
        f"{ref.years[0]}"
    )
    return Evidence(
        _counts(ref, "detected", "share"),
        found.range_lower,
        found.range_upper,
        found.interval,
        words,
        tally.source,
        None,
        tally.caveats,
    )


def _detected_ranks(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Rank sets of the foreign citizenships detected in a country."""
    _need(ref, "destination", "years")
    tally = by_origin(sources.unodc, destination=ref.destination, years=ref.years)
    ranking = rank_counts(tally.lower, tally.names, upper=tally.upper, level=sources.level)
    counts = _counts(ref, "detected", "order")
    words = f"{_tiers(ranking)} (detected in {_the(ref.destination)}, {_years(ref.years)})"
    return Evidence(counts, math.nan, math.nan, None, words, tally.source, ranking, tally.caveats)


def _detected_uphill(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Share of detected cross-border victims found in a richer country than their own."""
    from uncounted.flows.estimated import detected_flows
    from uncounted.routes.tests import uphill_detected

    found = uphill_detected(detected_flows(sources.unodc), level=sources.level)
    words = (
        f"{found.value:.1%} of {found.whole:,.0f} detected cross-border victims were found where "
        f"GDP per head is higher than at home"
    )
    return Evidence(
        _counts(ref, "detected", "rule", "world"), found.value, found.value, found.interval,
        words, sources.unodc.source, None,
        ("Countries that detect and report victims are richer than those that do not.",),
    )  # fmt: skip


def _stated_uphill(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Share of stated pairs of countries whose destination is the richer."""
    from uncounted.routes.tests import uphill_stated

    found = uphill_stated(sources.routes, level=sources.level)
    words = f"in {found.value:.1%} of {found.whole:,.0f} stated pairs the destination is the richer"
    return Evidence(
        _counts(ref, "stated", "rule", "world"), found.value, found.value, found.interval,
        words, sources.routes.source, None, (_ATTENTION,),
    )  # fmt: skip


def _near_then_far(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Share of stated three-country routes that go within a continent first and then across."""
    from uncounted.routes.tests import near_then_far

    found = near_then_far(sources.routes.three_legs(), level=sources.level)
    words = (
        f"{found.part:.0f} of {found.whole:.0f} distinct stated three-country routes "
        f"({found.value:.0%}) go within a continent first and then across"
    )
    return Evidence(
        _counts(ref, "stated", "rule", "world"), found.value, found.value, found.interval,
        words, sources.routes.source, None, (_ATTENTION,),
    )  # fmt: skip


def _stated_leg(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Whether, and in which report years, a leg from one country to another is stated."""
    from scipy.special import betaincinv

    _need(ref, "start", "end")
    start, end = ref.start or "", ref.end or ""
    years = sources.routes.leg(start, end)
    if not years:
        raise InputError(
            f"No statement names the leg from {start} to {end}, which is not to say there is none."
        )
    k, n, tail = len(years), len(sources.routes.years), (1 - sources.level) / 2
    low = float(betaincinv(k + 0.5, n - k + 0.5, tail))
    high = 1.0 if k == n else float(betaincinv(k + 0.5, n - k + 0.5, 1 - tail))
    interval = Interval("jeffreys", sources.level, low, high)
    words = (
        f"{country_name(start)} to {country_name(end)}: stated in {k} of {n} report years "
        f"({_years(years)}; {sources.level:.0%} interval for a report of this series to name it: "
        f"{low:.0%} to {high:.0%})"
    )
    counts = _counts(ref, "stated", "route", end).model_copy(update={"years": list(years)})
    return Evidence(
        counts, k / n, k / n, interval, words, sources.routes.source, None, (_ATTENTION,)
    )


def _detected_pair(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Whether victims of one citizenship were detected in another country at all."""
    _need(ref, "start", "end")
    tally = by_origin(
        sources.unodc, destination=ref.end, years=ref.years or None, origins=[ref.start or ""]
    )
    low, high = int(tally.lower.sum()), int(tally.upper.sum())
    words = (
        f"{_people(low, high)} with the citizenship of {_the(ref.start)} detected in "
        f"{_the(ref.end)} ({_years(tally.years)})"
    )
    counts = _counts(ref, "detected", "route", ref.end).model_copy(
        update={"years": list(tally.years)}
    )
    return Evidence(counts, low, high, None, words, tally.source, None, tally.caveats[1:2])


def _estimate(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Read a population estimate that `uncounted estimate --json` wrote, in the ledger's folder."""
    _need(ref, "file", "counts")
    if sources.folder is None:
        raise LedgerError("The shipped ledger has no folder for evidence files.")
    path = sources.folder / str(ref.file)
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 20_000_000:
        raise LedgerError(
            "An evidence file is not beside the ledger.", fix="Put the JSON in the ledger's folder."
        )
    try:
        estimates = json.loads(path.read_text(encoding="utf-8"))["estimates"]
        chosen = [e for e in estimates if ref.method is None or e["method"] == ref.method]
        one = next(e for e in chosen if e["point"] is not None)
        ends, point = one["interval"], float(one["point"])
        lower = float(ends["lower"])
        upper = math.inf if ends["upper"] is None else float(ends["upper"])
        interval = Interval(str(ends["kind"]), float(ends["level"]), lower, upper)
        name = str(one["method"])[:60]
    except (ValueError, KeyError, TypeError, StopIteration, RecursionError):
        raise LedgerError(
            "An evidence file holds no estimate with an interval by that method.",
            fix="Write it with `uncounted estimate TABLE --method M --json`.",
        ) from None
    if ref.counts is None or not math.isfinite(point) or math.isnan(lower) or lower > upper:
        raise LedgerError("An evidence file holds no usable estimate.", fix="Write it again.")
    words = f"{point:,.0f} estimated ({interval.level:.0%} interval {lower:,.0f} to {upper:,.0f})"
    return Evidence(ref.counts, point, point, interval, words, f"{path.name}, method {name}")


_ATTENTION = "Statements follow the attention of those who wrote the reports; they count no people."

KINDS: dict[str, Kind] = {
    "detected-total": _detected_total,
    "detected-from": _detected_from,
    "detected-share-sexual": lambda s, r: _detected_share(s, r, "sexual"),
    "detected-share-labour": lambda s, r: _detected_share(s, r, "labour"),
    "detected-share-other": lambda s, r: _detected_share(s, r, "other"),
    "detected-ranks": _detected_ranks,
    "detected-uphill": _detected_uphill,
    "detected-pair": _detected_pair,
    "stated-uphill": _stated_uphill,
    "stated-near-then-far": _near_then_far,
    "stated-leg": _stated_leg,
    "estimate": _estimate,
}


_ARTICLE = {"USA", "GBR", "ARE", "NLD", "PHL", "COD", "CAF", "DOM", "BHS", "MDV", "GMB"}


def _the(code: str | None) -> str:
    """Name of a country as it stands within a sentence."""
    name = country_name(code or "")
    return f"the {name}" if code in _ARTICLE else name


def _people(low: float, high: float) -> str:
    return f"{_span(low, high)} {'person' if low == high == 1 else 'people'}"


def _span(low: float, high: float) -> str:
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"


def _years(years: Any) -> str:
    """Years in words, runs joined: "2008 to 2014 and 2016"."""
    runs: list[list[int]] = []
    for y in sorted(set(years)):
        if runs and y == runs[-1][1] + 1:
            runs[-1][1] = y
        else:
            runs.append([y, y])
    words = [str(a) if a == b else f"{a} to {b}" for a, b in runs]
    if len(words) < 2:
        return words[0] if words else "years not stated"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _names(codes: Any) -> str:
    words = [country_name(c) for c in codes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _tiers(ranking: Ranking) -> str:
    """Tiers in words; "two tiers, not an order" where no tier but the trivial holds one origin."""
    n = len(ranking.tiers)
    number = _NUMBERS[n] if n < len(_NUMBERS) else str(n)
    head = f"{number} tier{'s' if n != 1 else ''}"
    if n < len(ranking.sets):
        head += ", not an order"
    if len(ranking.sets) > 12:
        top = "; ".join(_names(t) for t in ranking.tiers if len(t) <= 6)
        return f"{head}: {top}; the rest cannot be told apart" if top else head
    return f"{head}: {'; then '.join(_names(t) for t in ranking.tiers)}"
