"""What a run says beside its counts, made ready to leave, kept, and brought back where it must stand.

Every figure here comes from tables that know no more than is shown. Where the ledger holds the counts
of a release, what was said beside them stands with them: it is read back from the ledger, not made anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import note
from uncounted.disclosure.ledger import Publication, Stands
from uncounted.disclosure.rounding import rounded
from uncounted.engine.kept import jsonable
from uncounted.records.consent.cost import ReleaseCost, release_cost
from uncounted.verdict.groups import GroupRow
from uncounted.verdict.known import Moved
from uncounted.verdict.lists import ListRow
from uncounted.verdict.questions import Questions
from uncounted.verdict.referrals import Referrals
from uncounted.verdict.run_verdict import RunVerdict

__all__ = ["Said", "shown_cost", "shown_facts", "standing_groups"]

Numbers = Mapping[str, int | None]
NO_COST = ReleaseCost(0, 0, None, ())


@dataclass(frozen=True, slots=True)
class Said:
    """Everything a run says but its tables of counts and its groups.

    Parameters
    ----------
    estimate
        The figure, rounded as on the page; diagnostics rounded and suppressed likewise.
    methods
        Other methods, as the figure.
    moved
        What each thing that is known does to the figure.
    referrals
        Entries made by referral and the figure without them; ``None`` where no record says so.
    lists
        What each list added.
    parts
        Shares of the doubt by where it comes from, in whole percents.
    cost
        What records without a release cost.
    facts
        What the linkage says of itself.
    names
        Lists of the overlap table, in the order of its histories.
    answers, tables
        Linkage draws, and different overlap tables among them.
    """

    estimate: Estimate
    methods: tuple[Estimate, ...] = ()
    moved: tuple[Moved, ...] = ()
    lists: tuple[ListRow, ...] = ()
    parts: Mapping[str, float] = field(default_factory=dict)
    cost: ReleaseCost = NO_COST
    facts: Mapping[str, Any] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    answers: int = 0
    tables: int = 0
    referrals: Referrals | None = None

    def to_dict(self) -> JSONObject:
        """JSON form."""
        verdict = self.estimate.diagnostics.get("verdict")
        made: JSONObject = jsonable(
            {
                "estimate": self.estimate.to_dict(),
                "verdict": verdict.to_dict() if isinstance(verdict, RunVerdict) else None,
                "methods": [m.to_dict() for m in self.methods],
                "moved": [m.to_dict() for m in self.moved],
                "lists": [row.to_dict() for row in self.lists],
                "parts": dict(self.parts),
                "cost": {
                    "records": self.cost.records,
                    "not_released": self.cost.not_released,
                    "wider": self.cost.wider,
                    "total_only": list(self.cost.total_only),
                },
                "facts": dict(self.facts),
                "names": list(self.names),
                "answers": self.answers,
                "tables": self.tables,
                "referrals": None if self.referrals is None else self.referrals.to_dict(),
            }
        )
        return made

    @classmethod
    def from_dict(cls, made: Mapping[str, Any]) -> Said:
        """Read the JSON form back."""
        estimate = Estimate.from_dict(made["estimate"])
        verdict = None if made["verdict"] is None else RunVerdict.from_dict(made["verdict"])
        if "verdict" in estimate.diagnostics:
            estimate = replace(estimate, diagnostics={**estimate.diagnostics, "verdict": verdict})
        cost = made["cost"]
        return cls(
            estimate,
            tuple(Estimate.from_dict(m) for m in made["methods"]),
            tuple(Moved.from_dict(m) for m in made["moved"]),
            tuple(ListRow.from_dict(row) for row in made["lists"]),
            made["parts"],
            ReleaseCost(
                cost["records"], cost["not_released"], cost["wider"], tuple(cost["total_only"])
            ),
            made["facts"],
            tuple(made["names"]),
            made["answers"],
            made["tables"],
            Referrals.from_dict(kept) if (kept := made.get("referrals")) is not None else None,
        )

    def renamed(self, names: Mapping[str, str], titles: Mapping[str, str]) -> Said:
        """Call the lists by the names and titles that they have now."""

        def now(name: str) -> str:
            return names.get(name, name)

        return replace(
            self,
            names=tuple(now(n) for n in self.names),
            lists=tuple(
                replace(row, name=now(row.name), title=titles.get(now(row.name), row.title))
                for row in self.lists
            ),
            cost=replace(self.cost, total_only=tuple(now(n) for n in self.cost.total_only)),
            referrals=None
            if self.referrals is None
            else replace(
                self.referrals, entries={now(k): n for k, n in self.referrals.entries.items()}
            ),
        )

    @classmethod
    def standing(
        cls, stands: Stands | None, titles: Mapping[str, str], names: Sequence[str]
    ) -> Said:
        """Bring back what an earlier release said; no figure where it kept none."""
        if stands is not None and isinstance(stands.figures, Mapping):
            return cls.from_dict(stands.figures).renamed(stands.names, titles)
        refused = note("run.stands.alone")
        verdict = RunVerdict("not supported", (refused,), None, None, Questions())
        return cls(
            Estimate("consensus", -1, None, refused=refused, diagnostics={"verdict": verdict}),
            names=tuple(names),
        )


def standing_groups(stands: Stands | None, release: Publication) -> list[GroupRow]:
    """Rows of a breakdown as an earlier release had them; counts alone where it kept no figures."""
    if stands is not None and isinstance(stands.figures, Sequence):
        return [GroupRow.from_dict(row) for row in stands.figures]
    return [
        GroupRow(label, count, why=note("verdict.group.no-figure"))
        for label, count in release.numbers.items()
        if label != "all"
    ]


def shown_facts(facts: Mapping[str, Any], threshold: int, *, hidden: bool) -> JSONObject:
    """Make what a linkage says of itself ready to leave.

    Parameters
    ----------
    facts
        As the linker gave them.
    threshold
        The smallest count that is shown.
    hidden
        Whether anything of the overlap table is suppressed: links and pairs count the very people
        that are.
    """
    out = dict(facts)
    for name in ("expected_links", "candidate_pairs"):
        value = out.get(name)
        if name in out:
            plain = isinstance(value, int | float) and value >= threshold and not hidden
            out[name] = rounded(float(value)) if plain and value is not None else None
    if hidden and "blocking" in out:
        out["blocking"] = None
    if isinstance(out.get("blocking_reach"), float):
        out["blocking_reach"] = round(out["blocking_reach"], 2)
    births = out.get("default_births")
    if births:
        # Rounded down, it is less than a suppressed count could be told by.
        out["default_births"] = [
            {**b, "records": rounded(float(b["records"])) if b["records"] >= threshold else None}
            for b in births
        ]
    return out


def shown_cost(
    names: Sequence[str], rows: Numbers, people: Numbers, population: float | None
) -> ReleaseCost:
    """Work out what records without a release cost, from numbers that are shown and nothing else.

    Parameters
    ----------
    names
        Lists.
    rows, people
        The account of rows and the overlap table, as shown.
    population
        The figure, as shown.
    """
    used = [rows.get(f"{n}, used") for n in names]
    held = [rows.get(f"{n}, not released") for n in names]
    on = [people.get(n, 0) for n in names]
    none = tuple(
        n for n, u, h in zip(names, used, held, strict=True) if u == 0 and (h is None or h > 0)
    )
    all_held = rows.get("all not released")
    if None in (*used, *held, *on) or all_held is None:
        return ReleaseCost(-1, -1 if all_held is None else all_held, None, none)
    made = release_cost(
        names,
        [int(p or 0) for p in on],
        [int(u or 0) for u in used],
        [int(u or 0) + int(h or 0) for u, h in zip(used, held, strict=True)],
        population,
    )
    wider = None if made.wider is None else round(made.wider, 2)
    return replace(made, wider=wider, total_only=none)
