"""Cells that say "do not share" in a column nobody took for consent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from uncounted.records import codes
from uncounted.records.raw import RawRow
from uncounted.records.release_names import Judged, folded_words

__all__ = ["CellWatch"]

_TRIGGERS = (
    "shar", "link", "consent", "disclos", "releas", "roi", "revok", "opt", "withdr", "sign", "permission", "authori", "seal",
    "restrict", "compart", "autoriz", "divulg", "revoc", "partag", "refus", "declin", "match", "recus", "retir", "eras",
    "acord", "consimt", "accord", "동의", "공유", "제공", "철회", "거부", "同意", "分享", "共享", "披露", "撤", "拒", "授",
    "згод", "соглас", "дозв", "переда", "đong y", "dong y", "chia se", "tu choi", "ยินยอม", "อนุญาต", "เปิดเผย", "แบ่งปัน",
    "सहमत", "साझा", "अनुमति", "pahintulot", "ibahagi", "payag", "einwillig", "widerruf", "erasure", "forgotten",
)  # fmt: skip
_THING = (
    r"(?:consent\w*|roi|release of information|release form|sharing|(?:permission|authori[sz]ation) (?:to|for) (?:share|sharing|release|link\w*|disclos\w*)"
    r"|consentimiento|consentimento|consentement|accord|consimtamant\w*|acord\w*|einwilligung)"
)
_GONE = (
    r"(?:refused|declined|denied|withdrawn|withdrew|withdraws|revoked|revokes|rescinded|cancell?ed|retracted|expired|ended|lapsed|not given|not signed"
    r"|not obtained|not granted|negado|denegado|rechazado|revocado|retirado|recusado|revogado|refuse|retire|revoque|refuzat|retras)"
)
_SAYS = re.compile(
    r"\b(?:do not|dont|must not|cannot|can not|may not|not to|never|not ok to|not be|not to be|should not|shall not|will not|wont)"
    r" (?:\w+ ){0,2}?(?:share|sharing|shared|link|linked|linkage|linking|disclose|disclosed|release|match|consent|authorize|authorise)\b"
    r"|\b(?:does not|doesnt|did not|didnt|has not|hasnt|would not) (?:\w+ ){0,2}?(?:share|link|consent|consented|authorize|authorise|authorized|agree to)\b"
    r"|\b(?:no|not|non) (?:\w+ )?(?:share|sharing|shared|consent|consents|consenting|consented|linkage|linking|roi)\b"
    r"|\b(?:did not|didnt|refuse\w*(?: to)?|decline\w*(?: to)?|would not) sign(?! (?:\w+ )?(?:contract|statement|lease))\b"
    rf"|\b(?:{_THING}|release) (?:\w+ ){{0,3}}?{_GONE}\b|\b{_GONE} (?:\w+ ){{0,3}}?{_THING}\b"
    r"|\b(?:refuse\w*|decline\w*|withdr\w*|revoke\w*|object\w*) (?:\w+ ){0,2}?(?:to )?(?:shar\w*|consent\w*|link\w*|roi)\b"
    r"|\bopt(?:s|ed|ing)? ?out\b|\bwithout consent to (?:share|link)|\b(?:data|erasure|deletion) (?:erasure|deletion) request"
    r"|\bno (?:\w+ ){0,2}?(?:compart\w*|autoriz\w*|divulg\w*|consient\w*|acept\w* compartir)|\bsin (?:su )?(?:consentimiento|autorizacion)"
    r"|\b(?:retir|revoc|neg|rechaz)\w* (?:\w+ ){0,2}?(?:consentimiento|autorizacion)|\bnao (?:\w+ ){0,2}?(?:compartilh\w*|autoriz\w*|consent\w*|partilh\w*)"
    r"|\bne pas (?:partager|divulguer|transmettre)|\bn(?:e )?(?: )?(?:consent|autoris)\w* pas|\bsans (?:son )?consentement|\brefus\w* (?:\w+ ){0,2}?partag\w*"
    r"|\bfara (?:acord|consimt)\w*|\bnu (?:\w+ ){0,3}?(?:acord\w*|consimt\w*|partaj\w*|dezvalu\w*)|\bkeine einwilligung|\beinwilligung widerrufen"
    r"|미동의|비동의|부동의|동의 ?(?:를? ?)?(?:거부|거절|철회|취소|안 ?함|하지 ?않)|(?:공유|제공) ?(?:거부|금지|불가|하지 ?마|안 ?함|원하지)|不同意|未同意|不愿|拒绝(?:分享|共享|同意|签)|拒絕(?:分享|共享|同意|簽)"
    r"|(?:不得|不要|请勿|勿|不可|禁止)(?:分享|共享|披露|公开|透露)|撤(?:回|销|銷)(?:了)?同意|同意(?:已)?撤"
    r"|не (?:\w+ ){0,2}?(?:згод|дозв|соглас|разреш|переда|поширю|передава)\w*|відклика\w* згод\w*|отозва\w* соглас\w*|відмов\w* від"
    r"|khong (?:đong y|dong y|chia se|cho phep)|tu choi (?:chia se|đong y|dong y|cung cap)|rut lai"
    r"|ไม่ยินยอม|ไม่อนุญาต|ไม่เปิดเผย|ห้ามเปิดเผย|ห้ามแบ่งปัน|ถอนความยินยอม|ปฏิเสธการ"
    r"|सहमति (?:नहीं|वापस|फिर्ता)|असहम|साझा (?:न|नहीं|नगर्न)|अनुमति (?:नहीं|छैन)|सहमति छैन"
    r"|\b(?:walang|hindi) (?:\w+ ){0,2}?(?:pahintulot|ibahagi|payag|pumayag|pumapayag)"
)  # fmt: skip
_ALONE = frozenset(
    {
        "revoked", "consent revoked", "opted out", "opt out", "optout", "sealed", "restricted", "do not use", "do not contact or share",
        "not shared", "not to be shared", "no share", "no sharing", "no link", "dont share", "dnl", "no roi", "unreleased", "refused to sign", "no disclosure",
        "revocado", "revocada", "revogado", "철회", "撤回", "撤销", "撤銷", "відкликано", "отозвано", "widerrufen", "ถอนความยินยอม",
    }
)  # fmt: skip
_REMARK = re.compile(
    r"\b(?:note|notes|remark|remarks|comment|comments|memo|flag|flags|alert|alerts|other|misc|observ\w*|notas?|comentarios?|bemerkung\w*)\b|비고|메모|특이사항|备注|備註"
)
_REMARKED = re.compile(
    r"\b(?:refus\w*|declin\w*|withdr\w*|revok\w*|revoc\w*|object(?:s|ed|ion)|rescind\w*|opt(?:ed)? out)\b|거부|철회|拒|撤"
)
_REFUSES = re.compile(
    rf"\b(?:no|not|none|never|{_GONE}|refus\w*|declin\w*|withdr\w*|revok\w*|unsigned|sin|nao|non|pas)\b|거부|거절|철회|미동의|아니|不|拒|撤|未|ні|нет|відмов"
)
_SEEN = 50_000
"""Distinct texts remembered, so that a code that stands in every row is looked at once."""


def _may_forbid(text: str) -> bool:
    """Whether a text holds a piece of a word without which nothing is forbidden; for a whole row at once."""
    plain = codes.fold(text)
    return any(t in plain for t in _triggers(plain.isascii()))


@lru_cache(maxsize=_SEEN)
def _forbids(text: str) -> bool:
    """Whether a text says that something may not be shared or linked, whatever its column."""
    if not _may_forbid(text):
        return False
    plain = codes.fold(text)
    words = folded_words(text)
    return words in _ALONE or _says(words) or (not text.isascii() and _says(plain))


def _says(text: str) -> bool:
    return _folded(_SAYS).search(text) is not None


@lru_cache(maxsize=8)
def _folded(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """Fold a pattern as the cells it is held against are folded."""
    return re.compile(codes.fold(pattern.pattern))


@lru_cache(maxsize=2)
def _triggers(ascii_only: bool) -> tuple[str, ...]:
    """Pieces of words without one of which nothing is said: looked for first, as they are quick."""
    every = dict.fromkeys(codes.fold(t) for t in _TRIGGERS)
    return tuple(t for t in every if t.isascii() or not ascii_only)


class CellWatch:
    """Looks at the cells of columns that serve no release, as rows go by; keeps positions only.

    Parameters
    ----------
    columns
        Name and judgement by position, of the columns to be looked at.
    """

    def __init__(self, columns: Mapping[int, tuple[str, Judged]]) -> None:
        self._left = dict(columns)
        self._remarks = {
            i
            for i, (name, _) in columns.items()
            if not name.strip() or _REMARK.search(folded_words(name))
        }
        self._admin = {i for i, (_, judged) in columns.items() if judged.speaks}
        self._close = self._admin | self._remarks  # of these each cell is looked at for itself
        self.found: set[int] = set()

    def over(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Pass rows on, those that are torn too, having looked at them."""
        for row in rows:
            cells = row[1]
            if self._left and _may_forbid("\n".join(cells)):
                for i, cell in enumerate(cells):
                    if i in self._left and len(cell) > 2 and not cell.isdecimal():
                        self._look(i, cell)
            for i in self._close & self._left.keys():
                if i < len(cells) and cells[i]:
                    self._look(i, cells[i])
            yield row

    def _look(self, i: int, cell: str) -> None:
        found = _forbids(cell)
        if not found and i in self._admin:
            found = _REFUSES.search(folded_words(cell)) is not None
        elif not found and i in self._remarks and len(cell) <= 40:
            words = folded_words(cell)
            found = len(words.split()) <= 3 and _REMARKED.search(words) is not None
        if found:
            self.found.add(i)
            self._left.pop(i, None)
            self._admin.discard(i)
