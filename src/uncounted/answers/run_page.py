"""A run's results put into the words and pictures of its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from uncounted.answers.brief_facts import facts_of
from uncounted.answers.run_pictures import FILES, HEADINGS, capital, pictures_of
from uncounted.brief.headline import headline
from uncounted.brief.messages import language
from uncounted.brief.named import group_name, whom
from uncounted.brief.number_marks import number_marks
from uncounted.brief.run_page import (
    Brief,
    GroupLine,
    ListLine,
    MethodLine,
    QuestionLine,
    coalition_page,
)
from uncounted.brief.why import of_run
from uncounted.brief.words import interval_words, method_words, people
from uncounted.charts.doubt import whole_percents
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note, series
from uncounted.disclosure.ledger import Publication
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import MARKS
from uncounted.project.approvals import Approvals
from uncounted.project.publish import Shown, history_count, row_counts
from uncounted.project.release import Said
from uncounted.project.released import just_written
from uncounted.project.releasing import NEVER
from uncounted.project.run import RunResult
from uncounted.project.settings import Project
from uncounted.records.consent.releases import NOT_LEGAL_ADVICE
from uncounted.verdict.lists import ListRow
from uncounted.verdict.measured import measured_coverage
from uncounted.verdict.referrals import Referrals
from uncounted.verdict.run_verdict import RunVerdict

__all__ = ["write_page"]

TABLES = {**HEADINGS, "overlap": "run.heading.overlap", "rows": "run.heading.rows"}
REGIMES = {
    "vawa": "run.regime.vawa",
    "fvpsa": "run.regime.fvpsa",
    "voca": "run.regime.voca",
    "privileged": "run.regime.privileged",
}
"""Who may be bound to what, by the name of the regime; no words where no rule is declared."""
DOUBT_SHORT = {
    "linkage": "run.doubt.linkage-short",
    "model": "run.doubt.model-short",
    "sampling": "run.doubt.sampling-short",
}
ANSWERS = {
    "no": "run.answer.no",
    "yes": "run.answer.yes",
    "unknown": "run.answer.unknown",
    "certain": "run.answer.certain",
    "estimated": "run.answer.estimated",
}
ALWAYS = (
    note("run.always.estimated"),
    note("run.always.reach"),
    note("run.always.trafficked"),
)


def write_page(folder: Path, project: Project, result: RunResult) -> None:
    """Write ``index.html`` and ``pictures/*.svg`` of a run.

    Parameters
    ----------
    folder
        Of the run.
    project, result
        What it is about, and what came out.
    """
    s = project.settings
    shown = result.shown
    assert shown is not None
    estimate = shown.estimate
    point, interval = estimate.point, estimate.interval
    about = s.project
    titles = {entry.name: entry.title or entry.name for entry in s.lists}
    # What the brief will read is what the page reads: the files just written beside it.
    written = just_written(folder, result.run, project.to_dict() | {"draft": result.draft})
    facts = facts_of(written, Approvals(), language())
    first = headline(facts)
    pictures = pictures_of(shown, result.parts, s, interval, first)
    (folder / "pictures").mkdir()
    for name, picture in pictures.items():
        file = FILES.get(name, name)
        (folder / "pictures" / f"{file}.svg").write_text(picture.svg, encoding="utf-8")
    verdict = estimate.diagnostics.get("verdict")
    verdict = verdict if isinstance(verdict, RunVerdict) else None
    brief = Brief(
        title=about.title or str(note("run.title", name=about.name)),
        where=about.where,
        when=about.when,
        counts=capital(whom(about.counts)),
        point=point,
        interval=interval,
        likely=None if verdict is None else verdict.likely,
        refused="" if estimate.refused is None else str(_of_lists(estimate.refused)),
        detected="" if result.detected is None else f"{result.detected:,}",
        hidden=_hidden_words(result.estimate.point, result.detected or 0),
        detected_words=_detected_words(estimate.diagnostics.get("observed_range")),
        lists_used=len(shown.said.names),
        level="" if verdict is None else verdict.level,
        verdict=_said(_verdict_notes(verdict)),
        questions=_question_lines(verdict),
        known=[(str(m.said), people(m.point), interval_words(m.interval)) for m in shown.moved],
        referral_words=[] if shown.referrals is None else _said(_titled(shown.referrals, titles)),
        methods=_method_lines(shown.methods),
        doubt_words=_said(
            _doubt_notes(result.parts, estimate.diagnostics.get("if_linkage_were_certain"))
        ),
        sweep_words=_said(_sweep_notes(estimate.diagnostics.get("threshold_sweep"), interval)),
        check_words=_said(
            _check_notes(
                estimate.diagnostics.get("closed_form"),
                shown.said.answers,
                float(s.linkage.get("threshold", 0.5)),
            )
        ),
        groups={str(note(HEADINGS[name])): _group_lines(shown, name) for name in shown.groups},
        lists=_list_lines(shown.lists, shown.releases["overlap"], shown.said.names),
        rows=[
            [group_name(row[0]), *(f"{int(c):,}" if c.isdigit() else c for c in row[1:])]
            for row in row_counts(shown, result.report, titles)
        ],
        release_words=_said(
            _release_notes(result, shown.releases["rows"].numbers.get("all not released"), titles)
        ),
        held_words=_said(
            note(
                "run.release.earlier",
                threshold=Number(s.publish.threshold),
                table=note(TABLES[name]) if name in TABLES else name,
                run=run,
            )
            for name, run in result.held.items()
            if run != NEVER
        ),
        caveats=_said((*ALWAYS, *_told_notes(shown), *estimate.caveats, NOT_LEGAL_ADVICE)),
        pictures={
            str(note(HEADINGS[name])) if name in HEADINGS else name: picture
            for name, picture in pictures.items()
        },
        marks={
            MARKS["suppressed"]: str(note("run.mark.suppressed")),
            MARKS["zero"]: str(note("run.mark.zero")),
            MARKS["not listed"]: str(note("run.mark.not-listed")),
        },
        overlap_held=None in shown.releases["overlap"].numbers.values(),
        dot="" if first is None else first.dot.text,
        legend=() if first is None else tuple((k, x.text) for k, x in first.legend),
        numbers=number_marks(facts, of_run(facts, written.estimate, written.tables, titles)),
        breakdowns={str(note(HEADINGS[name])): name for name in shown.groups},
        draft=result.draft,
        threshold=s.publish.threshold,
        made=_made(project, result, shown.said),
    )
    (folder / "index.html").write_text(coalition_page(brief), encoding="utf-8")


def _said(notes: Iterable[Note]) -> list[str]:
    return [str(n) for n in notes]


def _told_notes(shown: Shown) -> list[Note]:
    """Say that figures know no more than is shown, where anything is not."""
    hidden = None in shown.releases["overlap"].numbers.values()
    if not hidden or shown.estimate.point is None:
        return []
    return [note("run.told", mark=MARKS["suppressed"])]


def _titled(referrals: Referrals, titles: Mapping[str, str]) -> tuple[Note, ...]:
    """Say of referrals what there is to say, lists by their titles."""
    named = {titles.get(name, name): people for name, people in referrals.entries.items()}
    return replace(referrals, entries=named).told()


def _of_lists(refused: Note) -> Note:
    """Say why these lists carry no figure, not on how many linkage draws the method gave none."""
    if refused.code == "pooling.draws.none":
        inner = refused.word("why")
        return inner if isinstance(inner, Note) else refused
    return replace(
        refused,
        words=tuple((k, _of_lists(w) if isinstance(w, Note) else w) for k, w in refused.words),
    )


def _count(value: int | None) -> str:
    return MARKS["suppressed"] if value is None else f"{value:,}"


def _group_lines(shown: Shown, name: str) -> list[GroupLine]:
    lines = []
    none = MARKS["not listed"]
    for v in shown.group_values(name):
        label, detected = group_name(v.label), _count(v.detected)
        if v.point is None or v.lower is None or v.upper is None:
            why = "" if v.detected is None else v.why
            lines.append(GroupLine(label, detected, none, none, why))
        else:
            interval = Interval("pool", 0.95, v.lower, v.upper)
            lines.append(GroupLine(label, detected, people(v.point), interval_words(interval)))
    return lines


def _list_lines(
    rows: Sequence[ListRow], release: Publication, names: Sequence[str]
) -> list[ListLine]:
    lines = []
    none = MARKS["not listed"]
    for row in rows:
        regime = note(REGIMES[row.regime]) if row.regime in REGIMES else None
        if not row.linked:
            said = note("run.list.total-only")
            if regime:
                said = note("run.list.total-only-regime", regime=regime)
            lines.append(ListLine(row.title, none, none, none, none, str(said)))
            continue
        alone = "".join("1" if name == row.name else "0" for name in names)
        lines.append(
            ListLine(
                row.title,
                _count(release.numbers.get(row.name)),
                history_count(release, alone, names),
                none if row.without is None else people(row.without),
                none if row.interval is None else interval_words(row.interval),
                str(series("words.semicolon", [x for x in (row.why, regime) if x])),
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
    if hidden:
        return str(note("run.hidden.about", hidden=Number(rounded(hidden), "estimate")))
    return str(note("run.hidden.fewer", step=Number(step)))


def _detected_words(observed: Any) -> str:
    if not observed or observed[0] == observed[1]:
        return ""
    low, high = (Number(n, "people", of="observed range") for n in observed)
    return str(note("run.detected.between", low=low, high=high))


def _verdict_notes(verdict: RunVerdict | None) -> list[Note]:
    """Reasons but for what the answers mean: that stands with the questions."""
    if verdict is None:
        return []
    means = {q.means.code for q in verdict.questions}
    reasons = [r for r in verdict.reasons if r.code not in means]
    asked = len(verdict.questions.open())
    if asked:
        reasons.append(note("run.verdict.asked", asked=Number(asked)))
    return reasons


def _question_lines(verdict: RunVerdict | None) -> list[QuestionLine]:
    if verdict is None:
        return []
    return [
        QuestionLine(str(q.text), str(note(ANSWERS[q.answer])), str(q.means), q.settled)
        for q in verdict.questions
    ]


def _method_lines(methods: Iterable[Estimate]) -> list[MethodLine]:
    lines = []
    for e in methods:
        level = 0.95 if e.interval is None else e.interval.level
        known = measured_coverage(e.method, level)
        if known is None:
            said = note("run.method.not-measured")
        else:
            said = note(
                "run.method.measured",
                mean=Number(round(100 * known.mean)),
                lowest=Number(round(100 * known.lowest)),
                designs=Number(known.designs),
            )
        why = "" if e.refused is None else str(_of_lists(e.refused))
        lines.append(
            MethodLine(
                f"{method_words(e)} ({e.method})",
                MARKS["not listed"] if e.refused else people(e.point),
                "" if e.refused else interval_words(e.interval),
                why,
                str(said),
            )
        )
    return lines


def _doubt_notes(parts: Mapping[str, float], certain: Any) -> list[Note]:
    if not parts:
        return []
    percents = dict(zip(parts, whole_percents(list(parts.values())), strict=True))
    most = max(percents, key=lambda k: percents[k])
    share = Number(percents[most] / 100, "share")
    out = [note("run.doubt.again", share=share, part=note(DOUBT_SHORT[most]))]
    if certain and certain.get("interval") and certain.get("point") is not None:
        low, high = certain["interval"]["lower"], certain["interval"]["upper"]
        if low is not None and high is not None:
            low, high = Number(low, "estimate"), Number(high, "estimate")
            out.append(note("run.doubt.certain", low=low, high=high))
    return out


def _sweep_notes(sweep: Any, interval: Interval | None) -> list[Note]:
    points = [p for _, p in sweep or () if p is not None]
    if not points or interval is None:
        return []
    low, high = Number(min(points), "estimate"), Number(max(points), "estimate")
    if low == high:
        return [note("run.sweep.same", low=low)]
    return [note("run.sweep.moved", low=low, high=high)]


def _check_notes(check: Any, answers: int, threshold: float) -> list[Note]:
    if not check:
        return []
    at = note("run.check.even")
    if threshold != 0.5:
        at = note("run.check.chance", percent=Number(100 * threshold))
    return [
        note(
            "run.check.formula",
            answers=Number(answers),
            at=at,
            missed=_range([1.0 - v for v in check["found"].values()]),
            wrong=_range(list(check["false"].values())),
            one=Number(check["one_answer"], "estimate"),
            corrected=Number(check["corrected"], "estimate"),
            draws=Number(check["draws"], "estimate"),
        )
    ]


def _range(shares: Sequence[float]) -> Number | Note:
    low, high = (
        Number(x, "share", digits=0 if x >= 0.1 else 1).as_written
        for x in (min(shares), max(shares))
    )
    return low if low == high else note("words.range", low=low, high=high)


def _release_notes(result: RunResult, shown: int | None, titles: Mapping[str, str]) -> list[Note]:
    cost = result.cost
    if shown == 0:
        return []
    out = [note("run.release.missing", records=Number(shown, "records", of="not released"))]
    if cost.total_only:
        names = [titles.get(n, n) for n in cost.total_only]
        out.append(note("run.release.total-only", lists=series("words.comma", names)))
    if cost.wider is not None and cost.wider >= 0.005:
        out.append(note("run.release.cost", wider=Number(cost.wider, "share")))
    elif cost.wider is None:
        out.append(note("run.release.unknown"))
    return out


def _made(project: Project, result: RunResult, whole: Said) -> list[tuple[str, str]]:
    e = project.settings.estimate
    method = note(
        "run.made.method-said",
        level=Number(e.level, "level"),
        method=method_words(result.estimate),
        seed=str(e.seed),
    )
    linkage = note(
        "run.made.linkage-said", answers=Number(whole.answers), tables=Number(whole.tables)
    )
    out: list[tuple[Note, str | Note]] = [
        (note("run.made.run"), result.run),
        (note("run.made.as-of"), result.report.as_of),
        (note("run.made.method"), method),
        (note("run.made.linkage"), linkage),
    ]
    used = whole.facts.get("decisions_used")
    if used and isinstance(used, int):
        clash = whole.facts.get("decisions_contradicting")
        pairs = Number(used)
        said = note("run.made.decided-said", pairs=pairs)
        if clash and isinstance(clash, int):
            said = note("run.made.decided-clash", pairs=pairs, clash=Number(clash))
        out.append((note("run.made.decided"), said))
    if result.estimate.model:
        model = _model(project, result.estimate.model, whole.names)
        out.append((note("run.made.model"), model))
    out.append((note("run.made.repeat"), f"uncounted verify runs/{result.run}"))
    out.append((note("run.made.else"), note("run.made.else-said")))
    return [(str(what), str(value)) for what, value in out]


def _model(project: Project, model: str, lists: Sequence[str]) -> str | Note:
    """Say a model's interactions by the lists' titles, where its terms are digits."""
    titles = {entry.name: entry.title or entry.name for entry in project.settings.lists}
    terms = model.strip("[]").split(",")
    if not all(t.isdigit() and "0" not in t and int(max(t)) <= len(lists) for t in terms):
        return model
    tied = [
        series("words.with", [titles[lists[int(c) - 1]] for c in t]) for t in terms if len(t) > 1
    ]
    if not tied:
        return note("run.made.model-none", model=model)
    return note("run.made.model-tied", model=model, ties=series("words.semicolon", tied))
