"""Land shapes and a map projection, for pictures drawn in pixels.

Shapes are Natural Earth's countries at 1:50m (public domain), bundled once. The projection is
Equal Earth (Savric, Patterson & Jenny 2018), which keeps areas true.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from uncounted.core.json_types import Spec

__all__ = ["Frame", "equal_earth", "frame_for", "land_shapes"]

_A = (1.340264, -0.081106, 0.000893, 0.003796)


def equal_earth(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project degrees to Equal Earth's plane, in radians of the unit sphere.

    Examples
    --------
    >>> x, y = equal_earth(np.array([0.0]), np.array([0.0]))
    >>> float(x[0]), float(y[0])
    (0.0, 0.0)
    """
    phi = np.radians(latitude)
    theta = np.arcsin(np.sqrt(3.0) / 2.0 * np.sin(phi))
    t2 = theta * theta
    t6 = t2 * t2 * t2
    a1, a2, a3, a4 = _A
    slope = 9 * a4 * t6 * t2 + 7 * a3 * t6 + 3 * a2 * t2 + a1
    x = 2.0 * np.sqrt(3.0) * np.radians(longitude) * np.cos(theta) / (3.0 * slope)
    y = theta * (a4 * t6 * t2 + a3 * t6 + a2 * t2 + a1)
    return x, y


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the plane, in pixels: ``pixel = offset + scale * (x, -y)``."""

    width: int
    height: int
    scale: float
    left: float
    top: float

    def pixels(
        self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn places in degrees into pixels."""
        x, y = equal_earth(longitude, latitude)
        return (x - self.left) * self.scale, (self.top - y) * self.scale


def frame_for(
    longitude: Sequence[float],
    latitude: Sequence[float],
    *,
    width: int = 960,
    pad: float = 0.12,
    shape: float = 1.6,
) -> Frame:
    """Choose the window that shows these places with some room around them.

    ``shape`` is its least width over its height.
    """
    x, y = equal_earth(np.asarray(longitude, float), np.asarray(latitude, float))
    left, right, low, high = x.min(), x.max(), y.min(), y.max()
    span = max(right - left, shape * (high - low), 0.35)
    left, right = (left + right - span) / 2 - pad * span, (left + right + span) / 2 + pad * span
    tall = max(high - low, 0.67 * (right - left) / shape)
    low, high = (low + high - tall) / 2 - pad * tall, (low + high + tall) / 2 + pad * tall
    edge, pole = 2.75, 1.3173
    left, right = max(left, -edge), min(right, edge)
    low, high = max(low, -pole), min(high, pole)
    scale = width / (right - left)
    return Frame(width, round((high - low) * scale), float(scale), float(left), float(high))


class _Topology(TypedDict):
    """What ``land.json.xz`` holds: countries as polygons of rings, which are numbers of arcs."""

    transform: dict[str, tuple[float, float]]
    arcs: list[list[int]]
    countries: list[tuple[str, list[list[list[int]]]]]


@cache
def _topology() -> _Topology:
    raw = resources.files("uncounted.charts").joinpath("data", "land.json.xz").read_bytes()
    made: _Topology = json.loads(lzma.decompress(raw))
    return made


@cache
def _arcs() -> tuple[NDArray[np.float64], ...]:
    """Arcs in degrees, shape (points, 2) each."""
    topology = _topology()
    scale = np.array(topology["transform"]["scale"])
    shift = np.array(topology["transform"]["translate"])
    return tuple(
        np.cumsum(np.array(a, dtype=np.float64).reshape(-1, 2), axis=0) * scale + shift
        for a in topology["arcs"]
    )


def _thin(pixels: NDArray[np.float64], step: float) -> list[int]:
    """Choose points at least ``step`` pixels apart; ends stay, so borders still meet."""
    keep = [0]
    last = pixels[0]
    for i in range(1, len(pixels) - 1):
        if abs(pixels[i, 0] - last[0]) + abs(pixels[i, 1] - last[1]) >= step:
            keep.append(i)
            last = pixels[i]
    if len(pixels) > 1:
        keep.append(len(pixels) - 1)
    return keep


def _cut(ring: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Cut a ring in degrees at the antimeridian; a ring around a pole is left out."""
    if np.abs(np.diff(ring[:, 0])).max() < 180.0:
        return [ring]
    longitude = np.unwrap(ring[:, 0], period=360.0)
    if abs(longitude[-1] - longitude[0]) > 1.0:
        return []
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        part = np.column_stack([longitude + shift, ring[:, 1]])
        for sign in (1.0, -1.0):
            part = _side(part, sign)
        if len(part) > 3:
            parts.append(part)
    return parts


def _side(ring: NDArray[np.float64], sign: float) -> NDArray[np.float64]:
    """Keep the part of a ring where ``sign * longitude <= 180`` (Sutherland & Hodgman 1974)."""
    kept: list[NDArray[np.float64]] = []
    for i in range(len(ring)):
        here, before = ring[i], ring[i - 1]
        inside, was = sign * here[0] <= 180.0, sign * before[0] <= 180.0
        if inside != was:
            t = (sign * 180.0 - before[0]) / (here[0] - before[0])
            kept.append(before + t * (here - before))
        if inside:
            kept.append(here)
    if kept:
        kept.append(kept[0])
    return np.array(kept).reshape(-1, 2)


def _seen(points: NDArray[np.float64], frame: Frame, smallest: float) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)
    inside = high[0] > 0 and high[1] > 0 and low[0] < frame.width and low[1] < frame.height
    return bool(inside and (high - low).max() >= smallest)


def land_shapes(frame: Frame, *, step: float = 1.2, smallest: float = 1.0) -> list[Spec]:
    """Draw the countries in a frame's pixels.

    Parameters
    ----------
    frame
        The window.
    step
        Shortest segment, pixels.
    smallest
        Rings with a smaller box than this, in pixels, are left out.

    Returns
    -------
    list of GeoJSON features
        ``id`` is the ISO numeric code, empty where the source has none.
    """
    drawn = []
    for arc in _arcs():
        pixels = np.column_stack(frame.pixels(arc[:, 0], arc[:, 1]))
        drawn.append(arc[_thin(pixels, step)])
    features: list[Spec] = []
    for code, polygons in _topology()["countries"]:
        kept = []
        for rings in polygons:
            outer = []
            for ring in rings:
                parts = [drawn[i] if i >= 0 else drawn[~i][::-1] for i in ring]
                for piece in _cut(np.concatenate([parts[0], *(p[1:] for p in parts[1:])])):
                    points = np.column_stack(frame.pixels(piece[:, 0], piece[:, 1]))
                    if len(points) > 3 and _seen(points, frame, smallest):
                        outer.append(np.round(points, 1).tolist())
            kept += [[ring] for ring in outer] if len(rings) == 1 else [outer] if outer else []
        if kept:
            features.append(
                {
                    "type": "Feature",
                    "id": code,
                    "properties": {},
                    "geometry": {"type": "MultiPolygon", "coordinates": kept},
                }
            )
    return features
