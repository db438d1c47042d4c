"""One page for an advocate from a run: made, approved by two people, published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar, get_args

from uncounted.answers.brief_facts import facts_of
from uncounted.answers.shape import Column, Line, Rows, Say, Stages, Told
from uncounted.brief.facts import Facts, Person, Span
from uncounted.brief.grants import FUNDERS, Asked, grant_report, grant_title
from uncounted.brief.messages import say as say_note
from uncounted.brief.messages import speaking
from uncounted.brief.onepage import OnePage, one_page
from uncounted.brief.onepage_html import html
from uncounted.brief.typeset import card_png, pdf
from uncounted.brief.word_copy import word_copy
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Number, note
from uncounted.engine.kept import digest
from uncounted.errors import InputError, Refusal
from uncounted.project.approvals import Approvals, approve, read_approvals, write_approvals
from uncounted.project.feed import publish_brief
from uncounted.project.released import Released, read_released

__all__ = [
    "BriefAnswer",
    "BriefRequest",
    "Language",
    "Words",
    "answer",
    "brief_of",
    "content_hash",
    "titles_of",
]

T = TypeVar("T")
Language = Literal["en", "es", "ko"]
ALL: tuple[Language, ...] = get_args(Language)
_MOST = {"title": 150, "counts": 80, "where": 100, "when": 80}
_MOST_ADVISORY = 260


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the coalition in the brief's language, kept for the run; ``None`` leaves them be."""

    title: str | None = None
    counts: str | None = None
    where: str | None = None
    when: str | None = None

    def given(self) -> dict[str, str]:
        """Those that were given."""
        of = {"title": self.title, "counts": self.counts, "where": self.where, "when": self.when}
        return {k: v for k, v in of.items() if v is not None}


@dataclass(frozen=True, slots=True)
class BriefRequest:
    """Ask for a run's brief.

    Parameters
    ----------
    run
        A folder under ``runs``.
    language
        Of the page.
    words, advisory
        Kept beside the run where given; whatever was approved before was another page.
    approve
        ``"Name, role"`` of somebody who approves it; ``""`` for nobody.
    day
        ISO date of the approval; empty for today.
    publish
        Whether to put the approved brief into the project's ``briefs`` and its feed.
    funders
        Grant reports to list the numbers of.
    """

    run: Path
    language: Language = "en"
    words: Words = Words()
    advisory: str | None = None
    approve: str = ""
    day: str = ""
    publish: bool = False
    funders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the words: everything stands on one page."""
        for what, text in {**self.words.given(), "advisory": self.advisory or ""}.items():
            most = _MOST.get(what, _MOST_ADVISORY)
            if len(text) > most:
                raise InputError(
                    note("brief.long", what=f"--{what}", most=Number(most)),
                    fix=note("brief.long.fix"),
                )
        for funder in self.funders:
            if funder not in FUNDERS:
                raise InputError(
                    f"There is no report called {funder!r}.", fix=f"Choose of {', '.join(FUNDERS)}."
                )
        if self.language not in ALL:
            raise InputError(
                f"There is no brief in {self.language!r}.", fix=f"Choose of {', '.join(ALL)}."
            )
        if self.day:
            _day(self.day)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(
            f"{text!r} is no day.", fix="Write it as year-month-day, e.g. 2026-11-27."
        ) from None


@dataclass(frozen=True, slots=True)
class BriefAnswer:
    """A brief, in one language.

    Parameters
    ----------
    page, facts
        What it says, and from which numbers.
    content
        Hash of what is approved: the run, and the words in every language.
    void
        How many earlier approvals were of other content.
    published
        Folder it was published in; ``None`` where it was not.
    reports
        Grant reports by funder.
    """

    page: OnePage
    facts: Facts
    content: str
    void: int = 0
    published: Path | None = None
    reports: tuple[tuple[str, tuple[Asked, ...]], ...] = ()

    def html(self) -> str:
        """Return one file for desktop, phone and print."""
        return self._in(lambda: html(self.page, self.facts))

    def pdf(self) -> bytes:
        """Return PDF/UA-1, one page."""
        return self._in(lambda: pdf(self.page, self.facts))

    def docx(self) -> bytes:
        """Return a Word copy to edit."""
        return self._in(lambda: word_copy(self.page, self.facts, self.content))

    def card(self) -> bytes:
        """Return the card, PNG of 1200 x 630."""
        return self._in(lambda: card_png(self.page, self.facts))

    def _in(self, make: Callable[[], T]) -> T:
        with speaking(self.page.language):
            return make()

    def to_dict(self) -> JSONObject:
        """JSON form."""
        f, p = self.facts, self.page
        figure: JSONObject | None = None
        if f.has_figure:
            figure = {
                "point": f.point,
                "likely": _span(f.likely),
                "interval": _span(f.outer),
                "counts": "estimated",
            }
        return {
            "run": f.run,
            "language": p.language,
            "draft": f.is_draft,
            "verdict": f.level or None,
            "figure": figure,
            "detected": f.detected,
            "title": p.title.text,
            "place": p.place.text,
            "said": [p.figure.text, *(r.text for r in p.ranges), p.kind.text],
            "means": p.means.text,
            "share": p.share.text,
            "picture": p.alt,
            "groups": {
                name: [
                    {
                        "label": g.label,
                        "detected": g.detected,
                        "point": g.point if f.has_figure else None,
                        "lower": g.span.low if g.span and f.has_figure else None,
                        "upper": g.span.high if g.span and f.has_figure else None,
                    }
                    for g in of
                ]
                for name, of in f.groups.items()
            },
            "sections": [
                {"name": s.key, "heading": s.heading, "said": [x.text for x in s.said]}
                for s in p.sections
            ],
            "quote": p.quote.text,
            "quote_by": p.quote_by.text,
            "members": list(f.lists),
            "approvals": [
                {"name": a.name, "role": a.role, "day": a.day.isoformat()} for a in f.approved
            ],
            "approvals_needed": f.needed,
            "approvals_void": self.void,
            "advisory": f.advisory or None,
            "content": self.content,
            "published": None if self.published is None else str(self.published),
            "reports": {k: [a.to_dict() for a in asked] for k, asked in self.reports},
        }

    def rows(self) -> Rows:
        """Return the groups that stand on the page."""
        heads = self.page.tables[0].heads if self.page.tables else ("", "")
        return Rows(
            tuple(Column(h, right=i > 0) for i, h in enumerate(heads)),
            tuple(
                (r.label, r.detected.text, r.estimated.text, r.ends.text)[: len(heads)]
                for t in self.page.tables
                for r in t.rows
            ),
        )

    def told(self) -> Told:
        """Return what the terminal shows: the page's words."""
        p = self.page
        out: list[Line | Rows] = []
        if p.draft:
            out.append(Line(p.draft, strong=True))
        out += [Line(p.place.text), Line(p.title.text), Line(p.figure.text, strong=True)]
        out += [Line(r.text) for r in p.ranges]
        out += [Line(x) for x in (p.verdict, p.kind.text, p.means.text, p.share.text) if x]
        if p.tables:
            out.append(self.rows())
        for s in p.sections:
            out.append(Line(s.heading, strong=True))
            out += [Line(f"- {x.text}") for x in s.said]
        out += [Line(p.quote_heading, strong=True), Line(p.quote.text), Line(p.quote_by.text)]
        out.append(Line(p.behind_heading, strong=True))
        out += [Line(x.text) for x in p.behind]
        out.append(Line(p.foot.text))
        with speaking(p.language):
            for funder, asked in self.reports:
                out.append(Line(grant_title(funder), strong=True))
                out.append(_report_rows(asked))
            if self.void:
                out.append(Line(note("brief.told.void", count=Number(self.void)), aside=True))
            if self.published is not None:
                said = say_note(note("brief.told.published", folder=str(self.published)))
                out.append(Line(said, aside=True))
        return tuple(out)


def _report_rows(asked: tuple[Asked, ...]) -> Rows:
    heads = ("brief.grant.t.asked", "brief.grant.t.given", "brief.grant.t.mind")
    return Rows(
        tuple(Column(say_note(note(h)), right=i == 1) for i, h in enumerate(heads)),
        tuple((a.asked, a.given or "–", a.mind) for a in asked),
    )


def _span(span: Span | None) -> JSONObject | None:
    if span is None:
        return None
    return {"lower": span.low, "upper": span.high, "level": span.level}


def answer(
    request: BriefRequest, *, progress: Stages | None = None, say: Say | None = None
) -> BriefAnswer:
    """Make the brief; keep words, advisory and approval; publish.

    Raises
    ------
    InputError
        If the folder is no run, or a name cannot be read.
    VerificationError
        If the run's folder was changed.
    Refusal
        If somebody approves twice, or a draft is to be published.
    """
    found = read_released(request.run)
    held = _kept(found, request)
    content = content_hash(found, held)
    if request.approve:
        if found.settings.get("draft"):
            raise Refusal(note("brief.refuse.draft-run"), fix=note("brief.refuse.draft-run.fix"))
        day = _day(request.day) if request.day else dt.date.today()
        held = approve(held, request.approve, content, day)
        write_approvals(found.folder, held)
    made = brief_of(found, held, request.language, content)
    if request.funders:
        with speaking(request.language):
            lists = _sizes(found)
            made = replace(
                made,
                reports=tuple((k, grant_report(made.facts, k, lists)) for k in request.funders),
            )
    if request.publish:
        made = replace(made, published=_publish(found, held, content, made))
    return made


def _kept(found: Released, request: BriefRequest) -> Approvals:
    held = read_approvals(found.folder)
    words = request.words.given()
    new = held
    if words:
        own = {**held.words.get(request.language, {}), **words}
        own = {k: v for k, v in own.items() if v}
        new = replace(new, words={**held.words, request.language: own})
    if request.advisory is not None:
        new = replace(new, advisory=" ".join(request.advisory.split()))
    if new != held:
        write_approvals(found.folder, new)
    return new


def content_hash(found: Released, held: Approvals) -> str:
    """Hash of everything a reader of the brief is told, in every language, and of the run's files."""
    texts: dict[str, list[str]] = {}
    for language in ALL:
        with speaking(language):
            page = one_page(facts_of(found, held, language))
            texts[language] = [s.text for s in page.texts] + [page.alt, page.picture.svg]
    return digest({"run": found.run, "outputs": dict(found.outputs), "texts": texts})


def brief_of(found: Released, held: Approvals, language: Language, content: str) -> BriefAnswer:
    """Make a brief from what is there; nothing is written."""
    approved = held.of(content)
    with speaking(language):
        facts = facts_of(found, held, language, approved)
        page = one_page(facts)
    return BriefAnswer(page, facts, content, len(held.given) - len(approved))


def titles_of(found: Released) -> dict[str, str]:
    """Title of each list by its name."""
    return {str(x["name"]): str(x.get("title") or x["name"]) for x in found.settings["lists"]}


def _sizes(found: Released) -> list[tuple[str, int | None]]:
    titles = titles_of(found)
    return [
        (titles[row["list"]], int(row["people"]) if row["people"].isdecimal() else None)
        for row in found.tables.get("lists", ())
        if row.get("list") in titles
    ]


def _publish(found: Released, held: Approvals, content: str, made: BriefAnswer) -> Path:
    facts = made.facts
    if facts.is_draft:
        raise Refusal(note("brief.refuse.draft"), fix=note("brief.refuse.draft.fix"))
    files: dict[str, bytes] = {}
    for language in ALL:
        one = brief_of(found, held, language, content)
        files |= {
            f"{language}.html": one.html().encode(),
            f"{language}.pdf": one.pdf(),
            f"{language}.docx": one.docx(),
            f"{language}.png": one.card(),
        }
    about: JSONObject = {
        "name": facts.project,
        "title": f"{made.page.title.text} {made.page.figure.text}",
        "summary": made.page.quote.text,
        "day": max(p.day for p in facts.approved).isoformat(),
        "approved": [_person(p) for p in facts.approved[: facts.needed]],
        "content": content,
    }
    with speaking(made.page.language):
        title = say_note(note("brief.feed.title", name=facts.project))
    return publish_brief(found.project, found.run, files, about, title)


def _person(p: Person) -> str:
    return f"{p.name}, {p.role}"
