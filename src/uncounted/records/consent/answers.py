"""What the cells of a release say, read in the strictest way that makes sense of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from uncounted.records.calendar import read_date
from uncounted.records.codes import MISSING, REFUSALS, fold, plain_words
from uncounted.records.schema import SCOPES

__all__ = [
    "Answer",
    "answer",
    "endless",
    "is_closed",
    "not_withdrawn",
    "scope",
    "ticked",
    "vocabulary",
]

Answer = Literal["yes", "no", "blank", "date", "unsure"]
"""What a cell answers; ``"unsure"`` for everything that is not one of the others for certain."""

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
        "否", "没有", "沒有", "无", "無", "khong", "ไม่", "ไม่ใช่", "ไม่มี", "नहीं", "छैन", "होइन", "nu", "ні", "нет", "아니", "아님",
    }
)  # fmt: skip
"""What says no and nothing else: "declined" or "not agreed" beside a withdrawal is no denial of it."""

_YES = (
    "1|1.0|y|yes|true|t|x|v|ok|okay|checked|✓|✔|☑|yes signed|signed|given|granted|consented|agreed|agrees|consents|obtained|on file|share|active|full sharing|accepted|approved"
    "|yes given|yes consented|yes agreed|written|yes written|yes in writing|signed and on file"
    "|si|si acepta|acepta|acepto|si autoriza|autoriza|autorizo|firmado|firmada|si firmado|otorgado|de acuerdo|consiente"
    "|예|네|o|ㅇ|동의|동의함|동의합니다|예 동의|서명|서명함|서명 완료|是|同意|已同意|已签|已签署|已簽|已簽署|可|可以|愿意|願意|有"
    "|co|đong y|dong y|đa ky|da ky|ใช่|ยินยอม|ตกลง|อนุญาต|ลงนามแล้ว|हाँ|हां|जी हाँ|सहमत|सहमति|सहमति दी|छ|हो|सहमति दिएको|मञ्जुर|मन्जुर"
    "|da|de acord|semnat|așa|так|згоден|згодна|підписано|да|согласен|согласна|sim|aceita|aceito|assinado|autorizado|oui|d accord|accepte|signe|signee|ja|oo"
)
_NO = (
    "0|0.0|n|no|false|f|unchecked|☐|refused|declined|denied|nothing|none|never|not given|not granted|not signed|unsigned|not obtained|not consented|not agreed|does not consent"
    "|does not agree|did not consent|did not agree|did not sign|would not sign|client refused|client declined|survivor refused|survivor declined|refused to sign|declined to sign|no consent|no release|no roi"
    "|do not share|dont share|no sharing|revoked|withdrawn|expired|rescinded|opted out|withheld|disagrees|disagree|objects|objected|refuses|declines|no refused|no declined|absolutely not|nope"
    "|no acepta|no autoriza|no firmo|no firmado|se nego|se niega|rechazado|rechazo|rechaza|negado|denegado|revocado|retirado|no quiere|no consiente|no desea"
    "|아니오|아니요|아니|비동의|미동의|부동의|동의안함|동의 안함|동의하지 않음|동의 거부|거부|거절|철회|취소|미서명|서명 거부|안함|안 함|안됨|안 됨|불가|원하지 않음|원치 않음"
    "|否|不|不同意|未同意|拒绝|拒絕|未签|未簽|不可|不可以|不愿意|不願意|没有|沒有|无|無|撤回|撤销|拒签"
    "|khong|khong đong y|khong dong y|tu choi|chua ky|ไม่|ไม่ใช่|ไม่ยินยอม|ไม่อนุญาต|ปฏิเสธ|ไม่ตกลง|ไม่ได้|नहीं|नही|ना|असहमत|मना|मना किया|इनकार|इन्कार|अस्वीकार|छैन|होइन|सहमति छैन|नामञ्जुर"
    "|nu|nu e de acord|nu este de acord|refuz|refuza|a refuzat|nesemnat|ні|не згоден|не згодна|відмова|відмовився|відмовилась|нет|отказ|не согласен|не согласна"
    "|nao|nao aceita|nao autoriza|recusado|recusou|recusa|nao assinado|revogado|non|refuse|refus|refusee|pas d accord|non signe|retire|revoque|nein|hindi|ayaw"
)
_YES_OR_NO = (
    # yes | no, of languages whose names of columns nobody here reads: Swahili, Haitian, Somali, Hausa, Yoruba, Igbo, Zulu,
    # Shona, Kinyarwanda, Wolof, Malagasy, Indonesian, Tagalog, Cebuano, Turkish, Uzbek, Kurdish, Albanian,
    # Polish, Czech, Serbian, Hungarian, Lithuanian, Latvian, Estonian, Finnish, Swedish, Danish, Dutch, German, Quechua, Guarani
    "ndiyo|hapana|wi|haa|maya|eh|a a|beeni|rara|ee|mba|yebo|cha|hongu|aiwa|kwete|yego|oya|waaw|deedeet|eny|tsia|ya|tidak|tak|opo|po|oo|dili|wala|evet|hayir|ha|yoq|yo q"
    "|ere|na|po|jo|tak|nie|ano|ne|da|igen|nem|taip|ja|jaa|ne|jah|ei|kylla|nej|nee|nein|ari|mana|hee|nahaniri"
    # Amharic, Tigrinya, Arabic, Persian, Dari, Pashto, Urdu, Bengali, Punjabi, Gujarati, Tamil, Telugu, Kannada, Malayalam,
    # Sinhala, Marathi, Burmese, Khmer, Lao, Mongolian, Kazakh, Kyrgyz, Bulgarian, Greek, Armenian, Georgian, Hebrew, Japanese
    "|አዎ|አዎን|አይ|አይደለም|የለም|እወ|ኣይፋል|نعم|أجل|لا|كلا|بله|بلی|آری|خیر|نه|هو|هوکې|ہاں|جی ہاں|جی|نہیں|جی نہیں|হ্যাঁ|হাঁ|জি|না|ਹਾਂ|ਨਹੀਂ|હા|ના|ஆம்|இல்லை|అవును|కాదు|లేదు"
    "|ಹೌದು|ಇಲ್ಲ|അതെ|ഇല്ല|അല്ല|ඔව්|නැහැ|නැත|होय|नाही|ဟုတ်|ဟုတ်ကဲ့|ဟုတ်တယ်|မဟုတ်|မဟုတ်ဘူး|បាទ|ចាស|បាទ/ចាស|ទេ|ແມ່ນ|ເຈົ້າ|ບໍ່|ບໍ່ແມ່ນ|тийм|үгүй|иә|ия|ооба|жоқ|жок|не|ναι|οχι|այո|ոչ|დიახ|კი|არა|כן|לא|はい|いいえ|うん|○|◯|×|✕"
)
_BLANK = "|-|--|---|.|n/a|na|n.a.|nan|nil|null|#n/a|not applicable|not specified|notspecified|not stated|not recorded|no data|missing|not available|s/d|n/d|sin dato|sin datos|해당없음|없음"


@lru_cache(maxsize=1)
def _answers() -> dict[str, Answer]:
    out: dict[str, Answer] = {}
    for said, words in (("blank", _BLANK), ("no", _NO), ("yes", _YES)):
        for text in words.split("|"):
            out[fold(text)] = said  # type: ignore[assignment]
            if plain_words(text):
                out[plain_words(text)] = said  # type: ignore[assignment]
    return out


def vocabulary() -> tuple[str, ...]:
    """Words of the answers known."""
    return (_YES, _NO, _BLANK)


@lru_cache(maxsize=8192)
def answer(text: str) -> Answer:
    """Read a cell of a column that asks for leave; one that is not understood for certain is no answer.

    Examples
    --------
    >>> answer("Sí"), answer("동의 안함"), answer(""), answer("2024-05-01")
    ('yes', 'no', 'blank', 'date')
    >>> answer("Yes, but not with the police"), answer("pending"), answer("yes?")
    ('unsure', 'unsure', 'unsure')
    """
    plain = fold(text)
    found = _answers().get(plain)
    if found is None and not re.search(r"[?？]", text):
        found = _answers().get(plain_words(re.sub(r"['’]", "", text)))
    if (
        found is None
        and re.search(r"\d", plain)
        and len(plain) >= 6
        and read_date(plain).day is not None
    ):
        found = "date"
    return found or ("blank" if not plain else "unsure")


@lru_cache(maxsize=1)
def _yes_or_no() -> frozenset[str]:
    return frozenset(f(text) for text in _YES_OR_NO.split("|") for f in (fold, plain_words)) - {""}


def is_closed(text: str) -> bool:
    """Whether a cell says yes or no, in a language that columns' names are read in or in another.

    Which of the two it says in the others is not looked at: what nobody here reads, a person has to.

    Examples
    --------
    >>> is_closed("Ndiyo"), is_closed("አዎ"), is_closed("No"), is_closed("Nairobi")
    (True, True, True, False)
    """
    return answer(text) in {"yes", "no"} or not {fold(text), plain_words(text)}.isdisjoint(
        _yes_or_no()
    )


_SAYS_WHEN = re.compile(
    r"\b(?:sign\w*|given|obtain\w*|grant(?:ed)?|receiv\w*|file|date|firma\w*|otorgad\w*|assinad\w*|signe\w*|semnat\w*|підписан\w*)\b|서명|签|簽|đa ky|ลงนาม"
)
_LATIN = re.compile(r"[a-zA-Z]")


def ticked(text: str, name: str, as_of: str, said: Mapping[str, str]) -> Answer:
    """Read an answer in the light of its column and of what a person said that answers mean.

    A day says yes where the column asks when, and the day has come. A cross is a tick, but not in a column whose name is in a
    script of which people write circles for yes and crosses for no; there a circle is a yes, elsewhere it is nothing known.

    Examples
    --------
    >>> (
    ...     ticked("2024-05-01", "ROI signed", "2026-11-01", {}),
    ...     ticked("2024-05-01", "ROI", "2026-11-01", {}),
    ... )
    ('yes', 'unsure')
    >>> (
    ...     ticked("x", "ROI", "", {}),
    ...     ticked("x", "정보제공동의", "", {}),
    ...     ticked("oral", "ROI", "", {"oral": "no"}),
    ... )
    ('yes', 'unsure', 'no')
    """
    plain = fold(text)
    if plain in said:
        return {"yes": "yes", "no": "no"}.get(said[plain], "blank")  # type: ignore[return-value]
    found = answer(text)
    if found == "date":
        day = read_date(plain).day
        past = day is not None and (not as_of or day.isoformat() <= as_of)
        return "yes" if past and _SAYS_WHEN.search(fold(name)) else "unsure"
    if plain in {"x", "o", "ㅇ", "v"} and (plain == "x") != (_LATIN.search(name) is not None):
        return "unsure" if plain != "v" else found
    return found


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

    Examples
    --------
    >>> scope("linkage"), scope("no"), scope("linkage?")
    ('linkage', 'total', None)
    """
    if re.search(r"[?？¿]", text) and fold(text) not in MISSING:
        return None
    words = plain_words(text)
    if words in REFUSALS or answer(text) == "no":
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
