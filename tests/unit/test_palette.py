"""Colours of the pictures are told apart with any colour vision and in grey, and text stands out from its ground."""

from __future__ import annotations

import re

import numpy as np
import pytest

from uncounted import charts, published, sensitivity_curve
from uncounted.charts import theme

# Machado, Oliveira & Fernandes (2009), table 1, severity 1.0, on linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
    "grey": np.tile([0.2126729, 0.7151522, 0.0721750], (3, 1)),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05)."""
    light = sorted(float(linear(c) @ TO_XYZ[1]) + 0.05 for c in (colour, ground))
    return light[1] / light[0]


def lab(rgb: np.ndarray) -> np.ndarray:
    t = (TO_XYZ @ np.clip(rgb, 0, 1)) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """CIEDE2000 (Sharma, Wu & Dalal 2005, equations 2 to 22)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    if c1 * c2 == 0:
        hm = h1 + h2
    elif abs(h1 - h2) <= 180:
        hm = (h1 + h2) / 2
    else:
        hm = (h1 + h2 + (360 if h1 + h2 < 360 else -360)) / 2
    t = (
        1
        - 0.17 * np.cos(np.radians(hm - 30))
        + 0.24 * np.cos(np.radians(2 * hm))
        + 0.32 * np.cos(np.radians(3 * hm + 6))
        - 0.20 * np.cos(np.radians(4 * hm - 63))
    )
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rt = (
        -np.sin(np.radians(60 * np.exp(-(((hm - 275) / 25) ** 2))))
        * 2
        * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    )
    x, y, z = (l2 - l1) / sl, (c2 - c1) / sc, dh / sh
    return float(np.sqrt(x * x + y * y + z * z + rt * y * z))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [  # pairs 1, 4, 7, 17 and 25 of Sharma, Wu & Dalal (2005), table 1
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_measure_agrees_with_its_paper(one, other, expected):
    # The paper prints four digits.
    assert difference(np.array(one), np.array(other)) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    ("vision", "least"), [*((v, 12.0) for v in list(VISION)[:4]), ("grey", 7.0)]
)
def test_any_two_colours_are_told_apart(vision, least):
    seen = [lab(VISION[vision] @ linear(c)) for c in theme.PALETTE]
    found = min(difference(a, b) for i, a in enumerate(seen) for b in seen[:i])
    assert found >= least


def test_marks_and_texts_stand_out_from_white():
    assert min(contrast(c) for c in theme.PALETTE) >= 3.0
    assert min(contrast(c) for c in (theme.INK, theme.MUTED)) >= 4.5


def test_every_text_of_a_picture_stands_out():
    table = published.load("uk2013-5")
    ranks = [
        {
            "origin": o,
            "count": c,
            "count_lower": c,
            "count_upper": c,
            "lower": i,
            "upper": i,
            "tier": i,
        }
        for i, (o, c) in enumerate((("NPL", 40), ("IND", 20), ("QAT", 9)), 1)
    ]
    pictures = [
        charts.upset(table),
        charts.sensitivity_chart(sensitivity_curve("kosovo", claim=12_000)),
        charts.rank_intervals(ranks, title="Ranks"),
        charts.doubt({"matching": 0.2, "choice": 0.3, "chance": 0.5}, title="Doubt"),
    ]
    for picture in pictures:
        for text in re.findall(r"<text[^>]*>", picture.to_svg()):
            fill = re.search(r'fill="(#[0-9a-f]{6}|white|black)"', text)
            if fill is None:
                continue
            colour = {"white": "#ffffff", "black": "#000000"}.get(fill[1], fill[1])
            if colour == "#ffffff":
                # White stands only inside the bars of ranks.
                assert min(contrast(c) for c in (theme.ACCENT, theme.PALETTE[3])) >= 4.5
                continue
            assert contrast(colour) >= 4.5, text
