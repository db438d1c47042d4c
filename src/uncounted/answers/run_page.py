"""A run's results put into the words and pictures of its page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from uncounted.brief.page import Picture
from uncounted.brief.run_page import Brief, GroupLine, ListLine, coalition_page
from uncounted.brief.words import interval_words, method_words, people
from uncounted.charts.doubt import doubt, whole_percents
from uncounted.charts.export import to_svg
from uncounted.charts.groups import groups as groups_chart
from uncounted.charts.threshold_sweep import threshold_sweep
from uncounted.core.estimate import Interval
from uncounted.disclosure.ledger import Publication
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import MARKS
from uncounted.project.linking import Linked
from uncounted.project.publish import Shown, history_count, row_counts
from uncounted.project.run import RunResult
from uncounted.project.settings import About, Project
from uncounted.records.consent.releases import NOT_LEGAL_ADVICE, REGIMES
from uncounted.verdict.lists import ListRow

__all__ = ["write_page"]

HEADINGS = {"origin": "From where", "sector": "In which work"}
BY = {"origin": "by origin", "sector": "by work"}
TABLES = {**HEADINGS, "overlap": "What each list added", "rows": "What was not used"}
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
    folder: Path, project: Project, result: RunResult, linked: Linked, tables: int
) -> None:
    """Write ``index.html`` and ``pictures/*.svg`` of a run.

    Parameters
    ----------
    folder
        Of the run.
    project, result, linked
        What it is about, what came out, who is the same person.
    tables
        Different overlap tables among the linkage draws.
    """
    s = project.settings
    shown = result.shown
    assert shown is not None
    estimate = shown.estimate
    point, interval = estimate.point, estimate.interval
    about = s.project
    pictures = _pictures(shown, result.parts, about, interval)
    (folder / "pictures").mkdir()
    for name, picture in pictures.items():
        file = name.casefold().replace(" ", "-")
        (folder / "pictures" / f"{file}.svg").write_text(picture.svg, encoding="utf-8")
    titles = {entry.name: entry.title or entry.name for entry in s.lists}
    verdict = estimate.diagnostics.get("verdict") or {}
    brief = Brief(
        title=about.title or f"{about.name}: how many people?",
        where=about.where,
        when=about.when,
        counts=about.counts[:1].upper() + about.counts[1:],
        point=point,
        interval=interval,
        refused=re.sub(r"^On \d+ linkage draws the method gives no figure: ", "", estimate.refused),
        detected="" if result.detected is None else f"{result.detected:,}",
        hidden=_hidden_words(result.estimate.point, result.detected or 0),
        detected_words=_detected_words(estimate.diagnostics.get("observed_range")),
        lists_used=len(linked.lists),
        level=str(verdict.get("level", "")),
        verdict=_verdict_words(verdict),
        doubt_words=_doubt_words(result.parts, estimate.diagnostics.get("if_linkage_were_certain")),
        sweep_words=_sweep_words(estimate.diagnostics.get("threshold_sweep"), interval),
        check_words=_check_words(
            estimate.diagnostics.get("closed_form"),
            len(linked.clusters),
            float(s.linkage.get("threshold", 0.5)),
        ),
        groups={HEADINGS[name]: _group_lines(shown, name) for name in shown.groups},
        lists=_list_lines(shown.lists, shown.releases["overlap"], linked.lists),
        rows=[
            [row[0], *(f"{int(c):,}" if c.isdigit() else c for c in row[1:])]
            for row in row_counts(shown, result.report, titles)
        ],
        release_words=_release_words(
            result, shown.releases["rows"].numbers.get("all not released"), titles
        ),
        held_words=[
            f"The counts under “{TABLES.get(name, name)}” stand as released in run {run}: they "
            f"changed too little since. A change of fewer than {s.publish.threshold} could point "
            "to a person."
            for name, run in result.held.items()
        ],
        caveats=[*ALWAYS, *estimate.caveats, NOT_LEGAL_ADVICE],
        pictures=pictures,
        marks={
            MARKS["suppressed"]: "suppressed to protect people",
            MARKS["zero"]: "nobody",
            MARKS["not listed"]: "no figure: not listed, or not enough to estimate from",
        },
        draft=result.draft,
        threshold=s.publish.threshold,
        made=_made(project, result, linked, tables),
    )
    (folder / "index.html").write_text(coalition_page(brief), encoding="utf-8")


def _pictures(
    shown: Shown, parts: Mapping[str, float], about: About, interval: Interval | None
) -> dict[str, Picture]:
    out = {}
    whom = about.counts[:1].upper() + about.counts[1:]
    place = ", ".join(x for x in (about.where, about.when) if x)

    def both(draw: Any, *args: Any, words: str, title: str, said: str, **more: Any) -> Picture:
        subtitle = f"{place[:1].upper()}{place[1:]}. {said}" if place else said
        wide, narrow = (
            to_svg(draw(*args, title=title, subtitle=subtitle, narrow=slim, **more))
            for slim in (False, True)
        )
        return Picture(words, wide, narrow)

    if parts:
        shares = {DOUBT[k]: v for k, v in parts.items()}
        percents = whole_percents(list(shares.values()))
        words = "Where the doubt comes from: " + ", ".join(
            f"{k} {p}%" for k, p in zip(shares, percents, strict=True)
        )
        out["doubt"] = both(
            doubt,
            shares,
            words=words,
            title="Where the doubt comes from",
            said=f"Estimated number of {about.counts}",
        )
    sweep = shown.estimate.diagnostics.get("threshold_sweep") or []
    if any(point is not None for _, point in sweep):
        held = interval is not None and interval.bounded
        out["sweep"] = both(
            threshold_sweep,
            [t for t, _ in sweep],
            [p for _, p in sweep],
            words="Estimated people at each cut-off: "
            + ", ".join(f"{p:,.0f} at {t:.0%}" for t, p in sweep if p is not None),
            title=f"{whom} estimated, if one cut-off decided who is the same person",
            said="Line: the estimate at each cut-off. Grey band: the interval of this page.",
            lower=interval.lower if interval is not None and held else None,
            upper=interval.upper if interval is not None and held else None,
        )
    for name in shown.groups:
        drawn = [v for v in shown.group_values(name) if v["detected"] != 0]
        if not any(v["detected"] is not None for v in drawn):
            continue
        estimated = any(v["point"] is not None for v in drawn)
        level = "" if interval is None else f"{interval.level:.0%} "
        out[HEADINGS[name]] = both(
            groups_chart,
            drawn,
            words=f"{HEADINGS[name]}: people by group; the table below has the same figures.",
            title=f"{whom} {BY[name]}",
            said=f"Squares were detected. Circles are estimated, with their {level}interval."
            if estimated
            else "Squares were detected.",
        )
    return out


def _count(value: int | None) -> str:
    return MARKS["suppressed"] if value is None else f"{value:,}"


def _group_lines(shown: Shown, name: str) -> list[GroupLine]:
    lines = []
    none = MARKS["not listed"]
    for v in shown.group_values(name):
        label, detected = v["label"], _count(v["detected"])
        if v["point"] is None:
            why = "" if v["detected"] is None else v["why"]
            lines.append(GroupLine(label, detected, none, none, why))
        else:
            interval = Interval("pool", 0.95, v["lower"], v["upper"])
            lines.append(GroupLine(label, detected, people(v["point"]), interval_words(interval)))
    return lines


def _list_lines(
    rows: Sequence[ListRow], release: Publication, names: Sequence[str]
) -> list[ListLine]:
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
                history_count(release, alone, names),
                none if row.without is None else people(row.without),
                none if row.interval is None else interval_words(row.interval),
                "; ".join(x for x in (row.why, regime) if x),
            )
        )
    return lines


def _hidden_words(point: float | None, detected: int) -> str:
    """People on no list, told no finer than the figure itself is."""
    if point is None:
        return ""
    whole = rounded(point)
    step = 1
    while whole >= 1000 * step or (whole < 1000 and whole >= 100 * step):
        step *= 10
    hidden = step * round(max(point - detected, 0.0) / step)
    return f"About {people(rounded(hidden))}" if hidden else f"Fewer than {people(step)}"


def _detected_words(observed: Any) -> str:
    if not observed or observed[0] == observed[1]:
        return ""
    return (
        f"Depending on who is the same person they are between {people(observed[0])} and "
        f"{people(observed[1])}."
    )


def _verdict_words(verdict: Mapping[str, Any]) -> list[str]:
    reasons = list(verdict.get("reasons") or ())
    both = verdict.get("consensus") or {}
    ends = both.get("interval") or {}
    if both.get("point") is None or ends.get("lower") is None or ends.get("upper") is None:
        return reasons
    return [
        "Held together, methods that make different assumptions give "
        f"{people(both['point'])} ({people(ends['lower'])} to {people(ends['upper'])}), taking one "
        "answer to who is the same person as certain; what follows is said of that.",
        *reasons,
    ]


def _doubt_words(parts: Mapping[str, float], certain: Any) -> list[str]:
    if not parts:
        return []
    percents = dict(zip(parts, whole_percents(list(parts.values())), strict=True))
    most = max(percents, key=lambda k: percents[k])
    out = [
        "If the same work were done again with other lists of the same kind, the figure would "
        f"move; the interval says how far. The largest part of that doubt, {percents[most]}%, "
        f"comes from {DOUBT[most].partition(' (')[0]}."
    ]
    if certain and certain.get("interval") and certain.get("point") is not None:
        low, high = certain["interval"]["lower"], certain["interval"]["upper"]
        if low is not None and high is not None:
            out.append(
                "Had one answer to who is the same person been taken as certain, the interval "
                f"would have read {people(low)} to {people(high)}."
            )
    return out


def _sweep_words(sweep: Any, interval: Interval | None) -> list[str]:
    points = [p for _, p in sweep or () if p is not None]
    if not points or interval is None:
        return []
    low, high = min(points), max(points)
    moved = (
        f"the estimate would be {people(low)} at every cut-off tried"
        if low == high
        else f"the estimate would be anything from {people(low)} to {people(high)}, by the choice "
        "of that cut-off alone"
    )
    return [
        "Many tools settle who is the same person by one cut-off: two records are one person from "
        f"some chance on. With these lists {moved}. This page takes no cut-off; it holds every "
        "likely answer in its interval."
    ]


def _check_words(check: Any, answers: int, threshold: float) -> list[str]:
    if not check:
        return []
    at = "even chances" if threshold == 0.5 else f"a chance of {100 * threshold:g}%"
    missed = [1.0 - v for v in check["found"].values()]
    wrong = list(check["false"].values())
    return [
        f"A check by formula. By the {answers:,} likely answers, settling it at {at} misses "
        f"{_range(missed)} of the true links of a list to those before it and gives "
        f"{_range(wrong)} of the others a wrong one. With that one answer and one model the "
        f"estimate is {people(check['one_answer'])}; corrected for those rates by the formulas of "
        f"the literature, {people(check['corrected'])}; over the likely answers, "
        f"{people(check['draws'])}. The formulas take the rates as known and so ignore their "
        "doubt: this is a check, not a second estimate."
    ]


def _range(shares: Sequence[float]) -> str:
    low, high = (f"{100 * x:.0f}%" if x >= 0.1 else f"{100 * x:.1f}%" for x in
                 (min(shares), max(shares)))  # fmt: skip
    return low if low == high else f"{low} to {high}"


def _release_words(result: RunResult, shown: int | None, titles: Mapping[str, str]) -> list[str]:
    cost = result.cost
    if not cost.not_released:
        return []
    many = "Some" if shown is None else f"{shown:,}"
    out = [
        f"{many} records have no valid release and were not linked: the law or the member's own "
        "duty leaves that choice to the person. They count in their list's own total and nowhere else."
    ]
    if cost.total_only:
        out.append("Total only: " + ", ".join(titles.get(n, n) for n in cost.total_only) + ".")
    if cost.wider is not None and cost.wider >= 0.005:
        out.append(
            f"What that costs: the part of the interval that comes from sampling is about "
            f"{cost.wider:.0%} wider than if every record could have been linked. If people who "
            "did not sign differ in whom else they meet, the figure can be off as well."
        )
    elif cost.wider is None:
        out.append("What that costs cannot be told from these lists.")
    return out


def _made(
    project: Project, result: RunResult, linked: Linked, tables: int
) -> list[tuple[str, str]]:
    e = project.settings.estimate
    words = method_words(result.estimate)
    named = e.method if words == e.method else f"{words} ({e.method})"
    out = [
        ("Run", result.run),
        ("Releases judged on", result.report.as_of),
        ("Method", f"{named}, {e.level:.0%} interval, seed {e.seed}"),
        (
            "Linkage",
            f"{len(linked.clusters):,} equally likely answers to who is the same person, "
            f"{tables:,} different overlap tables",
        ),
    ]
    used = linked.facts.get("decisions_used")
    if used:
        clash = linked.facts.get("decisions_contradicting")
        but = f", of which {clash:,} contradict others: look at them again" if clash else ""
        out.append(("Decided by people", f"{used:,} pairs{but}"))
    if result.estimate.model:
        out.append(("Commonest model", _model_words(project, result.estimate.model, linked.lists)))
    out.append(("Repeat it", f"uncounted verify runs/{result.run}"))
    out.append(("Everything else", "manifest.json beside this page"))
    return out


def _model_words(project: Project, model: str, lists: Sequence[str]) -> str:
    """Say a model's interactions by the lists' titles, where its terms are digits."""
    titles = {entry.name: entry.title or entry.name for entry in project.settings.lists}
    terms = model.strip("[]").split(",")
    if not all(t.isdigit() and "0" not in t and int(max(t)) <= len(lists) for t in terms):
        return model
    tied = [" with ".join(titles[lists[int(c) - 1]] for c in t) for t in terms if len(t) > 1]
    if not tied:
        return f"{model}: no list depends on another"
    return f"{model}: {'; '.join(tied)} depend on each other"
