"""Do both ranges keep their promise, and is *supported* ever wrong? Every way lists can behave.

    python -m benchmarks.ways_study --resume FOLDER

draws 100 tables from each way of `uncounted.simulation.ways` (a seed that neither the likely range nor
the rules of the verdict were made with) and 60 from each design of the calibration study, and judges
each twice: with the answers of somebody who knows the lists, and with no, no and certain by somebody
who does not. Writes ``benchmarks/results/ways_study.md`` and ``.csv``, and how often single methods held
the truth in the designs to ``ways_study_methods.csv``. Parts already made are read from FOLDER.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from benchmarks.calibration import Wald, designs
from scipy.special import betaincinv

from uncounted.core.estimate import Interval
from uncounted.core.table import OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import Refusal
from uncounted.estimators.consensus import Consensus, ConsensusPosterior
from uncounted.simulation.populations import Design
from uncounted.simulation.ways import WAYS, Way, draw
from uncounted.verdict.judging import VerdictRules, judge
from uncounted.verdict.questions import Questions

RESULTS = Path(__file__).parent / "results"
SEED = 303
"""The third: 101 taught the likely range, 202 and 101 the rules of the verdict; nothing was tuned on this."""
CLEAR = Questions("no", "no", "certain")
FIELDS = (
    "population", "n", "lists", "point", "lower", "upper", "likely_lower", "likely_upper",
    "learned", "level", "blind_lower", "blind_upper", "blind_level", "blind_likely_lower", "blind_likely_upper",
)  # fmt: skip
"""What is kept of a table; *blind* is with the answers no, no and certain. A level is 0, 1 or 2."""
KEPT_APART = ("negative", "exclusive", "two worlds")
"""Words in the names of designs in which lists keep people from each other; they are answered no all the same."""
LEVELS = ("not supported", "supported with caution", "supported")
METHODS = ("graphs", "shrinkage", "main", "stepwise", "bic")
"""Single methods whose ends follow the fields in rows of designs: the consensus's members, Wald intervals."""


def judged(table: OverlapTable, population: int, answers: Questions) -> list[float]:
    """Both verdicts on one table, in the order of `FIELDS`."""
    row = [float(population), table.n, int((table.list_sizes > 0).sum())]
    blind = Consensus(draws=0)
    honest = replace(blind, apart=answers.leaves_reach == "yes")
    try:
        found = honest.posterior(table)
    except Refusal:
        return [*row, *[math.nan] * 5, 0.0, 0.0, math.nan, math.nan, 0.0, math.nan, math.nan]
    made = _one(honest, found, table, (answers, CLEAR))
    other = _one(blind, blind.posterior(table), table, (CLEAR,)) if honest.apart else made
    return [*row, *made[:-1], other[1], other[2], other[-1], other[3], other[4]]


def methods(table: OverlapTable) -> list[float]:
    """Ends of the interval of each of `METHODS`; not numbers where it refuses."""
    found: list[Interval | None] = [None, None]
    try:
        posterior = Consensus(draws=0).posterior(table)
        found = [posterior.graphs.interval(0.95), posterior.shrinkage.interval(0.95)]
    except Refusal:
        pass
    for rule in METHODS[2:]:
        try:
            found.append(Wald(rule).estimate(table).interval)
        except Refusal:
            found.append(None)
    return [
        end for i in found for end in ((math.nan, math.nan) if i is None else (i.lower, i.upper))
    ]


def _one(
    rule: Consensus, found: ConsensusPosterior, table: OverlapTable, answers: tuple[Questions, ...]
) -> list[float]:
    """Point, both ranges, whether learned, then the level by each set of answers."""
    figure = rule.dress(found)
    likely = figure.diagnostics["likely"]
    levels = [
        float(LEVELS.index(judge(table, found, figure, VerdictRules(), a).level)) for a in answers
    ]
    return [
        figure.point, figure.interval.lower, figure.interval.upper, likely["lower"],
        likely["upper"], float(figure.diagnostics["likely_learned"]), *levels,
    ]  # fmt: skip


@dataclass(frozen=True)
class Found:
    """Rows of one way or design, one column per field."""

    name: str
    rows: np.ndarray

    def __getitem__(self, field: str) -> np.ndarray:
        return self.rows[:, FIELDS.index(field)]

    def method(self, name: str) -> tuple[int, int]:
        """Tables for which a single method gave an interval, and those whose interval holds N."""
        low = self.rows[:, len(FIELDS) + 2 * METHODS.index(name)]
        high = self.rows[:, len(FIELDS) + 2 * METHODS.index(name) + 1]
        truth = self["population"]
        return int(np.isfinite(low).sum()), int(((low <= truth) & (truth <= high)).sum())

    @property
    def has(self) -> np.ndarray:
        return np.isfinite(self["point"])

    def holds(self, low: str, high: str) -> np.ndarray:
        """Whether the range holds the population; a refusal counts neither way."""
        truth = self["population"]
        return ((self[low] <= truth) & (truth <= self[high]))[self.has]

    def ratio(self, low: str, high: str) -> np.ndarray:
        return (self[high] / self[low])[self.has]

    @property
    def error(self) -> np.ndarray:
        return np.log(self["point"] / self["population"])[self.has]

    def supported(self, level: str, low: str, high: str) -> tuple[int, int]:
        """Tables supported, and those of them whose range misses the population."""
        yes = self[level][self.has] == 2
        return int(yes.sum()), int((yes & ~self.holds(low, high)).sum())


@dataclass(frozen=True)
class Kind:
    """A way or a design: its name, and what makes row ``i``."""

    name: str
    row: Callable[[int], list[float]]

    def path(self, folder: Path, first: int) -> Path:
        return folder / f"{self.name.replace(' ', '-').replace(',', '')}-{first}.npy"


def _way(way: Way) -> Kind:
    def row(i: int) -> list[float]:
        table, population = draw(way, SEED, i)
        return judged(table, population, way.answers)

    return Kind(f"way {way.name}", row)


def _design(design: Design) -> Kind:
    def row(i: int) -> list[float]:
        table = design.draw(stream(SEED, f"{design.name}/{i}"))
        return [*judged(table, design.population, CLEAR), *methods(table)]

    return Kind(f"design {design.name}", row)


def all_ways() -> list[Kind]:
    """Every way of the study."""
    return [_way(way) for way in WAYS]


def all_designs() -> list[Kind]:
    """Designs of the calibration study in which everyone can be met."""
    return [_design(d) for d in designs() if d.everyone_reachable]


def run(folder: Path, kinds: list[Kind], tables: int) -> list[Found]:
    """Rows of each kind, ten at a time, all kinds before the next ten; parts in the folder are read."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, tables, 10):
        for kind in kinds:
            path = kind.path(folder, first)
            if not path.exists():
                np.save(path, np.array([kind.row(i) for i in range(first, first + 10)]))
        print(first + 10, flush=True)
    return read(folder, kinds, tables)


def read(folder: Path, kinds: list[Kind], tables: int) -> list[Found]:
    """Rows that are in the folder, up to the number asked for."""
    found = []
    for kind in kinds:
        paths = [kind.path(folder, first) for first in range(0, tables, 10)]
        parts = [np.load(path) for path in paths if path.exists()]
        if parts:
            found.append(Found(kind.name.partition(" ")[2], np.concatenate(parts)))
    return found


def _share(part: int, whole: int) -> str:
    """Say a share with its exact 95% interval (Clopper & Pearson 1934)."""
    if not whole:
        return f"{part} of {whole}"
    low = float(betaincinv(part, whole - part + 1, 0.025)) if part else 0.0
    high = float(betaincinv(part + 1, whole - part, 0.975)) if part < whole else 1.0
    return f"{part} of {whole} ({part / whole:.1%}, 95% interval {low:.1%} to {high:.1%})"


def _each(found: list[Found]) -> str:
    low, high = (pick(f.rows.shape[0] for f in found) for pick in (min, max))
    return f"{low}" if low == high else f"{low} to {high}"


def _row(f: Found) -> str:
    held, likely = f.holds("lower", "upper"), f.holds("likely_lower", "likely_upper")
    truth = f["population"][f.has]
    below, above = (truth < f["lower"][f.has]).sum(), (truth > f["upper"][f.has]).sum()
    yes, wrong = f.supported("level", "lower", "upper")
    blind, blind_wrong = f.supported("blind_level", "blind_lower", "blind_upper")
    return (
        f"| {f.name} | {held.mean():.2f} | {below}/{above} | "
        f"{np.median(f.ratio('lower', 'upper')):.1f} | {likely.mean():.2f} | "
        f"{np.median(f.ratio('likely_lower', 'likely_upper')):.1f} | {f.error.mean():+.2f} | "
        f"{math.sqrt((f.error**2).mean()):.2f} | {yes}, {wrong} | {blind}, {blind_wrong} |"
    )


HEAD = (
    "| {} | whatever the lists do: coverage | N below/above | hi/lo | likely: coverage | hi/lo "
    "| log bias of the point | log RMSE | supported, of which wrong | blind: supported, wrong |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def report(ways: list[Found], made: list[Found]) -> str:
    """Tables and the sums under them."""
    by = {w.name: w for w in WAYS}
    lines = [
        "# Ways lists can behave: both ranges and the verdict",
        "",
        f"{len(ways)} ways, {_each(ways)} tables each, sizes and strengths drawn anew for every table "
        f"(`uncounted.simulation.ways` says the ranges); seed {SEED}, on which nothing was learned and no rule tuned. "
        "Made by `python -m benchmarks.ways_study`.",
        "",
        "*Blind*: the same tables, the questions answered no, no and certain by somebody who does not "
        "know better. *Wrong*: supported, and the range whatever the lists do misses N.",
        "",
    ]
    groups = (
        ("Everyone can be met, lists do not keep people from each other, matching is sound",
         [f for f in ways if by[f.name].clean and not by[f.name].apart]),
        ("Lists keep people from each other (answered yes)",
         [f for f in ways if by[f.name].apart]),
        ("Matching is at fault, or people are out of all reach (answered so)",
         [f for f in ways if not by[f.name].clean]),
    )  # fmt: skip
    for title, group in groups:
        lines += [f"## {title}", "", HEAD.format("way"), *(_row(f) for f in group), ""]
    clean = [f for f in ways if by[f.name].clean]
    lines += ["## Sums", ""]
    lines += _sums(clean, ways, by)
    lines += [
        "",
        f"## The {len(made)} designs of the calibration study, {_each(made)} tables each",
        "",
        "Answered no, no and certain, as the study always was (two worlds, exclusive and negative "
        "designs too).",
        "",
    ]
    lines += _design_sums(made)
    lines += ["", HEAD.format("design"), *(_row(f) for f in made)]
    return "\n".join(lines) + "\n"


def _sums(clean: list[Found], ways: list[Found], by: dict) -> list[str]:
    yes, wrong = map(sum, zip(*(f.supported("level", "lower", "upper") for f in ways), strict=True))
    lines = [f"- Honest answers: wrong *supported* {_share(wrong, yes)} of the supported tables."]
    for title, group in (
        ("all ways", ways),
        ("all ways but people out of all reach", [f for f in ways if f.name != "out of all reach"]),
        ("sound matching, everyone reachable", clean),
    ):
        pairs = [f.supported("blind_level", "blind_lower", "blind_upper") for f in group]
        blind, missed = map(sum, zip(*pairs, strict=True))
        tables = sum(int(f.has.sum()) for f in group)
        lines.append(
            f"- Blind answers, {title}: wrong *supported* {_share(missed, blind)} of the supported "
            f"tables, {missed / tables:.2%} of all {tables:,}."
        )
    four = [
        (f.rows[(f["lists"] >= 4) & f.has][:, FIELDS.index("level")] == 2)
        for f in clean
        if not by[f.name].apart
    ]
    flat = np.concatenate(four)
    lines.append(
        f"- Of the {flat.size:,} tables of four lists and more in the ways without fault, {flat.mean():.1%} "
        "are *supported*."
    )
    lowest = sorted((float(f.holds("lower", "upper").mean()), f.name) for f in clean)[:3]
    lines.append(
        "- Lowest coverage of the range whatever the lists do, honest answers, sound matching: "
        + ", ".join(f"{name} {cover:.2f}" for cover, name in lowest)
        + "."
    )
    mixed = [f for f in clean if by[f.name].weight]
    lines += _mixture("the stated mixture, answered no", mixed, by)
    lines += _mixture("its ways without fault", [f for f in mixed if not by[f.name].apart], by)
    apart = [f for f in ways if by[f.name].apart]
    inside = np.concatenate(
        [f.holds("likely_lower", "likely_upper")[f["learned"][f.has] == 1] for f in apart]
    )
    lines.append(
        f"- Likely range over the ways that keep people apart, answered yes: {inside.mean():.3f}."
    )
    return lines


def _mixture(title: str, mixed: list[Found], by: dict) -> list[str]:
    """What the ranges hold over a mixture of ways by their weights, where the likely range is learned."""
    parts = []
    for f in mixed:
        keep = f["learned"][f.has] == 1
        error, held = f.error, f.holds("blind_likely_lower", "blind_likely_upper")
        if by[f.name].apart:  # the middle is kept for the honest answer alone
            error = np.full(error.size, math.nan)
        ratios = (
            f.ratio(*ends)[keep]
            for ends in (
                ("blind_likely_lower", "blind_likely_upper"),
                ("blind_lower", "blind_upper"),
            )
        )
        weight = np.full(int(keep.sum()), by[f.name].weight / keep.sum())
        parts.append((weight, held[keep], error[keep], *ratios))
    weight, held, error, likely, outer = (np.concatenate(p) for p in zip(*parts, strict=True))
    share = weight / weight.sum()
    cover = float(held @ share)
    # Tables are drawn apart from each other: the error is that of a weighted mean.
    doubt = math.sqrt(float(share**2 @ (held - cover) ** 2))
    line = (
        f"- Over {title}: likely range {cover:.3f} (standard error {doubt:.3f}), median hi/lo "
        f"{np.median(likely):.2f}; whatever the lists do, median hi/lo {np.median(outer):.2f}"
    )
    if np.isfinite(error).all():
        line += (
            f"; log RMSE of the middle {math.sqrt(float(share @ error**2)):.3f}, log bias "
            f"{float(share @ error):+.3f}"
        )
    return [line + "."]


def _design_sums(made: list[Found]) -> list[str]:
    error = np.concatenate([f.error for f in made])
    likely = np.concatenate([f.ratio("likely_lower", "likely_upper") for f in made])
    outer = np.concatenate([f.ratio("lower", "upper") for f in made])
    cover = [float(f.holds("lower", "upper").mean()) for f in made]
    inside = np.concatenate([f.holds("likely_lower", "likely_upper") for f in made])
    low = sorted(zip(cover, (f.name for f in made), strict=True))[:3]
    yes, wrong = map(sum, zip(*(f.supported("level", "lower", "upper") for f in made), strict=True))
    part = [f for f in made if not any(word in f.name for word in KEPT_APART)]
    sound = np.concatenate([f.error for f in part])
    return [
        f"- Log RMSE of the point {math.sqrt((error**2).mean()):.3f}, log bias {error.mean():+.3f}; "
        f"over the {len(part)} in which lists do not keep people from each other, so that no is true: "
        f"{math.sqrt((sound**2).mean()):.3f}, {sound.mean():+.3f}.",
        f"- Likely range: median hi/lo {np.median(likely):.2f}, coverage {inside.mean():.3f}.",
        f"- Whatever the lists do: median hi/lo {np.median(outer):.2f}, coverage {np.mean(cover):.4f}, "
        "lowest " + ", ".join(f"{name} {c:.2f}" for c, name in low) + ".",
        f"- Supported {_share(yes, error.size)}, of which wrong {_share(wrong, yes)}.",
    ]  # fmt: skip


def write(ways: list[Found], made: list[Found]) -> None:
    """One row a table in the csv, the report beside."""
    with (RESULTS / "ways_study.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("way", *FIELDS))
        for f in ways:
            writer.writerows((f.name, *(f"{x:.6g}" for x in row)) for row in f.rows)
    with (RESULTS / "ways_study_methods.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("design", "method", "tables", "coverage"))
        for f in made:
            held = f.holds("lower", "upper")
            counted = {"consensus": (held.size, int(held.sum()))}
            counted |= {name: f.method(name) for name in METHODS}
            for name, (tables, right) in counted.items():
                share = f"{right / tables:.4f}" if tables else ""
                writer.writerow((f.name, name, tables, share))
    (RESULTS / "ways_study.md").write_text(report(ways, made), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resume", type=Path, required=True)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--design-tables", type=int, default=60)
    parser.add_argument("--only", default="", help="ways whose name holds this, and no report")
    parser.add_argument("--report", action="store_true", help="from what is in the folder")
    given = parser.parse_args()
    get = read if given.report else run
    if given.only:
        run(given.resume, [k for k in all_ways() if given.only in k.name], given.tables)
    else:
        drawn = get(given.resume, all_designs(), given.design_tables)
        write(get(given.resume, all_ways(), given.tables), drawn)
