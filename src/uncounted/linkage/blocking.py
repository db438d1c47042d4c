"""Which pairs are compared at all: rules, what each costs, and a budget they must fit in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from uncounted.core.notes import Note, note, series, whole_note

__all__ = ["KEYS", "RULES", "Plan", "Rule", "cost_of", "plan"]

KEYS = """
    *,
    given is not null and surname is not null as named,
    list_distinct(list_concat(own_given, classes_given)) as sounds_given,
    list_distinct(list_concat(own_surname, classes_surname)) as sounds_surname,
    list_distinct(list_concat(words_given, words_surname)) as tokens,
    list_distinct(list_concat(own_given, classes_given, own_surname, classes_surname)) as sounds,
    case when day > 0 then printf('%04d%02d%02d', year, month, day) end as birth,
    case when day > 0 then month * 100 + day end as monthday,
    case when named then least(given, surname) || '|' || greatest(given, surname) end as whole,
    case when named then least(left(given, 1), left(surname, 1))
        || greatest(left(given, 1), left(surname, 1)) end as initials,
    case when named then least(first_given, first_surname)
        || '|' || greatest(first_given, first_surname) end as sound_pair
"""
"""Keys of a record beside what it holds, as DuckDB SQL; null where a record has none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Two records are compared where a key of theirs is equal.

    Parameters
    ----------
    keys
        Columns of the comparison table that must all agree.
    explode
        The one among ``keys`` that holds several values a record, any of which may agree.
    """

    keys: tuple[str, ...]
    explode: str | None = None

    @property
    def said(self) -> Note:
        """What two records must share."""
        return Note(f"linkage.blocking.{'-'.join(self.keys).replace('_', '-')}")


RULES = (
    Rule(("whole", "year")),
    Rule(("sounds", "birth"), "sounds"),
    Rule(("sound_pair", "year")),
    Rule(("birth",)),
    Rule(("whole",)),
    Rule(("tokens", "year"), "tokens"),
    Rule(("sounds", "year"), "sounds"),
    Rule(("tokens", "monthday"), "tokens"),
    Rule(("sounds", "monthday"), "sounds"),
    Rule(("initials", "year")),
    Rule(("sound_pair",)),
    Rule(("year", "month")),
    Rule(("year", "day")),
    Rule(("monthday",)),
    Rule(("tokens",), "tokens"),
    Rule(("sounds",), "sounds"),
    Rule(("initials",)),
    Rule(("year",)),
)
"""From narrow to wide; the wide ones are used as long as the budget lasts."""
_ALWAYS = 3
"""The narrowest rules are the least that linkage can do with; they always run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules used, and how many pairs they may cost.

    Parameters
    ----------
    rules
        Rules used, in order.
    left_out
        Rules that would have passed the budget.
    everything
        Whether all pairs are compared, so that no link can be missed here.
    pairs_at_most
        Upper bound on the pairs compared.
    """

    rules: tuple[Rule, ...]
    left_out: tuple[Rule, ...]
    everything: bool
    pairs_at_most: int

    @property
    def said(self) -> Note:
        """What was compared."""
        if self.everything:
            return Note("linkage.compared.all")
        used = note("linkage.compared.rules", rules=_joined(self.rules))
        if not self.left_out:
            return used
        rest = note("linkage.compared.left-out", rules=_joined(self.left_out))
        return note("words.space", first=used, last=rest)


def _joined(rules: Sequence[Rule]) -> Note:
    return whole_note(series("words.semicolon", [rule.said for rule in rules]))


def plan(records: int, cost: Callable[[Rule], int], *, budget: int) -> Plan:
    """Choose the rules that fit.

    Parameters
    ----------
    records
        How many there are.
    cost
        Pairs that a rule yields.
    budget
        Most pairs to compare. Where all pairs fit, all are compared.

    Examples
    --------
    >>> plan(3, lambda rule: 9, budget=10).everything
    True
    >>> len(plan(100, lambda rule: 9, budget=50).rules)
    5
    """
    everything = records * (records - 1) // 2
    if everything <= budget:
        return Plan((), (), True, everything)
    used: list[Rule] = []
    left: list[Rule] = []
    total = 0
    for number, rule in enumerate(RULES):
        pairs = cost(rule)
        if number < _ALWAYS or total + pairs <= budget:
            if pairs:
                used.append(rule)
                total += pairs
        else:
            left.append(rule)
    return Plan(tuple(used), tuple(left), False, total)


def cost_of(rule: Rule, table: str) -> str:
    """Query for the pairs a rule yields, counting a pair once per shared value."""
    keys = ", ".join(rule.keys)
    columns = ", ".join(f"unnest({k}) as {k}" if k == rule.explode else k for k in rule.keys)
    known = " and ".join(f"{k} is not null" for k in rule.keys)
    return (
        "select coalesce(sum(n * (n - 1) // 2), 0)::bigint from (select count(*)::bigint as n"
        f" from (select {columns} from {table}) where {known} group by {keys})"
    )
