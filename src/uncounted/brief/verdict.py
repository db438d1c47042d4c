"""The page of `uncounted assess --html`: the verdict, its reasons, the figures and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from uncounted.brief.figures import MethodRow, method_row
from uncounted.brief.page import Picture
from uncounted.brief.words import interval_words, people
from uncounted.core.notes import note
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
        questions=tuple((str(q.text), q.answer, str(q.means)) for q in verdict.questions),
        tells_figure=shown.observed is not None,
        held=str(HELD) if held else "",
        observed="" if shown.observed is None else f"{shown.observed:,}",
        figure="" if held else people(figure.point),
        interval=interval_words(shown.interval(figure.interval)),
        likely=""
        if held or likely is None or verdict.moved
        else str(note("answers.assess.likely", ends=interval_words(shown.interval(likely)))),
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
        interval = f"{people(row.lower)} to {_end(row.upper)}"
    held = {True: "yes", False: "no", None: ""}[row.covered]
    return CheckRow(
        row.list_name, row.method, f"{row.true:,}", people(row.point), interval, held
    )  # fmt: skip


def _end(upper: float | None) -> str:
    return "no upper bound" if upper is None else people(upper)


def settings_words(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Name and value of each setting of a verdict's rule."""
    rules, used = verdict.rules, verdict.settings
    return (
        ("fewest people on two lists or more", f"{rules.fewest_overlap}"),
        ("widest interval, upper over lower", f"{rules.widest:g}"),
        ("supported: lists", f"at least {rules.supported_lists}"),
        ("supported: people on two lists or more", f"at least {rules.supported_overlap}"),
        ("supported: interval, upper over lower", f"at most {rules.supported_width:g}"),
        ("supported: share of the figure on a list", f"at least {rules.supported_share:.0%}"),
        (
            "supported: range holds the figure with this share of the unseen people",
            f"{rules.supported_reach:.0%}",
        ),
        (
            "supported: lists share fewer people than chance explains",
            f"by at most {rules.supported_lean:g} standard errors",
        ),
        ("supported: methods differ", f"by less than a factor of {rules.supported_spread:.2f}"),
        ("posterior mass at the end of the grid", f"at most {rules.most_end_mass:.0%}"),
        (
            "prior on people unseen per person seen",
            f"median {used['prior_odds_median']:g}, sd of the log {used['prior_odds_sd_log']:g}",
        ),
        ("prior belief that nobody is easier to find", f"{used['p_homogeneous']:g}"),
        ("resamples", f"{used['bootstrap']}"),
        ("seed", f"{used['seed']}"),
    )
