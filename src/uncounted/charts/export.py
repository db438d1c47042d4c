"""Vega-Lite dictionaries to SVG, PNG, PDF and self-contained HTML; no browser, no network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uncounted.errors import InputError

__all__ = ["save", "to_svg"]


def to_svg(spec: Mapping[str, Any]) -> str:
    """Draw a `Picture` or a Vega-Lite dictionary as SVG text.

    Clip-path numbers, which count up over a process, are renumbered so that equal pictures
    are equal texts.
    """
    import vl_convert as vlc

    svg: str = vlc.vegalite_to_svg(dict(spec))
    names: dict[str, str] = {}

    def renumber(match: re.Match[str]) -> str:
        return names.setdefault(match.group(0), f"clip{len(names)}")

    return re.sub(r"\bclip\d+\b", renumber, svg)


def save(spec: Mapping[str, Any], path: str | Path) -> None:
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
