"""The pictures of a run's page, drawn from what is published and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from uncounted.brief.headline import Headline
from uncounted.brief.named import group_name, whom
from uncounted.brief.page import Picture
from uncounted.charts.doubt import doubt, whole_percents
from uncounted.charts.export import to_svg
from uncounted.charts.groups import groups as groups_chart
from uncounted.charts.statements import moved_row, statements
from uncounted.charts.threshold_sweep import threshold_sweep
from uncounted.charts.upset import upset_shown
from uncounted.core.estimate import Interval
from uncounted.core.notes import Note, Number, note, series
from uncounted.disclosure.overlap import PageTable
from uncounted.disclosure.renamed import ONLY, SHARED
from uncounted.project.publish import Shown, history_label
from uncounted.project.settings import ProjectSettings

__all__ = ["DOUBT", "FILES", "HEADINGS", "capital", "pictures_of", "published_overlap"]

HEADINGS = {"origin": "run.heading.origin", "sector": "run.heading.sector"}
BY = {"origin": "run.by.origin", "sector": "run.by.sector"}
FILES = {"origin": "from-where", "sector": "in-which-work"}
"""Names of picture files, which stay the same in every language."""
DOUBT = {
    "linkage": "run.doubt.linkage",
    "model": "run.doubt.model",
    "sampling": "run.doubt.sampling",
}


def pictures_of(
    shown: Shown,
    parts: Mapping[str, float],
    s: ProjectSettings,
    interval: Interval | None,
    first: Headline | None,
) -> dict[str, Picture]:
    """Draw all pictures of a run, from what is published alone.

    Parameters
    ----------
    shown
        What is published.
    parts
        Shares of the doubt by where it comes from.
    s
        Settings of the project.
    interval
        Of the figure.
    first
        The picture of the figure; ``None`` where no figure may be shown.
    """
    out = {}
    about = s.project
    counted = whom(about.counts)
    place = ", ".join(x for x in (about.where, about.when) if x)

    def both(
        draw: Any, *args: Any, words: Note | str, title: Note, said: Note, **more: Any
    ) -> Picture:
        where = capital(place)
        subtitle = str(note("run.picture.subtitle", place=where, said=said) if place else said)
        wide, narrow = (
            to_svg(draw(*args, title=str(title), subtitle=subtitle, narrow=slim, **more))
            for slim in (False, True)
        )
        return Picture(str(words), wide, narrow)

    if first is not None:
        wide, narrow = (_standing(x.svg, first.alt) for x in (first.wide, first.narrow))
        out["headline"] = Picture(first.alt, wide, narrow)
    table = published_overlap(shown, s)
    if table is not None:
        out["overlap"] = both(
            upset_shown,
            table,
            words=overlap_words(table),
            title=note("charts.upset.title"),
            said=note("run.overlap.said"),
        )
    if parts:
        shares = {str(note(DOUBT[k])): v for k, v in parts.items()}
        percents = whole_percents(list(shares.values()))
        each = [
            note("run.doubt.part", share=Number(p / 100, "share"), name=note(DOUBT[k]))
            for k, p in zip(parts, percents, strict=True)
        ]
        words = note("run.doubt.picture", parts=series("words.comma", each))
        out["doubt"] = both(
            doubt,
            shares,
            words=words,
            title=note("run.doubt.title"),
            said=note("run.doubt.of", counts=counted),
        )
    moved = [m for m in shown.moved if m.point is not None and m.interval is not None]
    if moved:
        out["known"] = both(
            statements,
            [moved_row(m) for m in moved],
            words=note("answers.picture.known"),
            title=note("answers.picture.known-title"),
            said=note("run.known.said"),
        )
    sweep = shown.estimate.diagnostics.get("threshold_sweep") or []
    if any(point is not None for _, point in sweep):
        held = interval is not None and interval.bounded
        points = [
            note("run.sweep.point", people=Number(p, "estimate"), threshold=Number(t, "share"))
            for t, p in sweep
            if p is not None
        ]
        out["sweep"] = both(
            threshold_sweep,
            [t for t, _ in sweep],
            [p for _, p in sweep],
            words=note("run.sweep.picture", points=series("words.comma", points)),
            title=note("run.sweep.title", whom=capital(counted)),
            said=note("run.sweep.said"),
            lower=interval.lower if interval is not None and held else None,
            upper=interval.upper if interval is not None and held else None,
        )
    for name in shown.groups:
        drawn = [v for v in shown.group_values(name) if v.detected != 0]
        if not any(v.detected is not None for v in drawn):
            continue
        estimated = any(v.point is not None for v in drawn)
        if not estimated:
            said = note("run.groups.detected")
        elif interval is None:
            said = note("run.groups.estimated")
        else:
            said = note("run.groups.estimated-level", level=Number(interval.level, "level"))
        out[name] = both(
            groups_chart,
            [v.to_dict() | {"label": group_name(v.label)} for v in drawn],
            words=note("run.groups.picture", heading=note(HEADINGS[name])),
            title=note("run.groups.title", whom=capital(counted), by=note(BY[name])),
            said=said,
        )
    return out


def published_overlap(shown: Shown, s: ProjectSettings) -> PageTable | None:
    """Give the overlap table as it is published, by the lists' titles.

    ``None`` where an earlier release of other lists stands, or where not one cell may be shown.
    """
    names, numbers = shown.said.names, shown.releases["overlap"].numbers
    lists = {k for k in numbers if k not in {"all", SHARED} and not k.startswith(ONLY)}
    if lists != set(names):
        return None
    # A combination without a label is of nobody.
    cells = [numbers.get(history_label(h, names), 0) for h in shown.histories]
    if not any(cells):
        return None
    titles = {entry.name: entry.title or entry.name for entry in s.lists}
    called = tuple(_cut(titles[name]) for name in names)
    if len(set(called)) < len(called):
        called = tuple(names)
    return PageTable(
        called,
        (None, *cells),
        tuple(numbers.get(name) for name in names),
        numbers.get("all"),
        numbers.get(SHARED),
        s.publish.threshold,
    )


def overlap_words(table: PageTable) -> str:
    """Say what an overlap picture shows: the largest combination, how many are shared, what is held back."""
    filled = [(c, m) for m, c in enumerate(table.cells) if m and c]
    most, mask = max(filled, key=lambda f: (f[0], -f[1]))
    where = [n for i, n in enumerate(table.lists) if mask >> i & 1]
    said = [
        note(
            "run.overlap.most",
            lists=series("words.comma", where),
            most=Number(most, "people", of=f"history:{'+'.join(where)}"),
        ),
        note("run.overlap.shared", shared=Number(table.overlap, "people", of="shared")),
    ]
    hidden = sum(c is None for c in table.cells[1:])
    if hidden:
        said.append(note("run.overlap.hidden", combinations=Number(hidden)))
    return " ".join(str(n) for n in said)


_LONGEST = 40
"""Letters of a list's title that fit beside the dots."""


def _cut(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"


def _standing(svg: str, words: str) -> str:
    """Let a picture say what it shows where it stands alone."""
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(words)}"', 1)


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]
