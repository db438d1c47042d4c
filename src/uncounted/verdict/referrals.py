"""The figure without entries that another list's referral made, beside the one with them.

Where a list sends people on to another, the two share more people than chance, and figures come out too
low. Where records say who was sent by whom, those entries can be left out of the list that received
them. Some of these people might have met that list all the same; where most would have, the figure
without them is too high. So both stand side by side, neither in place of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from uncounted.core.estimate import Interval
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.rounding import rounded
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus
from uncounted.pooling.consensus_draws import consensus_over_draws

__all__ = ["Referrals", "referral_figure"]


@dataclass(frozen=True, slots=True)
class Referrals:
    """Entries made by referral, and the figure without them.

    Parameters
    ----------
    entries
        By list that received them, people whom another list sent; ``None`` where held back.
    point, interval, likely
        The figure without those entries; ``None`` where there is none or it is held back.
    held
        Whether anything is held back because it would tell a small count.
    """

    entries: Mapping[str, int | None]
    point: float | None = None
    interval: Interval | None = None
    likely: Interval | None = None
    held: bool = False

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "entries_left_out": dict(self.entries),
            "held": self.held,
            "without": {
                "point": self.point,
                "interval": None if self.interval is None else self.interval.to_dict(),
                "likely": None if self.likely is None else self.likely.to_dict(),
            },
        }

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Referrals:
        """Read the JSON form back."""
        ends = [
            None if made["without"][k] is None else Interval.from_dict(made["without"][k])
            for k in ("interval", "likely")
        ]
        return cls(
            dict(made["entries_left_out"]), made["without"]["point"], ends[0], ends[1], made["held"]
        )

    def shown(
        self, sizes: Mapping[str, int | None], threshold: int, detected: int | None
    ) -> Referrals:
        """Return it as it may be published.

        Parameters
        ----------
        sizes
            People of each list as shown; ``None`` where suppressed.
        threshold
            Counts below it are held back, and so is what a list's size leaves beside them. One held
            back takes all with it, and the figure: they are few, and one may tell another.
        detected
            People detected as shown; no figure lies below.
        """

        def tells(name: str, people: int) -> bool:
            size = sizes.get(name)
            if people == 0:
                return False
            rest = None if size is None else size - people
            return people < threshold or rest is None or 0 < rest < threshold

        if any(n is None or tells(name, n) for name, n in self.entries.items()):
            return Referrals(
                dict.fromkeys((k for k, n in self.entries.items() if n != 0)), held=True
            )
        least = float(detected or 0)

        def ends(interval: Interval | None) -> Interval | None:
            if interval is None:
                return None
            low, high = (max(rounded(x), least) for x in (interval.lower, interval.upper))
            return replace(interval, lower=low, upper=high)

        point = None if self.point is None else max(rounded(self.point), least)
        return replace(
            self,
            entries={k: n for k, n in self.entries.items() if n},
            point=point,
            interval=ends(self.interval),
            likely=ends(self.likely),
        )

    def told(self) -> tuple[Note, ...]:
        """Say how many entries came by referral, and what the figure is without them."""
        if self.held:
            return (note("verdict.referrals.few"),)
        said = [
            note("verdict.referrals.entries", people=Number(n, "people", of="sent"), list=name)
            for name, n in self.entries.items()
            if n is not None
        ]
        if self.point is None or self.interval is None:
            return (*said, note("verdict.referrals.no-figure"))
        ends = self.likely or self.interval
        figure = note(
            "verdict.referrals.figure",
            point=Number(self.point, "estimate"),
            lower=Number(ends.lower, "estimate"),
            upper=Number(ends.upper, "estimate"),
        )
        return (*said, figure, note("verdict.referrals.means"))


def referral_figure(
    tables: Sequence[OverlapTable],
    entries: Mapping[str, int],
    consensus: Consensus,
    *,
    first: int = 0,
    seed: int = 0,
) -> Referrals:
    """Make the figure from tables without entries made by referral.

    Parameters
    ----------
    tables
        One a linkage draw, those entries left out.
    entries
        People by list whose entry was left out.
    consensus
        The settings of the figure. What is known of referrals is put aside: what they did is out of the
        tables.
    first, seed
        As of `uncounted.pooling.consensus_draws.consensus_over_draws`.
    """
    settings = replace(consensus, knowledge=replace(consensus.knowledge, refers=()), draws=0)
    try:
        over = consensus_over_draws(tables, settings, first=first, seed=seed)
    except Refusal:
        return Referrals(entries)
    return Referrals(entries, over.estimate.point, over.estimate.interval, over.likely)
