"""A reader of a release who has the program: everything is taken from the files, nothing from inside.

The numbers of a release are sums over unknown whole numbers: people by capture history, rows beyond
the first of a person, rows set aside. Integer programs say what each suppressed one can be.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

SHARED = "on two lists or more"


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.reader(f))


def count(text: str) -> int | None:
    return None if text == "†" else int(text)


@dataclass(frozen=True)
class Seen:
    """What stands in the tables of a run.

    Parameters
    ----------
    lists
        Names of the lists.
    cells
        People by capture history, in the order of bit masks from 1.
    totals
        People on each list, in all, on two lists or more.
    rows
        Rows in, used, quarantined, not released, by list and in all.
    groups
        People detected by breakdown and label, "all" among them.
    """

    lists: tuple[str, ...]
    cells: tuple[int | None, ...]
    totals: dict[str, int | None]
    rows: dict[str, tuple[int | None, ...]]
    groups: dict[str, dict[str, int | None]]


def see(folder: Path) -> Seen:
    """Read the tables of a run."""
    overlap = table(folder / "tables" / "overlap.csv")
    lists = tuple(overlap[0][:-1])
    by_mask = {
        sum(int(bit) << i for i, bit in enumerate(row[:-1])): count(row[-1]) for row in overlap[1:]
    }
    totals = {
        row[0]: count(row[1]) for row in table(folder / "tables" / "lists.csv")[1:] if row[1] != "–"
    }
    for row in table(folder / "tables" / "lists.csv")[1:]:
        if row[0] in lists:
            alone = count(row[2])
            assert alone == by_mask[1 << lists.index(row[0])]
    rows = {
        row[0]: tuple(count(c) for c in row[1:])
        for row in table(folder / "tables" / "rows.csv")[1:]
    }
    groups = {
        name: {row[0]: count(row[1]) for row in table(folder / "tables" / f"{name}.csv")[1:]}
        for name in ("origin", "sector")
        if (folder / "tables" / f"{name}.csv").exists()
    }
    made = json.loads((folder / "estimate.json").read_text())
    assert made["detected"] == totals.get("all")
    return Seen(lists, tuple(by_mask[m] for m in range(1, 1 << len(lists))), totals, rows, groups)


class Program:
    """Unknown whole numbers and what is known of their sums."""

    def __init__(self) -> None:
        self.names: dict[object, int] = {}
        self.least: list[float] = []
        self.equal: list[tuple[list[int], float]] = []

    def unknown(self, name: object, least: float) -> int:
        if name not in self.names:
            self.names[name] = len(self.least)
            self.least.append(least)
        return self.names[name]

    def say(self, parts: list[int], value: int | None) -> None:
        if value is not None:
            self.equal.append((parts, float(value)))

    def range(self, parts: list[int]) -> tuple[int, int]:
        """Least and most a sum can be."""
        k = len(self.least)
        rows = np.zeros((len(self.equal), k))
        for r, (cells, _) in enumerate(self.equal):
            np.add.at(rows[r], cells, 1.0)
        right = np.array([v for _, v in self.equal])
        aim = np.zeros(k)
        aim[parts] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = milp(
                sign * aim,
                integrality=np.ones(k),
                bounds=Bounds(np.array(self.least), 1e5),
                constraints=[LinearConstraint(rows, right, right)],
            )
            assert found.status == 0, "a release contradicts itself"
            ends.append(round(sign * found.fun))
        return ends[0], ends[1]


def ranges(seen: Seen) -> dict[object, tuple[int, int]]:
    """What the reader can conclude of every suppressed number of people, by what it counts."""
    p = Program()
    masks = range(1, len(seen.cells) + 1)
    at = {m: p.unknown(("cell", m), 0.0 if seen.cells[m - 1] == 0 else 1.0) for m in masks}
    for m in masks:
        p.say([at[m]], seen.cells[m - 1])
    sums = {"all": list(masks), SHARED: [m for m in masks if m.bit_count() > 1]}
    sums |= {n: [m for m in masks if m >> i & 1] for i, n in enumerate(seen.lists)}
    for name, on in sums.items():
        p.say([at[m] for m in on], seen.totals.get(name))
    used_all, held_all, aside_all = [], [], []
    for name, (rows_in, used, aside, held) in seen.rows.items():
        if name == "all":
            continue
        parts = [p.unknown(("aside", name), 0.0), p.unknown(("held", name), 0.0)]
        on = [at[m] for m in sums.get(name, [])]
        if name in seen.lists:  # a row or more for each person
            on = [*on, p.unknown(("again", name), 0.0)]
        p.say(on, used)
        p.say(parts[:1], aside)
        p.say(parts[1:], held)
        p.say([*on, *parts], rows_in)
        used_all += on
        aside_all.append(parts[0])
        held_all.append(parts[1])
    rows_in, used, aside, held = seen.rows["all"]
    # Somebody on two lists has rows on both: such sums hold a cell more than once.
    p.say(used_all, used)
    p.say([*used_all, *aside_all, *held_all], rows_in)
    p.say(aside_all, aside)
    p.say(held_all, held)
    for name, shown in seen.groups.items():
        members = [p.unknown((name, label), 0.0) for label in shown if label != "all"]
        for label, value in shown.items():
            if label == "all":
                p.say(members, value)
            else:
                p.say([p.names[name, label]], value)
        if shown.get("all") is None and seen.totals.get("all") is not None:
            p.say(members, seen.totals["all"])
    out: dict[object, tuple[int, int]] = {}
    for m in masks:
        if seen.cells[m - 1] is None:
            out["cell", m] = p.range([at[m]])
    for name, on in sums.items():
        if seen.totals.get(name, 0) is None:
            out["total", name] = p.range([at[m] for m in on])
    for name, values in seen.rows.items():
        if name != "all" and values[3] is None:
            out["held", name] = p.range([p.names["held", name]])
    for name, shown in seen.groups.items():
        for label, value in shown.items():
            if value is None and label != "all":
                out[name, label] = p.range([p.names[name, label]])
    return out


def numbers_in_pictures(folder: Path) -> list[str]:
    """Every number in the labels and texts of a run's pictures, as written."""
    found = []
    for path in sorted((folder / "pictures").glob("*.svg")):
        svg = path.read_text(encoding="utf-8")
        said = re.findall(r"aria-label=\"([^\"]*)\"", svg) + re.findall(r"<text[^>]*>([^<]*)<", svg)
        for label in said:
            found += re.findall(r"\d[\d,]*(?:\.\d+)?", unescape(label))
    return found
