"""Made-up coalitions with what real lists have: copies, twins, empty fields, default dates, answers given.

    python -m benchmarks.linkage_hard [--cuts 8] [--draws 100] [--only NAME ...] [--write]

Each design changes the example coalition (five lists, independent, main effects true) in one way:
copies within lists, twins, fields left empty, birth dates by default or with digits swapped, names
alone, and *right* answers to the pairs that the program is least sure of. The table goes to
benchmarks/results/linkage_hard.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
from pathlib import Path

import numpy as np
from benchmarks.linkage_coverage import PAIR_HEAD, measure_pairs, pair_row

from uncounted.engine.jobs import Job, map_jobs
from uncounted.linkage import link
from uncounted.linkage.decisions import Decision
from uncounted.names import plainly_different
from uncounted.records.schema import BIRTH_DAY, BIRTH_YEAR
from uncounted.synthetic import MEMBERS, example_coalition

POPULATION = 1000
SHARE = {"shelter": 0.35, "legal": 0.3, "hotline": 0.35, "police": 0.25, "korean_centre": 0.3}
SALT = "made up"


@dataclasses.dataclass(frozen=True)
class Design:
    """One way in which lists are hard.

    Parameters
    ----------
    level
        Level of error.
    lists
        How many of the five lists.
    population
        People there are.
    copies
        Share of records that stand in their list once more, word for word.
    twins
        Share of people who have a twin in the population.
    empty
        Chance of each field of a record to be empty.
    default, default_day
        Share of records whose birth date is the list's default; the month and day of it (with the
        person's year), or a whole date.
    swapped
        Share of whole dates in which two neighbouring digits are swapped.
    answers
        Right answers given, 20 at a time.
    """

    level: str = "medium"
    lists: int = 3
    population: int = POPULATION
    copies: float = 0.0
    twins: float = 0.0
    empty: float = 0.0
    default: float = 0.0
    default_day: str = "06-15"
    swapped: float = 0.0
    answers: int = 0


DESIGNS = {
    "errors low": Design("low"),
    "errors medium": Design(),
    "errors high": Design("high"),
    "errors high, five lists": Design("high", lists=5),
    "2,500 people, digits of dates swapped in 30%": Design(population=2500, swapped=0.3),
    "copies 20%": Design(copies=0.2),
    "copies 40%": Design(copies=0.4),
    "twins 10%": Design(twins=0.1),
    "twins 10%, copies 20%": Design(twins=0.1, copies=0.2),
    "fields empty 10%": Design(empty=0.1),
    "fields empty 20%": Design(empty=0.2),
    "15 June by default, 25%": Design(default=0.25),
    "1900-01-01 by default, 25%": Design(default=0.25, default_day="1900-01-01"),
    "errors high, 20 answers": Design("high", answers=20),
    "errors high, 100 answers": Design("high", answers=100),
    "errors high, 300 answers": Design("high", answers=300),
    "fields empty 20%, 100 answers": Design(empty=0.2, answers=100),
}


def rows_of(seed, design):
    """Rows by list, and the person of each row."""
    members = tuple(
        dataclasses.replace(m, share=SHARE[m.name], origins=(), native=min(m.native, 0.1))
        for m in MEMBERS[: design.lists]
    )
    made = example_coalition(
        seed,
        error_level=design.level,
        population=design.population,
        members=members,
        dependence={},
    )
    rng = np.random.default_rng(seed)
    lists, person = {}, []
    for records, who in zip(made.records, made.person, strict=True):
        lists[records.list_name] = as_rows(records)
        person.append(np.array(who))
    if design.twins:
        make_twins(lists, person, made.people, design.twins, rng)
    for name, who in zip(list(lists), range(len(person)), strict=True):
        lists[name], person[who] = spoil(lists[name], person[who], design, rng)
    return lists, np.concatenate(person)


def as_rows(records):
    """Rows that say what linkage compares of each record."""
    rows = []
    for k in range(len(records)):
        precision = int(records.birth_precision[k])
        date = str(records.birth_date[k])
        date = date if precision == BIRTH_DAY else date[:4] if precision == BIRTH_YEAR else None
        age = int(records.stated_age[k])
        born = int(str(records.stated_on[k])[:4]) - age if age >= 0 and not date else None
        rows.append(
            {
                "given": str(records.given[k]),
                "surname": str(records.family[k]),
                "dob": date,
                "birth_year_low": None if born is None else born - 1,
                "birth_year_high": born,
                "sex": str(records.gender[k]),
                "citizenship": str(records.citizenship[k]),
                "area": str(records.area[k]),
            }
        )
    return rows


def make_twins(lists, person, people, share, rng):
    """Make one person's records those of another's twin: all but the given name is the other's."""
    records = {}
    for rows, who in zip(lists.values(), person, strict=True):
        for row, p in zip(rows, who.tolist(), strict=True):
            records.setdefault(p, []).append(row)
    by_kind = {}
    for p in sorted(records):
        by_kind.setdefault((people[p].origin, people[p].gender), []).append(p)
    wanted = int(share * len(records) / 2)
    free = {p for held in by_kind.values() for p in held}
    for first in rng.permutation(sorted(records)).tolist():
        if wanted == 0:
            break
        if first not in free:
            continue
        kind = by_kind[people[first].origin, people[first].gender]
        model = max(records[first], key=lambda r: len(r["dob"] or ""))
        for second in rng.permutation(kind).tolist():
            if second == first or second not in free:
                continue
            if not all(
                plainly_different(a["given"], b["given"])
                for a, b in itertools.product(records[first], records[second])
            ):
                continue
            for row in records[second]:
                row["surname"], row["area"] = model["surname"], model["area"]
                if row["dob"] and len(row["dob"]) == 10:
                    row["dob"] = model["dob"]
            free -= {first, second}
            wanted -= 1
            break


def spoil(rows, who, design, rng):
    """Empty fields, default dates, swapped digits, copies."""
    out, people = [], []
    for row, p in zip(rows, who.tolist(), strict=True):
        date = row["dob"]
        if date and len(date) == 10 and rng.random() < design.default:
            whole = len(design.default_day) == 10
            row["dob"] = design.default_day if whole else f"{date[:5]}{design.default_day}"
        elif date and len(date) == 10 and rng.random() < design.swapped:
            digits, k = list(date.replace("-", "")), int(rng.integers(0, 3))
            k = (2, 4, 6)[k]
            digits[k], digits[k + 1] = digits[k + 1], digits[k]
            made = "".join(digits)
            if 1 <= int(made[4:6]) <= 12 and 1 <= int(made[6:]) <= 28:
                row["dob"] = f"{made[:4]}-{made[4:6]}-{made[6:]}"
        for field in ("given", "surname", "dob", "sex", "citizenship", "area"):
            if rng.random() < design.empty:
                row[field] = None
        out.append(row)
        people.append(p)
        if rng.random() < design.copies:
            out.append(dict(row))
            people.append(p)
    for k, row in enumerate(out):
        row["id"] = str(k)
    return out, np.array(people)


def answered(lists, person, count, seed):
    """Link, answer rightly what is least sure, 20 pairs at a time, and link again."""
    said = []
    while True:
        found = link(lists, decisions=said, salt=SALT, seed=seed)
        if len(said) >= count:
            return found
        asked = found.in_doubt(min(count - len(said), 20 if len(said) < 20 else 80))
        if not asked.size:
            return found
        for pair in asked.tolist():
            same = person[found.left[pair]] == person[found.right[pair]]
            said.append(Decision(*found.keys(pair), "same" if same else "different"))


def one(name, seed, draws):
    """What is measured on one coalition."""
    design = DESIGNS[name]
    lists, person = rows_of(seed, design)
    found = answered(lists, person, design.answers, seed)
    return measure_pairs(found, person, design.population, draws=draws, seed=seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=8)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--only", nargs="*", default=[""])
    parser.add_argument("--workers", type=int)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = [
        "# Lists that are hard to link",
        "",
        f"`python -m benchmarks.linkage_hard --cuts {chosen.cuts} --draws {chosen.draws} --write`",
        "",
        *PAIR_HEAD,
    ]
    for name in (n for n in DESIGNS if any(n.startswith(o) for o in chosen.only)):
        jobs = [Job(f"{name}/{s}", (name, s, chosen.draws)) for s in range(1, chosen.cuts + 1)]
        lines.append(pair_row(name, map_jobs(one, jobs, kind="processes", workers=chosen.workers)))
        print(lines[-1], flush=True)
    if chosen.write:
        Path("benchmarks/results/linkage_hard.md").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
