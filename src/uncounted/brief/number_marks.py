"""The marks beside the numbers of a run's page: which kind a number is, and what is said of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from uncounted.brief.facts import Facts
from uncounted.brief.messages import say
from uncounted.brief.onepage import one_page
from uncounted.brief.why import Why, of_brief
from uncounted.core.notes import Note, note

__all__ = ["Explained", "NumberMarks", "heads", "kind_of", "number_marks"]

_MOST = 12
"""Sentences of a kind; a table with more cells than that is explained by one sentence."""
_ENDS = {"low": "ends", "high": "ends", "without-low": "ends", "without-high": "ends"}
_WHOLE = {"rows": "rows:in", "not-released": "rows:not-released", "shared": "history"}


@dataclass(frozen=True, slots=True)
class Explained:
    """A kind of number in the list at the end: where links lead, and what is said."""

    anchor: str
    numbers: str
    what: tuple[str, ...]
    counts: str
    method: str
    data: str
    caveats: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class NumberMarks:
    """What a page needs to mark its numbers.

    Parameters
    ----------
    anchors
        Where a mark leads, by the kind of number (`kind_of`).
    explained
        The list at the end.
    heads
        Headings by name.
    """

    anchors: Mapping[str, str]
    explained: tuple[Explained, ...]
    heads: Mapping[str, str]


def heads() -> dict[str, str]:
    """Headings of the list at the end, by name."""
    made = {
        k: say(Note(f"brief.numbers.{k}"))
        for k in ("lead", "counts", "method", "data", "caveats", "where")
    }
    return made | {"numbers": say(note("brief.h.numbers"))}


def kind_of(key: str) -> str:
    """Kind of a number of a run: the column of a table, both ends of a range, or itself.

    Examples
    --------
    >>> kind_of("group:origin:Mexico:low"), kind_of("list:clinic:only"), kind_of("outer.high")
    ('group:origin:ends', 'list:only', 'outer')
    >>> kind_of("method:main.low"), kind_of("sweep:0.5"), kind_of("rows"), kind_of("figure")
    ('method:ends', 'sweep', 'rows:in', 'figure')
    """
    first, _, rest = key.partition(":")
    last = rest.rpartition(":")[2]
    if first == "group":
        return f"group:{rest.partition(':')[0]}:{_ENDS.get(last, last)}"
    if first in ("list", "rows") and rest:
        return f"{first}:{_ENDS.get(last, last)}"
    if first == "method":
        return "method:ends" if rest.endswith((".low", ".high")) else "method:figure"
    if first in ("history", "sweep"):
        return first
    return _WHOLE.get(key, key.removesuffix(".low").removesuffix(".high"))


def number_marks(f: Facts, run: Sequence[Why]) -> NumberMarks:
    """Explain the numbers of a run's page, a kind at a time.

    Parameters
    ----------
    f
        Of the run.
    run
        What `uncounted.brief.why.of_run` gave.
    """
    brief = of_brief(f, one_page(f))
    kinds: dict[str, list[Why]] = {}
    for w in run:
        if w.counts == "setting":
            continue
        have = brief.get(w.key)
        both = w.where if have is None else tuple(dict.fromkeys((*have.where, *w.where)))
        kinds.setdefault(kind_of(w.key), []).append(replace(w, where=both))
    anchors = {kind: f"n{i}" for i, kind in enumerate(kinds, start=1)}
    return NumberMarks(
        anchors, tuple(_explained(anchors[k], k, ours) for k, ours in kinds.items()), heads()
    )


def _explained(anchor: str, kind: str, ours: Sequence[Why]) -> Explained:
    what = tuple(dict.fromkeys(w.what for w in ours))
    if kind == "history" and len(what) > _MOST:
        what = (say(note("brief.what.histories")),)
    numbers = dict.fromkeys(_written(v) for w in ours for v in sorted(w.values))
    return Explained(
        anchor,
        ", ".join(numbers),
        what,
        say(Note(f"brief.counts.{ours[0].counts}")),
        ours[0].method,
        ours[0].data,
        tuple(dict.fromkeys(c for w in ours for c in w.caveats)),
        ", ".join(dict.fromkeys(x for w in ours for x in w.where)),
    )


def _written(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,}"
