"""Published claims put to the test: supported, contradicted, not comparable, or no evidence here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from uncounted.answers.shape import Column, Line, Rows, Stages, Told, cell
from uncounted.brief.named import country
from uncounted.brief.pages import ClaimEntry, ClaimsPage
from uncounted.charts.export import to_svg
from uncounted.charts.rank_intervals import rank_intervals
from uncounted.claims.judging import (
    VERDICTS,
    ClaimVerdict,
    Finding,
    counted_note,
    test_claims,
    verdict_note,
)
from uncounted.claims.ledger import Claim, ClaimLedger, load_ledger
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.errors import InputError

__all__ = ["ClaimsAnswer", "ClaimsRequest", "answer"]

_DRAWN = 15
"""Most origins of a ranking that is drawn beside its claim."""


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """Which claims to test.

    Parameters
    ----------
    ledger
        TOML file of claims; the shipped ledger by default.
    ids
        These claims only.
    years
        Claims about these years.
    destination
        Claims about this country, ISO alpha-3.
    origin
        Claims that name this origin, ISO alpha-3.
    form
        Claims about this form.
    level
        Nominal coverage of the intervals.
    """

    ledger: Path | None = None
    ids: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    destination: str | None = None
    origin: str | None = None
    form: Literal["sexual", "labour", "other"] | None = None
    level: float = 0.95

    def wants(self, claim: Claim) -> bool:
        """Whether a claim is asked for."""
        named = {
            *claim.value.order,
            *(e.origin for e in claim.evidence),
            *(e.start for e in claim.evidence),
        }
        return (
            (not self.ids or claim.id in self.ids)
            and (not self.years or bool(set(self.years) & set(claim.counts.years)))
            and (self.destination is None or claim.counts.area == self.destination)
            and (self.origin is None or self.origin in named)
            and (self.form is None or claim.value.of == self.form)
        )


@dataclass(frozen=True, slots=True)
class ClaimsAnswer:
    """What the evidence says of each claim.

    Parameters
    ----------
    request
        What was asked.
    ledger
        All claims of the file.
    findings
        In the ledger's order.
    """

    request: ClaimsRequest
    ledger: ClaimLedger
    findings: tuple[Finding, ...]

    @property
    def tally(self) -> dict[ClaimVerdict, int]:
        """How many claims have each verdict."""
        return {v: sum(f.verdict == v for f in self.findings) for v in VERDICTS}

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "ledger": str(self.ledger.name),
            "title": str(self.ledger.title),
            "level": self.request.level,
            "claims": [f.to_dict() for f in self.findings],
            "tally": {verdict: n for verdict, n in self.tally.items()},
        }

    def rows(self) -> Rows:
        """Return a row a claim."""
        heads = (
            "id", "verdict", "why", "figure", "interval_lower", "interval_upper", "source",
            "caveat", "says", "by", "date",
        )  # fmt: skip
        cells = []
        for f in (finding.to_dict() for finding in self.findings):
            ends = f["interval"] if isinstance(f["interval"], Mapping) else {}
            made = f | {f"interval_{end}": ends.get(end) for end in ("lower", "upper")}
            cells.append(tuple(cell(made[h]) for h in heads))
        return Rows(tuple(Column(h) for h in heads), tuple(cells))

    def told(self) -> Told:
        """Return what the terminal shows."""
        counted = ", ".join(f"{n} {verdict_note(v)}" for v, n in self.tally.items())
        lines = [Line(str(self.ledger.title), strong=True), Line(counted)]
        for f in self.findings:
            c = f.claim
            lines += [
                Line(),
                Line(f"{c.id}: {c.says}", strong=True),
                Line(f"  {c.by}, {c.date}"),
                Line(f"  {verdict_note(f.verdict)}. {' '.join(map(str, f.why))}"),
                *(Line(f"  - {caveat}") for caveat in f.caveats),
            ]
        return tuple(lines)

    def page(self) -> ClaimsPage:
        """Return all that the page shows, with a picture where ranks are tested."""
        sources = dict.fromkeys(e.source for f in self.findings for e in f.comparable)
        return ClaimsPage(
            title=self.ledger.title,
            lead=self.ledger.lead,
            tally=tuple((verdict_note(v), n) for v, n in self.tally.items()),
            claims=tuple(_entry(f) for f in self.findings),
            sources=tuple(sources),
        )


def _entry(finding: Finding) -> ClaimEntry:
    claim = finding.claim
    return ClaimEntry(
        id=claim.id,
        verdict=finding.verdict,
        label=verdict_note(finding.verdict),
        says=claim.says,
        by=claim.by,
        where=claim.where,
        date=claim.date,
        secondary=claim.secondary,
        counted=counted_note(claim.counts),
        why=finding.why,
        caveats=finding.caveats,
        source=finding.source or "",
        picture=_picture(finding),
    )


def _picture(finding: Finding) -> str:
    """Draw the rank sets that a claim is held against; empty where there are none, or too many."""
    drawn = ""
    for evidence in finding.comparable:
        if evidence.ranking is not None and len(evidence.ranking.sets) <= _DRAWN:
            ranks = [r.to_dict() | {"name": country(r.origin)} for r in evidence.ranking.rows()]
            title: Note = note("claims.picture")
            drawn = to_svg(rank_intervals(ranks, title=str(title), subtitle=str(evidence.source)))
    return drawn


def answer(request: ClaimsRequest, *, progress: Stages | None = None) -> ClaimsAnswer:
    """Put claims to the test; each is compared only with evidence that counts the same thing.

    Raises
    ------
    InputError
        The ledger cannot be read, no claim matches, or the level is none.
    """
    book = load_ledger(request.ledger)
    keep = {c.id for c in book.claims if request.wants(c)}
    if not keep:
        raise InputError("No claim of the ledger matches.", fix="Drop a filter, or check the ids.")
    return ClaimsAnswer(request, book, test_claims(book, level=request.level, only=keep))
