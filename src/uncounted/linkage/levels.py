"""Levels of agreement per field, as DuckDB SQL for Splink, and how they combine into fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BIRTH_AGREES",
    "BIRTH_SPEAKS",
    "COMPARISONS",
    "FACTORS",
    "FIELD_LEVELS",
    "STATES",
    "codes",
    "comparisons",
    "factor_codes",
    "gammas",
    "gammas_of_measured",
    "log_m",
    "measured",
    "name_state",
]

COMPARISONS = ("given", "surname", "crossed", "birth", "sex", "citizenship", "area")

_PART = {"given": "sounds_given", "surname": "sounds_surname"}


def _levels() -> dict[str, tuple[str, ...]]:
    """Levels of each kind, lowest first: words that weights and JSON know them by."""
    found: dict[str, list[str]] = {}
    text = resources.files(__package__).joinpath("data", "levels.tsv").read_text("utf-8")
    for line in text.splitlines()[2:]:
        kind, _, level = line.partition("\t")
        found.setdefault(kind, []).append(level)
    return {kind: tuple(levels) for kind, levels in found.items()}


LEVELS = _levels()
PART_LEVELS = LEVELS["part"]
CROSSED_LEVELS = LEVELS["crossed"]
NAME_LEVELS = (
    tuple(f"given {g}, surname {s}" for g in PART_LEVELS for s in PART_LEVELS) + CROSSED_LEVELS
)
BIRTH_LEVELS = LEVELS["birth"]
BIRTH_AGREES, BIRTH_SPEAKS = 3, 6
"""Birth levels: what is known of both dates agrees though not all is known; from which two records may
be of one person though no part of the names is near."""
CODE_LEVELS = LEVELS["code"]
AREA_LEVELS = LEVELS["area"]
RULE_LEVELS = LEVELS["rule"]
"""What the names tables say of two whole names."""
STATES = LEVELS["state"]
"""What the letters say of two whole names; `RULE_LEVELS` are weighed given these."""
FIELD_LEVELS: Mapping[str, tuple[str, ...]] = {
    "name": NAME_LEVELS,
    "birth": BIRTH_LEVELS,
    "sex": CODE_LEVELS,
    "citizenship": CODE_LEVELS,
    "area": AREA_LEVELS,
    "rules": ("not asked", *(f"{state}: {level}" for state in STATES for level in RULE_LEVELS)),
}
"""Fields that are weighed and what each level means; what is unknown or not asked carries no weight."""


FACTORS: Mapping[str, tuple[str, ...]] = {
    "order": ("straight", *CROSSED_LEVELS),
    "given": PART_LEVELS[1:],
    "surname": PART_LEVELS[1:],
    "birth": BIRTH_LEVELS[1:],
    "sex": CODE_LEVELS[1:],
    "citizenship": CODE_LEVELS[1:],
    "area": AREA_LEVELS[1:],
    "rules, no part": RULE_LEVELS,
    "rules, one part": RULE_LEVELS,
    "rules, both parts": RULE_LEVELS,
}
"""What is independent among matches: the name falls apart into whether its parts stand in the same
order and, where they do, each part; then what the names tables say, given how near the letters are.
What is not known speaks neither for nor against: some lists never ask for a birth date."""


def factor_codes(code: NDArray[np.int16]) -> NDArray[np.int16]:
    """Levels per field to levels per factor.

    Parameters
    ----------
    code
        Shape (pairs, fields), as `codes` gives.

    Returns
    -------
    ndarray, shape (pairs, factors)
        Columns in the order of `FACTORS`; -1 for what is not known or does not apply: the parts of
        a name whose parts are crossed, and the names tables where they were not asked.
    """
    parts = len(PART_LEVELS)
    name = code[:, 0]
    crossed = name >= parts * parts
    order = np.where(crossed, name - parts * parts + 1, 0)
    given = np.where(crossed, -1, name // parts - 1)
    surname = np.where(crossed, -1, name % parts - 1)
    asked = code[:, 5].astype(np.int16) - 1
    rules = [
        np.where((asked >= 0) & (asked // len(RULE_LEVELS) == k), asked % len(RULE_LEVELS), -1)
        for k in range(len(STATES))
    ]
    others = (code[:, k] - 1 for k in range(1, 5))
    made = np.stack([order, given, surname, *others, *rules], axis=1)
    out: NDArray[np.int16] = made.astype(np.int16)
    return out


def _first(*conditions: str) -> str:
    """Say whether any holds, tried in order.

    Written as CASE because DuckDB evaluates both sides of OR and AND for every pair; in CASE the
    dear conditions are tried only where the cheap ones did not decide.
    """
    tries = " ".join(f"when {c} then true" for c in conditions)
    return f"(case {tries} else false end)"


def _only_if(guard: str, condition: str) -> str:
    """Say whether both hold; the second is tried only where the first does."""
    return f"(case when {guard} then {condition} else false end)"


def _slips(a: str, b: str, most: int) -> str:
    """At most so many letters changed, left out, put in or swapped with the next.

    The plain edit distance is cheap and rules nearly every pair in or out; only at its edge is
    the dear one, which counts a swap once, asked.
    """
    return _first(
        f"levenshtein({a}, {b}) <= {most}",
        _only_if(
            f"length({a}) = length({b})",
            _only_if(
                f"levenshtein({a}, {b}) <= {2 * most}", f"damerau_levenshtein({a}, {b}) <= {most}"
            ),
        ),
    )


def _near(a: str, b: str) -> str:
    return _first(
        f"jaro_winkler_similarity({a}, {b}) >= 0.93",
        _only_if(f"length({a}) >= 3 and length({b}) >= 3", _slips(a, b, 1)),
    )


def _similar(a: str, b: str) -> str:
    return _first(
        f"jaro_winkler_similarity({a}, {b}) >= 0.84",
        f"starts_with({a}, {b})",
        f"starts_with({b}, {a})",
        _only_if(
            f"length({a}) >= 4 and length({b}) >= 4",
            f"levenshtein({a}, {b}) <= greatest(length({a}), length({b}), 6) // 3",
        ),
    )


class Level(TypedDict):
    """One level of agreement, as Splink takes it."""

    sql_condition: str
    label_for_charts: str
    is_null_level: NotRequired[bool]


class Comparison(TypedDict):
    """One comparison of two records, as Splink takes it."""

    output_column_name: str
    comparison_levels: list[Level]


def _comparison(name: str, levels: list[tuple[str, str]], null: str | None) -> Comparison:
    made: list[Level] = []
    if null is not None:
        made.append({"sql_condition": null, "label_for_charts": "unknown", "is_null_level": True})
    for sql, label in levels:
        made.append({"sql_condition": sql, "label_for_charts": label})
    made.append({"sql_condition": "ELSE", "label_for_charts": "different"})
    return {"output_column_name": name, "comparison_levels": made}


def _part(name: str) -> Comparison:
    a, b = f'"{name}_l"', f'"{name}_r"'
    sounds = f'list_has_any("{_PART[name]}_l", "{_PART[name]}_r")'
    return _comparison(
        name,
        [
            (f"{a} = {b}", "same"),
            (_first(sounds, _near(a, b)), "near"),
            (_similar(a, b), "similar"),
        ],
        f"{a} is null or {b} is null",
    )


def _crossed() -> Comparison:
    a, b = '"given_l"', '"surname_r"'
    c, d = '"surname_l"', '"given_r"'
    one, two = f"{a} = {b}", f"{c} = {d}"
    near = _only_if(
        f"left({a}, 1) = left({b}, 1) or left({c}, 1) = left({d}, 1)",
        _only_if(_near(a, b), _near(c, d)),
    )
    return _comparison(
        "crossed",
        [
            (_only_if(one, two), "crossed, same"),
            (near, "crossed, near"),
            (_first(one, two), "one part crossed"),
        ],
        None,
    )


def _birth() -> Comparison:
    b, c = '"birth_l"', '"birth_r"'
    full = f"{b} is not null and {c} is not null"
    swap = '("year_l" = "year_r" and "month_l" = "day_r" and "day_l" = "month_r")'
    gap = 'greatest("year_low_l" - "year_high_r", "year_low_r" - "year_high_l")'
    rough = f"not ({full})"
    return _comparison(
        "birth",
        [
            (f"{b} = {c}", "same"),
            (_only_if(full, _first(swap, _slips(b, c, 1))), "one slip"),
            (f'{full} and "year_l" = "year_r" and ("month_l" = "month_r" or "day_l" = "day_r")',
             BIRTH_LEVELS[7]),
            ('"monthday_l" = "monthday_r"', BIRTH_LEVELS[BIRTH_SPEAKS]),
            (_only_if(full, f"levenshtein({b}, {c}) <= 2"), "two slips"),
            (f'{full} and "year_l" = "year_r"', "same year"),
            (f"{rough} and {gap} <= 0", BIRTH_LEVELS[BIRTH_AGREES]),
            # Of two whole dates that agree in nothing else, a year near the other says nothing.
            (f"{rough} and {gap} <= 2", "years within two"),
        ],
        '"year_low_l" is null or "year_low_r" is null',
    )  # fmt: skip


def comparisons() -> list[Comparison]:
    """Splink comparisons, in the order of `COMPARISONS`."""
    made = [_part("given"), _part("surname"), _crossed(), _birth()]
    for name in ("sex", "citizenship"):
        a, b = f'"{name}_l"', f'"{name}_r"'
        made.append(_comparison(name, [(f"{a} = {b}", "same")], f"{a} is null or {b} is null"))
    a, b = '"area_l"', '"area_r"'
    near = f"(length({a}) >= 2 and length({b}) >= 2 and {_slips(a, b, 1)})"
    made.append(
        _comparison("area", [(f"{a} = {b}", "same"), (near, "near")], f"{a} is null or {b} is null")
    )
    return made


USED = (
    "given", "surname", "sounds_given", "sounds_surname", "birth", "year", "month", "day",
    "year_low", "year_high", "monthday", "sex", "citizenship", "area",
)  # fmt: skip
"""Columns of a record that the comparisons look at."""


def gammas() -> dict[str, str]:
    """Give the SQL of each comparison's level, a tinyint: -1 for unknown, 0 for different, and up."""
    out = {}
    for comparison in comparisons():
        held = comparison["comparison_levels"]
        known = [level for level in held if not level.get("is_null_level")]
        cases = [
            f"when {level['sql_condition']} then -1" for level in held if level.get("is_null_level")
        ]
        cases += [
            f"when {level['sql_condition']} then {len(known) - 1 - k}"
            for k, level in enumerate(known[:-1])
        ]
        out[comparison["output_column_name"]] = f"(case {' '.join(cases)} else 0 end)::tinyint"
    return out


_MEASURED = {
    f"{short}_{name}": f'{measure}("{name}_l", "{name}_r")'
    for name, some in (("given", 2), ("surname", 2), ("birth", 1))
    for short, measure in (("slips", "levenshtein"), ("alike", "jaro_winkler_similarity"))[:some]
}


def measured() -> str:
    """Give the SQL of what several levels ask of a pair, each column made once."""
    return ", ".join(f'{sql} as "{name}"' for name, sql in _MEASURED.items())


def gammas_of_measured() -> dict[str, str]:
    """`gammas`, of pairs that hold the columns `measured`."""
    out = gammas()
    for name, sql in _MEASURED.items():
        whole = re.compile(rf"(?<![a-z_]){re.escape(sql)}")
        out = {k: whole.sub(f'"{name}"', v) for k, v in out.items()}
    return out


def codes(gamma: NDArray[np.int8], rules: NDArray[np.int8]) -> NDArray[np.int16]:
    """Splink's comparison vectors, and what the names tables say, to one level per field.

    Parameters
    ----------
    gamma
        Shape (pairs, comparisons), columns in the order of `COMPARISONS`, -1 for unknown.
    rules
        Shape (pairs,), index into `RULE_LEVELS`, -1 where the tables were not asked.

    Returns
    -------
    ndarray, shape (pairs, fields)
        Columns in the order of `FIELD_LEVELS`; each entry an index into the field's levels.
    """
    g, s, crossed = (gamma[:, k].astype(np.int16) + 1 for k in range(3))
    name = g * len(PART_LEVELS) + s
    straight = np.maximum(g - 1, 0) + np.maximum(s - 1, 0)
    crossed = crossed - 1
    base = len(PART_LEVELS) ** 2
    name = np.where((crossed >= 2) & (straight < 5), base + crossed - 1, name)
    name = np.where((crossed == 1) & (straight < 2), base, name)
    asked = np.where(rules < 0, 0, 1 + name_state(name) * len(RULE_LEVELS) + rules)
    others = (gamma[:, k].astype(np.int16) + 1 for k in range(3, 7))
    return np.stack([name, *others, asked.astype(np.int16)], axis=1)


def name_state(name: NDArray[np.int16]) -> NDArray[np.int16]:
    """How near the letters of two whole names are, an index into `STATES`, by name level."""
    parts = len(PART_LEVELS)
    near = PART_LEVELS.index("near")
    table = np.array(
        [int(g >= near) + int(s >= near) for g in range(parts) for s in range(parts)] + [1, 2, 2],
        dtype=np.int16,
    )
    out: NDArray[np.int16] = table[name]
    return out


def log_m(m: Mapping[str, NDArray[np.float64]], factors: NDArray[np.int16]) -> NDArray[np.float64]:
    """Log P(levels | one person), shape (pairs,)."""
    out = np.zeros(factors.shape[0])
    for f, factor in enumerate(FACTORS):
        # A level of -1 (no such factor for this pair) reads the extra last column, log 1.
        out += np.append(np.log(m[factor]), 0.0)[factors[:, f]]
    return out
