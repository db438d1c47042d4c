"""Published claims put to the test: supported, contradicted, not comparable, or no evidence here.

The order of the questions is the point. First: does the evidence count the same thing? People who
do sex work are not thereby trafficked; a stock is not a yearly flow; a detected person is not an
estimated one. Only then: does the figure agree, within its interval? A detected count can do one
thing to an estimate of the same people: it is a floor, so an estimate below it is contradicted.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from uncounted.claims.evidence import Evidence, Sources, gather
from uncounted.claims.ledger import Claim, Counts, Ledger, LedgerError, load_ledger
from uncounted.core.estimate import Interval
from uncounted.errors import InputError, Refusal
from uncounted.places.countries import country_name

__all__ = ["VERDICTS", "Finding", "Verdict", "judge", "test_claims"]

Verdict = Literal["supported", "contradicted", "not comparable", "no evidence here"]
VERDICTS: tuple[Verdict, ...] = ("supported", "contradicted", "not comparable", "no evidence here")
_STRONGEST: tuple[Verdict, ...] = (
    "contradicted",
    "supported",
    "not comparable",
    "no evidence here",
)
_MEASURES = {
    "flow": "a flow in a year",
    "stock": "a stock at one time",
    "cumulative": "a total over several years",
    "share": "a share",
    "order": "an order of origins",
    "route": "a route",
    "rule": "a general rule",
}
_APART = 3
"""Years between a claim and evidence beyond which they are not compared."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the evidence says of one claim.

    Parameters
    ----------
    claim
        The claim.
    verdict
        One of `VERDICTS`.
    why
        The reason, in plain words.
    evidence
        What was computed; the first decides, the others follow.
    caveats
        Plain sentences that travel with the verdict.
    """

    claim: Claim
    verdict: Verdict
    why: str
    evidence: tuple[Evidence, ...]
    caveats: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form, with the contract's keys."""
        c = self.claim
        shown = [e for e in self.evidence if e.counts.people == c.counts.people]
        first = shown[0] if shown else None
        return {
            "id": c.id,
            "verdict": self.verdict,
            "why": self.why,
            "figure": _figure(c, first),
            "interval": _interval(c, first),
            "source": "; ".join(dict.fromkeys(e.source for e in shown)) or None,
            "figure_words": "; ".join(e.words for e in shown),
            "caveat": self.caveats[0] if self.caveats else "",
            "caveats": list(self.caveats),
            "says": c.says,
            "by": c.by,
            "date": c.date,
            "where": c.where,
            "secondary": c.secondary,
            "counts": c.counts.model_dump(),
            "counted": in_words(c.counts),
        }


def test_claims(
    ledger: Ledger | None = None, *, level: float = 0.95, only: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """Put every claim of a ledger to the test.

    Parameters
    ----------
    ledger
        From `load_ledger`; the shipped one by default.
    level
        Level of the intervals that evidence is given.
    only
        Ids of the claims to test; all by default.

    Returns
    -------
    tuple of Finding
        In the ledger's order.

    Raises
    ------
    InputError
        The level is none, or an evidence entry is not whole.
    """
    from uncounted.ranks.sets import check_level

    check_level(level)
    ledger = load_ledger() if ledger is None else ledger
    sources = Sources(ledger.folder, level=level)
    return tuple(
        judge(claim, sources, ledger) for claim in ledger.claims if only is None or claim.id in only
    )


test_claims.__test__ = False  # type: ignore[attr-defined]  # its name is no test of pytest's


def judge(claim: Claim, sources: Sources, ledger: Ledger) -> Finding:
    """Hold one claim against the evidence its entry names."""
    caveats = [] if claim.note is None else [claim.note]
    caveats += [c for i in claim.see if (c := _beside(ledger.find(i)))]
    if claim.secondary:
        caveats.append("Read at second hand: as cited by others.")
    found: list[tuple[Verdict, str, Evidence]] = []
    gaps: list[str] = []
    for ref in claim.evidence:
        try:
            evidence = gather(sources, ref)
        except LedgerError as error:
            raise LedgerError(f"Claim {claim.id}: {error.message}", fix=error.fix) from None
        except (InputError, Refusal) as error:
            gaps.append(error.message)
            continue
        found.append((*_test(claim, evidence), evidence))
    if not found:
        why = claim.because or "Nothing in these sources speaks to it."
        return Finding(claim, "no evidence here", " ".join([why, *gaps]), (), tuple(caveats))
    tested = any(v in ("supported", "contradicted") for v, _, _ in found)
    if tested and claim.counts.basis == "unstated" and claim.counts.measure in ("share", "order"):
        caveats.append(
            "The claim does not say whether it counts people detected or all who were trafficked; "
            "here it is tested among those detected."
        )
    verdicts = [v for v, _, _ in found]
    verdict = next(v for v in _STRONGEST if v in verdicts)
    ordered = sorted(found, key=lambda f: f[0] != verdict)
    reasons = [w for _, w, _ in ordered]
    if claim.because:
        reasons.append(claim.because)
    if verdict == "contradicted" and "supported" in verdicts:
        reasons.append("Other evidence here agrees with the claim; the page shows both.")
    for _, _, e in ordered:
        caveats += [c for c in e.caveats if c not in caveats]
    why = " ".join(dict.fromkeys(reasons))
    return Finding(claim, verdict, why, tuple(e for _, _, e in ordered), tuple(caveats))


def in_words(counts: Counts) -> str:
    """Say what is counted, in plain words.

    Examples
    --------
    >>> in_words(Counts(people="sex work", basis="unstated", measure="stock", area="USA"))
    'people doing sex work, a stock at one time, basis not stated, United States, year not stated'
    """
    people = {
        "trafficked": "trafficked people",
        "sex work": "people doing sex work",
        "venues": "venues, not people",
        "other": "something else",
    }[counts.people]
    measure = _MEASURES[counts.measure]
    basis = {
        "detected": "detected",
        "estimated": "estimated",
        "stated": "as stated in reports",
        "unstated": "basis not stated",
    }[counts.basis]
    area = "worldwide" if counts.area == "world" else country_name(counts.area)
    years = ", ".join(str(y) for y in counts.years) or "year not stated"
    return f"{people}, {measure}, {basis}, {area}, {years}"


def _test(claim: Claim, evidence: Evidence) -> tuple[Verdict, str]:
    """First whether the two count the same thing, then whether they agree."""
    c, e = claim.counts, evidence.counts
    if c.people != e.people:
        return "not comparable", _people_differ(c, e)
    if c.measure != e.measure:
        return "not comparable", (
            f"The claim counts {_measure(c)}; what is here counts {_measure(e)}."
        )
    if c.area != e.area and c.measure != "route":
        return "not comparable", (
            f"The claim is about {_area(c)}; what is here is about {_area(e)}."
        )
    gap = _years_apart(c, e)
    if gap > _APART:
        return "not comparable", f"The evidence is {gap} years away from the claim."
    if c.measure in ("flow", "stock", "cumulative"):
        return _number(claim, evidence, gap)
    if c.basis == "estimated" and e.basis != "estimated" and c.measure in ("share", "order"):
        return "not comparable", (
            "The claim is about an estimate of all who were trafficked; what is here counts those "
            f"{e.basis}: {evidence.words}."
        )
    if c.measure == "share":
        return _share(claim, evidence, gap)
    if c.measure == "order":
        return _order(claim, evidence, gap)
    if c.measure == "route":
        return "supported", f"{_capital(evidence.words)}."
    return _rule(evidence)


def _number(claim: Claim, evidence: Evidence, gap: int) -> tuple[Verdict, str]:
    """Hold a number of people against a number of people."""
    low, high = _bounds(claim)
    same = claim.counts.basis == evidence.counts.basis
    ends = evidence.interval
    least = evidence.low if ends is None else ends.lower
    most = evidence.high if ends is None else ends.upper
    if not same:
        if evidence.counts.basis == "detected":
            if high < evidence.low and gap == 0:
                return "contradicted", (
                    f"An estimate cannot lie below those found: {evidence.words}."
                )
            return "not comparable", (
                f"The claim is about all who were trafficked, found or not; what is here counts only "
                f"those found: {evidence.words}. That is a floor under the claim, not a test of it."
            )
        return "not comparable", (
            f"The claim counts {claim.counts.basis} people; what is here counts "
            f"{evidence.counts.basis} people."
        )
    near = "" if gap == 0 else f" The evidence is {gap} year{'s' if gap > 1 else ''} away."
    if high < least or low > most:
        return "contradicted", f"Beyond what the evidence allows: {evidence.words}.{near}"
    if low <= evidence.high and high >= evidence.low:
        return "supported", f"It agrees with the evidence: {evidence.words}.{near}"
    return "supported", f"It lies within the interval of the evidence: {evidence.words}.{near}"


def _share(claim: Claim, evidence: Evidence, gap: int) -> tuple[Verdict, str]:
    """Hold a share against a share of the same form."""
    low, high = _bounds(claim)
    ends = evidence.interval
    if ends is None:
        return "no evidence here", "The evidence has no interval, so it decides nothing."
    near = "" if gap == 0 else f" The evidence is {gap} year{'s' if gap > 1 else ''} away."
    claimed = _share_words(low, high)
    if ends.upper < low or ends.lower > high:
        return "contradicted", f"In this source: {evidence.words}, against {claimed}.{near}"
    if low <= ends.lower and ends.upper <= high:
        return "supported", f"In this source: {evidence.words}, as claimed ({claimed}).{near}"
    return "no evidence here", (
        f"The evidence cannot decide: {evidence.words}, against {claimed}.{near}"
    )


def _order(claim: Claim, evidence: Evidence, gap: int) -> tuple[Verdict, str]:
    """Hold an order of origins against rank sets."""
    ranking = evidence.ranking
    if ranking is None:
        return "no evidence here", "The evidence holds no ranks."
    at = {s.name: i for i, s in enumerate(ranking.sets)}
    order = [o for o in claim.value.order if o in at]
    absent = [o for o in claim.value.order if o not in at]
    wrong = [
        (a, b) for i, a in enumerate(order) for b in order[i + 1 :] if ranking.above[at[b], at[a]]
    ]
    right = sum(
        bool(ranking.above[at[a], at[b]]) for i, a in enumerate(order) for b in order[i + 1 :]
    )
    pairs = len(order) * (len(order) - 1) // 2
    said = [f"In this source there are {evidence.words}."]
    misplaced = False
    focus = claim.value.focus
    if focus in at and claim.value.rank is not None:
        one = ranking.sets[at[focus]]
        misplaced = not one.lower <= claim.value.rank <= one.upper
        said.append(
            f"{country_name(one.name)} is {one.words()} here (the claim: {_ordinal(claim.value.rank)})."
        )
    if wrong:
        pairs_said = "; ".join(f"{country_name(a)} above {country_name(b)}" for b, a in wrong[:4])
        said.append(f"Beyond doubt, and the other way round than claimed: {pairs_said}.")
    if absent:
        said.append(f"Not listed here, which is not zero: {_list(absent)}.")
    if gap:
        said.append(f"The evidence is {gap} year{'s' if gap > 1 else ''} away.")
    said.append("The claim's own source is another, and the two may count different people.")
    why = " ".join(said)
    if wrong or misplaced:
        return "contradicted", why
    if pairs and right == pairs and not absent:
        return "supported", why
    return "no evidence here", f"These counts cannot tell the claimed order. {why}"


def _rule(evidence: Evidence) -> tuple[Verdict, str]:
    """Hold what is said to be general against the share of cases in which it is so."""
    ends = evidence.interval
    if ends is None:
        return "no evidence here", "The evidence has no interval, so it decides nothing."
    words = f"{evidence.words} ({ends.level:.0%} interval {ends.lower:.0%} to {ends.upper:.0%})"
    if ends.lower > 0.5:
        return "supported", f"It holds for most: {words}."
    if ends.upper < 0.5:
        return "contradicted", f"As a general rule it fails: {words}."
    return "no evidence here", f"The evidence cannot decide whether it holds for most: {words}."


def _people_differ(c: Counts, e: Counts) -> str:
    said = [f"The claim counts {in_words(c).split(',')[0]}; what is here counts trafficked people."]
    if c.people == "sex work":
        said.append("To do sex work is not to be trafficked.")
    if c.measure != e.measure:
        said.append(f"The claim counts {_measure(c)}, the evidence {_measure(e)}.")
        if {c.measure, e.measure} == {"stock", "flow"}:
            said.append("A stock is not a flow.")
    said.append("So no figure is set against it.")
    return " ".join(said)


def _measure(counts: Counts) -> str:
    return _MEASURES[counts.measure]


def _area(counts: Counts) -> str:
    return "the world" if counts.area == "world" else country_name(counts.area)


def _years_apart(c: Counts, e: Counts) -> int:
    """Years between the nearest years of claim and evidence; 0 where either names none."""
    if not c.years or not e.years or c.measure in ("route", "rule"):
        return 0
    return min(abs(a - b) for a in c.years for b in e.years)


def _bounds(claim: Claim) -> tuple[float, float]:
    """Claimed range; "at least" has no upper bound (a share's is 1), "at most" starts at 0."""
    v = claim.value
    top = 1.0 if claim.counts.measure == "share" else math.inf
    if v.low is None:
        return 0.0, top if v.high is None else v.high
    return v.low, top if v.high is None else v.high


def _share_words(low: float, high: float) -> str:
    if high >= 1.0:
        return f"{low:.0%} or more"
    if low <= 0.0:
        return f"{high:.0%} or less"
    return f"{low:.0%} to {high:.0%}"


def _beside(claim: Claim | None) -> str:
    """Another entry of the ledger, as a sentence to read beside."""
    if claim is None:
        return ""
    return f"Read beside it: {claim.by} ({claim.date}): {claim.says}"


def _figure(claim: Claim, evidence: Evidence | None) -> float | int | str | None:
    if evidence is None:
        return None
    if evidence.ranking is not None:
        focus = claim.value.focus
        names = [s.name for s in evidence.ranking.sets]
        if focus in names:
            return evidence.ranking.find(str(focus)).words()
        return f"{len(evidence.ranking.tiers)} tiers"
    value = evidence.figure
    if value is None:
        return None
    return int(value) if float(value).is_integer() and value > 1 else value


def _interval(claim: Claim, evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    if evidence.ranking is not None:
        focus = claim.value.focus
        if focus not in [s.name for s in evidence.ranking.sets]:
            return None
        one = evidence.ranking.find(str(focus))
        return Interval("rank set", evidence.ranking.level, one.lower, one.upper).to_dict()
    if evidence.interval is not None:
        return evidence.interval.to_dict()
    if evidence.low != evidence.high:
        return {"kind": "bounds", "level": 1.0, "lower": evidence.low, "upper": evidence.high}
    return None


def _list(codes: Sequence[str]) -> str:
    return ", ".join(country_name(c) for c in codes)


def _ordinal(rank: int) -> str:
    from uncounted.ranks.sets import ordinal

    return ordinal(rank)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
