"""Case numbers as people write them: folded so that one person's rows meet, and columns that hold one.

Too much folding holds back somebody else's row, too little links somebody who refused: so numbers are compared in two ways, and
one that agrees is enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from uncounted.core.labels import visible
from uncounted.records import codes
from uncounted.records.consent.column_names import folded_words

__all__ = ["fold_reference", "is_reference", "is_serial", "key_columns"]

_WHOLE = re.compile(r"(\d+)[.,]0+")


@lru_cache(maxsize=65_536)
def fold_reference(text: str) -> frozenset[str]:
    """Fold a case number: the ways to write it that count as one; none for an empty cell.

    Width, capitals, digits of other scripts, apostrophes, dashes, spaces, leading zeros and a spreadsheet's ``.0`` do not tell two apart.

    Examples
    --------
    >>> fold_reference("00123") & fold_reference("123.0") != frozenset()
    True
    >>> fold_reference("A-001") & fold_reference("ａ００１") != frozenset()
    True
    >>> fold_reference("2024-1-12") & fold_reference("2024-11-2"), fold_reference(" ")
    (frozenset(), frozenset())
    """
    plain = unicodedata.normalize("NFKC", visible(text)).casefold().strip()
    plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in plain)
    plain = plain.strip("'’‘`´=\" ").removeprefix("#").strip()
    if codes.fold(plain) in codes.MISSING or plain in {"0", "none", "pending", "new", "tbd"}:
        return frozenset()
    whole = _WHOLE.fullmatch(plain)
    plain = whole[1] if whole else plain
    runs = re.findall(r"\d+|[^\W\d_]+", plain)
    if not runs:
        return frozenset()
    # 2024-1-12 and 2024-11-2 stay two: runs of digits keep a mark between them
    short = [r.lstrip("0") or "0" if r.isdecimal() else r for r in runs]
    parted = "".join(
        ("." if k and r.isdecimal() and short[k - 1].isdecimal() else "") + r
        for k, r in enumerate(short)
    )
    out = {parted}
    if sum(r.isdecimal() for r in runs) <= 2:
        # 2024-001 and 2024001 are one; of three runs nobody could tell which is which
        together = "".join(runs)
        out.add((together.lstrip("0") or "0") if together.isdecimal() else together)
    return frozenset(out)


_ID = r"(?:ids?|codes?|no|nos|nr|num|number|numbers|key|uid|guid|uuid|ref|reference|identifier|pseudonym|alias|codigo|cod|numero|n|folio|expediente|clave|code|numero|identifiant|dossier|numar|номер|код|nomer|ma|so|ma so)"
_PERSON = (
    r"(?:case|client|survivor|victim|person|short|personal|participant|beneficiary|unique|individual|incident|record|sr|serial|s|sl|sn|patient|resident|guest|youth|file|intake|registration|enrollment|member|hmis|contact|profile|subject|respondent|data subject|global|master|alternate|other|old|new|legacy|our|internal|org|matter|report|call|ticket"
    r"|caso|cliente|victima|persona|beneficiari[oa]|sobreviviente|participante|expediente|registro|individuo|unico|paciente|vitima|pessoa|utente|beneficiaire|victime|personne|dossier|unique|patient|caz|client|victima|persoana|beneficiar|unic|dosar|справи|справа|клієнта|клієнт|особи|особа|бенефіціара|постраждалої|постраждалого|пацієнта|реєстраційний|ho so|khach hang|nan nhan|ca|nguoi)"
)
_REFERENCE = re.compile(
    rf"(?:the )?(?:{_PERSON} )+(?:de |del |da |do |du |la |le |el )?{_ID}|(?:{_ID} )+(?:de |del |da |do |du |la |le |el |d )*(?:{_PERSON} ?)+|{_PERSON}{_ID}|(?:unique |own )?{_ID}|sn|s n|sr|sl no|folio|expediente|uid|uuid|guid"
    rf"|personalid|clientid|caseid|survivorcode|uniqueid|(?:{_PERSON} )*uid|(?:prs|vic|cas) (?:id|ref|reference|number|code)"
)
_WHEREVER = re.compile(
    codes.fold(
        r"(?:사례|사건|관리|접수|등록|내담자|이용자|피해자|고유|일련|대상자|개인)\s?(?:번호|코드|아이디|id)|연번|순번|(?:案件|个案|個案|客户|客戶|受害人|受害者|服务对象|编|編|登记|登記|档案|檔案|唯一|个人|個人|序)(?:编号|編號|号码|號碼|号|號|代码|代碼|id|识别码)"
        r"|编号|編號|序号|序號|เลขที่(?:คดี|เคส|ทะเบียน|อ้างอิง)?|รหัส(?:ผู้รับบริการ|ลูกค้า|ผู้เสียหาย|เคส|บุคคล|ประจำตัว)?|หมายเลข(?:คดี|เคส|ผู้เสียหาย|ประจำตัว)?|ลำดับ(?:ที่)?"
        r"|(?:केस|मामला|व्यक्ति|पीड़ित|पीडित|ग्राहक|सेवाग्राही|दर्ता|पंजीकरण|क्रम|लाभार्थी) ?(?:संख्या|नंबर|नम्बर|कोड|आईडी|आइडी|क्रमांक)|क्रमांक|क्र\.? ?सं\.?|सि\.? ?नं\.?"
    )
)
_NOT_THE_PERSON = re.compile(
    r"\b(?:household|family|hogar|project|proyecto|user|usuario|export|site|agency|worker|caseworker|staff|device|form|version|survey|program|org|organization|location|county|zip|phone|telephone|passport|ssn|parent|group|enumerator|bed|room|vehicle|data quality)\b"
)
_SERIAL = re.compile(
    r"(?:sr|serial|sl|s|row|line|order|sn|n|no|nr|num|number|index|numero|номер)(?: (?:no|nr|num|number|n|#))?|연번|순번|일련 ?번호|序(?:号|號)|ลำดับ(?:ที่)?|क्रम ?संख्या|क्र\.? ?सं\.?|सि\.? ?नं\.?|stt|so thu tu"
)


def is_reference(name: str) -> bool:
    """Whether a column is named as one that tells a person's or a case's number.

    Examples
    --------
    >>> [
    ...     is_reference(n)
    ...     for n in (
    ...         "PersonalID",
    ...         "Survivor Code",
    ...         "Sr. No.",
    ...         "사례번호",
    ...         "Household ID",
    ...         "County",
    ...     )
    ... ]
    [True, True, True, True, False, False]
    """
    words = folded_words(re.sub(r"[(\[（].*?[)\]）]", " ", name)) or folded_words(name)
    if not words or _NOT_THE_PERSON.search(words):
        return False
    if _SERIAL.fullmatch(words):
        return True
    if _WHEREVER.fullmatch(words) or _WHEREVER.fullmatch(words.replace(" ", "")):
        return True
    return (
        _REFERENCE.fullmatch(words) is not None
        or _REFERENCE.fullmatch(words.replace(" ", "")) is not None
    )


def is_serial(name: str) -> bool:
    """Whether a column only counts the rows of its sheet.

    Examples
    --------
    >>> is_serial("Sr. No."), is_serial("Case No.")
    (True, False)
    """
    return _SERIAL.fullmatch(folded_words(name)) is not None


def key_columns(names: Sequence[str], mapped: Sequence[int]) -> list[int]:
    """Positions of the columns by which one person's rows meet: those mapped, and those so named."""
    return sorted({*mapped, *(i for i, n in enumerate(names) if is_reference(n))})
