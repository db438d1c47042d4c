"""Answers that may be repeated: every word of them is one of the language of consent, so none is anybody's name."""

from __future__ import annotations

import re
from functools import lru_cache

from uncounted.core.labels import plain_words
from uncounted.records import codes
from uncounted.records.consent import answers, speech, words

__all__ = ["harmless"]

_MORE = (
    "a|an|and|ask|asked|asking|at|before|but|by|call|can|client|clients|survivor|survivors|she|he|they|we|us|her|his|their|the|this|that|to|for|from|of|on|off|in|it|its|is|was|be|been"
    "|first|later|last|next|now|not|yet|no|yes|maybe|perhaps|only|oral|orally|verbal|verbally|writing|written|form|forms|paper|pending|hold|waiting|wait|unsure|sure|unclear|unknown|partial"
    "|partly|limited|full|all|some|part|services|service|shelter|police|court|legal|lawyer|attorney|doctor|clinic|hospital|statistics|statistical|total|totals|count|counts|aggregate|anonymous"
    "|research|media|photo|photos|month|months|year|years|day|days|week|weeks|until|till|since|after|before|until|expired|renewed|renew|old|new|signed|unsigned|given|obtained"
    "|agency|agencies|organization|organisations|organisation|organizations|org|orgs|partners|partner|coalition|own|creating|restrict|restricted|visible|only|internal|external"
    "|por|para|con|sin|pero|solo|sola|falta|pendiente|todavia|aun|hasta|desde|verbal|escrito|cliente|victima|policia|fiscalia|mas|nunca|nada|ya|le|la|lo|el|los|las|un|una|en|de|del|al|y|o"
    "|oui|non|pas|encore|seulement|verbal|ecrit|client|personne|jusqu|mais|en|attente|avec|sans|pour|le|la|les|un|une|du|de|des|et|ou"
    "|nao|sim|ainda|apenas|so|somente|verbal|escrito|pendente|ate|com|sem|para|o|a|os|as|e|ou|um|uma"
    "|da|nu|inca|doar|verbal|scris|in|asteptare|pana|cu|fara|pentru"
    "|так|ні|ще|лише|тільки|усно|письмово|очікує|до|з|без|для"
    "|chua|co|khong|chi|mieng|van|ban|cho|quyet|đinh|den|voi"
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_WRITTEN_TOGETHER = re.compile(r"[\u0900-\u0eff\u1100-\u11ff\u2e80-\ud7ff]")


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    sources = [
        _MORE,
        *answers.vocabulary(),
        *speech.vocabulary(),
        words.CORE,
        words.WHOLE,
        words.PHRASES,
        words.OF_RECORDS,
        words.WITHIN,
    ]
    return frozenset(
        w
        for text in sources
        for w in _LETTERS.findall(codes.fold(re.sub(r"\\[a-zA-Z]", " ", text)))
    )


@lru_cache(maxsize=1)
def _stems() -> tuple[str, ...]:
    return tuple(sorted({codes.fold(w) for w in words.BEGINNINGS.split() if len(w) > 4}))


def harmless(value: str) -> bool:
    """Whether a cell may be repeated in an account.

    Examples
    --------
    >>> (
    ...     harmless("Client declined, not signed"),
    ...     harmless("동의 안함"),
    ...     harmless("ask Maria"),
    ...     harmless("12/31/2024"),
    ... )
    (True, True, False, False)
    """
    if answers.answer(value) in {"yes", "no", "blank"}:
        return True
    said = plain_words(re.sub(r"['’]", "", value)).split()
    if not said or any(c.isdecimal() for c in value):
        return False
    if _WRITTEN_TOGETHER.search(value):
        # a name may stand in the same run of letters: only what is an answer, or forbids as a whole and is short
        return len(value) <= 12 and speech.refuses(value)
    return all(w in _known() or (len(w) == 1) or w.startswith(_stems()) for w in said)
