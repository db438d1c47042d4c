"""Published claims put to the test: supported, contradicted, not comparable, or no evidence here.

The order of the questions is the point. First: does the evidence count the same thing? People who
do sex work are not thereby trafficked; a stock is not a yearly flow; a detected person is not an
estimated one. Only then: does the figure agree, within its interval? A detected count can do one
thing to an estimate of the same people: it is a floor, so an estimate below it is contradicted.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from uncounted.claims.evidence import Evidence, Sources, gather
from uncounted.claims.ledger import Claim, ClaimLedger, Counted, LedgerError, load_ledger
from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, Number, note
from uncounted.errors import InputError, Refusal
from uncounted.sources.phrases import country_note, listed, year

__all__ = ["VERDICTS", "ClaimVerdict", "Finding", "judge_claim", "test_claims"]

ClaimVerdict = Literal["supported", "contradicted", "not comparable", "no evidence here"]
VERDICTS: tuple[ClaimVerdict, ...] = (
    "supported",
    "contradicted",
    "not comparable",
    "no evidence here",
)
_STRONGEST: tuple[ClaimVerdict, ...] = (
    "contradicted",
    "supported",
    "not comparable",
    "no evidence here",
)
_VERDICTS: dict[ClaimVerdict, str] = {
    "supported": "claims.verdict.supported",
    "contradicted": "claims.verdict.contradicted",
    "not comparable": "claims.verdict.not-comparable",
    "no evidence here": "claims.verdict.no-evidence-here",
}
_MEASURES = {
    "flow": "claims.measure.flow",
    "stock": "claims.measure.stock",
    "cumulative": "claims.measure.cumulative",
    "share": "claims.measure.share",
    "order": "claims.measure.order",
    "route": "claims.measure.route",
    "rule": "claims.measure.rule",
}
_BASES = {
    "detected": "claims.basis.detected",
    "estimated": "claims.basis.estimated",
    "stated": "claims.basis.stated",
    "unstated": "claims.basis.unstated",
}
_COUNTED_BASES = {
    "detected": "claims.counted.basis.detected",
    "estimated": "claims.counted.basis.estimated",
    "stated": "claims.counted.basis.stated",
    "unstated": "claims.counted.basis.unstated",
}
_COUNTED_PEOPLE = {
    "trafficked": "claims.counted.people.trafficked",
    "sex work": "claims.counted.people.sex-work",
    "venues": "claims.counted.people.venues",
    "other": "claims.counted.people.other",
}
_KINDS = {
    "trafficked": "claims.kind.trafficked",
    "sex work": "claims.kind.sex-work",
    "venues": "claims.kind.venues",
    "other": "claims.kind.other",
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
        The reasons, in order.
    evidence
        What was computed; the first decides, the others follow.
    caveats
        What travels with the verdict.
    """

    claim: Claim
    verdict: ClaimVerdict
    why: tuple[Note, ...]
    evidence: tuple[Evidence, ...]
    caveats: tuple[Note, ...]

    @property
    def comparable(self) -> tuple[Evidence, ...]:
        """Evidence that counts the same people as the claim."""
        people = self.claim.counts.people
        return tuple(e for e in self.evidence if e.counts.people == people)

    @property
    def source(self) -> str | None:
        """Where that evidence is from; ``None`` where there is none."""
        return "; ".join(str(s) for s in dict.fromkeys(e.source for e in self.comparable)) or None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, with the contract's keys."""
        c = self.claim
        shown = self.comparable
        first = shown[0] if shown else None
        interval = _interval(c, first)
        return {
            "id": c.id,
            "verdict": self.verdict,
            "why": " ".join(map(str, self.why)),
            "figure": _figure(c, first),
            "interval": None if interval is None else interval.to_dict(),
            "source": self.source,
            "figure_words": "; ".join(str(e.said) for e in shown),
            "caveat": str(self.caveats[0]) if self.caveats else "",
            "caveats": [str(c) for c in self.caveats],
            "says": c.says,
            "by": c.by,
            "date": c.date,
            "where": c.where,
            "secondary": c.secondary,
            "counts": c.counts.model_dump(),
            "counted": str(counted_note(c.counts)),
        }


def test_claims(
    ledger: ClaimLedger | None = None, *, level: float = 0.95, only: Collection[str] | None = None
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
        judge_claim(claim, sources, ledger)
        for claim in ledger.claims
        if only is None or claim.id in only
    )


test_claims.__test__ = False  # type: ignore[attr-defined]  # its name is no test of pytest's


def judge_claim(claim: Claim, sources: Sources, ledger: ClaimLedger) -> Finding:
    """Hold one claim against the evidence its entry names."""
    caveats = [] if claim.note is None else [_own_words(claim.note)]
    caveats += [_beside(c) for i in claim.see if (c := ledger.find(i)) is not None]
    if claim.secondary:
        caveats.append(note("claims.secondary"))
    found: list[tuple[Reasoned, Evidence]] = []
    gaps: list[Note] = []
    for ref in claim.evidence:
        try:
            evidence = gather(sources, ref)
        except LedgerError as error:
            raise LedgerError(f"Claim {claim.id}: {error.message}", fix=error.fix) from None
        except (InputError, Refusal) as error:
            gaps.append(_own_words(error.message))
            continue
        found.append((_test(claim, evidence), evidence))
    if not found:
        why = _own_words(claim.because) if claim.because else note("claims.nothing")
        return Finding(claim, "no evidence here", (why, *gaps), (), tuple(caveats))
    verdicts = [reasoned.verdict for reasoned, _ in found]
    tested = "supported" in verdicts or "contradicted" in verdicts
    if tested and claim.counts.basis == "unstated" and claim.counts.measure in ("share", "order"):
        caveats.append(note("claims.tested-among-detected"))
    verdict = next(v for v in _STRONGEST if v in verdicts)
    ordered = sorted(found, key=lambda f: f[0].verdict != verdict)
    reasons = [reasoned.why for reasoned, _ in ordered]
    if claim.because:
        reasons.append((_own_words(claim.because),))
    if verdict == "contradicted" and "supported" in verdicts:
        reasons.append((note("claims.other-evidence-agrees"),))
    for _, e in ordered:
        caveats += [c for c in e.caveats if c not in caveats]
    told = tuple(part for reason in dict.fromkeys(reasons) for part in reason)
    return Finding(claim, verdict, told, tuple(e for _, e in ordered), tuple(caveats))


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What one piece of evidence says of a claim, and why."""

    verdict: ClaimVerdict
    why: tuple[Note, ...]


def _own_words(text: str) -> Note:
    """Words of a ledger's keeper, or of an error: said as they stand."""
    return note("claims.text", text=text)


def verdict_note(verdict: ClaimVerdict) -> Note:
    """Say a verdict."""
    return Note(_VERDICTS[verdict])


def counted_note(counts: Counted) -> Note:
    """Say what is counted.

    Examples
    --------
    >>> str(counted_note(Counted(people="sex work", basis="unstated", measure="stock", area="USA")))
    'people doing sex work, a stock at one time, basis not stated, United States, year not stated'
    """
    area = counts.area
    return note(
        "claims.counted",
        people=_people(counts),
        measure=_measure(counts),
        basis=Note(_COUNTED_BASES[counts.basis]),
        area=note("claims.counted.worldwide") if area == "world" else country_note(area),
        years=listed([year(y) for y in counts.years])
        if counts.years
        else note("claims.counted.no-year"),
    )


def _people(counts: Counted) -> Note:
    return Note(_COUNTED_PEOPLE[counts.people])


def _measure(counts: Counted) -> Note:
    return Note(_MEASURES[counts.measure])


def _basis(counts: Counted) -> Note:
    return Note(_BASES[counts.basis])


def _area(counts: Counted) -> Note:
    return note("claims.world") if counts.area == "world" else country_note(counts.area)


def _test(claim: Claim, evidence: Evidence) -> Reasoned:
    """First whether the two count the same thing, then whether they agree."""
    c, e = claim.counts, evidence.counts
    if c.people != e.people:
        return Reasoned("not comparable", _people_differ(c, e))
    if c.measure != e.measure:
        return _apart(note("claims.other-measure", claim=_measure(c), evidence=_measure(e)))
    if c.area != e.area and c.measure != "route":
        return _apart(note("claims.other-area", claim=_area(c), evidence=_area(e)))
    gap = _years_apart(c, e)
    if gap > _APART:
        return _apart(note("claims.other-years", gap=Number(gap)))
    if c.measure in ("flow", "stock", "cumulative"):
        return _number(claim, evidence, gap)
    if c.basis == "estimated" and e.basis != "estimated" and c.measure in ("share", "order"):
        return _apart(note("claims.of-all", basis=_basis(e), evidence=evidence.said))
    if c.measure == "share":
        return _share(claim, evidence, gap)
    if c.measure == "order":
        return _order(claim, evidence, gap)
    if c.measure == "route":
        return Reasoned("supported", (note("claims.route", evidence=evidence.said),))
    return _rule(evidence)


def _apart(why: Note) -> Reasoned:
    return Reasoned("not comparable", (why,))


def _number(claim: Claim, evidence: Evidence, gap: int) -> Reasoned:
    """Hold a number of people against a number of people."""
    low, high = _bounds(claim)
    ends = evidence.interval
    least = evidence.low if ends is None else ends.lower
    most = evidence.high if ends is None else ends.upper
    if claim.counts.basis != evidence.counts.basis:
        if evidence.counts.basis == "detected":
            if high < evidence.low and gap == 0:
                why = note("claims.below-those-found", evidence=evidence.said)
                return Reasoned("contradicted", (why,))
            return _apart(note("claims.only-a-floor", evidence=evidence.said))
        return _apart(
            note("claims.other-basis", claim=_basis(claim.counts), evidence=_basis(evidence.counts))
        )
    if high < least or low > most:
        why = note("claims.beyond", evidence=evidence.said)
        return Reasoned("contradicted", (why, *_near(gap)))
    agrees = low <= evidence.high and high >= evidence.low
    code = "claims.agrees" if agrees else "claims.within-the-interval"
    return Reasoned("supported", (note(code, evidence=evidence.said), *_near(gap)))


def _near(gap: int) -> tuple[Note, ...]:
    return (note("claims.years-away", gap=Number(gap)),) if gap else ()


def _share(claim: Claim, evidence: Evidence, gap: int) -> Reasoned:
    """Hold a share against a share of the same form."""
    low, high = _bounds(claim)
    ends = evidence.interval
    if ends is None:
        return _UNDECIDED
    parts = {"evidence": evidence.said, "claim": _share_note(low, high)}
    if ends.upper < low or ends.lower > high:
        return Reasoned("contradicted", (note("claims.share.against", **parts), *_near(gap)))
    if low <= ends.lower and ends.upper <= high:
        return Reasoned("supported", (note("claims.share.as-claimed", **parts), *_near(gap)))
    return Reasoned("no evidence here", (note("claims.share.open", **parts), *_near(gap)))


def _order(claim: Claim, evidence: Evidence, gap: int) -> Reasoned:
    """Hold an order of origins against rank sets."""
    ranking = evidence.ranking
    if ranking is None:
        return Reasoned("no evidence here", (note("claims.no-ranks"),))
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
    said = [note("claims.order.here", evidence=evidence.said)]
    misplaced = False
    focus, claimed = claim.value.focus, claim.value.rank
    if focus in at and claimed is not None:
        one = ranking.sets[at[focus]]
        misplaced = not one.lower <= claimed <= one.upper
        said.append(
            note(
                "claims.order.rank",
                claimed=Number(claimed, "rank"),
                origin=country_note(one.name),
                rank=one.said,
            )
        )
    if wrong:
        reversed_pairs = [
            note("claims.order.above", first=country_note(a), second=country_note(b))
            for b, a in wrong[:4]
        ]
        said.append(note("claims.order.reversed", pairs=listed(reversed_pairs, "semicolon")))
    if absent:
        absent_names = listed([country_note(o) for o in absent])
        said.append(note("claims.order.absent", origins=absent_names))
    said += [*_near(gap), note("claims.order.other-source")]
    if wrong or misplaced:
        return Reasoned("contradicted", tuple(said))
    if pairs and right == pairs and not absent:
        return Reasoned("supported", tuple(said))
    return Reasoned("no evidence here", (note("claims.order.cannot-tell"), *said))


def _rule(evidence: Evidence) -> Reasoned:
    """Hold what is said to be general against the share of cases in which it is so."""
    ends = evidence.interval
    if ends is None:
        return _UNDECIDED
    parts: dict[str, Number | Note] = {
        "evidence": evidence.said,
        "level": Number(ends.level, "level"),
        "lower": Number(ends.lower, "share"),
        "upper": Number(ends.upper, "share"),
    }
    if ends.lower > 0.5:
        return Reasoned("supported", (note("claims.rule.holds", **parts),))
    if ends.upper < 0.5:
        return Reasoned("contradicted", (note("claims.rule.fails", **parts),))
    return Reasoned("no evidence here", (note("claims.rule.open", **parts),))


_UNDECIDED = Reasoned("no evidence here", (note("claims.no-interval"),))


def _people_differ(c: Counted, e: Counted) -> tuple[Note, ...]:
    said = [note("claims.other-people", claim=Note(_KINDS[c.people]))]
    if c.people == "sex work":
        said.append(note("claims.sex-work"))
    if c.measure != e.measure:
        said.append(note("claims.other-measure-too", claim=_measure(c), evidence=_measure(e)))
        if {c.measure, e.measure} == {"stock", "flow"}:
            said.append(note("claims.stock-and-flow"))
    said.append(note("claims.no-figure"))
    return tuple(said)


def _years_apart(c: Counted, e: Counted) -> int:
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


def _share_note(low: float, high: float) -> Note:
    least, most = Number(low, "share"), Number(high, "share")
    if high >= 1.0:
        return note("claims.or-more", share=least)
    if low <= 0.0:
        return note("claims.or-less", share=most)
    return note("sources.span", low=least, high=most)


def _beside(claim: Claim) -> Note:
    """Another entry of the ledger, to be read beside."""
    return note("claims.beside", by=claim.by, date=claim.date, says=claim.says)


def _figure(claim: Claim, evidence: Evidence | None) -> float | int | str | None:
    if evidence is None:
        return None
    if evidence.ranking is not None:
        focus = claim.value.focus
        names = [s.name for s in evidence.ranking.sets]
        if focus in names:
            return str(evidence.ranking.find(str(focus)).said)
        return str(note("claims.figure.tiers", tiers=Number(len(evidence.ranking.tiers))))
    value = evidence.figure
    if value is None:
        return None
    return int(value) if float(value).is_integer() and value > 1 else value


def _interval(claim: Claim, evidence: Evidence | None) -> Interval | None:
    if evidence is None:
        return None
    if evidence.ranking is not None:
        focus = claim.value.focus
        if focus not in [s.name for s in evidence.ranking.sets]:
            return None
        one = evidence.ranking.find(str(focus))
        return Interval("rank set", evidence.ranking.level, one.lower, one.upper)
    if evidence.interval is not None:
        return evidence.interval
    if evidence.low != evidence.high:
        return Interval("bounds", 1.0, evidence.low, evidence.high)
    return None
