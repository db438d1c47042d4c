"""The ledger of published claims: its format, and reading it with care.

A ledger is a TOML file. Each ``[[claim]]`` says, in the ledger keeper's own words, what was
claimed, by whom, when and where; ``[claim.counts]`` says what exactly is counted;
``[claim.value]`` holds the figure; each ``[[claim.evidence]]`` names evidence that can speak to
it. Ledgers come from anybody: size, depth, characters and paths are checked before anything is
computed, and an error names the claim by its place and the field, never the content.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from uncounted.core.notes import Note, note
from uncounted.errors import InputError
from uncounted.files.source import STANDARD_INPUT, open_source

__all__ = [
    "SHIPPED",
    "Claim",
    "ClaimLedger",
    "Counted",
    "EvidenceRef",
    "LedgerError",
    "Value",
    "load_ledger",
    "parse_ledger",
]

SHIPPED = note("claims.ledger.shipped")
_LARGEST = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def _clean(text: str) -> str:
    """One line of printable text: no control character can reach a terminal or a page."""
    if _CONTROL.search(text):
        msg = "control characters are not allowed"
        raise ValueError(msg)
    return " ".join(text.split())


def _place(code: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}|world", code):
        msg = 'use an ISO 3166 alpha-3 code in capitals, such as "USA", or "world"'
        raise ValueError(msg)
    return code


def _date(value: object) -> str:
    """Dates as written: a year, a year and month, or a day."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()[:10]
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
        return value
    msg = 'write a date as 2008, "2008-02" or 2008-02-29'
    raise ValueError(msg)


class LedgerError(InputError):
    """A ledger is not whole, or asks for evidence that cannot be computed (exit status 3)."""

    code = "bad-ledger"


Text = Annotated[str, AfterValidator(_clean), Field(min_length=1, max_length=1000)]
Place = Annotated[str, AfterValidator(_place)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Date = Annotated[str, BeforeValidator(_date)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Counted(_Model):
    """What exactly a claim (or a piece of evidence) counts.

    Parameters
    ----------
    people
        ``"trafficked"``, ``"sex work"`` (people who do it, trafficked or not), ``"venues"``,
        ``"other"``.
    basis
        ``"detected"`` (found by somebody and reported), ``"estimated"``, ``"stated"`` (mentioned
        in reports), ``"unstated"`` (the claim does not say).
    measure
        ``"flow"`` (in a year), ``"stock"`` (at one time), ``"cumulative"`` (over several years),
        ``"share"``, ``"order"``, ``"route"``, ``"rule"`` (what is said to hold in general).
    area
        Where: alpha-3 of the destination, or ``"world"``.
    years
        Which years; empty where the claim does not say.
    """

    people: Literal["trafficked", "sex work", "venues", "other"]
    basis: Literal["detected", "estimated", "stated", "unstated"]
    measure: Literal["flow", "stock", "cumulative", "share", "order", "route", "rule"]
    area: Place
    years: Annotated[list[Year], Field(max_length=40)] = []


class Value(_Model):
    """The figure of a claim; which fields it needs depends on what is measured.

    Parameters
    ----------
    low, high
        Number of people, or share between 0 and 1; ``low`` alone means "at least".
    of
        Form whose share it is: ``"sexual"``, ``"labour"``, ``"other"``.
    order
        Origins from most to least, alpha-3.
    focus, rank
        The origin a claim is about, and the rank it gives it.
    """

    low: Annotated[float | None, Field(ge=0, le=1e10)] = None
    high: Annotated[float | None, Field(ge=0, le=1e10)] = None
    of: Literal["sexual", "labour", "other"] | None = None
    order: Annotated[list[Place], Field(max_length=50)] = []
    focus: Place | None = None
    rank: Annotated[int | None, Field(ge=1, le=300)] = None

    @model_validator(mode="after")
    def _agree(self) -> Value:
        if self.low is not None and self.high is not None and self.low > self.high:
            msg = "low is above high"
            raise ValueError(msg)
        if len(set(self.order)) != len(self.order):
            msg = "order names an origin twice"
            raise ValueError(msg)
        if (self.focus is None) != (self.rank is None):
            msg = "focus and rank go together"
            raise ValueError(msg)
        if self.focus is not None and self.order and self.focus not in self.order:
            msg = "focus is not among the origins of order"
            raise ValueError(msg)
        return self


class EvidenceRef(_Model):
    """Which evidence can speak to a claim, and for which place and years.

    Parameters
    ----------
    kind
        A name of `uncounted.claims.evidence.KINDS`.
    destination, origin, start, end
        Alpha-3, as the kind needs them.
    years
        Years of the evidence.
    file, method
        For kind ``"estimate"``: the JSON that ``uncounted estimate --json`` wrote, beside the
        ledger, and which of its methods.
    counts
        For kind ``"estimate"``: what that estimate counts.
    note
        A caveat that must travel with this evidence.
    """

    kind: Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]
    destination: Place | None = None
    origin: Place | None = None
    start: Place | None = None
    end: Place | None = None
    years: Annotated[list[Year], Field(max_length=40)] = []
    file: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\.json$")] = None
    method: Annotated[str | None, Field(max_length=60)] = None
    counts: Counted | None = None
    note: Text | None = None


class Claim(_Model):
    """One published claim."""

    id: Identifier
    says: Text
    by: Text
    date: Date
    where: Text
    secondary: bool = False
    counts: Counted
    value: Value = Value()
    evidence: Annotated[list[EvidenceRef], Field(max_length=20)] = []
    see: Annotated[list[Identifier], Field(max_length=20)] = []
    because: Text | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Claim:
        if not self.evidence:
            return self
        v, measure = self.value, self.counts.measure
        needs = {
            "share": v.low is not None or v.high is not None,
            "order": len(v.order) > 1,
            "flow": v.low is not None or v.high is not None,
            "stock": v.low is not None or v.high is not None,
            "cumulative": v.low is not None or v.high is not None,
        }
        if not needs.get(measure, True):
            what = "an order of two origins or more" if measure == "order" else "low or high"
            msg = f'a claim that measures a "{measure}" needs {what} in its value to be tested'
            raise ValueError(msg)
        if measure == "share" and max(v.low or 0.0, v.high or 0.0) > 1:
            msg = "shares are written between 0 and 1"
            raise ValueError(msg)
        return self


class _File(_Model):
    title: Text | None = None
    lead: Text | None = None
    claim: Annotated[list[Claim], Field(min_length=1, max_length=500)]


@dataclass(frozen=True, slots=True)
class ClaimLedger:
    """Claims read from a file; ``folder`` is where evidence files beside it may lie."""

    title: str | Note
    lead: str | Note
    claims: tuple[Claim, ...]
    name: str | Note
    folder: Path | None

    def find(self, identifier: str) -> Claim | None:
        """Return the claim of that id, or ``None``."""
        return next((c for c in self.claims if c.id == identifier), None)


def load_ledger(path: str | Path | None = None) -> ClaimLedger:
    """Read a ledger from a file; the shipped one by default.

    Raises
    ------
    LedgerError
        No such file, too large, not TOML, or a claim that is not whole.

    Examples
    --------
    >>> len(load_ledger().claims) > 20
    True
    """
    if path is None:
        text = (
            resources.files("uncounted.claims")
            .joinpath("data", "claims.toml")
            .read_text(encoding="utf-8")
        )
        return _said(parse_ledger(text, name=SHIPPED))
    if str(path) == STANDARD_INPUT:
        source = open_source(STANDARD_INPUT)
        return parse_ledger(_decoded(source.data or b"", source.name), name=source.name)
    path = Path(path)
    if not os.path.isfile(path):
        raise LedgerError(f"There is no file {path.name}.", fix="Check the path of the ledger.")
    if path.stat().st_size > _LARGEST:
        raise LedgerError(
            f"{path.name} is larger than a ledger can be (1 MB).", fix="Split it into several."
        )
    text = _decoded(path.read_bytes(), path.name)
    return parse_ledger(text, name=path.name, folder=path.resolve().parent)


def _said(ledger: ClaimLedger) -> ClaimLedger:
    """Give the shipped ledger, whose words are ours, in the language spoken."""
    claims = tuple(
        c.model_copy(update={"says": str(note(f"claims.shipped.{c.id}"))}) for c in ledger.claims
    )
    title, lead = note("claims.shipped.title"), note("claims.shipped.lead")
    return replace(ledger, title=title, lead=lead, claims=claims)


def _decoded(data: bytes, name: str) -> str:
    if len(data) > _LARGEST:
        raise LedgerError(
            f"{name} is larger than a ledger can be (1 MB).", fix="Split it into several."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LedgerError(f"{name} is not UTF-8 text.", fix="Save it as UTF-8.") from None


def parse_ledger(
    text: str, *, name: str | Note = "ledger", folder: Path | None = None
) -> ClaimLedger:
    """Read a ledger from TOML text.

    Raises
    ------
    LedgerError
        With the line (not TOML) or with the claim's place and the field (not whole).
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line \d+, column \d+", str(error))
        where = f" ({at[0]})" if at else ""
        raise LedgerError(
            f"{name} is not TOML{where}.",
            fix="Look there for a missing quotation mark or bracket; docs/claims.md shows the form.",
        ) from None
    except RecursionError:
        raise LedgerError(f"{name} is nested too deeply.", fix="See docs/claims.md.") from None
    except ValueError:
        raise LedgerError(
            f"{name} holds a number of more digits than can be.", fix="Correct that number."
        ) from None
    try:
        file = _File.model_validate(raw)
    except ValidationError as error:
        raise LedgerError(
            f"{name}: {_first(error)}.",
            fix="Correct that field; docs/claims.md lists what each may hold.",
        ) from None
    seen: set[str] = set()
    for place, claim in enumerate(file.claim, start=1):
        if claim.id in seen:
            raise LedgerError(
                f"{name}: claim {place}, id: another claim above has the same id.",
                fix="Give each claim an id of its own.",
            )
        seen.add(claim.id)
    for place, claim in enumerate(file.claim, start=1):
        if not set(claim.see) <= seen:
            raise LedgerError(
                f"{name}: claim {place}, see: it points to an id that is not in the ledger.",
                fix="Name ids of this ledger.",
            )
    return ClaimLedger(
        note("claims.ledger.title") if file.title is None else file.title,
        note("claims.ledger.lead") if file.lead is None else file.lead,
        tuple(file.claim),
        name,
        folder,
    )


def _first(error: ValidationError) -> str:
    """Word the first fault as "claim 3, counts, basis: what is wrong", without what stands there."""
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    words = _words(fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        words = _words(fault["loc"][:-1])
        message = str(note("claims.ledger.unknown-field"))
    return f"{words}: {message[0].lower()}{message[1:].rstrip('.')}"


def _words(loc: Sequence[int | str]) -> str:
    out: list[str] = []
    for part in loc:
        if isinstance(part, int) and out:
            out[-1] = f"{out[-1]} {part + 1}"
        else:
            out.append(str(part))
    return ", ".join(out) or "the file"
