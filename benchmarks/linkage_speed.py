"""How fast linkage is: draws for six lists, and a million records beside the bare engine.

    python -m benchmarks.linkage_speed [--draws-only] [--runs 2] [--write]

*Draws*: 10,000 made-up records in six lists of one population; how long 200, 500 and 1,000 draws take,
tables included, once the lists are linked.

*A million records* (dupehell, extra `bench`: persons with brutal noise): deduplicated from the Parquet
file by Splink alone as its documentation does it (its own comparisons, prior, u by sampling, EM,
prediction, clusters), by Splink with the blocking keys and rules of ours, made beforehand, and by
`uncounted.linkage.link`, each in a process of its own, in turn, on the same fields: given and family name,
birth date, nationality, state. The same of 77,000 records. The table goes to
benchmarks/results/linkage_speed.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

FIELDS = ("given_name", "family_name", "birth_date", "nationality", "residential_state as state")
RECORDS = 1_000_000


def draws():
    """Seconds for so many draws of six lists of 10,000 records in all."""
    from uncounted.linkage import link
    from uncounted.synthetic import MEMBERS, example_coalition

    sixth = dataclasses.replace(MEMBERS[3], name="second_clinic", share=0.2)
    members = (*(dataclasses.replace(m, origins=()) for m in MEMBERS), sixth)
    made = example_coalition(3, population=7500, members=members, dependence={})
    began = time.perf_counter()
    found = link(made.records, seed=1)
    lines = [
        f"{sum(map(len, made.records))} records in {len(made.records)} lists, medium errors: linked in"
        f" {time.perf_counter() - began:.1f} s, {found.left.size} candidate pairs.",
        "",
        "| draws | wall s, overlap tables included |",
        "|---|---|",
    ]
    found.draw(2, seed=0).counts()
    for size in (200, 500, 1000):
        began = time.perf_counter()
        found.draw(size, seed=1).counts()
        lines.append(f"| {size} | {time.perf_counter() - began:.1f} |")
    return lines


def bare(path):
    """Deduplicate with the engine alone; how many pairs it compared and people it found."""
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_progress_bar = false").fetchall()
    connection.execute(
        f"""create table read as select row_number() over () as unique_id,
        lower(given_name) as given, lower(family_name) as surname, birth_date, nationality, state,
        left(birth_date, 4) as year, substr(birth_date, 6) as monthday
        from (select {", ".join(FIELDS)} from '{path}')"""
    ).fetchall()
    api = DuckDBAPI(connection)
    table = api.register(connection.sql("select * from read"), dataset_display_name="people")
    rules = [
        block_on("given", "surname", "year"),
        block_on("birth_date", "substr(surname, 1, 2)"),
        block_on("birth_date", "substr(given, 1, 2)"),
        block_on("given", "surname"),
        block_on("surname", "monthday"),
        block_on("given", "monthday"),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("given", [0.93, 0.84]),
            cl.JaroWinklerAtThresholds("surname", [0.93, 0.84]),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("nationality"),
            cl.ExactMatch("state"),
        ],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    linker = Linker(table, settings, log_level=None)
    exact = [block_on("given", "surname", "birth_date")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "surname"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth_date"))
    found = linker.inference.predict(threshold_match_probability=0.01)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, 0.5)
    people = clusters.as_duckdbpyrelation().aggregate("count(distinct cluster_id)").fetchall()
    return {"pairs": None, "people": int(people[0][0])}


def same(path):
    """Deduplicate with the engine alone, blocked as `link` blocks: by its keys, made beforehand."""
    import duckdb
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.blocking_rule_library import CustomRule

    from uncounted.linkage.blocking import RULES

    used = json.loads(Path(f"{path}.rules").read_text("utf-8"))
    rules = [
        CustomRule(
            " and ".join(f"l.{k} = r.{k}" for k in rule.keys),
            arrays_to_explode=[rule.explode] if rule.explode else None,
        )
        for rule in RULES
        if list(rule.keys) in used
    ]
    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_progress_bar = false").fetchall()
    table = connection.sql(
        f"select *, printf('%04d-%02d-%02d', year, month, day) as birth_date from read_parquet('{path}.keyed')"
    )
    registered = DuckDBAPI(connection).register(table, dataset_display_name="people")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("given", [0.93, 0.84]),
            cl.JaroWinklerAtThresholds("surname", [0.93, 0.84]),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.ExactMatch("citizenship"),
            cl.ExactMatch("area"),
        ],
        blocking_rules_to_generate_predictions=rules,
        retain_matching_columns=False,
    )
    linker = Linker(registered, settings, log_level=None)
    exact = [block_on("given", "surname", "birth")]
    linker.training.estimate_probability_two_random_records_match(exact, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("given", "surname"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth"))
    found = linker.inference.predict(threshold_match_probability=0.01)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, 0.5)
    people = clusters.as_duckdbpyrelation().aggregate("count(distinct cluster_id)").fetchall()
    return {"pairs": None, "people": int(people[0][0])}


def keyed(path):
    """Keep what `same` needs of `link`: its table with blocking keys, and which rules it used."""
    import duckdb

    from uncounted.linkage import blocking, prepare, splink_engine

    table = duckdb.sql(f"select {', '.join(FIELDS)} from '{path}'").to_arrow_table()
    columns = prepare.prepare({"people": table})
    connection = duckdb.connect(":memory:")
    connection.register("raw", splink_engine._arrow(columns))
    connection.execute(f"create table keyed as select {blocking.KEYS} from raw").fetchall()
    budget = max(splink_engine._BUDGET, splink_engine._PER_RECORD * columns.n)

    def cost(rule):
        return int(connection.execute(blocking.cost_of(rule, "keyed")).fetchall()[0][0])

    used = [rule.keys for rule in blocking.plan(columns.n, cost, budget=budget).rules]
    Path(f"{path}.rules").write_text(json.dumps(used), "utf-8")
    connection.execute(f"copy keyed to '{path}.keyed' (format parquet)").fetchall()
    return {"pairs": None, "people": 0}


def ours(path):
    """Deduplicate with `link`."""
    import duckdb

    from uncounted.linkage import link

    table = duckdb.sql(f"select {', '.join(FIELDS)} from '{path}'").to_arrow_table()
    found = link({"people": table})
    people = int(np.unique(found.clusters()).size)
    return {"pairs": found.diagnostics["pairs_compared"], "people": people}


def child(way, path):
    """Run one way in this process and print what it took."""
    began = time.perf_counter()
    out = {"bare": bare, "ours": ours, "same": same, "keyed": keyed}[way](path)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    out |= {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
    }
    print(json.dumps(out))


WAYS = {"bare": "Splink alone", "same": "Splink, our blocking", "ours": "uncounted.linkage"}


def million(runs, records=RECORDS):
    """All ways in turn on one file."""
    import dupehell

    def run(way):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.linkage_speed", "--way", way, made.dataset],
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    with tempfile.TemporaryDirectory() as folder:
        made = dupehell.generate(
            "kyc", records, seed=1, output_dir=folder, only_entity="natural_person"
        )
        run("keyed")
        took = {way: [] for way in WAYS}
        for _ in range(runs):
            for way, held in took.items():
                held.append(run(way))
    lines = [
        f"{made.total_records} records; least of {runs} runs each, in turn.",
        "",
        "| | wall s | CPU s | peak MiB | people found |",
        "|---|---|---|---|---|",
    ]
    least = {}
    for way, held in took.items():
        least[way] = {k: min(h[k] for h in held) for k in ("wall", "cpu", "peak")}
        lines.append(
            f"| {WAYS[way]} | {least[way]['wall']:.1f} | {least[way]['cpu']:.1f} |"
            f" {least[way]['peak']:.0f} | {held[0]['people']} |"
        )
    ratios = [least["ours"]["cpu"] / least[way]["cpu"] for way in ("bare", "same")]
    lines += [
        "",
        f"Ratio of CPU times {ratios[0]:.2f}, with the same blocking {ratios[1]:.2f}; pairs compared by ours"
        f" {took['ours'][0]['pairs']}.",
        f"There are {made.masters} people in the file, some of whom share everything that is compared.",
    ]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--draws-only", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--way", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.way:
        child(*chosen.way)
        return
    lines = [
        "# Speed of linkage",
        "",
        "`python -m benchmarks.linkage_speed --write`, two cores.",
        "",
        "## Draws",
        "",
        *draws(),
    ]
    if not chosen.draws_only:
        lines += ["", "## A million records", "", *million(chosen.runs)]
        lines += ["", "## 77,000 records", "", *million(chosen.runs, 77_000)]
    lines.append("")
    print("\n".join(lines))
    if chosen.write:
        Path("benchmarks/results/linkage_speed.md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
