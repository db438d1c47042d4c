"""The ledger asked about a whole release at once: what may leave anew, and what stands as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uncounted.disclosure.ledger import Ledger, Publication, Stands
from uncounted.disclosure.suppress import Published
from uncounted.project.publish import Shown
from uncounted.project.release import Said, standing_groups
from uncounted.verdict.groups import GroupRow

__all__ = ["NEVER", "Asked", "Kept", "released"]

WHOLE = "whole"
"""Name under which the ledger keeps all that is said beside the tables of all people."""
OF_ALL = ("overlap", "rows")
"""Tables of all people: they, and all that is said beside them, are made from the same counts."""

NEVER = "-"
"""Stands for the run of a table that is held and was never released."""

Numbers = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which run asks, and what of earlier ones is looked at.

    Parameters
    ----------
    ledger, run, tip, threshold
        As of `Ledger.check`.
    lists
        What tells each list, by name: hashes of its file's name and of its content.
    basis
        What figures are made by, but for the data.
    draft
        Whether nothing is held.
    """

    ledger: Ledger
    run: str
    tip: str | None
    threshold: int
    lists: Mapping[str, Sequence[str]]
    basis: str
    draft: bool = False

    def check(self, name: str, numbers: Numbers, new: Mapping[str, Numbers]) -> Publication:
        """Ask about one table."""
        if self.draft:
            return Publication(numbers)
        return self.ledger.check(
            name, numbers, run=self.run, tip=self.tip, threshold=self.threshold,
            lists=self.lists, new=new,
        )  # fmt: skip

    def last(self, table: str, new: Mapping[str, Numbers]) -> Publication:
        """Return what the last release of a table showed; nothing where there is none."""
        past = self.ledger.earlier(
            table, run=self.run, tip=self.tip, lists=self.lists, new=new, threshold=self.threshold
        )
        return Publication(dict(past[-1][1]), past[-1][0]) if past else Publication({}, NEVER)

    def stands(self, name: str, table: str, new: Mapping[str, Numbers]) -> Stands | None:
        """Return what the last release said under a name, beside a table."""
        return self.ledger.stands(
            name, table, run=self.run, tip=self.tip, lists=self.lists, new=new,
            threshold=self.threshold,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger is to keep of a release: tables and figures that left anew."""

    tables: dict[str, Numbers] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)


def released(
    asked: Asked,
    tables: Mapping[str, Numbers],
    beside: Mapping[str, Mapping[str, Numbers]],
    groups: Mapping[str, tuple[list[GroupRow], Published]],
    said: Callable[[Mapping[str, Publication]], Said],
    titles: Mapping[str, str],
    names: Sequence[str],
) -> tuple[Shown, Kept]:
    """Decide what leaves.

    Parameters
    ----------
    asked
        Who asks.
    tables
        What the run would show: ``overlap``, ``rows``, and counts by breakdown.
    beside
        By breakdown, the overlap tables that its figures tell.
    groups
        Rows by breakdown.
    said
        Makes all that is said beside the tables.
    titles, names
        Titles of all lists; names of those that have an overlap table.

    Notes
    -----
    A person who withdraws may change a figure, a sentence or a number of links where no count of the
    same page changes by enough to be held. So where a table of all people is held, everything is; where a
    breakdown is, its figures are. Where the shown counts are what they were, so are the figures made in
    the same way: what moved them would be somebody whom no count shows.
    """
    releases = {name: asked.check(name, t, tables) for name, t in tables.items()}
    kept = Kept()
    whole_held = any(releases[name].held_from for name in OF_ALL)
    if whole_held:
        releases = {name: asked.last(name, tables) for name in tables}
        words = Said.standing(asked.stands(WHOLE, "overlap", tables), titles, names)
    else:
        words = said(releases)
        stands = None if asked.draft else asked.stands(WHOLE, "overlap", tables)
        same = stands is not None and all(
            dict(asked.last(name, tables).numbers) == dict(tables[name]) for name in OF_ALL
        )
        if same and stands is not None and stands.basis == asked.basis and stands.figures:
            words = Said.standing(stands, titles, names)
        kept.tables.update({name: tables[name] for name in OF_ALL})
        kept.figures[WHOLE] = words.to_dict()
    rows: dict[str, list[GroupRow]] = {}
    for name, (made, _) in groups.items():
        inside = beside.get(name, {})
        held = whole_held or bool(releases[name].held_from)
        held = held or any(asked.check(k, t, tables).held_from for k, t in inside.items())
        stands = None if asked.draft else asked.stands(name, name, tables)
        if held:
            releases[name] = asked.last(name, tables)
            rows[name] = standing_groups(stands, releases[name])
            continue
        rows[name] = made
        same = dict(asked.last(name, tables).numbers) == dict(tables[name])
        if same and stands is not None and stands.basis == asked.basis and stands.figures:
            rows[name] = standing_groups(stands, releases[name])
        kept.tables[name] = tables[name]
        kept.tables.update(inside)
        kept.figures[name] = [row.to_dict() for row in rows[name]]
    return Shown(words, rows, releases), kept
