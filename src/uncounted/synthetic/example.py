"""`example_coalition`: five member lists of a made-up population whose size is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import InputError
from uncounted.records.consent.releases import gate
from uncounted.records.schema import Records
from uncounted.synthetic.lists import (
    AS_OF,
    DEPENDENCE,
    ERROR_LEVELS,
    MEMBERS,
    RECIPIENT,
    ErrorLevel,
    Member,
    capture_histories,
    write_list,
)
from uncounted.synthetic.people import Person, make_people

__all__ = ["POPULATION", "Coalition", "example_coalition"]

POPULATION = 1500
"""People of the example, unless other is asked for."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Coalition:
    """Member lists with the truth about them.

    Parameters
    ----------
    records
        One `Records` per list, in the order of ``members``.
    person
        Per list, int64 of shape (records,): which person each record is, an index into ``people``.
    histories
        int64 bit masks of shape (population,): on which lists each person is.
    people
        The population; its length is the true N.
    members
        The lists: names, regimes, formats, what they can see.
    dependence
        Log odds ratios between lists in the population.
    seed, error_level
        How it was made.
    """

    records: tuple[Records, ...]
    person: tuple[NDArray[np.int64], ...]
    histories: NDArray[np.int64]
    people: tuple[Person, ...]
    members: tuple[Member, ...]
    dependence: Mapping[tuple[str, str], float]
    seed: int
    error_level: str

    def __repr__(self) -> str:
        return (
            f"Coalition(population={self.population}, lists={len(self.records)}, "
            f"records={sum(map(len, self.records))}, errors={self.error_level!r})"
        )

    @property
    def population(self) -> int:
        """True N."""
        return len(self.people)

    @property
    def observed(self) -> int:
        """People on at least one list."""
        return int((self.histories > 0).sum())

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the lists."""
        return tuple(m.name for m in self.members)

    @property
    def regimes(self) -> dict[str, str]:
        """Confidentiality regime per list."""
        return {m.name: m.regime for m in self.members}

    def released(self) -> tuple[NDArray[np.bool_], ...]:
        """Per list, which records may enter linkage on the example's day."""
        return tuple(
            gate(r, m.regime, as_of=AS_OF, recipients=[RECIPIENT]).released
            for r, m in zip(self.records, self.members, strict=True)
        )

    def table(self, *, released_only: bool = False, by: str | None = None) -> OverlapTable:
        """Overlap table as error-free linkage would give it.

        Parameters
        ----------
        released_only
            Count a person as on a list only where a record of theirs there may be linked.
        by
            ``"origin"`` or ``"sector"`` for strata; ``None`` for one table.
        """
        masks = np.zeros(self.population, dtype=np.int64)
        gates = self.released() if released_only else None
        for i, person in enumerate(self.person):
            kept = person[gates[i]] if gates is not None else person
            masks[np.unique(kept)] |= 1 << i
        strata: tuple[str, ...] = ("all",)
        group = np.zeros(self.population, dtype=np.int64)
        if by is not None:
            if by not in ("origin", "sector"):
                raise InputError(
                    "Strata are by origin or by sector.", fix="Ask for one of the two."
                )
            values = [self.value(p, by) for p in self.people]
            strata = tuple(sorted(set(values)))
            group = np.array([strata.index(v) for v in values])
        cells = np.zeros((len(strata), 1 << len(self.records)), dtype=np.int64)
        np.add.at(cells, (group, masks), 1)
        cells[:, 0] = 0
        sees = np.ones((len(strata), len(self.members)), dtype=np.bool_)
        if by == "origin":
            sees = np.array(
                [[not m.origins or s in m.origins for m in self.members] for s in strata]
            )
        titles = {m.name: m.title for m in self.members}
        return OverlapTable(
            self.lists, cells, strata, sees, "example coalition", titles, "made up; no real person"
        )

    def sizes(self, by: str) -> dict[str, int]:
        """Count the true population by origin or sector."""
        out: dict[str, int] = {}
        for p in self.people:
            key = self.value(p, by)
            out[key] = out.get(key, 0) + 1
        return dict(sorted(out.items()))

    @staticmethod
    def value(person: Person, by: str) -> str:
        """Origin or sector of a person; sexual exploitation is a sector of its own here."""
        if by == "origin":
            return person.origin
        return "sexual exploitation" if person.sexual else person.sector


def example_coalition(
    seed: int = 1,
    *,
    error_level: str | ErrorLevel = "medium",
    population: int = POPULATION,
    members: Sequence[Member] = MEMBERS,
    dependence: Mapping[tuple[str, str], float] = DEPENDENCE,
) -> Coalition:
    """Make a coalition of five member lists over a population of known size.

    Parameters
    ----------
    seed
        Root seed; the same seed gives the same records.
    error_level
        ``"low"``, ``"medium"`` or ``"high"`` of `ERROR_LEVELS`, or another `ErrorLevel`.
    population
        True N, 10 or more.
    members, dependence
        The lists and the log odds ratios between them.

    Examples
    --------
    >>> coalition = example_coalition(1, population=200)
    >>> coalition.population, [r.list_name for r in coalition.records][:2]
    (200, ['shelter', 'legal'])
    >>> coalition.table().n == coalition.observed
    True
    """
    level = error_level if isinstance(error_level, ErrorLevel) else ERROR_LEVELS.get(error_level)
    if level is None:
        raise InputError(
            f"There is no error level {error_level!r}.",
            fix=f"Use one of {', '.join(ERROR_LEVELS)}.",
        )
    if population < 10:
        raise InputError("The population must be 10 or more.", fix="Ask for more people.")
    label = error_level if isinstance(error_level, str) else "given"
    people = tuple(make_people(population, stream(seed, "synthetic/people")))
    histories = capture_histories(people, stream(seed, "synthetic/lists"), members, dependence)
    made = [
        write_list(
            member,
            people,
            np.flatnonzero(histories >> i & 1),
            level,
            stream(seed, f"synthetic/records/{label}/{member.name}"),
        )
        for i, member in enumerate(members)
    ]
    return Coalition(
        tuple(records for records, _ in made),
        tuple(person for _, person in made),
        histories,
        people,
        tuple(members),
        dict(dependence),
        seed,
        label,
    )
