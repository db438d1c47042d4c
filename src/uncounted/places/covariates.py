"""What is known of pairs of countries: distance, border, language, colony, migrants, income.

Bundled from CEPII GeoDist (Mayer & Zignago 2011), the World Bank's Global Bilateral Migration
Database (stock of 2000) and the World Bank's GDP and population; see ``data/ATTRIBUTION.md``.
Old country codes are mapped before anything is joined: a naive join loses Romania.
"""

from __future__ import annotations

import csv
import io
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError

__all__ = ["COVARIATES", "DISTANCES", "Pairs", "gdp_per_head", "pairs"]

DISTANCES = ("distcap", "dist", "distw")
"""Kilometres between capitals; between the largest cities; between cities, weighted by their population."""
COVARIATES = ("distance", "contiguity", "language", "colony", "migrants", "income")
"""Log distance; a common border; a common official language; ever in a colonial relation; log (1 +
migrants from the origin living in the destination in 2000); absolute difference of log GDP per head."""
_FLAGS = {"contiguity": 1, "language": 2, "colony": 4}
_FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Covariates of pairs.

    Parameters
    ----------
    names
        Names of `COVARIATES`, in the order of the columns.
    values
        Shape (pairs, covariates); ``nan`` where not known.
    distance
        Which of `DISTANCES`.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    distance: str

    @property
    def known(self) -> NDArray[np.bool_]:
        """Pairs whose covariates are all known."""
        return np.asarray(np.isfinite(self.values).all(axis=1))


def _rows(name: str) -> list[list[str]]:
    raw = resources.files("uncounted.places").joinpath("data", name).read_bytes()
    return list(csv.reader(io.StringIO(lzma.decompress(raw).decode("utf-8"))))[1:]


@cache
def _geodist() -> dict[tuple[str, str], tuple[float, float, float, int]]:
    """Read (a, b) -> distances in km (dist, distcap, distw) and flags; each pair both ways."""
    table: dict[tuple[str, str], tuple[float, float, float, int]] = {}
    for a, b, dist, capital, weighted, flags in _rows("geodist.csv.xz"):
        far = float(dist)
        values = (
            far,
            far if capital == "=" else float(capital),
            float(weighted) if weighted else np.nan,
            int(flags),
        )
        table[a, b] = values
        table.setdefault((b, a), values)
    return table


@cache
def _migrants() -> dict[tuple[str, str], float]:
    return {(o, d): float(n) for o, d, n in _rows("migrants2000.csv.xz")}


@cache
def _income() -> dict[str, NDArray[np.float64]]:
    return {
        row[0]: np.array([float(x) if x else np.nan for x in row[1:]])
        for row in _rows("gdp_per_head.csv.xz")
    }


def gdp_per_head(iso3: str, year: int | None = None) -> float:
    """GDP per head in current US dollars.

    Parameters
    ----------
    iso3
        Country.
    year
        2000 to 2023; without it the mean of the years known.

    Returns
    -------
    float
        ``nan`` where not known.

    Examples
    --------
    >>> gdp_per_head("MEX", 2010) > gdp_per_head("SLV", 2010)
    True
    """
    row = _income().get(iso3)
    if row is None:
        return float("nan")
    if year is None:
        known = row[np.isfinite(row)]
        return float(known.mean()) if known.size else float("nan")
    at = year - _FIRST_YEAR
    return float(row[at]) if 0 <= at < row.size else float("nan")


def pairs(
    origin: Sequence[str] | NDArray[np.str_],
    destination: Sequence[str] | NDArray[np.str_],
    *,
    names: Sequence[str] = ("distance", "contiguity", "language", "colony"),
    distance: str = "distcap",
) -> Pairs:
    """Look up covariates of pairs of countries.

    Parameters
    ----------
    origin, destination
        ISO alpha-3 codes, equal lengths.
    names
        Names of `COVARIATES`.
    distance
        One of `DISTANCES`; kilometres, entered as a logarithm.

    Raises
    ------
    InputError
        For a covariate or a distance that does not exist.

    Examples
    --------
    >>> pairs(["ROU"], ["CZE"]).known
    array([ True])
    """
    for name, known in (*((n, COVARIATES) for n in names), (distance, DISTANCES)):
        if name not in known:
            raise InputError(
                f"There is no covariate or distance {name!r}.",
                fix=f"Choose among {', '.join(known)}.",
            )
    which = ("dist", "distcap", "distw").index(distance)
    table = _geodist()
    missing = (np.nan, np.nan, np.nan, -1)
    out = np.full((len(origin), len(names)), np.nan)
    for i, (o, d) in enumerate(zip(origin, destination, strict=True)):
        found = table.get((str(o), str(d)), missing)
        for j, name in enumerate(names):
            if name == "distance":
                out[i, j] = np.log(found[which]) if found[which] > 0 else np.nan
            elif name in _FLAGS:
                out[i, j] = float(bool(found[3] & _FLAGS[name])) if found[3] >= 0 else np.nan
            elif name == "migrants":
                out[i, j] = np.log1p(_migrants().get((str(o), str(d)), 0.0))
            else:
                out[i, j] = abs(np.log(gdp_per_head(str(d))) - np.log(gdp_per_head(str(o))))
    return Pairs(tuple(names), out, distance)
