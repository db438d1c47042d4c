"""The page of `uncounted assess --html`: the verdict, its reasons, the figures and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from uncounted.brief.figures import MethodRow, method_row
from uncounted.brief.messages import write
from uncounted.brief.named import answer_name
from uncounted.brief.page import Picture
from uncounted.brief.words import interval_words, people, same_ends
from uncounted.core.notes import Number, note
from uncounted.disclosure.overlap import HELD, PageTable
from uncounted.verdict.assess import Verdict
from uncounted.verdict.middles import middles
from uncounted.verdict.validation import ValidationRow

__all__ = ["CheckRow", "VerdictPage", "settings_words", "verdict_page"]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One list's known size against the estimate from the others, as texts."""

    list: str
    method: str
    true: str
    point: str
    interval: str
    held: str


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """Everything the page says. All counts are as they may be published.

    Parameters
    ----------
    name, what, lists
        The table: its name, whom it counts, its lists.
    level, counts
        The verdict; whom the figure counts.
    questions
        What no data can tell: each question, its answer and what that means for the figure.
    tells_figure
        Whether the page may hold a verdict at all.
    held
        What is said where anything is hidden.
    observed, figure, interval
        People on a list, the figure and its interval; empty where hidden.
    likely, outer
        What each of the two ranges is and promises.
    reasons, caveats
        Sentences that may be shown.
    pictures
        With their headings.
    rows, checks
        A row a method; a row a list and method of the internal validation.
    biases
        Of the consensus in the internal validation: where its middles lie.
    settings
        Name and value of each setting of the rule.
    made_with
        The command that makes the page again.
    """

    template: ClassVar[str] = "verdict.html.j2"

    name: str
    what: str
    lists: tuple[str, ...]
    level: str
    counts: str
    questions: tuple[tuple[str, str, str], ...]
    tells_figure: bool
    held: str
    observed: str
    figure: str
    interval: str
    likely: str
    outer: str
    reasons: tuple[str, ...]
    caveats: tuple[str, ...]
    pictures: tuple[Picture, ...]
    rows: tuple[MethodRow, ...]
    checks: tuple[CheckRow, ...]
    biases: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    made_with: str


def verdict_page(
    verdict: Verdict,
    shown: PageTable,
    pictures: Sequence[Picture],
    *,
    what: str = "",
    made_with: str = "",
) -> VerdictPage:
    """Put the page together.

    Parameters
    ----------
    verdict
        The verdict and all it rests on.
    shown
        What may be said of the table. Where anything is hidden, the page holds one widened
        interval and no number besides.
    pictures
        Drawn pictures, in order.
    what
        Whom the table counts, where and when.
    made_with
        The command that makes the page again.
    """
    figure, held, likely = verdict.consensus, shown.held, verdict.likely
    return VerdictPage(
        name=verdict.table,
        what=what,
        lists=tuple(verdict.lists),
        level=verdict.level,
        counts=str(verdict.counts),
        questions=tuple(
            (str(q.text), answer_name(q.answer), str(q.means)) for q in verdict.questions
        ),
        tells_figure=shown.observed is not None,
        held=str(HELD) if held else "",
        observed="" if shown.observed is None else f"{shown.observed:,}",
        figure="" if held else people(figure.point),
        interval=interval_words(shown.interval(figure.interval)),
        likely=""
        if held or likely is None or (verdict.moved and same_ends(likely, figure.interval))
        else str(
            note(
                "answers.assess.likely-known" if verdict.moved else "answers.assess.likely",
                ends=interval_words(shown.interval(likely)),
            )
        ),
        outer=str(
            note(
                "answers.assess.known" if verdict.moved else "answers.assess.outer",
                ends=interval_words(shown.interval(figure.interval)),
            )
        ),
        reasons=tuple(str(r) for r in shown.notes(verdict.reasons)),
        caveats=tuple(str(c) for c in shown.notes(figure.caveats)),
        pictures=() if held else tuple(pictures),
        rows=()
        if held
        else tuple(method_row(e, shown, alone=False) for e in verdict.estimates),
        checks=() if held else tuple(_check(row) for row in verdict.validation),
        biases=()
        if held
        else tuple(str(m.said) for m in middles(verdict.validation) if m.method == "consensus"),
        settings=settings_words(verdict),
        made_with=made_with,
    )  # fmt: skip


def _check(row: ValidationRow) -> CheckRow:
    interval = ""
    if row.lower is not None:
        interval = str(note("words.range", low=people(row.lower), high=_end(row.upper)))
    held = "" if row.covered is None else str(note("terms.yes" if row.covered else "terms.no"))
    return CheckRow(
        row.list_name, row.method, f"{row.true:,}", people(row.point), interval, held
    )  # fmt: skip


def _end(upper: float | None) -> str:
    return str(note("number.unbounded")) if upper is None else people(upper)


def settings_words(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Name and value of each setting of a verdict's rule."""
    rules, used = verdict.rules, verdict.settings
    at_least = "terms.setting.at-least"
    at_most = "terms.setting.at-most"

    def plain(value: float) -> Number:
        return Number(value)

    made = (
        (note("terms.setting.fewest-overlap"), plain(rules.fewest_overlap)),
        (note("terms.setting.widest"), plain(rules.widest)),
        (note("terms.setting.lists"), note(at_least, least=plain(rules.supported_lists))),
        (note("terms.setting.overlap"), note(at_least, least=plain(rules.supported_overlap))),
        (note("terms.setting.width"), note(at_most, most=plain(rules.supported_width))),
        (note("terms.setting.share"), note(at_least, least=Number(rules.supported_share, "share"))),
        (note("terms.setting.reach"), Number(rules.supported_reach, "share")),
        (
            note("terms.setting.spread"),
            note("terms.setting.less-than", factor=Number(rules.supported_spread, digits=2)),
        ),
        (
            note("terms.setting.lean"),
            note("terms.setting.errors", errors=plain(rules.supported_lean)),
        ),
        (note("terms.setting.end-mass"), note(at_most, most=Number(rules.most_end_mass, "share"))),
        (
            note("terms.setting.prior"),
            note(
                "terms.setting.median",
                median=plain(float(str(used["prior_odds_median"]))),
                sd=plain(float(str(used["prior_odds_sd_log"]))),
            ),
        ),
        (note("terms.setting.homogeneous"), plain(float(str(used["p_homogeneous"])))),
        (note("terms.setting.resamples"), f"{used['bootstrap']}"),
        (note("terms.setting.seed"), f"{used['seed']}"),
    )
    return tuple(
        (str(label), write(value) if isinstance(value, Number) else str(value))
        for label, value in made
    )
