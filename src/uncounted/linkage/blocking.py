"""Which pairs are compared at all: rules, what each costs, and a budget they must fit in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    name
        Plain words for the report.
    keys
        Columns of the comparison table that must all agree.
    explode
        The one among ``keys`` that holds several values a record, any of which may agree.
    """

    name: str
    keys: tuple[str, ...]
    explode: str | None = None


RULES = (
    Rule("both name parts in any order and the birth year", ("whole", "year")),
    Rule("one name sound and the birth date", ("sounds", "birth"), "sounds"),
    Rule("two name sounds in any order and the birth year", ("sound_pair", "year")),
    Rule("same birth date", ("birth",)),
    Rule("same name parts in any order", ("whole",)),
    Rule("one name part and the birth year", ("tokens", "year"), "tokens"),
    Rule("one name sound and the birth year", ("sounds", "year"), "sounds"),
    Rule("one name part, birth month and day", ("tokens", "monthday"), "tokens"),
    Rule("one name sound, birth month and day", ("sounds", "monthday"), "sounds"),
    Rule("initials and the birth year", ("initials", "year")),
    Rule("two name sounds in any order", ("sound_pair",)),
    Rule("birth year and month", ("year", "month")),
    Rule("birth year and day", ("year", "day")),
    Rule("birth month and day alone", ("monthday",)),
    Rule("one name part alone", ("tokens",), "tokens"),
    Rule("one name sound alone", ("sounds",), "sounds"),
    Rule("initials in any order", ("initials",)),
    Rule("birth year alone", ("year",)),
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
        Names of the rules that would have passed the budget.
    everything
        Whether all pairs are compared, so that no link can be missed here.
    pairs_at_most
        Upper bound on the pairs compared.
    """

    rules: tuple[Rule, ...]
    left_out: tuple[str, ...]
    everything: bool
    pairs_at_most: int

    def words(self) -> str:
        """Say what is compared, in one sentence."""
        if self.everything:
            return "Every record was compared with every other."
        used = "; ".join(rule.name for rule in self.rules)
        rest = f" Left out as too many pairs: {'; '.join(self.left_out)}." if self.left_out else ""
        return f"Two records were compared where they share: {used}.{rest}"


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
    left: list[str] = []
    total = 0
    for number, rule in enumerate(RULES):
        pairs = cost(rule)
        if number < _ALWAYS or total + pairs <= budget:
            if pairs:
                used.append(rule)
                total += pairs
        else:
            left.append(rule.name)
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
