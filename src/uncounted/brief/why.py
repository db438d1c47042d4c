"""Where a number of a brief, or of a run's page, comes from: what it counts, how, and what to mind."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from uncounted.brief.facts import Facts
from uncounted.brief.labels import day_note, group_label, whom
from uncounted.brief.messages import say
from uncounted.brief.numbers import readings, value
from uncounted.brief.onepage import OnePage
from uncounted.brief.page_numbers import Standing, page_numbers
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Note, Number, note

__all__ = ["Why", "family", "of_brief", "of_run", "whys"]

Counts = Literal[
    "detected", "estimated", "records", "share", "setting", "date", "words", "page"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """One number, explained in the language spoken when it was made.

    Parameters
    ----------
    key
        Which number; equal for the same number on brief and page.
    values
        What it may be written as.
    what, counts, method, data, caveats, where
        What it counts; detected, estimated or neither; how it came about; which data; what to
        mind; where it stands.
    """

    key: str
    values: frozenset[float]
    what: str
    counts: Counts
    method: str
    data: str
    caveats: tuple[str, ...]
    where: tuple[str, ...]

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "what": self.what,
            "counts": self.counts,
            "method": self.method,
            "data": self.data,
            "caveats": list(self.caveats),
            "where": list(self.where),
        }


def family(key: str) -> str:
    """Key of all cells of one kind in a table; other numbers stand for themselves.

    Examples
    --------
    >>> family("group:origin:Mexico:low"), family("figure")
    ('group:origin:low', 'figure')
    """
    first, _, rest = key.partition(":")
    if first != "group":
        return key
    name, _, more = rest.partition(":")
    return f"group:{name}:{more.rpartition(':')[2]}"


_COUNTS: Mapping[str, Counts] = {
    "figure": "estimated",
    "likely.low": "estimated",
    "likely.high": "estimated",
    "outer.low": "estimated",
    "outer.high": "estimated",
    "detected": "detected",
    "share.seen": "share",
    "share.unseen": "share",
    "rows": "records",
    "not-released": "records",
    "words": "words",
    "as-of": "date",
    "approval.day": "date",
}
"""What each number of a brief counts; the others are settings."""
_HOME = {
    "figure": ("point",),
    "likely.low": ("likely.lower",),
    "likely.high": ("likely.upper",),
    "outer.low": ("interval.lower",),
    "outer.high": ("interval.upper",),
    "detected": ("detected",),
}
"""Where a number of the brief stands in ``estimate.json``."""


def of_brief(f: Facts, page: OnePage) -> dict[str, Why]:
    """Explain every number of a brief, by its key."""
    found: dict[str, Why] = {}
    for said in page.texts:
        for m in said.marks:
            written = said.text[m.start : m.end]
            if m.key in found:
                made = found[m.key]
                found[m.key] = replace(made, values=made.values | value(written))
                continue
            found[m.key] = _of_key(f, m.key, value(written), said.text)
    return found


def _of_key(f: Facts, key: str, values: frozenset[float], text: str) -> Why:
    if key.startswith("group:"):
        _, name, rest = key.split(":", 2)
        label, _, end = rest.rpartition(":")
        counts: Counts = "detected" if end == "detected" else "estimated"
        what = say(Note(f"brief.what.group.{end}", (), (("group", group_label(label)),)))
        return _made(f, key, values, what, counts, (f"tables/{name}.csv",), alone=True)
    counts = _COUNTS.get(key, "setting")
    if key == "figure":
        what = say(note("brief.what.figure", whom=whom(f.words.whom)))
    elif key in ("words", "as-of", "approval.day"):
        code = "brief.what.approval" if key == "approval.day" else f"brief.what.{key}"
        what = say(Note(code, (), (("text", text),)))
    else:
        what = say(Note(f"brief.what.{key}"))
    home = tuple(f"estimate.json: {place}" for place in _HOME.get(key, ()))
    if key in ("rows", "not-released"):
        home = ("tables/rows.csv",)
    return _made(f, key, values, what, counts, home)


def _made(
    f: Facts,
    key: str,
    values: frozenset[float],
    what: str,
    counts: Counts,
    home: tuple[str, ...],
    *,
    alone: bool = False,
    beside: bool = False,
    brief: bool = True,
) -> Why:
    draws = Number(f.draws, "draws")
    method = {
        "detected": note("brief.method.count", draws=draws),
        "estimated": note("brief.method.beside" if beside else "brief.method.figure", draws=draws),
        "records": note("brief.method.records"),
        "share": note("brief.method.share"),
        "words": note("brief.method.said"),
        "page": note("brief.method.page"),
    }.get(counts, note("brief.method.setting"))
    caveats = {
        "detected": [note("brief.caveat.detected")],
        "estimated": [
            *([] if f.has_figure else [note("brief.none.say")]),
            note("brief.caveat.estimated"),
            *([note("brief.caveat.alone")] if alone else []),
            *([note("brief.caveat.beside")] if beside else _open(f)),
        ],
        "share": [note("brief.caveat.estimated")],
        "records": [note("brief.caveat.records")],
    }.get(counts, [])
    where = (say(note("brief.where.brief")), *home) if brief else home
    return Why(key, values, what, counts, say(method), _data(f), tuple(map(say, caveats)), where)


def _open(f: Facts) -> list[Note]:
    """Open questions that any estimate leans on."""
    reach, leaves = f.questions.get("unreachable_group"), f.questions.get("leaves_reach")
    out = []
    if reach in ("yes", "unknown"):
        out.append(Note(f"brief.unknown.reach-{reach}"))
    if leaves in ("yes", "unknown"):
        out.append(Note(f"brief.unknown.leaves-{leaves}"))
    return out


def _data(f: Facts) -> str:
    day = day_note(f.as_of, "")
    return say(note("brief.data", run=f.run, day=day, lists=Number(f.lists_used, "lists")))


@dataclass(frozen=True, slots=True)
class _Source:
    """What a run published, as `whys` reads it."""

    f: Facts
    titles: Mapping[str, str]
    found: list[Why] = field(default_factory=list)

    def add(
        self, key: str, text: str, what: Note, counts: Counts, home: str, *, beside: bool = False
    ) -> None:
        values = value(text)
        if values:
            made = _made(
                self.f, key, values, say(what), counts, (home,), beside=beside, brief=False,
                alone=key.startswith("group:"),
            )  # fmt: skip
            self.found.append(made)


def of_run(
    f: Facts,
    estimate: Mapping[str, Any],
    tables: Mapping[str, Sequence[Mapping[str, str]]],
    titles: Mapping[str, str],
) -> list[Why]:
    """Explain every number of a run's tables and figures.

    Parameters
    ----------
    f
        Of the run.
    estimate, tables
        Content of ``estimate.json``, and rows by table.
    titles
        Title of each list by its name.
    """
    s = _Source(f, titles)
    for key, places in _HOME.items():
        for place in places:
            held: object = estimate
            for part in place.split("."):
                held = held.get(part) if isinstance(held, Mapping) else None
            words = {"whom": whom(f.words.whom)} if key == "figure" else {}
            what = Note(f"brief.what.{key}", (), tuple(words.items()))
            s.add(key, _plain(held), what, _COUNTS[key], f"estimate.json: {place}")
    for name in ("origin", "sector"):
        for row in tables.get(name, ()):
            _group(s, name, row)
    for row in tables.get("lists", ()):
        _list(s, row)
    for row in tables.get("overlap", ()):
        _history(s, row)
    for row in tables.get("rows", ()):
        _rows(s, row)
    for row in tables.get("sweep", ()):
        what = note("brief.what.sweep", threshold=row["threshold"])
        s.add(f"sweep:{row['threshold']}", row["estimated"], what, "estimated", "tables/sweep.csv")
        at = note("brief.what.sweep.threshold")
        s.add("sweep", row["threshold"], at, "setting", "tables/sweep.csv")
    for made in estimate.get("methods") or ():
        _method(s, made)
    return s.found


def _plain(at: object) -> str:
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
        return ""
    return f"{at:.0f}" if at == int(at) else f"{at}"


def _group(s: _Source, name: str, row: Mapping[str, str]) -> None:
    label, home = row[name], f"tables/{name}.csv"
    if label == "all":
        s.add("detected", row["detected"], note("brief.what.detected"), "detected", home)
        return
    for column, end in (
        ("detected", "detected"),
        ("estimated", "estimated"),
        ("lower", "low"),
        ("upper", "high"),
    ):
        what = Note(f"brief.what.group.{end}", (), (("group", group_label(label)),))
        counts: Counts = "detected" if end == "detected" else "estimated"
        s.add(f"group:{name}:{label}:{end}", row[column], what, counts, home)


def _list(s: _Source, row: Mapping[str, str]) -> None:
    name, home = row["list"], "tables/lists.csv"
    if name == "all":
        s.add("detected", row["people"], note("brief.what.detected"), "detected", home)
        return
    if name not in s.titles:
        s.add("shared", row["people"], note("brief.what.shared"), "detected", home)
        return
    title = s.titles[name]
    for column, end, counts in (
        ("people", "people", "detected"),
        ("only here", "only", "detected"),
        ("estimated without it", "without", "estimated"),
        ("lower", "without-low", "estimated"),
        ("upper", "without-high", "estimated"),
    ):
        what = Note(f"brief.what.list.{end}", (), (("list", title),))
        s.add(f"list:{name}:{end}", row[column], what, counts, home)  # type: ignore[arg-type]


def _history(s: _Source, row: Mapping[str, str]) -> None:
    on = [s.titles.get(name, name) for name, bit in row.items() if name != "count" and bit == "1"]
    what = note("brief.what.history", lists=", ".join(on))
    s.add(f"history:{'+'.join(on)}", row["count"], what, "detected", "tables/overlap.csv")


def _rows(s: _Source, row: Mapping[str, str]) -> None:
    name = row["list"]
    title = say(note("brief.what.rows.all")) if name == "all" else s.titles.get(name, name)
    for column, end in (
        ("rows in", "in"),
        ("used", "used"),
        ("quarantined", "quarantined"),
        ("not released", "not-released"),
    ):
        key = {"in": "rows", "not-released": "not-released"}.get(end) if name == "all" else None
        what = Note(f"brief.what.rows.{end}", (), (("list", title),))
        s.add(key or f"rows:{name}:{end}", row[column], what, "records", "tables/rows.csv")


def _method(s: _Source, made: Mapping[str, Any]) -> None:
    name = str(made.get("method"))
    interval = made.get("interval") or {}
    for end, at in (
        ("", made.get("point")),
        (".low", interval.get("lower")),
        (".high", interval.get("upper")),
    ):
        what = Note(f"brief.what.method{end}", (), (("method", name),))
        key = f"method:{name}{end}"
        s.add(key, _plain(at), what, "estimated", "estimate.json: methods", beside=True)


def whys(
    number: str,
    f: Facts,
    pages: Iterable[OnePage],
    run: Sequence[Why],
    html: str,
) -> list[Why]:
    """Explain a number, however it is written: each thing that it may be in this run, once.

    Parameters
    ----------
    number
        As somebody wrote it: ``"1,234"``, ``"1.234"``, ``"12%"``.
    f
        Of the run.
    pages
        Its brief.
    run
        What `of_run` gave.
    html
        The run's page.
    """
    wanted = readings(number)
    found: dict[str, Why] = {}
    brief = (w for page in pages for w in of_brief(f, page).values())
    for w in (*brief, *run):
        if not w.values & wanted:
            continue
        have = found.get(w.key)
        where = () if have is None else have.where
        both = tuple(dict.fromkeys((*where, *w.where)))
        found[w.key] = replace(have or w, where=both)
    standing = [p for p in page_numbers(html) if p.values & wanted]
    headings = tuple(
        dict.fromkeys(
            say(note("brief.where.section", heading=p.heading))
            if p.heading
            else say(note("brief.where.page"))
            for p in standing
        )
    )
    known = [replace(w, where=tuple(dict.fromkeys((*w.where, *headings)))) for w in found.values()]
    if any(w.counts in ("detected", "estimated", "records") for w in known):
        return known
    # A number that counts nobody, such as 1 or 95, may mean something else in each sentence.
    return [*known, *_from_page(f, standing)]


def _from_page(f: Facts, standing: Iterable[Standing]) -> Iterator[Why]:
    seen: set[str] = set()
    for p in standing:
        if p.text in seen:
            continue
        seen.add(p.text)
        what = note("brief.what.picture" if p.picture else "brief.what.page", text=p.text)
        where = (
            note("brief.where.section", heading=p.heading)
            if p.heading
            else note("brief.where.page")
        )
        made = _made(f, f"page:{p.text}", p.values, say(what), "page", (say(where),), brief=False)
        yield made
