"""From four files of made-up people to the figure, over repeated samples: does the interval hold N?

    python -m benchmarks.linkage_pseudopeople [--samples 100] [--draws 100] [--write]

pseudopeople (extra `study`) writes a census of 2020, one of 2030, the social security file and the
employers' returns of 2025 (no birth date, a row per job) of one fictional population, each with its own
noise. N = 1,500 people who are in all four files are chosen anew for every sample, and so is the noise;
each file then keeps a person with the chance in `LISTS`, independently, with all rows it has of them:
duplicates included. The files go through the same reading, linking and estimating as a coalition's
(main effects, which is true here), once over linkage draws and once on the one answer at the threshold
as if it were certain; beside them stands the truth about who is who. The table goes to
benchmarks/results/linkage_pseudopeople.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import tempfile
import warnings
from pathlib import Path

import numpy as np
from benchmarks.linkage_coverage import LINES, mean_row, measure

from uncounted.engine.jobs import Job, map_jobs
from uncounted.linkage import link
from uncounted.records.reading import ListSpec, read_list

POPULATION = 1500
LISTS = {"census2020": 0.30, "census2030": 0.25, "social_security": 0.30, "employers": 0.25}
KEPT = ("first_name", "last_name", "date_of_birth", "sex", "state")


def files(seed):
    """The four files with this seed's noise, by list name."""
    import pseudopeople as pp

    quiet = {"seed": seed, "verbose": False}
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        security = pp.generate_social_security(year=2030, **quiet)
        return {
            "census2020": pp.generate_decennial_census(year=2020, **quiet),
            "census2030": pp.generate_decennial_census(year=2030, **quiet),
            "social_security": security[security["event_type"] == "creation"],
            "employers": pp.generate_taxes_w2_and_1099(year=2025, **quiet),
        }


def lists_of(seed, folder):
    """Write each list's file, read it back, and say who each record is."""
    made = files(seed)
    rng = np.random.default_rng(seed)
    everywhere = sorted(set.intersection(*(set(f["simulant_id"]) for f in made.values())))
    people = rng.choice(everywhere, POPULATION, replace=False)
    records, person = [], []
    number = {p: i for i, p in enumerate(people.tolist())}
    for name, chance in LISTS.items():
        on = set(people[rng.random(POPULATION) < chance].tolist())
        rows = made[name]
        rows = rows[rows["simulant_id"].isin(on)].sample(frac=1.0, random_state=seed)
        path = Path(folder) / f"{name}.csv"
        rows[[c for c in KEPT if c in rows]].to_csv(path, index=False)
        read = read_list(ListSpec(name, path, regime="none"), as_of="2026-06-30", recipients=())
        records.append(read.records)
        who = rows["simulant_id"].map(number).to_numpy()
        person.append(who[read.records.row - 2])  # row 1 of a file is its header
    return records, np.concatenate(person)


def one(seed, draws):
    """What is measured on one sample."""
    with tempfile.TemporaryDirectory() as folder:
        records, person = lists_of(seed, folder)
    found = link(records, seed=seed)
    return measure(found, person, POPULATION, method="main", draws=draws, seed=seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    jobs = [Job(f"sample/{s}", (s, chosen.draws)) for s in range(1, chosen.samples + 1)]
    got = map_jobs(one, jobs, kind="processes")
    lines = [
        "# pseudopeople: four lists of one population, N = 1,500",
        "",
        f"`python -m benchmarks.linkage_pseudopeople --samples {chosen.samples}"
        f" --draws {chosen.draws} --write`",
        "",
        *LINES,
        *mean_row("default noise", got),
        "",
    ]
    print("\n".join(lines))
    if chosen.write:
        Path("benchmarks/results/linkage_pseudopeople.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
