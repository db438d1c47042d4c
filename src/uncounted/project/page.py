"""A run's results put into the words and pictures of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uncounted.brief.coalition import Brief, GroupLine, ListLine, coalition_page
from uncounted.brief.figures import Picture
from uncounted.brief.words import interval_words, people
from uncounted.charts.doubt import doubt
from uncounted.charts.export import to_svg
from uncounted.charts.groups import groups as groups_chart
from uncounted.charts.threshold_sweep import threshold_sweep
from uncounted.disclosure.ledger import Release
from uncounted.disclosure.suppress import MARKS, Published
from uncounted.estimate import Interval
from uncounted.project.results import GroupRow, ListRow, rounded
from uncounted.records.consent import NOT_LEGAL_ADVICE, REGIMES

if TYPE_CHECKING:
    from uncounted.project.linking import Linked
    from uncounted.project.pooled import Pooled
    from uncounted.project.run import RunResult
    from uncounted.project.settings import Project

__all__ = ["write_page"]

HEADINGS = {"origin": "From where", "sector": "In which work"}
DOUBT = {
    "linkage": "who is the same person (linkage)",
    "model": "which lists depend on each other (choice of model)",
    "sampling": "whom the lists happened to meet (sampling)",
}
ALWAYS = (
    "Estimated people are not detected people: nobody met them, and they have no names.",
    "The figure covers people whom at least one of these lists could have met. A group that no "
    "list could ever meet is not in it.",
    "It counts people the lists record as trafficked or possibly trafficked. It says nothing about "
    "people in sex work or in any other work who are not trafficked.",
)


def write_page(
    folder: Path,
    project: Project,
    result: RunResult,
    pooled: Pooled,
    linked: Linked,
    groups: Mapping[str, tuple[list[GroupRow], Published]],
    lists: Sequence[ListRow],
    releases: Mapping[str, Release],
    verdict: Sequence[str] = (),
) -> None:
    """Write ``index.html`` and ``pictures/*.svg`` of a run."""
    s = project.settings
    estimate = result.estimate
    point = None if estimate.point is None else rounded(estimate.point)
    interval = estimate.interval
    if interval is not None:
        interval = Interval(
            interval.kind, interval.level, rounded(interval.lower), rounded(interval.upper)
        )
    pictures = _pictures(result, groups, releases, interval)
    (folder / "pictures").mkdir()
    for name, picture in pictures.items():
        file = name.casefold().replace(" ", "-")
        (folder / "pictures" / f"{file}.svg").write_text(picture.svg, encoding="utf-8")
    detected = (
        "Fewer than " + str(s.publish.threshold)
        if result.detected is None
        else f"{result.detected:,}"
    )
    about = s.project
    brief = Brief(
        title=about.title or f"{about.name}: how many people?",
        where=about.where,
        when=about.when,
        counts=about.counts[:1].upper() + about.counts[1:],
        point=point,
        interval=interval,
        refused=estimate.refused,
        detected=detected,
        hidden="" if point is None else people(rounded(max(point - (result.detected or 0), 0))),
        lists_used=len(linked.lists),
        doubt={DOUBT[k]: v for k, v in result.parts.items()},
        certain_words=_certain_words(estimate.diagnostics.get("if_linkage_were_certain")),
        groups={
            HEADINGS[name]: _group_lines(rows, releases[name]) for name, (rows, _) in groups.items()
        },
        lists=_list_lines(lists, releases["overlap"], linked.lists),
        rows=_row_lines(result, releases["rows"]),
        release_words=_release_words(result, releases["rows"].numbers.get("all not released")),
        held_words=[
            f"The counts of the table “{name}” stand as released in run {run}: they changed by "
            f"fewer than {s.publish.threshold} since, and such a change could point to a person."
            for name, run in result.held.items()
        ],
        caveats=[*ALWAYS, *estimate.caveats, NOT_LEGAL_ADVICE],
        verdict=verdict,
        pictures=pictures,
        marks={
            MARKS["suppressed"]: "suppressed to protect people",
            MARKS["zero"]: "nobody",
            MARKS["not listed"]: "no figure: not listed, or not enough to estimate from",
        },
        draft=result.draft,
        threshold=s.publish.threshold,
        made=_made(project, result, pooled, linked),
    )
    (folder / "index.html").write_text(coalition_page(brief), encoding="utf-8")


def _pictures(
    result: RunResult,
    groups: Mapping[str, tuple[list[GroupRow], Published]],
    releases: Mapping[str, Release],
    interval: Interval | None,
) -> dict[str, Picture]:
    out = {}
    for name, (rows, _) in groups.items():
        drawn = [_group_values(r, releases[name]) for r in rows if r.detected != 0]
        if not drawn:
            continue
        words = f"{HEADINGS[name]}: detected and estimated people by group; the table below has the same figures."
        spec = groups_chart(
            drawn,
            title=HEADINGS[name],
            subtitle="Squares were detected; circles are estimates with their interval",
        )
        out[HEADINGS[name]] = Picture(words, to_svg(spec))
    if result.parts:
        shares = {DOUBT[k]: v for k, v in result.parts.items()}
        words = "Where the doubt comes from: " + ", ".join(
            f"{k} {v:.0%}" for k, v in shares.items()
        )
        out["doubt"] = Picture(words, to_svg(doubt(shares, title="Where the doubt comes from")))
    sweep = result.estimate.diagnostics.get("threshold_sweep") or []
    if any(point is not None for _, point in sweep):
        spec = threshold_sweep(
            [t for t, _ in sweep],
            [p for _, p in sweep],
            lower=interval.lower if interval is not None and interval.bounded else None,
            upper=interval.upper if interval is not None and interval.bounded else None,
            title="If one cut-off decided who is the same person",
            subtitle="The line is the figure at each cut-off; the band is this page's interval",
        )
        out["sweep"] = Picture("Estimated people at each linkage threshold.", to_svg(spec))
    return out


def _group_values(row: GroupRow, release: Release) -> dict[str, Any]:
    held = bool(release.held_from)
    shown = release.numbers.get(row.label) if held else row.detected
    estimated = row.point is not None and shown is not None
    return {
        "label": row.label,
        "detected": shown,
        "point": row.point if estimated else None,
        "lower": row.interval.lower if estimated and row.interval is not None else None,
        "upper": row.interval.upper if estimated and row.interval is not None else None,
        "why": row.why,
    }


def _count(value: int | None) -> str:
    return MARKS["suppressed"] if value is None else f"{value:,}"


def _group_lines(rows: Sequence[GroupRow], release: Release) -> list[GroupLine]:
    lines = []
    none = MARKS["not listed"]
    for row in rows:
        v = _group_values(row, release)
        if v["point"] is None:
            why = "suppressed" if v["detected"] is None else row.why
            lines.append(
                GroupLine(
                    row.label, _count(v["detected"]), none, none, "" if why == "suppressed" else why
                )
            )
        else:
            lines.append(
                GroupLine(
                    row.label,
                    _count(v["detected"]),
                    people(row.point),
                    interval_words(row.interval),
                )
            )
    return lines


def _list_lines(rows: Sequence[ListRow], release: Release, names: Sequence[str]) -> list[ListLine]:
    lines = []
    none = MARKS["not listed"]
    for row in rows:
        regime = "" if row.regime == "none" else REGIMES[row.regime].partition(":")[0]
        if not row.linked:
            note = "total only: no record may be linked" + (f" ({regime})" if regime else "")
            lines.append(ListLine(row.title, none, none, none, none, note))
            continue
        alone = "".join("1" if name == row.name else "0" for name in names)
        lines.append(
            ListLine(
                row.title,
                _count(release.numbers.get(row.name)),
                _count(release.numbers.get(alone, 0)),
                none if row.without is None else people(row.without),
                none if row.interval is None else interval_words(row.interval),
                "; ".join(x for x in (row.why, regime) if x),
            )
        )
    return lines


def _row_lines(result: RunResult, release: Release) -> list[list[str]]:
    numbers = release.numbers
    kinds = ("used", "quarantined", "not released")
    lines = [
        [
            r.name,
            _count(numbers.get(f"{r.name}, rows in")),
            *(_count(numbers.get(f"{r.name}, {k}")) for k in kinds),
        ]
        for r in result.report.lists
    ]
    lines.append(
        ["all", _count(numbers.get("all rows")), *(_count(numbers.get(f"all {k}")) for k in kinds)]
    )
    return lines


def _release_words(result: RunResult, shown: int | None) -> list[str]:
    cost = result.cost
    if not cost.not_released:
        return []
    many = "Some" if shown is None else f"{shown:,}"
    out = [
        f"{many} records have no valid release and were not linked: the law or the member's own "
        "duty leaves that choice to the person. They count in their list's own total and nowhere else."
    ]
    if cost.total_only:
        out.append("Total only: " + ", ".join(cost.total_only) + ".")
    if cost.wider is not None and cost.wider >= 0.005:
        out.append(
            f"What that costs: the part of the interval that comes from sampling is about "
            f"{cost.wider:.0%} wider than if every record could have been linked. If people who "
            "did not sign differ in whom else they meet, the figure can be off as well."
        )
    elif cost.wider is None:
        out.append("What that costs cannot be told from these lists.")
    return out


def _certain_words(certain: Any) -> str:
    if not certain or certain.get("interval") is None or certain.get("point") is None:
        return ""
    low, high = certain["interval"]["lower"], certain["interval"]["upper"]
    if low is None or high is None:
        return ""
    return (
        "For comparison: had one answer to who is the same person been taken as certain, the "
        f"interval would have read {people(rounded(low))} to {people(rounded(high))}."
    )


def _made(
    project: Project, result: RunResult, pooled: Pooled, linked: Linked
) -> list[tuple[str, str]]:
    e = project.settings.estimate
    out = [
        ("Run", result.run),
        ("Releases judged on", result.report.as_of),
        ("Method", f"{e.method}, {e.level:.0%} interval, seed {e.seed}"),
        (
            "Linkage",
            f"{len(linked.clusters):,} equally likely answers to who is the same person, "
            f"{pooled.tables:,} different overlap tables",
        ),
    ]
    if pooled.estimate.model:
        out.append(
            ("Commonest model", f"{pooled.estimate.model} (lists in the order of the table above)")
        )
    out.append(("Repeat it", f"uncounted verify runs/{result.run}"))
    out.append(("Everything else", "manifest.json beside this page"))
    return out
