"""`uncounted link`: who is the same person, with what doubt; and the pairs a person should look at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from uncounted.cli._files import Command
from uncounted.cli._output import json_option, note, progress, write_json
from uncounted.errors import InputError

if TYPE_CHECKING:
    from uncounted.linkage import Linkage, LinkageDraws
    from uncounted.records.schema import Records

SMALL = 11
"""Overlaps that may be below this are suppressed, as in every release."""


@click.command(cls=Command)
@click.argument("where", nargs=-1, type=click.Path())
@click.option("--review", is_flag=True, help="Show doubtful pairs one by one and ask.")
@click.option(
    "--most",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    help="Most pairs to show in a review.",
)
@click.option("--who", default="", help="Your name or initials, kept with your decisions.")
@click.option("--regime", default=None, help="Confidentiality regime of the files given.")
@click.option("--one-per-list", is_flag=True, help="Each list names a person at most once.")
@click.option("--threshold", default=None, type=float, help="Chance from which two are one.")
@click.option("--draws", default=300, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0))
@click.option("--small-cells", is_flag=True, help="Show overlaps under 11 too; not for release.")
@json_option
def link(
    where: tuple[str, ...],
    review: bool,
    most: int,
    who: str,
    regime: str | None,
    one_per_list: bool,
    threshold: float | None,
    draws: int,
    seed: int,
    small_cells: bool,
    as_json: bool,
) -> None:
    """Link the lists of a PROJECT (a folder; here by default), or two or more list files.

    Prints how many people the lists name and how many each two lists share, each with the interval
    that the doubt about who is who leaves. No record is printed, but in a review.
    """
    from uncounted.linkage import link as link_lists
    from uncounted.linkage.decisions import project_salt, read
    from uncounted.project.guard import writable
    from uncounted.project.linking import link_settings

    if review and as_json:
        raise click.UsageError("A review is a conversation: it has no --json.")
    records, hand, held = _read(where, regime, quiet=as_json)
    if review and hand is None:
        raise click.UsageError("A review keeps its decisions in a project: give its folder.")
    given: dict[str, Any] = dict(held)
    if one_per_list:
        given["one_per_list"] = True
    if threshold is not None:
        given["threshold"] = threshold
    settings = link_settings(given)
    with writable("The project's folder of decisions"):
        salt = "" if hand is None else project_salt(hand, make=review)
    decisions = () if hand is None else read(hand)
    found = link_lists(records, settings, decisions=decisions, salt=salt, seed=seed)
    if review:
        from uncounted.cli._review import review as review_pairs

        assert hand is not None
        review_pairs(found, records, hand, who, most)
        return
    drawn = found.draw(draws, seed)
    report = _report(found, drawn, small_cells=small_cells)
    if as_json:
        write_json({"ok": True, **report})
    else:
        _show(report)


def _read(
    where: tuple[str, ...], regime: str | None, *, quiet: bool
) -> tuple[list[Records], Path | None, dict[str, Any]]:
    """Read released records per list, the hand folder if there is a project, its settings."""
    paths = [Path(w) for w in (where or (".",))]
    if len(paths) == 1 and (not paths[0].is_file() or paths[0].suffix == ".toml"):
        from uncounted.project.checking import read_project
        from uncounted.project.guard import hash_hand
        from uncounted.project.settings import load_project

        project = load_project(paths[0])
        with progress("reading", quiet=quiet) as tell:
            read, _ = read_project(project, tell)
        records = [r.records for r in read if len(r.records)]
        _enough(records)
        hash_hand(project)  # decisions without their key are an error, not nothing
        return records, project.hand, dict(project.settings.linkage)
    if len(paths) < 2:
        raise click.UsageError("Give a project folder, or two or more list files.")
    if len({p.stem for p in paths}) < len(paths):
        raise InputError(
            "Two files have one name, and a list is called by its file's.",
            fix="Rename one of the files.",
        )
    return _read_files(paths, regime), None, {}


def _read_files(paths: list[Path], regime: str | None) -> list[Records]:
    from uncounted.records import consent, stops
    from uncounted.records.reading import ListSpec, read_list

    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    records = []
    stopped = []
    for path in paths:
        spec = ListSpec(path.stem, path, regime or consent.DEFAULT_REGIME)
        read = read_list(spec, as_of=today, recipients=())
        report = read.report
        note(
            f"{path.name}: {report.rows_in} rows = {report.used} used + {report.quarantined} "
            f"quarantined + {report.not_released} not released"
        )
        if report.stops:
            stopped.append((path.name, report.stops))
        if len(read.records):
            records.append(read.records)
    if stopped:
        told = stops.refuse(stopped)
        raise InputError(
            told.message,
            fix=f"Files alone cannot say what that means: make a project with `uncounted new`. {told.fix}",
        )
    _enough(records, files=regime is None)
    return records


def _enough(records: list[Records], *, files: bool = False) -> None:
    if len(records) < 2:
        how = (
            "A file's regime is taken as the strictest unless you say otherwise; where the law "
            "leaves you free, add --regime none."
            if files
            else "`uncounted check` says why rows were quarantined or not released."
        )
        raise InputError("Fewer than two lists have records that may be linked.", fix=how)


def _report(found: Linkage, drawn: LinkageDraws, *, small_cells: bool) -> dict[str, Any]:
    """Put together what may be said: counts with their intervals, nothing of a record."""
    import numpy as np

    def spread(values: Any) -> dict[str, float]:
        lower, middle, upper = np.quantile(values, [0.025, 0.5, 0.975])
        return {"point": float(middle), "lower": float(lower), "upper": float(upper)}

    counts = drawn.counts()
    masks = np.arange(counts.shape[1])
    one = found.table()
    overlaps = []
    for i, first in enumerate(found.lists):
        for j in range(i + 1, len(found.lists)):
            both = (1 << i) | (1 << j)
            values = counts[:, (masks & both) == both].sum(axis=1)
            row: dict[str, Any] = {**spread(values), "one_answer": one.pair_overlap(i, j)}
            hidden = not small_cells and min(row["lower"], row["one_answer"]) < SMALL
            if hidden:
                row = dict.fromkeys(row)
            overlaps.append({"lists": [first, found.lists[j]], **row, "suppressed": hidden})
    people: dict[str, Any] = {**spread(counts.sum(axis=1)), "one_answer": one.n}
    diagnostics = dict(found.diagnostics)
    told = len(overlaps) == 1 and overlaps[0]["suppressed"]
    if told:  # records less people is the overlap of two lists, and so is the sum of chances
        people = dict.fromkeys(people)
        diagnostics |= {k: None for k in diagnostics if k.startswith(("expected_", "candidate_"))}
    return {
        "lists": {
            name: int(k)
            for name, k in zip(
                found.lists, np.bincount(found.member, minlength=len(found.lists)), strict=True
            )
        },
        "people": {**people, "suppressed": told},
        "overlaps": overlaps,
        "draws": len(drawn),
        "seed": drawn.seed,
        "threshold": found.settings.threshold,
        "diagnostics": diagnostics,
    }


def _show(report: dict[str, Any]) -> None:
    people = report["people"]
    click.echo(f"{sum(report['lists'].values()):,} records on {len(report['lists'])} lists")
    click.echo(
        "people named: suppressed (with two lists it would tell how many are on both)"
        if people["suppressed"]
        else f"people named: {people['point']:,.0f}, between {people['lower']:,.0f} and "
        f"{people['upper']:,.0f} (95%; doubt about who is who only)"
    )
    click.echo("people on both of two lists:")
    for row in report["overlaps"]:
        names = f"  {row['lists'][0]} and {row['lists'][1]}"
        if row["suppressed"]:
            click.echo(f"{names}: suppressed (may be under {SMALL})")
            continue
        click.echo(
            f"{names}: {row['point']:,.0f}, between {row['lower']:,.0f} and {row['upper']:,.0f}"
        )
    said = report["diagnostics"]
    click.echo(said["blocking"])
    click.echo(f"By the fitted weights that reaches {said['blocking_reach']:.1%} of true links.")
    if said["decisions_contradicting"]:
        click.echo(
            f"{said['decisions_contradicting']:,} decisions contradict others (one person by some, two by"
            " another): look at those pairs again with --review."
        )
    click.echo("These are people on the lists, not an estimate of all: see `uncounted run`.")
