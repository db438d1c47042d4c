"""Hundreds of phrases looked for at once: by the first letters of each word, only those that can begin there.

Python's ``re`` tries every alternative at every word, which costs a millisecond for a remark of a few lines. Here
the alternatives are put in drawers by the letters they can begin with. What is found is what ``re`` finds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

__all__ = ["Phrases", "alternatives", "beginnings"]

_ANY = "\0"
_LETTERS = 3
_WORD = re.compile(r"\b\w")


class Phrases:
    r"""Whole words and phrases, ``a|b|c``, each beginning with a letter or digit.

    Parameters
    ----------
    pattern
        Of the phrases; of the syntax of ``re`` there may be literals, classes, groups that capture nothing, repeats, and
        looks ahead and behind.

    Examples
    --------
    >>> said = Phrases(r"(?:do not|never) share|secret\w*")
    >>> [m[0] for m in said.found("please never share this secretly")]
    ['never share', 'secretly']
    """

    def __init__(self, pattern: str) -> None:
        self._plain = re.compile(rf"\b(?:{pattern})\b")
        drawers: dict[str, set[int]] = {}
        every = alternatives(pattern)
        for k, alternative in enumerate(every):
            for start in beginnings(alternative):
                drawers.setdefault(start.partition(_ANY)[0], set()).add(k)
        self._open = "" in drawers
        self._by: dict[str, re.Pattern[str]] = {}
        for key in drawers:
            # What begins with fewer letters and anything behind them belongs here as well, in its place.
            held = sorted(set().union(*(drawers.get(key[:n], ()) for n in range(1, len(key) + 1))))
            self._by[key] = re.compile(rf"(?:{'|'.join(every[k] for k in held)})\b")
        # Words that begin so are worth a look.
        self._start = re.compile(rf"\b(?={_trie(drawers)})") if drawers else _WORD

    def found(self, text: str) -> Iterator[re.Match[str]]:
        """Phrases in a text from left to right, as ``finditer`` gives them."""
        if self._open or not text.isascii():
            yield from self._plain.finditer(text)
            return
        end = 0
        get = self._by.get
        for word in self._start.finditer(text):
            start = word.start()
            if start < end:
                continue
            near = text[start : start + _LETTERS]
            drawer = get(near) or get(near[:2]) or get(near[:1])
            found = drawer.match(text, start) if drawer is not None else None
            if found is not None:
                end = found.end()
                yield found

    def __contains__(self, text: str) -> bool:
        """Whether any of the phrases stands in a text."""
        return next(self.found(text), None) is not None


def _trie(words: Collection[str]) -> str:
    """Pattern of some words by their letters, one after the other: most texts fail at the first."""
    if not words or "" in words:
        return ""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words):
        by_first.setdefault(word[0], []).append(word[1:])
    branches = [re.escape(first) + _trie(rest) for first, rest in by_first.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def alternatives(pattern: str) -> list[str]:
    """Part a pattern at the bars outside of its groups.

    Examples
    --------
    >>> alternatives(r"a(?:b|c)|[|]|d")
    ['a(?:b|c)', '[|]', 'd']
    """
    out, depth, inside, held, k = [], 0, False, "", 0
    while k < len(pattern):
        c = pattern[k]
        if c == "\\":
            held += pattern[k : k + 2]
            k += 2
            continue
        if inside:
            inside = c != "]"
        elif c == "[":
            inside = True
        elif c in "()":
            depth += 1 if c == "(" else -1
        elif c == "|" and not depth:
            out.append(held)
            held = ""
            k += 1
            continue
        held += c
        k += 1
    return [*out, held]


def beginnings(pattern: str) -> frozenset[str]:
    r"""First letters a pattern can match, three at most; a nought where the next may be any.

    Examples
    --------
    >>> sorted(beginnings(r"(?:do|dont)? ?not")), sorted(beginnings(r"(?<!x)a\w*b"))
    ([' no', 'do ', 'don', 'not'], ['a\x00', 'ab'])
    """
    return frozenset(
        start for alternative in alternatives(pattern) for start in _of_sequence(alternative)
    )


def _of_sequence(pattern: str) -> set[str]:
    done: set[str] = set()
    going = {""}
    k = 0
    while k < len(pattern) and going:
        atom, k = _atom(pattern, k)
        least, most, k = _repeats(pattern, k)
        made = (
            {_joined(before, after) for before in going for after in atom} if atom else set(going)
        )
        if most > 1:  # once more, or whatever comes next
            made = {m if _closed(m) else m + _ANY for m in made}
        going = made | (going if not least else set())
        done |= {m for m in going if _closed(m)}
        going = {m for m in going if not _closed(m)}
    return done | going


def _closed(start: str) -> bool:
    return len(start) >= _LETTERS or start.endswith(_ANY)


def _joined(before: str, after: str) -> str:
    return (before + after)[:_LETTERS]


def _atom(pattern: str, k: int) -> tuple[set[str], int]:
    """Say what the next piece of a pattern can begin with, none for a look around, and where the piece ends."""
    c = pattern[k]
    if c == "\\":
        plain = pattern[k + 1]
        return ({plain} if not plain.isalnum() else {_ANY}), k + 2
    if c == "[":
        end = pattern.index("]", k)
        inside = pattern[k + 1 : end]
        simple = not any(x in inside for x in "^-\\")
        return (set(inside) if simple else {_ANY}), end + 1
    if c == "(":
        depth, end = 0, k
        while True:
            if pattern[end] == "\\":
                end += 1
            elif pattern[end] in "()":
                depth += 1 if pattern[end] == "(" else -1
                if not depth:
                    break
            end += 1
        inside = pattern[k + 1 : end]
        if inside.startswith(("?=", "?!", "?<=", "?<!")):
            return set(), end + 1
        return set(beginnings(inside.removeprefix("?:"))), end + 1
    return ({_ANY} if c == "." else {c}), k + 1


def _repeats(pattern: str, k: int) -> tuple[int, int, int]:
    least = most = 1
    if k < len(pattern) and pattern[k] in "?*+":
        least, most = (1 if pattern[k] == "+" else 0), (1 if pattern[k] == "?" else 9)
        k += 1
    elif k < len(pattern) and pattern[k] == "{":
        end = pattern.index("}", k)
        low, _, high = pattern[k + 1 : end].partition(",")
        least, most = int(low), int(high or low)
        k = end + 1
    if k < len(pattern) and pattern[k] == "?":
        k += 1
    return least, most, k
