"""Vega-Lite dictionaries to SVG, PNG, PDF and self-contained HTML; no browser, no network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any

from uncounted.core.json_types import JSON
from uncounted.errors import InputError

__all__ = ["in_words", "save", "to_svg"]


def to_svg(spec: Mapping[str, JSON]) -> str:
    """Draw a `Picture` or a Vega-Lite dictionary as SVG text.

    The picture in words stands at its root, for those who cannot see it. Clip-path numbers, which count up over a process, are renumbered so that equal pictures
    are equal texts.
    """
    import vl_convert as vlc

    svg: str = vlc.vegalite_to_svg(dict(spec))
    # What the library itself says of axes and marks is English in every language, and tells numbers
    # unrounded: only our own words stay.
    ours = _ours(spec)
    svg = re.sub(
        r' aria-label="([^"]*)"', lambda m: m[0] if escape(unescape(m[1])) in ours else "", svg
    )
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(in_words(spec))}"', 1)
    names: dict[str, str] = {}

    def renumber(match: re.Match[str]) -> str:
        return names.setdefault(match.group(0), f"clip{len(names)}")

    return re.sub(r"\bclip\d+\b", renumber, svg)


def save(spec: Mapping[str, JSON], path: str | Path) -> None:
    """Write a picture by the path's ending: .svg, .png, .pdf, .html or .json.

    HTML carries its own copy of the drawing library, so it opens without a network.
    """
    import json

    import vl_convert as vlc

    path, spec = Path(path), dict(spec)
    ending = path.suffix.lower()
    if ending == ".svg":
        path.write_text(to_svg(spec), encoding="utf-8")
    elif ending == ".png":
        path.write_bytes(vlc.vegalite_to_png(spec, scale=2))
    elif ending == ".pdf":
        path.write_bytes(vlc.vegalite_to_pdf(spec))
    elif ending == ".html":
        path.write_text(vlc.vegalite_to_html(spec, bundle=True), encoding="utf-8")
    elif ending == ".json":
        path.write_text(json.dumps(spec, indent=1), encoding="utf-8")
    else:
        raise InputError(
            f"A picture cannot be written as {path.name}.",
            fix="Choose .svg, .png, .pdf, .html or .json.",
        )


def _ours(spec: Mapping[str, Any]) -> set[str]:
    """Collect the descriptions of marks that a specification gives, as they stand in an SVG."""
    found: set[str] = set()
    views = [spec]
    while views:
        view = views.pop()
        for name in ("layer", "hconcat", "vconcat", "concat"):
            views += view.get(name, ())
        views += [v for v in (view.get("spec"),) if v]
        told = view.get("encoding", {}).get("description", {})
        if "field" in told:
            rows = view.get("data", spec.get("data", {})).get("values", ())
            found |= {escape(str(row.get(told["field"], ""))) for row in rows}
    return found


def in_words(spec: Mapping[str, object]) -> str:
    """Say a picture by its title and the lines below it.

    Examples
    --------
    >>> in_words({"title": {"text": "Who", "subtitle": ["Two lists", "of people.", "A bar each."]}})
    'Who. Two lists of people. A bar each.'
    """
    title = spec.get("title", "")
    parts = [title.get("text"), title.get("subtitle")] if isinstance(title, Mapping) else [title]
    said = [x for part in parts for x in _joined(_lines(part or ""))]
    return " ".join(x if x.endswith((".", "?", "!")) else f"{x}." for x in said)


def _lines(words: object) -> list[str]:
    return [str(w) for w in words] if isinstance(words, (list, tuple)) else [str(words)]


def _joined(lines: list[str]) -> list[str]:
    """Lines that were broken to fit, put together again into sentences."""
    out: list[str] = []
    for line in (x.strip() for x in lines):
        if not line:
            continue
        if out and (line[:1].islower() or (_hangul(line) and out[-1][-1] not in ".?!")):
            out[-1] = f"{out[-1]} {line}"
        else:
            out.append(line)
    return out


def _hangul(text: str) -> bool:
    """Whether it is Korean, whose letters do not tell the beginning of a sentence."""
    return any("가" <= c <= "힣" for c in text)
