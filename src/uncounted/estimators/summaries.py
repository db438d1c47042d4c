"""What a table and its two posteriors say, in some sixty numbers: `summarise`.

The likely range (`uncounted.estimators.likely`) is learned on these. None depends on the order or
the names of the lists.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from uncounted.estimators.posterior_grid import GridPosterior

__all__ = ["NAMES", "Signs", "signs_of", "summarise"]

_QUANTILES: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("graphs", (0.025, 0.25, 0.5, 0.75, 0.975)),
    ("shrinkage", (0.005, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.995)),
    ("homogeneous", (0.025, 0.5, 0.975)),
    ("averaged", (0.025, 0.5, 0.975)),
    ("pool", (0.0025, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.995)),
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the counts alone say of how the lists hang together.

    Parameters
    ----------
    people, lists, shared
        Observed; lists that hold people; people on two lists or more.
    on
        People on one, two and three lists.
    chao
        Log odds unseen/seen of Chao's lower bound.
    pair_mean, pair_low, pair_high
        Log odds ratios of pairs of lists among the people on some other list: mean weighted by
        precision, smallest and largest.
    pair_z, lowest_z, highest_z
        The mean over its standard error; smallest and largest of a pair over its own.
    pair_unequal
        Log of how much more the pairs differ than chance explains: chi-square over its degrees of
        freedom, plus 0.05.
    two_low, two_middle, two_high
        Log odds unseen/seen that two lists at a time give: smallest, median, largest.
    """

    people: int
    lists: int
    shared: int
    on: tuple[int, int, int]
    chao: float
    pair_mean: float
    pair_low: float
    pair_high: float
    pair_z: float
    lowest_z: float
    highest_z: float
    pair_unequal: float
    two_low: float
    two_middle: float
    two_high: float

    def numbers(self) -> dict[str, float]:
        """Every sign as a number that changes smoothly with the counts."""
        one, two, three = self.on
        return {
            "log people": math.log(self.people),
            "three lists": float(self.lists == 3),
            "lists": float(min(self.lists, 7)),
            "log share shared": math.log((self.shared + 0.5) / self.people),
            "log shared": math.log(self.shared + 0.5),
            "log two over one": math.log((two + 0.5) / (one + 0.5)),
            "log three over two": math.log((three + 0.5) / (two + 0.5)),
            "chao": self.chao,
            "pair mean": self.pair_mean,
            "pair low": self.pair_low,
            "pair high": self.pair_high,
            "pair z": _squeezed(self.pair_z),
            "lowest z": _squeezed(self.lowest_z),
            "highest z": _squeezed(self.highest_z),
            "pairs unequal": self.pair_unequal,
            "two lists low": self.two_low,
            "two lists middle": self.two_middle,
            "two lists high": self.two_high,
        }


def _squeezed(z: float) -> float:
    """Draw in far values of a number of standard errors: 3 stays about 3, 100 becomes 9."""
    return math.copysign(2.0 * math.log1p(abs(z)), z)


def signs_of(counts: NDArray[np.int64], t: int) -> Signs:
    """Read the signs from counts by capture history.

    Parameters
    ----------
    counts
        Shape (2**t,), by bit mask; entry 0 is not read. Every list holds people, some share one.
    t
        Lists.
    """
    c = counts.astype(np.float64)
    c[0] = 0.0
    n = float(c.sum())
    masks = np.arange(c.size)
    on = [(masks >> i & 1) == 1 for i in range(t)]
    size = np.sum(on, axis=0)
    one, two, three = (float(c[size == k].sum()) for k in (1, 2, 3))
    ratio, error, alone = [], [], []
    for i, j in combinations(range(t), 2):
        elsewhere = (masks & ~((1 << i) | (1 << j))) != 0
        cells = [
            float(c[elsewhere & (on[i] == a) & (on[j] == b)].sum()) + 0.5
            for a in (False, True)
            for b in (False, True)
        ]
        ratio.append(math.log(cells[0] * cells[3] / (cells[1] * cells[2])))
        error.append(math.sqrt(sum(1.0 / x for x in cells)))
        first, second = float(c[on[i]].sum()), float(c[on[j]].sum())
        both = float(c[on[i] & on[j]].sum())
        whole = max((first + 1.0) * (second + 1.0) / (both + 1.0) - 1.0, 1.001 * n)
        alone.append(math.log(whole / n - 1.0))
    odds, weight = np.array(ratio), 1.0 / np.array(error) ** 2
    mean = float(odds @ weight / weight.sum())
    unequal = float(((odds - mean) ** 2) @ weight) / max(odds.size - 1, 1)
    z = odds * np.sqrt(weight)
    return Signs(
        int(n),
        t,
        int(n - one),
        (int(one), int(two), int(three)),
        math.log((one * (one - 1.0) + 1.0) / (2.0 * (two + 1.0)) / n),
        mean,
        float(odds.min()),
        float(odds.max()),
        float(mean * math.sqrt(float(weight.sum()))),
        float(z.min()),
        float(z.max()),
        math.log(unequal + 0.05),
        min(alone),
        float(np.median(alone)),
        max(alone),
    )


def summarise(
    signs: Signs, posteriors: Mapping[str, GridPosterior], p_homogeneous: float, spread: float
) -> NDArray[np.float64]:
    """Put the numbers together, shape (features,), in the order of `NAMES`.

    Parameters
    ----------
    signs
        Of the counts.
    posteriors
        ``graphs``, ``shrinkage``, ``homogeneous``, ``averaged`` and ``pool``.
    p_homogeneous
        Posterior probability that nobody is easier to find.
    spread
        Largest over smallest median of the methods.

    Notes
    -----
    Quantiles are of the log odds unseen/seen, those of the pool's median taken off all others, so
    that they say how far each member reaches from the middle.
    """
    middle = posteriors["pool"].log_odds(0.5)
    out = [
        posteriors[name].log_odds(q) - (0.0 if name == "pool" and q == 0.5 else middle)
        for name, levels in _QUANTILES
        for q in levels
    ]
    out += [p_homogeneous, math.log(spread)]
    for name, value in signs.numbers().items():
        out.append(value - middle if name in _ODDS else value)
    return np.array(out)


_ODDS = ("chao", "two lists low", "two lists middle", "two lists high")
_BLANK = Signs(1, 3, 0, (1, 0, 0), *(0.0,) * 11)
NAMES: tuple[str, ...] = (
    *(f"{name} {q:g}" for name, levels in _QUANTILES for q in levels),
    "p homogeneous",
    "log spread",
    *_BLANK.numbers(),
)
"""Names of the numbers of `summarise`."""
MIDDLE = NAMES.index("pool 0.5")
"""Place of the pool's median log odds among them."""
