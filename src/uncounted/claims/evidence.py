"""The evidence that claims can be held against: a small registry, each kind computed from data.

A kind is a function of the sources and of the ledger's reference; it returns an `Evidence` that
says what it counts in the same terms as a claim. No figure stands in this module.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from uncounted.claims.ledger import Counted, EvidenceRef, LedgerError
from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError
from uncounted.ranks import Ranking, rank_counts
from uncounted.shares.posterior import shares
from uncounted.sources.phrases import country_note, listed, runs_of_years, span, year
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
    said
        The figure, with what it counts.
    source
        Where it is from.
    ranking
        For an order.
    caveats
        What must be read with it.
    """

    counts: Counted
    low: float
    high: float
    interval: Interval | None
    said: Note
    source: str | Note
    ranking: Ranking | None = None
    caveats: tuple[Note, ...] = field(default=())

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

    def used(self) -> list[str | Note]:
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
    return (
        found
        if ref.note is None
        else replace(found, caveats=(*found.caveats, note("claims.text", text=ref.note)))
    )


def _need(ref: EvidenceRef, *fields: str) -> None:
    missing = [f for f in fields if getattr(ref, f) in (None, [])]
    if missing:
        raise LedgerError(
            f'Evidence of kind "{ref.kind}" needs {" and ".join(missing)}.',
            fix="Add the field; docs/claims.md lists what each kind needs.",
        )


def _counts(ref: EvidenceRef, basis: str, measure: str, area: str | None = None) -> Counted:
    return Counted.model_validate(
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
    said = note(
        "claims.detected.total",
        people=_people(low, high),
        place=_the(ref.destination),
        years=runs_of_years(ref.years),
    )
    return Evidence(
        _counts(ref, "detected", measure),
        low,
        high,
        None,
        said,
        sources.unodc.source,
        None,
        (note("claims.detected.floor"),),
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
    said = note(
        "claims.detected.from",
        people=_people(low, high),
        origin=_the(ref.origin),
        place=_the(ref.destination),
        years=runs_of_years(tally.years),
    )
    counts = _counts(ref, "detected", measure).model_copy(update={"years": list(tally.years)})
    return Evidence(counts, low, high, None, said, tally.source, None, tally.caveats[:2])


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
    said = note(
        "claims.detected.share",
        share=_percent(found.point)
        if found.point is not None
        else note(
            "claims.between", low=_percent(found.range_lower), high=_percent(found.range_upper)
        ),
        form=Note(_FORMS[form]),
        count=span(found.count_lower, found.count_upper),
        whole=span(found.of_lower, found.of_upper),
        level=Number(sources.level, "level"),
        lower=_percent(found.interval.lower),
        upper=_percent(found.interval.upper),
        place=_the(ref.destination),
        year=year(ref.years[0]),
    )
    return Evidence(
        _counts(ref, "detected", "share"),
        found.range_lower,
        found.range_upper,
        found.interval,
        said,
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
    said = note(
        "claims.detected.ranks",
        tiers=_tiers(ranking),
        place=_the(ref.destination),
        years=runs_of_years(ref.years),
    )
    return Evidence(counts, math.nan, math.nan, None, said, tally.source, ranking, tally.caveats)


def _detected_uphill(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Share of detected cross-border victims found in a richer country than their own."""
    from uncounted.flows.estimated import detected_flows
    from uncounted.routes.tests import uphill_detected

    found = uphill_detected(detected_flows(sources.unodc), level=sources.level)
    said = note(
        "claims.uphill.detected",
        share=_percent(found.value, 1),
        whole=Number(found.whole, "people"),
    )
    return Evidence(
        _counts(ref, "detected", "rule", "world"), found.value, found.value, found.interval,
        said, sources.unodc.source, None,
        (note("claims.uphill.reporters"),),
    )  # fmt: skip


def _stated_uphill(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Share of stated pairs of countries whose destination is the richer."""
    from uncounted.routes.tests import uphill_stated

    found = uphill_stated(sources.routes, level=sources.level)
    said = note("claims.uphill.stated", share=_percent(found.value, 1), whole=Number(found.whole))
    return Evidence(
        _counts(ref, "stated", "rule", "world"), found.value, found.value, found.interval,
        said, sources.routes.source, None, (_ATTENTION,),
    )  # fmt: skip


def _near_then_far(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Share of stated three-country routes that go within a continent first and then across."""
    from uncounted.routes.tests import near_then_far

    found = near_then_far(sources.routes.three_legs(), level=sources.level)
    said = note(
        "claims.near-then-far",
        part=Number(found.part),
        whole=Number(found.whole),
        share=_percent(found.value),
    )
    return Evidence(
        _counts(ref, "stated", "rule", "world"), found.value, found.value, found.interval,
        said, sources.routes.source, None, (_ATTENTION,),
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
    said = note(
        "claims.leg",
        stated=Number(k),
        all=Number(n),
        start=country_note(start),
        end=country_note(end),
        years=runs_of_years(years),
        level=Number(sources.level, "level"),
        lower=_percent(low),
        upper=_percent(high),
    )
    counts = _counts(ref, "stated", "route", end).model_copy(update={"years": list(years)})
    return Evidence(
        counts, k / n, k / n, interval, said, sources.routes.source, None, (_ATTENTION,)
    )


def _detected_pair(sources: Sources, ref: EvidenceRef) -> Evidence:
    """Whether victims of one citizenship were detected in another country at all."""
    _need(ref, "start", "end")
    tally = by_origin(
        sources.unodc, destination=ref.end, years=ref.years or None, origins=[ref.start or ""]
    )
    low, high = int(tally.lower.sum()), int(tally.upper.sum())
    said = note(
        "claims.detected.pair",
        people=_people(low, high),
        origin=_the(ref.start),
        place=_the(ref.end),
        years=runs_of_years(tally.years),
    )
    counts = _counts(ref, "detected", "route", ref.end).model_copy(
        update={"years": list(tally.years)}
    )
    return Evidence(counts, low, high, None, said, tally.source, None, tally.caveats[1:2])


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
    least, at = Number(lower, "estimate"), Number(interval.level, "level")
    value = Number(point, "estimate")
    said = note("claims.estimate.open", estimate=value, level=at, lower=least)
    if math.isfinite(upper):
        most = Number(upper, "estimate")
        said = note("claims.estimate", estimate=value, level=at, lower=least, upper=most)
    source = note("claims.estimate.source", file=path.name, method=name)
    return Evidence(ref.counts, point, point, interval, said, source)


_ATTENTION = note("claims.attention")
_FORMS = {
    "sexual": "claims.form.sexual",
    "labour": "claims.form.labour",
    "other": "claims.form.other",
}
_TIERS = (
    "claims.tiers.none", "claims.tiers.one", "claims.tiers.two", "claims.tiers.three",
    "claims.tiers.four", "claims.tiers.five", "claims.tiers.six", "claims.tiers.seven",
    "claims.tiers.eight", "claims.tiers.nine", "claims.tiers.ten",
)  # fmt: skip
"""Few tiers, written as a word."""
_ALL_NAMED, _SMALL_TIER = 12, 6
"""Largest number of origins that are all named; largest tier that is named where they are not."""

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


def _the(code: str | None) -> Note:
    """Name of a country as it stands within a sentence."""
    place = country_note(code or "")
    return note("claims.place.article", place=place) if code in _ARTICLE else place


def _people(low: float, high: float) -> Note:
    if low == high:
        return note("claims.people", people=Number(low, "people"))
    return note("claims.people.between", people=span(low, high))


def _percent(value: float, digits: int = 0) -> Number:
    return Number(value, "share", digits=digits)


def _names(codes: Sequence[str]) -> Number | Note:
    return listed([country_note(c) for c in codes], "and")


def _tiers(ranking: Ranking) -> Note:
    """Name the tiers; "two tiers, not an order" where no tier but the trivial holds one origin."""
    n = len(ranking.tiers)
    head = Note(_TIERS[n]) if n < len(_TIERS) else note("claims.tiers.many", tiers=Number(n))
    if n < len(ranking.sets):
        head = note("claims.tiers.no-order", tiers=head)
    if len(ranking.sets) <= _ALL_NAMED:
        return note(
            "claims.tiers", tiers=head, named=listed([_names(t) for t in ranking.tiers], "then")
        )
    top = [_names(t) for t in ranking.tiers if len(t) <= _SMALL_TIER]
    if not top:
        return head
    return note("claims.tiers.top", tiers=head, named=listed(top, "semicolon"))
