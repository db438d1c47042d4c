"""Which pairs are compared at all: rules, what each costs, and a budget they must fit in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from uncounted.linkage.prepare import Columns

__all__ = ["RULES", "Plan", "Rule", "plan"]


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
    Rule("same birth date", ("birth",)),
    Rule("same name parts in any order", ("whole",)),
    Rule("one name part and the birth year", ("tokens", "year"), "tokens"),
    Rule("one name sound and the birth year", ("sounds", "year"), "sounds"),
    Rule("one name part, birth month and day", ("tokens", "monthday"), "tokens"),
    Rule("one name sound, birth month and day", ("sounds", "monthday"), "sounds"),
    Rule("initials and the birth year", ("initials", "year")),
    Rule("two name sounds in any order", ("sound_pair",)),
    Rule("one name part alone", ("tokens",), "tokens"),
    Rule("one name sound alone", ("sounds",), "sounds"),
    Rule("birth month and day alone", ("monthday",)),
)
"""From narrow to wide; the wide ones are used as long as the budget lasts."""


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


def keys(columns: Columns) -> dict[str, list[object]]:
    """Blocking keys of every record, one list per key, ``None`` where a record has none."""
    birth: list[object] = []
    monthday: list[object] = []
    whole: list[object] = []
    initials: list[object] = []
    sound_pair: list[object] = []
    sounds: list[object] = []
    for i in range(columns.n):
        y, m, d = columns.year[i], columns.month[i], columns.day[i]
        g, s = columns.given[i], columns.surname[i]
        full = y is not None and m is not None and d is not None
        birth.append(f"{y:04d}{m:02d}{d:02d}" if full else None)
        monthday.append(m * 100 + d if m is not None and d is not None else None)
        both = g is not None and s is not None
        whole.append("|".join(sorted((g or "", s or ""))) if both else None)
        initials.append("".join(sorted((g or " ")[0] + (s or " ")[0])) if both else None)
        a, b = columns.sounds_given[i], columns.sounds_surname[i]
        sound_pair.append("|".join(sorted((a[0], b[0]))) if a and b else None)
        sounds.append(sorted({*a, *b}))
    return {
        "birth": birth,
        "monthday": monthday,
        "whole": whole,
        "initials": initials,
        "sound_pair": sound_pair,
        "sounds": sounds,
        "tokens": list(columns.tokens),
        "year": list(columns.year),
    }


def plan(columns: Columns, made: dict[str, list[object]], *, budget: int) -> Plan:
    """Choose the rules that fit.

    Parameters
    ----------
    columns
        The records.
    made
        What `keys` gave for them.
    budget
        Most pairs to compare. Where all pairs fit, all are compared.

    Examples
    --------
    >>> from uncounted.linkage.prepare import prepare
    >>> columns = prepare({"a": [{"name": "Ana Diaz", "dob": "1990-02-03"}] * 3})
    >>> plan(columns, keys(columns), budget=10).everything
    True
    """
    everything = columns.n * (columns.n - 1) // 2
    if everything <= budget:
        return Plan((), (), True, everything)
    used: list[Rule] = []
    left: list[str] = []
    total = 0
    for rule in RULES:
        cost = _cost(rule, made)
        # The three narrowest rules are the least that linkage can do with; they always run.
        if total + cost <= budget or len(used) < 3 <= len(RULES):
            if cost:
                used.append(rule)
                total += cost
        else:
            left.append(rule.name)
    return Plan(tuple(used), tuple(left), False, total)


def _cost(rule: Rule, made: dict[str, list[object]]) -> int:
    """Pairs a rule yields, counting a pair once per shared value."""
    sizes: Counter[object] = Counter()
    n = len(made["birth"])
    single = [made[k] for k in rule.keys if k != rule.explode]
    many = made[rule.explode] if rule.explode else None
    for i in range(n):
        rest = tuple(column[i] for column in single)
        if None in rest:
            continue
        values: Iterable[object] = many[i] if many is not None else ("",)  # type: ignore[assignment]
        for value in values:
            sizes[(value, rest)] += 1
    return sum(k * (k - 1) // 2 for k in sizes.values())
