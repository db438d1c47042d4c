"""The coalition's page: how many, from where, in which work, with what doubt, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from uncounted.brief.number_marks import Explained, NumberMarks
from uncounted.brief.page import Picture, render
from uncounted.brief.words import ends, interval_words, level_words, people
from uncounted.core.estimate import Interval

__all__ = ["Brief", "CoalitionPage", "GroupLine", "ListLine", "coalition_page"]


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A row of a breakdown, as it may be shown: texts, with marks for what is not shown."""

    label: str
    detected: str
    estimated: str
    interval: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class ListLine:
    """A row of the table of lists, as it may be shown."""

    title: str
    people: str
    only_here: str
    without: str
    interval: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question that no data can answer: its words, the answer, what that means for the figure."""

    text: str
    answer: str
    means: str
    settled: bool


@dataclass(frozen=True, slots=True)
class MethodLine:
    """Another method: its figure as it may be shown, and how often its intervals held the truth."""

    name: str
    point: str
    interval: str
    why: str
    measured: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything the page says. All counts are as they may be published.

    Parameters
    ----------
    title, where, when, counts
        Whom the figure counts, where and when.
    point, interval, likely, refused
        The figure and its two ranges, already rounded, or why there is none.
    detected, hidden
        People on any list as text, ``""`` where suppressed; estimated people on none, in
        words.
    detected_words
        How the number of people detected hangs on who is the same person; ``""`` where it does
        not.
    lists_used
        How many lists were linked.
    level
        The verdict in a word or two; ``""`` where none was asked for.
    verdict
        Its reasons, plain sentences.
    questions
        What no data can tell.
    known
        What each thing that is known does: (statement, figure, interval); empty where nothing is.
    referral_words
        Entries made by referral and the figure without them; empty where no record says so.
    methods
        Other methods beside the figure.
    doubt_words, sweep_words, check_words
        Plain sentences on where the doubt comes from.
    groups
        Rows by heading.
    lists
        What each list added.
    rows
        The account of rows: list, rows in, used, quarantined, not released.
    release_words, held_words, caveats
        Plain sentences.
    pictures
        By section: ``"headline"``, ``"overlap"``, ``"doubt"``, ``"sweep"``, ``"known"`` and the
        headings of ``groups``.
    overlap_held
        Whether a combination of lists is not shown in the overlap picture.
    dot, legend
        Below the headline picture: what a dot stands for; (mark, words) pairs.
    numbers
        Where the numbers of the page come from.
    breakdowns
        The name of each breakdown by its heading.
    marks
        Meaning of each mark.
    draft
        Whether this is a draft.
    threshold
        The smallest count that is shown.
    made
        How the page was made: (what, value) pairs.
    """

    title: str
    where: str
    when: str
    counts: str
    point: float | None
    interval: Interval | None
    likely: Interval | None
    refused: str
    detected: str
    hidden: str
    detected_words: str
    lists_used: int
    level: str
    verdict: Sequence[str]
    questions: Sequence[QuestionLine]
    known: Sequence[tuple[str, str, str]]
    referral_words: Sequence[str]
    methods: Sequence[MethodLine]
    doubt_words: Sequence[str]
    sweep_words: Sequence[str]
    check_words: Sequence[str]
    groups: Mapping[str, Sequence[GroupLine]]
    lists: Sequence[ListLine]
    rows: Sequence[Sequence[str]]
    release_words: Sequence[str]
    held_words: Sequence[str]
    caveats: Sequence[str]
    pictures: Mapping[str, Picture]
    overlap_held: bool
    dot: str
    legend: Sequence[tuple[str, str]]
    numbers: NumberMarks
    breakdowns: Mapping[str, str]
    marks: Mapping[str, str]
    draft: bool
    threshold: int
    made: Sequence[tuple[str, str]] = field(default=())


@dataclass(frozen=True, slots=True)
class CoalitionPage:
    """What the template gets: the brief, its pictures, the texts of its figure and the list at the end."""

    template: ClassVar[str] = "coalition.html.j2"

    b: Brief
    pictures: Mapping[str, Picture]
    point: str
    interval: str
    between: str
    likely: str
    level: str
    defended: str
    unbounded: bool
    explained: Sequence[Explained]
    heads: Mapping[str, str]


def coalition_page(brief: Brief) -> str:
    """Write one self-contained HTML page: no script, no network."""
    interval, likely = brief.interval, brief.likely
    if (
        interval is None
        or likely is None
        or not interval.bounded
        or (likely.lower, likely.upper) == (interval.lower, interval.upper)
    ):
        likely = None
    return render(
        CoalitionPage(
            b=brief,
            pictures={
                k: Picture(p.words, _own_names(p.svg, f"w{i}"), _own_names(p.narrow, f"n{i}"))
                for i, (k, p) in enumerate(brief.pictures.items())
            },
            point=people(brief.point),
            interval=interval_words(interval),
            between="" if interval is None else str(ends(interval, within=True)),
            likely="" if likely is None else str(ends(likely, within=True)),
            level="" if interval is None else f"{interval.level:.0%}",
            defended=level_words(brief.level) if brief.level else "",
            unbounded=interval is not None and not interval.bounded,
            explained=brief.numbers.explained,
            heads=brief.numbers.heads,
        )
    )


def _own_names(svg: str, prefix: str) -> str:
    """Give a picture's clip paths names that no other picture of the page has."""
    return svg.replace('id="clip', f'id="{prefix}clip').replace("url(#clip", f"url(#{prefix}clip")
