"""Results shown: as a data frame, an HTML or LaTeX table, a table for a word processor, a picture.

The package root hands this module to `uncounted.core.shown`, so that a result knows how to show
itself and `core` knows neither frames nor pictures.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

from uncounted.brief.named import column_name
from uncounted.charts import (
    ForestRow,
    Picture,
    calibration,
    forest,
    forest_of_strata,
    sensitivity_chart,
    upset,
)
from uncounted.core.estimate import Estimate
from uncounted.core.json_types import JSONObject
from uncounted.core.notes import Number, note
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError
from uncounted.estimators.compare import Comparison
from uncounted.files.draw_files import write_draws
from uncounted.files.frames import to_frame
from uncounted.pooling.imputations import Replicates
from uncounted.pooling.linkage_draws import Pooled
from uncounted.pooling.strata import StrataEstimate
from uncounted.verdict.assess import Verdict
from uncounted.verdict.sensitivity import Sensitivity

__all__ = ["frame", "html", "latex", "picture", "word", "write_draws"]

_MOST = 200
"""Rows a table in a notebook shows; frames and files hold all."""
_HEADS = {
    "point": "estimate",
    "lower": "from",
    "upper": "to",
    "interval": "interval",
    "of": "draws of",
    "refused": "why there is no figure",
}


def frame(result: Shown, backend: str | ModuleType) -> Any:
    """Make a data frame of a result's rows; see `uncounted.core.shown.Shown.to_frame`."""
    return to_frame(result.to_rows(), result.COLUMNS, backend)


def html(result: Shown) -> str:
    """Make an HTML table with what must be said beside it; everything is escaped.

    Examples
    --------
    >>> import uncounted as uc
    >>> page = html(uc.LowerBound().estimate("uk2013-5"))
    >>> page.count("<tr>"), "14,642" in page
    (2, True)
    """
    heads, kinds, cells = _cells(result, _MOST)
    side = ["left" if kind == "text" else "right" for kind in kinds]
    out = [f"<table><caption>{escape(result.caption())}</caption><thead><tr>"]
    out += [
        f'<th style="text-align:{s}">{escape(h)}</th>' for h, s in zip(heads, side, strict=True)
    ]
    out.append("</tr></thead><tbody>")
    for row in cells:
        both = zip(row, side, strict=True)
        inner = "".join(f'<td style="text-align:{s}">{escape(c)}</td>' for c, s in both)
        out.append(f"<tr>{inner}</tr>")
    out.append("</tbody></table>")
    more = len(result.to_rows()) - len(cells)
    said = [*result.sayings(), *([str(note("terms.more-rows", more=Number(more)))] if more else [])]
    if said:
        out.append(f"<ul>{''.join(f'<li>{escape(x)}</li>' for x in said)}</ul>")
    return "".join(out)


def latex(result: Shown) -> str:
    r"""Make a LaTeX table, a plain ``tabular``.

    Examples
    --------
    >>> import uncounted as uc
    >>> print(latex(uc.LowerBound().estimate("uk2013-5")))
    % Estimate by lower-bound
    \begin{tabular}{lrrrrlr}
    \hline
    method & estimate & from & to & level & interval & observed \\
    \hline
    lower-bound & 14,642 & 12,925 & 16,649 & 95\% & log-normal & 2,744 \\
    \hline
    \end{tabular}
    """
    heads, kinds, cells = _cells(result)
    lines = [
        f"% {_tex(result.caption())}",
        rf"\begin{{tabular}}{{{''.join('l' if k == 'text' else 'r' for k in kinds)}}}",
        r"\hline",
        rf"{' & '.join(map(_tex, heads))} \\",
        r"\hline",
        *(rf"{' & '.join(map(_tex, row))} \\" for row in cells),
        r"\hline",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def word(result: Shown, path: str | Path) -> None:
    """Write a table for a word processor, by the path's ending: .rtf, .html or .tsv."""
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".rtf":
        path.write_text(_rtf(result), encoding="ascii")
    elif ending in (".html", ".htm"):
        page = f'<!DOCTYPE html><meta charset="utf-8"><title>{escape(result.caption())}</title>'
        path.write_text(page + html(result), encoding="utf-8")
    elif ending == ".tsv":
        heads, _, cells = _cells(result)
        text = io.StringIO()
        csv.writer(text, delimiter="\t", lineterminator="\n").writerows([heads, *cells])
        path.write_text(text.getvalue(), encoding="utf-8-sig")
    else:
        raise InputError(
            f"A table for a word processor cannot be written as {path.name}.",
            fix="Choose .rtf (opens in Word), .html or .tsv (paste into a table).",
        )


def picture(result: Shown) -> Picture:
    """Draw a result.

    Raises
    ------
    InputError
        If there is no figure to draw.

    Examples
    --------
    >>> import uncounted as uc
    >>> picture(uc.estimate("uk2013-5", ["main", "lower-bound"], bootstrap=0)).alt[:34]
    'uk2013-5: 2,744 people on 5 lists.'
    """
    for kind, draw in _DRAWN.items():
        if isinstance(result, kind):
            return draw(result)
    return Picture(dict(_own_picture(result)))


def _own_picture(result: Shown) -> Mapping[str, object]:
    """Draw results of rooms that stand beside or above this one, by what they hold."""
    made: JSONObject = getattr(result, "to_dict", dict)()
    if {"design", "methods", "replications"} <= set(made):
        return calibration(made)
    tables = getattr(result, "tables", None)
    if callable(tables):
        drawn = sorted(tables(), key=lambda t: t.n)
        return upset(drawn[len(drawn) // 2])
    raise InputError(f"There is no picture of a {type(result).__name__}.", fix="Use to_frame().")


def _forest(result: Shown, rows: Sequence[ForestRow]) -> Picture:
    return forest(rows, title=result.caption())


def _row(label: str, e: Estimate, *, strong: bool = False) -> ForestRow:
    lower = None if e.interval is None else e.interval.lower
    upper = None if e.interval is None else e.interval.upper
    why = "" if e.point is not None else str(note("words.no-figure"))
    return ForestRow(label, column_name("estimate"), e.observed, e.point, lower, upper, why, strong)


def _comparison(result: Comparison) -> Picture:
    pairs = zip(result.names, result.estimates, strict=True)
    return _forest(result, [_row(name, e) for name, e in pairs])


def _verdict(result: Verdict) -> Picture:
    first = _row("consensus", result.consensus, strong=True)
    return _forest(result, [first, *(_row(e.method, e) for e in result.estimates)])


def _replicates(result: Replicates) -> Picture:
    seen = round(result.observed)
    rows = [
        ForestRow(name, column_name("estimate"), seen, point, i.lower, i.upper)
        for name, point, i in (
            (str(note("terms.total-variance")), result.point, result.interval),
            (str(note("terms.mixture")), result.median, result.mixture),
        )
    ]
    return _forest(result, rows)


_DRAWN: Mapping[type[Shown], Callable[[Any], Picture]] = {
    Estimate: lambda e: _forest(e, [_row(e.method, e)]),
    Comparison: _comparison,
    Verdict: _verdict,
    Sensitivity: sensitivity_chart,
    Replicates: _replicates,
    Pooled: lambda p: _forest(p, [_row(p.estimate.method, p.estimate)]),
    StrataEstimate: forest_of_strata,
    OverlapTable: upset,
}


def _cells(result: Shown, most: int | None = None) -> tuple[list[str], list[Kind], list[list[str]]]:
    """Headings, kinds and cells in words; columns in which nothing stands are left out."""
    rows = result.to_rows()
    used = [c for c in result.COLUMNS if any(r[c] is not None for r in rows)]
    heads = [column_name(_HEADS.get(c, c.replace("_", " "))) for c in used]
    kinds = [result.COLUMNS[c] for c in used]
    shown = rows[:most]
    return heads, kinds, [[_words(r[c], result.COLUMNS[c]) for c in used] for r in shown]


def _words(value: Cell, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if math.isinf(value):
        return str(note("number.unbounded"))
    if kind == "share":
        return f"{value:.4g}" if value > 1 else f"{100 * value:.3g}%"
    if kind == "number":
        return f"{value:.4g}"
    return f"{value:,.0f}"


_TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\n": " ", "\r": " ",
}  # fmt: skip


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in text)


def _rtf(result: Shown) -> str:
    """RTF with one table; letters beyond ASCII as their numbers, so that any Word reads it."""
    heads, kinds, cells = _cells(result)
    width = 9000 // max(1, len(heads))
    ends = "".join(f"\\cellx{width * (i + 1)}" for i in range(len(heads)))

    def row(texts: Sequence[str], bold: bool) -> str:
        inner = ""
        for text, kind in zip(texts, kinds, strict=True):
            side = "" if kind == "text" else "\\qr"
            words = _rtf_text(text)
            inner += f"\\pard\\intbl{side} " + (f"\\b {words}\\b0" if bold else words) + "\\cell"
        return f"\\trowd\\trgaph80{ends}{inner}\\row"

    said = "".join(f"\\pard {_rtf_text(x)}\\par" for x in result.sayings())
    body = "\n".join([row(heads, True), *(row(r, False) for r in cells)])
    return (
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Calibri;}}\\fs20\n"
        f"\\pard\\b {_rtf_text(result.caption())}\\b0\\par\n{body}\n{said}}}\n"
    )


def _rtf_text(text: str) -> str:
    out = []
    for c in text:
        if c in "\\{}":
            out.append("\\" + c)
        elif c in "\r\n\t":
            out.append(" ")
        elif ord(c) < 128:
            out.append(c)
        else:
            raw = c.encode("utf-16-le")
            for i in range(0, len(raw), 2):
                unit = int.from_bytes(raw[i : i + 2], "little", signed=True)
                out.append(f"\\u{unit}?")
    return "".join(out)
