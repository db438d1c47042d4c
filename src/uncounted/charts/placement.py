"""A placement pass for labels: none covers another, a mark, or the picture's edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Box", "Placed", "place_labels", "text_width"]

_NARROW, _WIDE = set("iljtfrI.,'|-()[] "), set("mwMWQGOCD@%ÖÅÔ")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two rectangles share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """A label's text, anchor point (left end, middle height) and box."""

    text: str
    x: float
    y: float
    box: Box


def text_width(text: str, size: float) -> float:
    """Bound a text's width in a sans serif face, pixels; wide scripts count one em a sign."""
    total = 0.0
    for c in text:
        if ord(c) > 0x2E80:
            total += 1.0
        elif c in _NARROW:
            total += 0.38
        elif c in _WIDE or c.isupper():
            total += 0.88
        else:
            total += 0.60
    return total * size


def place_labels(
    points: Sequence[tuple[str, float, float, float]],
    *,
    width: float,
    height: float,
    size: float = 11.0,
    obstacles: Sequence[Box] = (),
) -> tuple[list[Placed], list[str]]:
    """Place labels beside their points, the most important first.

    Parameters
    ----------
    points
        (text, x, y, radius) in pixels, most important first.
    width, height
        Of the picture.
    size
        Of the type.
    obstacles
        Boxes that stay free, besides the points themselves.

    Returns
    -------
    placed, left_out
        Labels with their boxes, and the texts for which there was no room.
    """
    taken = list(obstacles)
    taken += [Box(x - r, y - r, x + r, y + r) for _, x, y, r in points]
    placed: list[Placed] = []
    left_out: list[str] = []
    for text, x, y, r in points:
        w, h = text_width(text, size), size * 1.2
        for far in (3.0, 9.0):
            box = _free(x, y, r, far, w, h, width, height, taken)
            if box is not None:
                break
        if box is None:
            left_out.append(text)
            continue
        taken.append(box)
        placed.append(Placed(text, box.left, (box.top + box.bottom) / 2, box))
    return placed, left_out


def _free(
    x: float, y: float, r: float, far: float, w: float, h: float,
    width: float, height: float, taken: Sequence[Box],
) -> Box | None:  # fmt: skip
    gap = r + far
    corners = (
        (x + gap, y - h / 2),
        (x - gap - w, y - h / 2),
        (x - w / 2, y - gap - h),
        (x - w / 2, y + gap),
        (x + gap * 0.75, y - gap * 0.75 - h),
        (x + gap * 0.75, y + gap * 0.75),
        (x - gap * 0.75 - w, y - gap * 0.75 - h),
        (x - gap * 0.75 - w, y + gap * 0.75),
    )
    for left, top in corners:
        box = Box(left, top, left + w, top + h)
        inside = (
            box.left >= 1 and box.top >= 1 and box.right <= width - 1 and box.bottom <= height - 1
        )
        if inside and not any(box.meets(t) for t in taken):
            return box
    return None
