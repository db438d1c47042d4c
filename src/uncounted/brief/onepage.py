"""The one page of an advocate: its sentences, in their order, with every number marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from uncounted.brief.facts import Facts, Group
from uncounted.brief.headline import (
    alt_of,
    end_of,
    legend_of,
    picture_of,
    point_of,
    ranges_of,
    two_ranges,
    unit_of,
)
from uncounted.brief.labels import day_note, group_label, period, whom
from uncounted.brief.messages import language, say
from uncounted.brief.numbers import Said, marked, plain_said
from uncounted.charts.dots import Dots
from uncounted.core.notes import Note, Number, note

__all__ = ["MOST_GROUPS", "OnePage", "Row", "Section", "Table", "one_page"]

MOST_GROUPS = 5
BREAKDOWNS = ("origin", "sector")
DASH = "–"
_WHY = {
    "verdict.lists.none": "lists",
    "verdict.lists.one": "lists",
    "verdict.lists.two": "lists",
    "verdict.lists.few": "lists",
    "verdict.lists.apart": "apart",
    "verdict.overlap.none": "overlap",
    "verdict.overlap.few": "overlap",
    "verdict.overlap.thin": "overlap",
    "verdict.run.few-of-two": "overlap",
    "verdict.run.few-shared": "overlap",
    "verdict.run.few": "few",
    "verdict.run.twins": "copy",
    "verdict.width.far": "wide",
    "verdict.width.plain-far": "wide",
    "verdict.mass-at-end": "wide",
    "verdict.no-figure": "wide",
    "verdict.share.thin": "guess",
}
"""Why there is no figure, in the brief's plain words; any other reason is ``"other"``."""
_SOFT = frozenset(
    (
        "verdict.overlap.enough",
        "verdict.width.plain",
        "verdict.width.narrow",
        "verdict.spread.plain",
        "verdict.spread.narrow",
        "verdict.lists.three",
    )
)
"""Reasons that speak for a figure, or against none."""
_VERDICT = {
    "supported": "brief.verdict.supported",
    "supported with caution": "brief.verdict.caution",
}
_QUESTIONS = ("verdict.unreachable.", "verdict.leaves-reach.", "verdict.matching.")


@dataclass(frozen=True, slots=True)
class Row:
    """A group: its name, and its three cells."""

    label: str
    detected: Said
    estimated: Said
    ends: Said


@dataclass(frozen=True, slots=True)
class Table:
    """A breakdown: its heading, heads of columns and rows."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    figures: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with sentences."""

    key: str
    heading: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class OnePage:
    """Everything the page says, in one language.

    Parameters
    ----------
    language, title, place
        Of the page; whom, where and when.
    draft, draft_mark
        What is said of a draft, and the one word of it; empty where it is none.
    figure
        The figure, or that there is none.
    has_figure
        Which of the two.
    kind, ranges, verdict, means, share
        What kind of number it is; both ranges; whether it can be defended; what the ranges promise;
        people of a hundred.
    picture, narrow, alt, dot, legend
        Dots for paper and for a phone, in words, what one stands for, and (mark, words) pairs.
    tables, table_note
        From where and in which forms.
    sections
        What is not known, what it does not claim, how it was made, ...
    quote, quote_by
        The sentence to quote, and whose it is.
    behind
        Who stands behind it.
    foot
        The last line.
    quote_heading, behind_heading
        Of the parts that have no section.
    """

    language: str
    title: Said
    place: Said
    draft: str
    draft_mark: str
    figure: Said
    has_figure: bool
    kind: Said
    ranges: tuple[Said, ...]
    verdict: str
    means: Said
    share: Said
    picture: Dots
    narrow: Dots
    alt: str
    dot: Said
    legend: tuple[tuple[str, Said], ...]
    tables: tuple[Table, ...]
    table_note: str
    sections: tuple[Section, ...]
    quote: Said
    quote_by: Said
    behind: tuple[Said, ...]
    foot: Said
    quote_heading: str
    behind_heading: str

    @property
    def texts(self) -> tuple[Said, ...]:
        """Every sentence and cell in reading order, as all formats have them."""
        out = [self.title, self.place, self.figure, self.kind, *self.ranges, Said(self.verdict)]
        out += [self.means, self.share]
        out += [self.dot, *(said for _, said in self.legend)]
        for t in self.tables:
            out += [x for r in t.rows for x in (Said(r.label), r.detected, r.estimated, r.ends)]
        out.append(Said(self.table_note))
        out += [x for s in self.sections for x in s.said]
        out += [self.quote, self.quote_by, *self.behind, self.foot]
        return tuple(x for x in out if x.text)


NOTHING = Said("")


def one_page(f: Facts, *, most_groups: int = MOST_GROUPS) -> OnePage:
    """Put the page together, in the language spoken now.

    Parameters
    ----------
    f
        What may be said.
    most_groups
        Rows of a breakdown.
    """
    figure = f.has_figure
    title = short(f.words.title, 150) or say(note("brief.title"))
    where = ", ".join(x for x in (short(f.words.where, 100), short(period(f.words.when), 80)) if x)
    place = ", ".join(x for x in (_whom(f), where) if x)
    draft = say(note("brief.draft.say")) if f.is_draft else ""
    dot, narrow = picture_of(f, 6), picture_of(f, 12)
    return OnePage(
        language=language(),
        title=plain_said(title, "words"),
        place=plain_said(place[:1].upper() + place[1:], "words"),
        draft=draft,
        draft_mark=say(note("brief.draft")) if f.is_draft else "",
        figure=marked(note("brief.figure", figure=point_of(f)) if figure else note("brief.none")),
        has_figure=figure,
        kind=marked(note("brief.figure.kind" if figure else "brief.none.say")),
        ranges=tuple(marked(n) for n in ranges_of(f)) if figure else (_known(f),),
        verdict=say(Note(_VERDICT[f.level])) if figure else "",
        means=_means(f) if figure else NOTHING,
        share=_share(f) if figure else NOTHING,
        picture=dot,
        narrow=narrow,
        alt=alt_of(f),
        dot=unit_of(f, dot),
        legend=legend_of(f),
        tables=tuple(t for name in BREAKDOWNS if (t := _table(f, name, most_groups)) is not None),
        table_note=say(note("brief.t.note" if figure else "brief.t.note-none")),
        sections=_sections(f),
        quote=_quote(f),
        quote_by=plain_said(
            say(note("brief.quote.by", name=f.project, place=where)) if where else f.project,
            "words",
        ),
        behind=_behind(f),
        foot=marked(
            note("brief.foot", day=day_note(f.as_of, "as-of"), run=f.run, version=f.version),
            words="as-of",
        ),
        quote_heading=say(note("brief.h.quote")),
        behind_heading=say(note("brief.h.behind")),
    )


def short(text: str, most: int) -> str:
    """Words of the coalition, cut where they would not fit on one page; the cut is seen.

    Examples
    --------
    >>> short("a made-up county", 8)
    'a made-…'
    """
    whole = " ".join(text.split())
    return whole if len(whole) <= most else f"{whole[: most - 1].rstrip()}…"


def _whom(f: Facts) -> str:
    return short(whom(f.words.whom), 80)


OUTER = 93
"""Times in a hundred that the wide range holds in each way lists can behave, at the usual level."""


def _means(f: Facts) -> Said:
    assert f.outer is not None
    hundred = Number(100, of="hundred")
    if two_ranges(f) and f.likely is not None and f.outer.level == 0.95:
        return marked(
            note(
                "brief.range.means",
                likely=Number(round(100 * f.likely.level), of="level.likely"),
                hundred=hundred,
                outer=Number(OUTER, of="level.outer"),
            )
        )
    return marked(
        note(
            "brief.range.means-one",
            level=Number(round(100 * f.outer.level), of="level.outer"),
            hundred=hundred,
        )
    )


def _share(f: Facts) -> Said:
    if f.detected is None or not f.point:
        return NOTHING
    seen = round(100 * f.detected / f.point)
    if not 1 <= seen <= 99:
        return NOTHING
    return marked(
        note(
            "brief.share",
            hundred=Number(100, of="hundred"),
            seen=Number(seen, of="share.seen"),
            unseen=Number(100 - seen, of="share.unseen"),
        )
    )


def _known(f: Facts) -> Said:
    if f.detected is None:
        return marked(note("brief.none.known-held"))
    return marked(
        note(
            "brief.none.known",
            detected=Number(f.detected, "people", of="detected"),
            lists=Number(f.lists_used, "lists", of="lists"),
        )
    )


def _table(f: Facts, name: str, most: int) -> Table | None:
    groups = [g for g in f.groups.get(name, ()) if g.detected != 0]
    if not any(g.detected is not None for g in groups):
        return None
    shown = [g for g in groups if g.detected is not None and g.label != "not known"][:most]
    if not shown:
        return None
    heads = ["brief.t.group", "brief.t.detected"]
    if f.has_figure:
        heads += ["brief.t.estimated", "brief.t.range"]
    return Table(
        say(note(f"brief.h.{name}")),
        tuple(say(Note(h)) for h in heads),
        tuple(_row(f, name, g) for g in shown),
        f.has_figure,
    )


def _row(f: Facts, name: str, g: Group) -> Row:
    key = f"group:{name}:{g.label}"

    def cell(number: Number) -> Said:
        return marked(note("brief.cell", number=number))

    dash = Said(DASH)
    detected = cell(Number(g.detected, "people", of=f"{key}:detected"))
    if not f.has_figure or g.point is None or g.span is None:
        return Row(group_label(g.label), detected, dash, dash)
    low = Number(g.span.low, "estimate", of=f"{key}:low")
    if g.span.high is None:
        ends = note("brief.t.more", low=low)
    else:
        ends = note("brief.t.ends", low=low, high=Number(g.span.high, "estimate", of=f"{key}:high"))
    estimated = cell(Number(g.point, "estimate", of=f"{key}:estimated"))
    return Row(group_label(g.label), detected, estimated, marked(ends))


def _sections(f: Facts) -> tuple[Section, ...]:
    lists = Number(f.lists_used, "lists", of="lists")
    held = note(
        "brief.made.held",
        one=Number(1, of="threshold.one"),
        most=Number(f.threshold - 1, of="threshold.most"),
    )
    claims = [note("brief.not.work"), note("brief.not.proof"), note("brief.not.trend")]
    if not f.has_figure:
        return (
            _section("why-none", _why_none(f)),
            _section("takes", _takes(f)),
            _section("claims", claims[:2]),
            _section("made", [note("brief.made.none", lists=lists), held]),
        )
    made = [
        note("brief.made.lists", lists=lists),
        note("brief.made.method", draws=Number(f.draws, "draws", of="draws")),
        held,
    ]
    return (
        _section("unknown", _unknown(f)),
        _section("claims", claims),
        _section("made", made),
    )


def _section(key: str, notes: Sequence[Note]) -> Section:
    return Section(key, say(Note(f"brief.h.{key}")), tuple(marked(n) for n in notes))


def _unknown(f: Facts) -> list[Note]:
    out = []
    reach, leaves = f.questions.get("unreachable_group"), f.questions.get("leaves_reach")
    if reach in ("yes", "unknown"):
        out.append(Note(f"brief.unknown.reach-{reach}"))
    if leaves in ("yes", "unknown"):
        out.append(Note(f"brief.unknown.leaves-{leaves}"))
    if f.questions.get("matching") in ("estimated", "unknown"):
        out.append(note("brief.unknown.matching"))
    if f.not_released and f.rows_in:
        out.append(note("brief.unknown.released", **_held_back(f)))
    out.append(note("brief.unknown.who"))
    return out


def _held_back(f: Facts) -> dict[str, Number]:
    return {
        "held": Number(f.not_released, "records", of="not-released"),
        "rows": Number(f.rows_in, "records", of="rows"),
    }


def _kinds(f: Facts) -> list[str]:
    """Kinds of reasons against a figure, each once."""
    codes = [part.code for part in (f.refused.parts() if f.refused is not None else ())]
    codes += [r.code for r in f.reasons if r.code not in _SOFT]
    codes = [c for c in codes if not c.startswith(_QUESTIONS)]
    known = [_WHY[c] for c in codes if c in _WHY]
    return list(dict.fromkeys(known)) or ["other"]


def _why_none(f: Facts) -> list[Note]:
    return [Note(f"brief.why.{kind}") for kind in _kinds(f)[:3]]


def _takes(f: Facts) -> list[Note]:
    out = [note("brief.takes.list"), note("brief.takes.longer")]
    if f.not_released and f.rows_in:
        out.append(note("brief.takes.permission", **_held_back(f)))
    if "unknown" in f.questions.values():
        out.append(note("brief.takes.answers"))
    return [*out, note("brief.takes.care")]


def _quote(f: Facts) -> Said:
    kind = "two" if two_ranges(f) else "one"
    if not f.has_figure:
        kind = "none"
    elif f.outer is not None and f.outer.high is None:
        kind = "open"
    held = "" if f.detected is not None else "-held"
    return marked(note(f"brief.quote.{kind}{held}", **_quoted(f)), words="words")


def _quoted(f: Facts) -> dict[str, Number | str]:
    """Everything that a sentence to quote may name."""
    parts: dict[str, Number | str] = {
        "whom": _whom(f),
        "lists": Number(f.lists_used, "lists", of="lists"),
    }
    if f.detected is not None:
        parts["detected"] = Number(f.detected, "people", of="detected")
    if not f.has_figure or f.outer is None:
        return parts
    parts["figure"] = point_of(f)
    spans = {"outer": (f.outer, "lower", "upper")}
    if two_ranges(f) and f.likely is not None:
        spans["likely"] = (f.likely, "low", "high")
    for of, (span, low, high) in spans.items():
        parts[low] = end_of(span, "low", of)
        if span.high is not None:
            parts[high] = end_of(span, "high", of)
    return parts


def _behind(f: Facts) -> tuple[Said, ...]:
    out = [marked(_members(f), words="words")]
    people = [
        note(
            "brief.behind.person",
            name=short(p.name, 60),
            role=short(p.role, 60),
            day=day_note(p.day, "approval.day"),
        )
        for p in f.approved[: f.needed]
    ]
    if f.draft:
        said = note("brief.behind.draft-run")
    elif len(people) >= f.needed:
        said = note("brief.behind.approved", first=people[0], second=people[1])
    elif people:
        said = note("brief.behind.one", first=people[0])
    else:
        said = note("brief.behind.nobody")
    out.append(marked(said, words="words"))
    if f.advisory:
        out.append(
            marked(note("brief.behind.advisory", said=short(f.advisory, 260)), words="words")
        )
    else:
        out.append(marked(note("brief.behind.not-asked")))
    return tuple(out)


LETTERS_OF_MEMBERS = 380
"""Letters of all members' names together; members beyond are told by their number."""


def _members(f: Facts) -> Note:
    names: list[str] = []
    for title in f.lists:
        names.append(short(title, 60))
        if len(", ".join(names)) > LETTERS_OF_MEMBERS:
            names.pop()
            break
    more = len(f.lists) - len(names)
    if not more:
        return note("brief.behind.members", members=", ".join(names))
    count = Number(more, "lists", of="more")
    return note("brief.behind.members-more", members=", ".join(names), more=count)
