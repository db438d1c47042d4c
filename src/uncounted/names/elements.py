"""Names built of elements, called by one of them: Oluwaseun is Seun, Chukwuemeka is Emeka, Salahuddin Salah.

Yoruba, Igbo and Edo given names praise God or tell of a birth in a phrase of which daily life keeps a
part. A table of every short form would never end; the elements at the head and at the end are few.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["HEADS", "pieces"]

_HEADS = (
    "oluwa", "olu", "ola", "ade", "ayo", "omo", "ife", "akin", "baba", "oye", "temi", "oghene", "osa",
    "chukwu", "chuku", "chi", "onye", "nwa", "ogo", "ugo", "nke", "efe",
)  # fmt: skip
HEADS = ("oluw", "olu", "adeb", "adek", "adew", "aded", "chukw", "chuku", "oghen", "osa")
"""Beginnings of words that are found in these names and in few others."""
_ENDS = (
    "oluwa", "olu", "chukwu", "chuku", "chi", "chinyere", "ayo", "ade", "layo", "lola", "anyi", "nna",
    "nma", "oma", "nyechi", "chineke",
)  # fmt: skip
_SHORTEST = 3


@lru_cache(maxsize=1 << 14)
def pieces(word: str) -> frozenset[str]:
    """Parts of a folded name by which its bearer may be called: the name less its head or its end.

    Examples
    --------
    >>> sorted(pieces("oluwaseun")), "emeka" in pieces("chukwuemeka")
    (['seun', 'waseun'], True)
    """
    heads = {word[len(h) :] for h in _HEADS if word.startswith(h)}
    ends = {word[: -len(e)] for e in _ENDS if word.endswith(e)}
    return frozenset(p for p in heads | ends if len(p) >= _SHORTEST)
