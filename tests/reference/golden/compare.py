"""What differs between two records, and the differences that are meant."""

from __future__ import annotations

import difflib
import json
import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RELATIVE = 1e-9
"""Floats: what is kept is rounded to ten digits (up to 5e-10), and sums may run in another order on
another processor. A change of method shows far above this."""

ABSOLUTE = 1e-12
"""For figures that are zero but for rounding, such as a residual or a log ratio of equal fits."""

LOOSER = (
    ("flows *", r"\$\.json\.gravity\..*", 1e-5),
    ("flows *", r"\$\.json\.flows\[\d+\]\.expected\..*", 1e-5),
)
"""Command, place, tolerance: the library that fits the gravity model stops iterating, for standard
errors, at a tolerance of 1e-6, and shares the work by the number of processors. Measured between one
processor and two: 6e-7 in the ends of intervals. What is expected of a pair is drawn from them."""

ABSENT = "(absent)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where an answer is not as kept."""

    command: str
    path: str
    was: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.command} · {self.path}\n      was {_short(self.was)}\n      is  {_short(self.now)}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A difference that is meant: where, and why. In `command` and `path` only ``*`` is special."""

    group: str
    command: str
    path: str
    reason: str
    now: Any = None

    def covers(self, found: Difference) -> bool:
        """Whether a difference is this one: at the path, or anywhere below it."""
        if not _pattern(self.command).fullmatch(found.command):
            return False
        if not re.fullmatch(_pattern(self.path).pattern + r"(?:[.\[].*)?", found.path, re.DOTALL):
            return False
        return self.now is None or found.now == self.now


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, words.split("*"))), re.DOTALL)


def _short(value: Any) -> str:
    text = value if value == ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 240 else f"{text[:230]}... ({len(text):,} characters)"


def load_listed(path: Path) -> list[Listed]:
    """Read the list of meant differences."""
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("difference", [])
    return [
        Listed(r["group"], r["command"], r["path"], r["reason"], r.get("is"))
        for r in rows
        if not (set(r) - {"group", "command", "path", "reason", "is"}) or _unknown(r)
    ]


def _unknown(row: dict[str, Any]) -> bool:
    raise ValueError(f"An entry of differences.toml has unknown fields: {sorted(row)}")


def differences(was: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """Every place where two records differ, command by command."""
    found: list[Difference] = []
    for command in [*was, *(k for k in now if k not in was)]:
        if command not in now:
            found.append(Difference(command, "$", "recorded", ABSENT))
        elif command not in was:
            found.append(Difference(command, "$", ABSENT, "answered; record it with --write"))
        else:
            apart = _walk("$", was[command], now[command])
            found += [Difference(command, *d) for d in apart if not _near(command, *d)]
    return found


def _walk(path: str, was: Any, now: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(was, dict) and isinstance(now, dict):
        out = []
        for key in [*was, *(k for k in now if k not in was)]:
            out += _walk(f"{path}.{key}", was.get(key, ABSENT), now.get(key, ABSENT))
        return out
    if isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            return _lengths(path, was, now)
        return [
            d
            for i, (a, b) in enumerate(zip(was, now, strict=True))
            for d in _walk(f"{path}[{i}]", a, b)
        ]
    return [] if _same(was, now) else [(path, was, now)]


def _lengths(path: str, was: list[Any], now: list[Any]) -> list[tuple[str, Any, Any]]:
    """Lists that grew or shrank: what came and went, not every place that moved along."""
    a, b = ([json.dumps(v, sort_keys=True, ensure_ascii=False) for v in x] for x in (was, now))
    out = []
    for kind, i, j, k, n in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind != "equal":
            where = f"{path}[{i}]" if j - i <= 1 else f"{path}[{i}:{j}]"
            out.append((where, was[i:j] or ABSENT, now[k:n] or ABSENT))
    return out


def _same(was: Any, now: Any) -> bool:
    if isinstance(was, float) and isinstance(now, float):
        return math.isclose(was, now, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(was) is type(now) and was == now


def _near(command: str, path: str, was: Any, now: Any) -> bool:
    """Whether two floats are near enough for a place where more is allowed."""
    return (
        isinstance(was, float)
        and isinstance(now, float)
        and any(
            _pattern(words).fullmatch(command)
            and re.fullmatch(place, path)
            and math.isclose(was, now, rel_tol=tolerance)
            for words, place, tolerance in LOOSER
        )
    )


def told(found: list[Difference], listed: list[Listed]) -> list[str]:
    """Lines for what is not listed, and for what is listed but no longer so."""
    lines = [str(d) for d in found if not any(x.covers(d) for x in listed)]
    lines += [
        f"listed in differences.toml but no longer so: {x.command} · {x.path} ({x.reason})"
        for x in listed
        if not any(x.covers(d) for d in found)
    ]
    return lines
