"""The step from records to who is the same person, as arrays that hold no name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError
from uncounted.project.steps import Arrays, from_array, to_array
from uncounted.records.schema import Records

__all__ = ["Linked", "Linker", "link_records"]


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
        The threshold sweep N(t): ``threshold`` and overlap counts, for the picture; may be empty.
    facts
        What the linkage says of itself, JSON-ready, no content.
    """

    lists: tuple[str, ...]
    list_of: NDArray[np.int64]
    clusters: NDArray[np.int32]
    sweep: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_arrays(self) -> Arrays:
        """Form in which a step keeps it."""
        return {
            "lists": to_array(list(self.lists)),
            "list_of": self.list_of,
            "clusters": self.clusters,
            "facts": to_array(dict(self.facts)),
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
    raise NotImplementedError(settings, hand, draws, seed)
