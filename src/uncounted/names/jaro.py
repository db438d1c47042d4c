"""Distances between words, with rapidfuzz where it is installed and in plain Python where not."""

from __future__ import annotations

__all__ = ["edits", "jaro_winkler", "plain_edits", "plain_jaro_winkler"]


def plain_jaro_winkler(a: str, b: str) -> float:
    """Jaro-Winkler similarity in [0, 1] (Winkler 1990; prefix weight 0.1 over 4 letters).

    Examples
    --------
    >>> round(plain_jaro_winkler("martha", "marhta"), 3)
    0.961
    """
    if a == b:
        return 1.0
    if not a or not b:
        return 0.0
    reach = max(len(a), len(b)) // 2 - 1
    reach = max(reach, 0)
    taken = [False] * len(b)
    first: list[str] = []
    for i, c in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if not taken[j] and b[j] == c:
                taken[j] = True
                first.append(c)
                break
    if not first:
        return 0.0
    second = [b[j] for j in range(len(b)) if taken[j]]
    swaps = sum(x != y for x, y in zip(first, second, strict=True)) // 2
    m = len(first)
    jaro = (m / len(a) + m / len(b) + (m - swaps) / m) / 3
    prefix = 0
    for x, y in zip(a[:4], b[:4], strict=False):
        if x != y:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro) if jaro > 0.7 else jaro


def plain_edits(a: str, b: str) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours between two words.

    Examples
    --------
    >>> plain_edits("reyes", "rayes"), plain_edits("ionescu", "inoescu")
    (1, 1)
    """
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]


try:
    from rapidfuzz.distance import OSA, JaroWinkler
except ImportError:
    jaro_winkler = plain_jaro_winkler
    edits = plain_edits
else:

    def jaro_winkler(a: str, b: str) -> float:
        """Jaro-Winkler similarity in [0, 1]."""
        return float(JaroWinkler.similarity(a, b))

    def edits(a: str, b: str) -> int:
        """Count insertions, deletions, substitutions and swaps of neighbours between two words."""
        return int(OSA.distance(a, b))
