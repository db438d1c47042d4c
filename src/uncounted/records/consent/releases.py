"""Releases of information: which records may be linked, under which regime, on which day.

This applies a strict reading of rules that bind US victim-service providers, so that a coalition
does not link by accident what it may not. It is not legal advice: ask the member's own counsel.

Under ``vawa``, ``fvpsa`` and ``voca`` an individual's information may leave the provider only with
an informed, written, time-limited release, and a hash or an encrypted form of it counts as
disclosure too. ``privileged`` (lawyer or counsellor) is treated alike. Only ``none`` lets a record
without a release be linked; a release that was refused or withdrawn, has expired or covers the
total only is obeyed under every regime.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.records.codes import fold
from uncounted.records.consent.references import fold_reference
from uncounted.records.schema import REFUSED_AT, UNREAD_END, Records

__all__ = [
    "DEFAULT_REGIME",
    "NOT_LEGAL_ADVICE",
    "REASONS",
    "REFUSED",
    "REGIMES",
    "WITHDRAWN",
    "Gate",
    "gate",
    "withdrawn_references",
]

REGIMES = ("vawa", "fvpsa", "voca", "privileged", "none")
"""Rules a list is kept under. ``"vawa"``, ``"fvpsa"`` and ``"voca"``: grantees of the Violence Against
Women Act, the Family Violence Prevention and Services Act and the Victims of Crime Act, and
``"privileged"``, a lawyer's or counsellor's privilege: linkage only under a written, time-limited
release. ``"none"``: no rule declared, linkage unless a release was refused or withdrawn, has expired or
excludes it."""
DEFAULT_REGIME = "vawa"
NOT_LEGAL_ADVICE = Note("records.not-legal-advice")

REASONS = (
    "released",
    "no release",
    "the release covers the total only",
    "the release names no end",
    "the release has expired",
    "the release was withdrawn",
    "the release names no recipient",
    "the release names another recipient",
    "the end of the release cannot be read",
    "the release was refused",
    "the release names a recipient nobody knows beside this coalition",
)
"""What `Gate.reason` numbers stand for; 0 is released."""
WITHDRAWN, REFUSED = 5, 9
"""Places of the two in `REASONS` that no other sheet can outweigh."""


@dataclass(frozen=True, slots=True, eq=False)
class Gate:
    """Which records of a list may be linked.

    Parameters
    ----------
    reason
        Index into `REASONS` per record, shape (records,).
    regime
        The regime applied.
    """

    reason: NDArray[np.uint8]
    regime: str

    @property
    def released(self) -> NDArray[np.bool_]:
        """Whether each record may enter linkage, shape (records,)."""
        return np.asarray(self.reason == 0)

    def counts(self) -> dict[str, int]:
        """Count records not released, by reason; reasons without a record are left out."""
        found = np.bincount(self.reason, minlength=len(REASONS))
        return {REASONS[i]: int(found[i]) for i in range(1, len(REASONS)) if found[i]}


def withdrawn_references(records: Records, *, as_of: str) -> frozenset[str]:
    """Give the references of records whose release was withdrawn by ``as_of``, ``YYYY-MM-DD``."""
    gone = records.release_withdrawn <= np.datetime64(as_of, "D")
    return frozenset(str(r) for r in records.reference[gone] if r)


def gate(
    records: Records,
    regime: str = DEFAULT_REGIME,
    *,
    as_of: str,
    recipients: Sequence[str],
    withdrawn: Collection[str] = (),
    bodies: Sequence[str] = (),
) -> Gate:
    """Decide for every record of a list whether it may be linked.

    Parameters
    ----------
    records
        One list.
    regime
        One of `REGIMES`.
    as_of
        Day of the run, ``YYYY-MM-DD``; a release holds to the end of its last day, and a
        withdrawal from the start of its day.
    recipients
        Names by which a release may call this coalition.
    withdrawn
        References of this list with a withdrawal elsewhere in it. Who withdrew in one row withdrew in
        all rows of the same reference, however it is written, those of ``records`` included without being named here.
    bodies
        Names of others that a release may name beside this coalition. One that names anybody else as well is void: "nobody; us",
        "all but, us" cannot be told from it.

    Examples
    --------
    >>> legal = Records.build(
    ...     "legal",
    ...     release_scope=["linkage", "linkage", ""],
    ...     release_recipient=["Coalition", "Coalition", ""],
    ...     release_expires=["2027-01-01", "2026-01-01", None],
    ... )
    >>> gate(legal, "vawa", as_of="2026-06-01", recipients=["Coalition"]).counts()
    {'no release': 1, 'the release has expired': 1}
    """
    if regime not in REGIMES:
        raise InputError(
            f"List {records.list_name!r}: no such confidentiality regime.",
            fix=f"Write one of {', '.join(REGIMES)}; {DEFAULT_REGIME} where in doubt.",
        )
    today = np.datetime64(as_of, "D")
    known = {fold(r) for r in recipients}
    others = {fold(b) for b in bodies}
    whom = np.array([_names(r, known, others) for r in records.release_recipient], dtype=np.uint8)
    allowed = whom == _US
    named = records.filled("release_recipient")
    scope = records.release_scope
    ended = records.release_expires < today
    unread = records.release_expires == UNREAD_END
    endless = np.isnat(records.release_expires)
    gone = {
        f
        for r in (*withdrawn, *withdrawn_references(records, as_of=as_of))
        for f in fold_reference(r)
    }
    withdrawal = records.release_withdrawn <= today
    if gone:
        withdrawal |= np.array(
            [bool(fold_reference(str(r)) & gone) for r in records.reference], dtype=bool
        )
    reason = np.zeros(len(records), dtype=np.uint8)
    strict = regime != "none"
    # Later lines overrule earlier ones; NaT compares false.
    if strict:
        reason[~named] = 6
    reason[named & ~allowed] = 7
    reason[whom == _US_AND_UNKNOWN] = 10
    if strict:
        reason[endless] = 3
    reason[ended] = 4
    reason[unread] = 8
    if strict:
        reason[scope == ""] = 1
    reason[scope == "total"] = 2
    reason[withdrawal] = 5
    reason[records.release_withdrawn == REFUSED_AT] = 9
    return Gate(reason, regime)


_NOT_US, _US, _US_AND_UNKNOWN = 0, 1, 2


def _names(text: str, known: Collection[str], bodies: Collection[str]) -> int:
    """Whom a release names: this coalition, alone or among others that are known; with somebody unknown; or not at all."""
    whole = fold(text)
    if whole in known:
        return _US if whole else _NOT_US
    parts = [p for p in (part.strip() for part in re.split(r"[;|,/\n、，；]", whole)) if p]
    if not any(p in known for p in parts):
        return _NOT_US
    return _US if all(p in known or p in bodies for p in parts) else _US_AND_UNKNOWN
