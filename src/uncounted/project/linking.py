"""The step from records to who is the same person, as arrays that hold no name."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, note
from uncounted.engine.kept import Arrays, from_array, to_array
from uncounted.errors import InputError
from uncounted.records.schema import Records

if TYPE_CHECKING:
    from uncounted.linkage import LinkageSettings

SWEEP = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Thresholds of the sweep N(t)."""

__all__ = ["Linked", "Linker", "halves_note", "link_records", "link_settings"]


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Who is the same person, draw by draw.

    Parameters
    ----------
    lists
        Lists that took part.
    list_of
        List of each record, all lists one after the other, shape (records,).
    clusters
        Person of each record in each draw, shape (draws, records).
    sweep
        What one threshold would give: ``threshold``, shape (thresholds,), and ``counts`` by capture
        history, shape (thresholds, 2**lists); may be empty.
    facts
        What the linkage says of itself, JSON-ready, no content.
    one
        Person of each record in the one answer a plain tool would take, shape (records,); may be
        empty.
    """

    lists: tuple[str, ...]
    list_of: NDArray[np.int64]
    clusters: NDArray[np.int32]
    sweep: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    one: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))

    def to_arrays(self) -> Arrays:
        """Form in which a step keeps it."""
        return {
            "lists": to_array(list(self.lists)),
            "list_of": self.list_of,
            "clusters": self.clusters,
            "facts": to_array(dict(self.facts)),
            "one": self.one,
            **{f"sweep_{k}": v for k, v in self.sweep.items()},
        }

    @classmethod
    def from_arrays(cls, kept: Arrays) -> Linked:
        """Read what `to_arrays` gave."""
        return cls(
            tuple(from_array(kept["lists"])),
            kept["list_of"],
            kept["clusters"],
            {k.removeprefix("sweep_"): v for k, v in kept.items() if k.startswith("sweep_")},
            from_array(kept["facts"]),
            kept["one"],
        )


Linker = Callable[[Sequence[Records], Mapping[str, Any], Path, int, int], Linked]
"""Records of the lists, the project's ``[linkage]`` section, its ``hand`` folder, draws, seed."""


def link_records(
    lists: Sequence[Records], settings: Mapping[str, Any], hand: Path, draws: int, seed: int
) -> Linked:
    """Link with `uncounted.linkage`.

    Raises
    ------
    InputError
        If fewer than two lists have a record that may be linked.
    """
    if len(lists) < 2:
        raise InputError(
            f"{'One list has' if lists else 'No list has'} records that may be linked; "
            "two are needed for an overlap.",
            fix="`uncounted check` says why rows were quarantined or not released.",
        )
    from uncounted.linkage import link
    from uncounted.linkage.decisions import project_salt, read

    found = link(
        list(lists),
        link_settings(settings),
        decisions=read(hand),
        salt=project_salt(hand),
        seed=seed,
    )
    drawn = found.draw(draws, seed)
    tables = np.stack([found.table(float(t)).counts for t in SWEEP])
    tables[:, 0] = 0
    return Linked(
        found.lists,
        np.asarray(found.member, dtype=np.int64),
        drawn.label,
        {"threshold": np.array(SWEEP), "counts": tables},
        {
            "candidate_pairs": int(found.left.size),
            "expected_links": round(float(found.probability.sum()), 1),
            "blocking": str(found.diagnostics.get("blocking", "")),
            "blocking_reach": round(float(found.reach), 4),
            "decisions_used": int(found.diagnostics.get("decisions_used", 0)),
            "decisions_contradicting": int(found.diagnostics.get("decisions_contradicting", 0)),
            "default_births": list(found.diagnostics.get("default_births", [])),
            "one_per_list": found.settings.one_per_list,
        },
        found.clusters(),
    )


def halves_note(halves: Sequence[int]) -> Note:
    """Say which lines of the decisions are half written."""
    return note("project.halves", numbers=", ".join(map(str, halves)))


def link_settings(given: Mapping[str, Any]) -> LinkageSettings:
    """Read the ``[linkage]`` section.

    Raises
    ------
    InputError
        Naming the setting that does not exist or is of the wrong kind.
    """
    from uncounted.linkage import LinkageSettings

    known = {f.name for f in dataclasses.fields(LinkageSettings)} - {"weights"}
    unknown = sorted(set(given) - known)
    if unknown:
        raise InputError(
            f"uncounted.toml: there is no setting called linkage.{unknown[0]}.",
            fix=f"Under [linkage] stand {', '.join(sorted(known))}.",
        )
    made: dict[str, Any] = {}
    for name, value in given.items():
        fits, code = _KINDS[name]
        if not fits(value):
            raise InputError(
                f"uncounted.toml: linkage.{name} is of the wrong kind.", fix=Note(code)
            )
        made[name] = tuple(map(float, value)) if isinstance(value, list) else value
    return LinkageSettings(**made)


def _number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "one_per_list": (lambda v: isinstance(v, bool), "run.setting.one-per-list"),
    "threshold": (_number, "run.setting.threshold"),
    "budget": (
        lambda v: isinstance(v, int) and not isinstance(v, bool) and v > 0,
        "run.setting.budget",
    ),
    "strength": (_number, "run.setting.strength"),
    "lost": (
        lambda v: isinstance(v, list) and len(v) == 2 and all(map(_number, v)),
        "run.setting.lost",
    ),
}
