"""From who is the same person to overlap tables, whole and by group, draw by draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import OverlapTable
from uncounted.engine.kept import Arrays, from_array, to_array
from uncounted.places.countries import country_name
from uncounted.records.schema import EXPLOITATION, SECTORS, Records

__all__ = [
    "UNKNOWN_GROUP",
    "Groups",
    "Overlaps",
    "count_overlaps",
    "groups_of",
    "referred_from",
]

UNKNOWN_GROUP = "not known"
SEX = "Commercial sexual exploitation"
_SEX_BIT = 1 << EXPLOITATION.index("SexualExploitation")
_WORK_BITS = sum(
    1 << EXPLOITATION.index(f)
    for f in ("ForcedLabour", "ChildLabour", "Servitude", "ForcedBegging")
)
"""Forms in which somebody works; sexual exploitation alone is never called work."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """A breakdown of records.

    Parameters
    ----------
    name
        ``"origin"`` or ``"sector"``.
    labels
        Names of the groups; the first is `UNKNOWN_GROUP`.
    of
        Index into ``labels`` per record, all lists one after the other, shape (records,).
    """

    name: str
    labels: tuple[str, ...]
    of: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """Overlap counts per linkage draw.

    Parameters
    ----------
    lists
        Lists in the table.
    counts
        Shape (draws, 2**lists), by bit mask; column 0 is 0 and means nothing.
    by_group
        Per breakdown, shape (draws, groups, 2**lists).
    labels
        Names of each breakdown's groups.
    reference
        The draw whose observed count is the median: what "detected" is counted on.
    found
        Counts as ``counts``, without entries of people whom another list sent; ``None`` where no
        record says so.
    sent
        People of each list whom another list sent, in the reference draw, shape (lists,).
    """

    lists: tuple[str, ...]
    counts: NDArray[np.int64]
    by_group: dict[str, NDArray[np.int64]]
    labels: dict[str, tuple[str, ...]]
    reference: int
    found: NDArray[np.int64] | None = None
    sent: NDArray[np.int64] | None = None

    def to_arrays(self) -> Arrays:
        """Form in which a step keeps it."""
        return {
            "lists": to_array(list(self.lists)),
            "counts": self.counts,
            "labels": to_array({k: list(v) for k, v in self.labels.items()}),
            "reference": np.array(self.reference),
            **{f"group_{k}": v for k, v in self.by_group.items()},
            **({} if self.found is None else {"found": self.found}),
            **({} if self.sent is None else {"sent": self.sent}),
        }

    @classmethod
    def from_arrays(cls, kept: Arrays) -> Overlaps:
        """Read what `to_arrays` gave."""
        return cls(
            tuple(from_array(kept["lists"])),
            kept["counts"],
            {k.removeprefix("group_"): v for k, v in kept.items() if k.startswith("group_")},
            {k: tuple(v) for k, v in from_array(kept["labels"]).items()},
            int(kept["reference"]),
            kept.get("found"),
            kept.get("sent"),
        )

    def tables(self) -> list[OverlapTable]:
        """One table per draw."""
        return [OverlapTable.from_histories(self.lists, c, name="lists") for c in self.counts]

    def found_tables(self) -> list[OverlapTable]:
        """One table per draw, without entries of people whom another list sent; none where unknown."""
        if self.found is None:
            return []
        return [OverlapTable.from_histories(self.lists, c, name="lists") for c in self.found]

    def group_tables(self, breakdown: str, group: int) -> list[OverlapTable]:
        """One table per draw, of one group."""
        return [
            OverlapTable.from_histories(self.lists, c, name=self.labels[breakdown][group])
            for c in self.by_group[breakdown][:, group]
        ]


def groups_of(name: str, lists: Sequence[Records]) -> Groups:
    """Group records by origin (citizenship) or sector.

    A record of commercial sexual exploitation without an ISIC section is a group of its own.
    """
    texts: list[str] = []
    for records in lists:
        if name == "origin":
            texts += [country_name(c) if c else "" for c in records.citizenship]
        else:
            for letter, bits in zip(records.sector, records.exploitation, strict=True):
                sold = bits & _SEX_BIT and not bits & _WORK_BITS
                texts.append(
                    SEX if sold else SECTORS[letter] if letter else SEX if bits & _SEX_BIT else ""
                )
    labels = (UNKNOWN_GROUP, *sorted({t for t in texts if t}))
    place = {label: i for i, label in enumerate(labels)}
    return Groups(name, labels, np.array([place.get(t, 0) for t in texts], dtype=np.int64))


def count_overlaps(
    lists: Sequence[str],
    list_of: NDArray[np.int64],
    draws: Sequence[NDArray[np.int64]],
    breakdowns: Sequence[Groups],
    sender: NDArray[np.int64] | None = None,
) -> Overlaps:
    """Count people by capture history in every draw.

    Parameters
    ----------
    lists
        Names, in the order of ``list_of``.
    list_of
        List of each record, shape (records,).
    draws
        Person of each record in each draw, shape (records,) each, any integers.
    breakdowns
        Groups; a person's group is the one most of their records name.
    sender
        List that sent the person of each record to its list, -1 for none, shape (records,).
    """
    width = 1 << len(lists)
    counts = np.zeros((len(draws), width), dtype=np.int64)
    by_group = {
        g.name: np.zeros((len(draws), len(g.labels), width), dtype=np.int64) for g in breakdowns
    }
    bits = np.left_shift(1, list_of)
    some = sender is not None and bool((sender >= 0).any())
    found = np.zeros_like(counts) if some else None
    sent = np.zeros((len(draws), len(lists)), dtype=np.int64)
    for d, clusters in enumerate(draws):
        _, person = np.unique(clusters, return_inverse=True)
        people = int(person.max()) + 1 if person.size else 0
        masks = np.zeros(people, dtype=np.int64)
        np.bitwise_or.at(masks, person, bits)
        counts[d] = np.bincount(masks, minlength=width)
        if found is not None and sender is not None:
            own = _found_alone(person, masks, bits, sender)
            found[d] = np.bincount(own, minlength=width)
            found[d, 0] = 0  # people whom every list of theirs was sent by another
            sent[d] = [int(((masks & ~own) >> i & 1).sum()) for i in range(len(lists))]
        for g in breakdowns:
            votes = np.bincount(
                person * len(g.labels) + g.of, minlength=people * len(g.labels)
            ).reshape(people, len(g.labels))
            votes[:, 0] = 0
            group = votes.argmax(axis=1)  # nobody's vote: group 0, not known
            by_group[g.name][d] = np.bincount(
                group * width + masks, minlength=len(g.labels) * width
            ).reshape(len(g.labels), width)
    observed = counts.sum(axis=1)
    reference = int(np.argsort(observed, kind="stable")[len(draws) // 2])
    return Overlaps(
        tuple(lists),
        counts,
        by_group,
        {g.name: g.labels for g in breakdowns},
        reference,
        found,
        sent[reference] if some else None,
    )


def referred_from(lists: Sequence[Records]) -> NDArray[np.int64]:
    """Place of the list that sent the person of each record, all lists one after the other; -1 for none."""
    place = {records.list_name: i for i, records in enumerate(lists)}
    found = [place.get(name, -1) for records in lists for name in records.referred_by]
    return np.array(found, dtype=np.int64)


def _found_alone(
    person: NDArray[np.int64],
    masks: NDArray[np.int64],
    bits: NDArray[np.int64],
    sender: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Capture histories, shape (people,), of lists that met the person without being sent them.

    A list keeps a person of whom it has any record that names no sender. Where lists name each other
    as senders of one person, nobody knows who was first, and all entries stay.
    """
    own = np.zeros_like(masks)
    np.bitwise_or.at(own, person, np.where(sender < 0, bits, 0))
    by = np.zeros_like(masks)
    np.bitwise_or.at(by, person, np.where(sender >= 0, np.left_shift(1, np.maximum(sender, 0)), 0))
    circle = (own == 0) & ((by & ~masks) == 0)
    return np.where(circle, masks, own)
