"""What each thing that is known does to the figure: without it, with it alone, with all together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, note
from uncounted.core.table import OverlapTable
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.estimators.knowledge import Knowledge
from uncounted.pooling.consensus_draws import consensus_over_draws

__all__ = ["Moved", "moved_by", "moved_with"]

DRAWS = 20
"""Linkage draws of each row: rows are compared with each other, on the same draws."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The figure with what is said.

    Parameters
    ----------
    said
        The statement, in words.
    point, interval
        Median of the pool, as always where something is known, and the range that holds whatever the lists do; ``None`` where there is none.
    """

    said: Note
    point: float | None
    interval: Interval | None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "said": str(self.said),
            "note": self.said.to_dict(),
            "point": self.point,
            "interval": None if self.interval is None else self.interval.to_dict(),
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Moved:
        """Read the JSON form back."""
        interval = made["interval"]
        return cls(
            Note.from_dict(made["note"]),
            made["point"],
            None if interval is None else Interval.from_dict(interval),
        )


def moved_by(
    tables: Sequence[OverlapTable], consensus: Consensus, *, first: int = 0, seed: int = 0
) -> tuple[Moved, ...]:
    """Move the figure of linkage draws by each statement: none, each alone, all together.

    Parameters
    ----------
    tables, consensus
        One overlap table per linkage draw; the settings, with what is known in them.
    first, seed
        As of `uncounted.pooling.consensus_draws.consensus_over_draws`.

    Returns
    -------
    tuple of Moved
        As of `moved_with`.
    """

    def figure(asked: Consensus) -> tuple[ConsensusPosterior, Interval | None]:
        over = consensus_over_draws(tables, asked, first=first, most=DRAWS, seed=seed)
        return over.posterior, over.estimate.interval

    return moved_with(consensus, figure)


def moved_with(
    consensus: Consensus,
    figure: Callable[[Consensus], tuple[ConsensusPosterior, Interval | None]],
) -> tuple[Moved, ...]:
    """Move a figure by each statement: none, each alone, all together.

    Parameters
    ----------
    consensus
        The settings, with what is known in them.
    figure
        Makes posterior and interval with settings; it may refuse.

    Returns
    -------
    tuple of Moved
        Empty where nothing is known; without the last row where only one thing is.
    """
    known = consensus.knowledge
    if not known.anything:
        return ()
    said = list(known.statements())
    rows = [(note("verdict.known.nothing"), Knowledge()), *said]
    if len(said) > 1:
        rows.append((note("verdict.known.all"), known))
    out = []
    for words, knowledge in rows:
        try:
            posterior, interval = figure(replace(consensus, knowledge=knowledge, draws=0))
        except Refusal:
            out.append(Moved(words, None, None))
            continue
        # The middle of the pool in every row, the learned one in none: rows differ by what is said alone.
        out.append(Moved(words, posterior.pool.median, interval))
    return tuple(out)
