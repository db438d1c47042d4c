"""Hierarchical log-linear models: writing, parsing, listing and neighbours.

A model is the sorted tuple of its terms as masks (bit i = list i), without the intercept. It holds
every list's main effect and, with a term, every non-empty part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from uncounted.core.notes import note
from uncounted.errors import InputError, NotIdentifiable

__all__ = [
    "Model",
    "all_models",
    "all_pairs",
    "count_models",
    "generators",
    "main_effects",
    "neighbours",
    "parse",
    "spell",
    "write",
]

Model = tuple[int, ...]


def main_effects(t: int) -> Model:
    """Return the model of lists independent of each other."""
    return tuple(1 << i for i in range(t))


def all_pairs(t: int) -> Model:
    """Return the model in which every pair of lists may depend."""
    return _sorted([*main_effects(t), *_subsets(t, 2)])


def generators(model: Model) -> Model:
    """Maximal terms: what is written between the brackets."""
    return tuple(s for s in model if not any(s != r and s & r == s for r in model))


def write(model: Model, t: int) -> str:
    """Write ``[12,23,4]`` in list numbers from 1; above nine lists ``[1:12,3]``.

    Examples
    --------
    >>> write((1, 2, 3, 4), 3)
    '[12,3]'
    """
    joint = "" if t <= 9 else ":"
    words = sorted(
        ([i + 1 for i in range(t) if s >> i & 1] for s in generators(model)),
        key=lambda numbers: numbers,
    )
    return "[" + ",".join(joint.join(map(str, numbers)) for numbers in words) + "]"


INDEPENDENT = "no interactions"
"""What `spell` makes of a model without interactions, in results of every language."""


def spell(model: Model, lists: Sequence[str]) -> str:
    """Write a model in list names, interactions only, for people to read.

    Examples
    --------
    >>> spell((1, 2, 3, 4), ["shelter", "police", "clinic"])
    'shelter × police'
    >>> spell((1, 2), ["shelter", "police"])
    'no interactions'
    """
    words = [
        " × ".join(lists[i] for i in range(len(lists)) if s >> i & 1)
        for s in sorted(generators(model), key=lambda s: (s.bit_count(), _bits(s)))
        if s.bit_count() > 1
    ]
    return ", ".join(words) if words else INDEPENDENT


def parse(text: str, lists: Sequence[str]) -> Model:
    """Read a model written in list numbers or list names.

    Parameters
    ----------
    text
        ``[12,23,4]``; ``[1:12,3]``; ``[shelter:police,clinic]`` (``*`` and ``×`` also join).
        Lists that are not named come in with their main effect.
    lists
        Names of the lists, in order.

    Raises
    ------
    InputError
        If a part is no list.
    NotIdentifiable
        If the model has the interaction of all lists.

    Examples
    --------
    >>> parse("[12,3]", ["a", "b", "c"])
    (1, 2, 4, 3)
    """
    t = len(lists)
    inner = text.strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        raise InputError(
            f"A model must stand in brackets, not {text[:60]!r}.",
            fix="Write it as [12,13,4] with list numbers, or with list names joined by ':'.",
        )
    terms = set(main_effects(t))
    for part in filter(None, (w.strip() for w in inner[1:-1].split(","))):
        top = _term(part, lists)
        sub = top
        while sub:
            terms.add(sub)
            sub = (sub - 1) & top
    model = _sorted(terms)
    if (1 << t) - 1 in terms:
        raise NotIdentifiable(
            note("estimators.hierarchy.saturated", model=write(model, t)),
            fix=note("estimators.hierarchy.saturated.fix"),
        )
    return model


def _term(part: str, lists: Sequence[str]) -> int:
    names = {name: i for i, name in enumerate(lists)}
    folded = {name.casefold(): i for i, name in enumerate(lists)}
    pieces = [w.strip() for w in re.split(r"[:*×]", part)]
    mask = 0
    if len(pieces) == 1 and part not in names and part.isdecimal() and len(lists) <= 9:
        pieces = list(part)
    for piece in pieces:
        if piece in names:
            i = names[piece]
        elif piece.isdecimal() and 1 <= int(piece) <= len(lists):
            i = int(piece) - 1
        elif piece.casefold() in folded:
            i = folded[piece.casefold()]
        else:
            raise InputError(
                f"The model names a list that the table does not have: {piece[:60]!r}.",
                fix=f"Lists are numbered 1 to {len(lists)}: "
                + ", ".join(f"{i + 1} {name}" for i, name in enumerate(lists))
                + ".",
            )
        mask |= 1 << i
    return mask


def all_models(t: int, max_order: int) -> tuple[Model, ...]:
    """Every hierarchical model with all main effects and terms of at most ``max_order`` lists.

    The highest-order interaction is never in. 8 models for 3 lists, 113 for 4, 6,893 for 5.
    """
    return _all_models(t, min(max_order, t - 1))


@cache
def _all_models(t: int, max_order: int) -> tuple[Model, ...]:
    found: list[Model] = []

    def extend(terms: frozenset[int], order: int) -> None:
        if order > max_order:
            found.append(_sorted(terms))
            return
        possible = [
            s
            for s in _subsets(t, order)
            if all((s & ~(1 << i)) in terms for i in range(t) if s >> i & 1)
        ]
        for k in range(len(possible) + 1):
            for chosen in combinations(possible, k):
                if k == 0:
                    found.append(_sorted(terms))
                else:
                    extend(terms | frozenset(chosen), order + 1)

    extend(frozenset(main_effects(t)), 2)
    return tuple(sorted(set(found), key=lambda m: (len(m), m)))


def count_models(t: int, max_order: int) -> int | None:
    """How many models `all_models` would list; ``None`` where there are too many to list."""
    if max_order <= 1:
        return 1
    pairs = t * (t - 1) // 2
    if max_order == 2:
        return 1 << pairs if pairs <= 20 else None
    return len(all_models(t, max_order)) if t <= 5 else None


def neighbours(model: Model, t: int, max_order: int) -> Iterator[Model]:
    """Models one step away: a maximal term dropped, or a term added whose parts are all in."""
    terms = set(model)
    for s in generators(model):
        if s.bit_count() > 1:
            yield _sorted(terms - {s})
    for order in range(2, min(max_order, t - 1) + 1):
        for s in _subsets(t, order):
            if s not in terms and all((s & ~(1 << i)) in terms for i in range(t) if s >> i & 1):
                yield _sorted(terms | {s})


@cache
def _subsets(t: int, k: int) -> tuple[int, ...]:
    """Masks of k lists, in the order (1,2), (1,3), (2,3), (1,4), ... of their size as numbers."""
    return tuple(sorted(sum(1 << i for i in c) for c in combinations(range(t), k)))


def _sorted(terms: set[int] | frozenset[int] | Sequence[int]) -> Model:
    return tuple(sorted(terms, key=lambda s: (s.bit_count(), s)))


def _bits(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]
