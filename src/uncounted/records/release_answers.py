"""What the cells of a release say, read in the strictest way that makes sense of them."""

from __future__ import annotations

from functools import lru_cache

from uncounted.records.codes import MISSING, REFUSALS, fold, plain_words
from uncounted.records.schema import SCOPES

__all__ = ["endless", "not_withdrawn", "scope"]

_UNSURE = frozenset(
    {
        "?", "??", "unknown", "unk", "not known", "tbd", "refused", "declined", "prefer not to say",
        "x", "xx", "xxx", "desconocido", "모름", "不明", "未知",
    }
)  # fmt: skip
_ENDLESS = frozenset(
    {
        "never", "no", "open", "ongoing", "permanent", "indefinite", "indefinitely", "indefinido",
        "no expiration", "no expiry", "no expiration date", "no end", "no end date", "open ended",
        "does not expire", "not applicable", "until revoked", "until withdrawn",
    }
)  # fmt: skip


_PLAIN_NO = frozenset(
    {
        "", "-", "--", "no", "n", "0", "0.0", "false", "f", "unchecked", "n/a", "na", "n.a.", "nan", "nil", "none", "null",
        "nothing", "#n/a", "아니오", "아니요", "nao", "non", "nein", "not applicable", "not specified", "notspecified",
        "not stated", "not recorded", "no data", "missing", "not available", "s/d", "n/d", "sin dato", "sin datos",
    }
)  # fmt: skip
"""What says no and nothing else: "declined" or "not agreed" beside a withdrawal is no denial of it."""


@lru_cache(maxsize=8192)
def not_withdrawn(text: str) -> bool:
    """Whether a mark of withdrawal, or of refusal, says plainly that there was none.

    Examples
    --------
    >>> not_withdrawn("n/a"), not_withdrawn("No"), not_withdrawn("unknown")
    (True, True, False)
    """
    plain = fold(text)
    return plain in _PLAIN_NO or plain_words(text) in {
        "not withdrawn",
        "not revoked",
        "not refused",
        "not applicable",
        "없음",
        "해당없음",
    }


@lru_cache(maxsize=8192)
def endless(text: str) -> bool:
    """Whether the end of a release says plainly that it has none.

    Examples
    --------
    >>> endless("until revoked"), endless("12/31/9999"), endless("12 months")
    (True, True, False)
    """
    return fold(text) in MISSING - _UNSURE or plain_words(text) in _ENDLESS or "9999" in text


@lru_cache(maxsize=8192)
def scope(text: str) -> str | None:
    """Read what a release covers: linkage, or the list's total only.

    Anything that does not plainly allow linkage does not allow it.
    """
    words = plain_words(text)
    if words in REFUSALS:
        return "total"
    if words in MISSING:
        return ""
    if words in SCOPES:
        return words
    if words in {
        "link",
        "record linkage",
        "matching",
        "match",
        "full",
        "all",
        "linking",
        "linkage and total",
    }:
        return "linkage"
    if words in {
        "aggregate",
        "statistics",
        "count",
        "counts",
        "totals",
        "total only",
        "aggregate only",
        "statistics only",
    }:
        return "total"
    return None
