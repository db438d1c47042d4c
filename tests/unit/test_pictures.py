"""Pictures, read from the rendered SVG: what stands where, beside which name."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

import uncounted as uc
from uncounted.charts.export import save, to_svg
from uncounted.charts.specification_curve import specification_curve
from uncounted.charts.upset import upset
from uncounted.core.table import OverlapTable
from uncounted.disclosure import page_table
from uncounted.errors import InputError
from uncounted.estimators.specification import specifications


def marks(svg, role):
    """Marks of an SVG with their absolute position: (x, y, element), by aria role description."""
    found = []

    def walk(node, x, y):
        for dx, dy in re.findall(r"translate\(([-\d.]+),\s*([-\d.]+)\)", node.get("transform", "")):
            x, y = x + float(dx), y + float(dy)
        if node.get("aria-roledescription") == role:
            found.append((x, y, node))
        for child in node:
            walk(child, x, y)

    walk(ET.fromstring(svg), 0.0, 0.0)
    return found


def texts(svg):
    found = []

    def walk(node, x, y):
        for dx, dy in re.findall(r"translate\(([-\d.]+),\s*([-\d.]+)\)", node.get("transform", "")):
            x, y = x + float(dx), y + float(dy)
        if node.tag.endswith("text") and node.text:
            found.append((x, y, node.text))
        for child in node:
            walk(child, x, y)

    walk(ET.fromstring(svg), 0.0, 0.0)
    return found


@pytest.fixture(scope="module")
def table():
    # Names in an order that neither sorting by name nor by size would give.
    return OverlapTable.from_histories(
        ["zeta", "alpha", "mid"],
        {"100": 300, "010": 80, "001": 200, "110": 40, "011": 20, "111": 5},
    )


def bars_of(svg):
    """(middle x, height, label) of each bar over the dots."""
    out = []
    for x, _, node in marks(svg, "bar"):
        left, right, top, bottom = 0.0, 0.0, 0.0, 0.0
        m = re.match(r"M([-\d.]+),([-\d.]+)h([-\d.]+)v([-\d.]+)", node.get("d"))
        left, top, width, height = map(float, m.groups())
        out.append(
            (x + left + width / 2, height, width, node.get("aria-label"), top, right, bottom)
        )
    return out


def test_bars_stand_over_their_dots_and_dots_beside_their_names(table):
    svg = to_svg(upset(table))
    names = {t: y for _, y, t in texts(svg) if t in table.lists}
    assert list(sorted(names, key=names.get)) == ["zeta", "alpha", "mid"]
    dark = [(x, y) for x, y, node in marks(svg, "circle") if node.get("fill") == "#1f2933"]
    bars = [b for b in bars_of(svg) if "zeta" in b[3] or "alpha" in b[3] or "mid" in b[3]]
    upright = [b for b in bars if " and " in b[3] or b[2] < 25]
    columns = {}
    for x, y in dark:
        columns.setdefault(round(x), set()).add(min(names, key=lambda n: abs(names[n] - 4 - y)))
    checked = 0
    for middle, _, width, label, *_ in upright:
        if width > 25:
            continue
        lists = set(label.split(" and "))
        near = min(columns, key=lambda c: abs(c - middle))
        if abs(near - middle) > 2:
            continue
        assert columns[near] == lists, label
        checked += 1
    assert checked == 6


def test_bar_heights_are_the_counts(table):
    svg = to_svg(upset(table))
    heights = {b[3]: b[1] for b in bars_of(svg) if b[2] < 25 and b[1] > 0 and b[2] > 15}
    assert heights["zeta and alpha"] / heights["zeta"] == pytest.approx(40 / 300, rel=1e-3)
    assert heights["mid"] / heights["zeta"] == pytest.approx(200 / 300, rel=1e-3)


def test_small_cells_are_not_told(table):
    spec = upset(table, suppress_below=11)
    svg = to_svg(spec)
    words = [t for _, _, t in texts(svg)]
    may = page_table(table)
    hidden = [m for m, c in enumerate(table.counts) if m and c and may.cells[m] is None]
    # One small cell alone would follow from the total: others are hidden with it.
    assert len(hidden) > 1
    assert words.count("hidden") == len(hidden) + sum(s is None for s in may.sizes)
    for m in hidden:
        assert f"{table.counts[m]:,}" not in words
    assert "not shown" in svg
    bars = spec["concat"][1]["layer"][0]["data"]["values"]
    assert {b["people"] for b in bars if b["kind"] == "hidden"} == {11}


def test_small_cells_and_those_hidden_with_them_look_alike():
    small = OverlapTable.from_histories(["a", "b", "c"], {"100": 50, "110": 4, "011": 7, "001": 30})
    words = [t for _, _, t in texts(to_svg(upset(small, suppress_below=11)))]
    assert not any(w.startswith("<") for w in words) and words.count("hidden") >= 2


def test_specification_curve_rises_and_its_dots_hold_the_models(table):
    t = uc.published.load("uk2013-5")
    found = specifications(t)
    svg = to_svg(specification_curve(found, t.lists, observed=t.n))
    points = [
        (x, y, node.get("aria-label"))
        for x, y, node in marks(svg, "circle")
        if node.get("aria-label", "").startswith("[")
    ]
    assert len(points) == len(found.models)
    points.sort()
    ys = [y for _, y, _ in points]
    assert ys == sorted(ys, reverse=True)  # larger figures stand higher
    best = [node for _, _, node in marks(svg, "circle") if node.get("fill") == "#d1700a"]
    assert [n.get("aria-label")[:11] for n in best if n.get("aria-label", "").startswith("[")] == [
        "[123,25,34]"
    ]
    names = {text: y for _, y, text in texts(svg) if "×" in text}
    dark = [(x, y) for x, y, node in marks(svg, "circle") if node.get("fill") == "#1f2933"]
    x_best = next(x for x, _, label in points if label.startswith("[123,25,34]"))
    held = {min(names, key=lambda n: abs(names[n] - 4 - y)) for x, y in dark if abs(x - x_best) < 2}
    assert held == {
        "LA × NG", "LA × PFNCA", "NG × PFNCA", "NG × GP", "PFNCA × GO", "LA × NG × PFNCA",
    }  # fmt: skip


def test_equal_pictures_are_equal_texts(table):
    assert to_svg(upset(table)) == to_svg(upset(table))


def test_every_ending(tmp_path, table):
    spec = upset(table)
    for ending, start in (
        (".svg", b"<svg"),
        (".png", b"\x89PNG"),
        (".pdf", b"%PDF"),
        (".json", b"{"),
    ):
        save(spec, tmp_path / f"u{ending}")
        assert (tmp_path / f"u{ending}").read_bytes().startswith(start)
    with pytest.raises(InputError):
        save(spec, tmp_path / "u.bmp")
