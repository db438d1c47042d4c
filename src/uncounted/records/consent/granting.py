"""Names of columns that ask for leave to share, understood word by word, in twelve languages.

A name is such a one only if every word of it is known and the words are an act of granting ("consents", "autoriza", "згода"), an act of
sharing ("to share", "compartir", "передачу"), what is shared, and words that carry nothing. A word more (a recipient, a
purpose, a negation) and it is not: then a person says what the column holds.
"""

from __future__ import annotations

import re
from functools import lru_cache

from uncounted.records import codes

__all__ = ["grants"]

_WORDS = {
    ("en", "acts"): "consent consents consented agree agrees agreed permission authorization authorisation authorize"
        " authorizes authorized authorise authorises authorised allow allows allowed permit permits permitted"
        " ok okay willing",
    ("en", "sharing"): "share sharing shared release releasing released link linking linked linkage disclose disclosing"
        " disclosed disclosure",
    ("en", "matter"): "data information info record records details personal protected identifying identifiable their your"
        " my her his our",
    ("en", "idle"): "to of for the a an is are be been being do does did you we i it that this was has have if client"
        " clients survivor survivors person participant victim individual respondent patient caller given gave"
        " gives obtained granted received signed on file with by",
    ("es", "acts"): "consentimiento consiente autoriza autorizo autorizacion acepta acuerdo permiso permite",
    ("es", "sharing"): "compartir comparte compartamos compartan divulgar vincular",
    ("es", "matter"): "datos informacion personal personales su sus mi mis",
    ("es", "idle"): "para de la el los las del que se en a esta usted cliente victima persona sobreviviente participante"
        " informado firmado otorgado dado obtenido firmo dio da",
    ("pt", "acts"): "consentimento consente autoriza autorizo autorizacao aceita aceito permite concorda",
    ("pt", "sharing"): "compartilhar compartilhamento partilhar partilha compartilhe divulgar vincular",
    ("pt", "matter"): "dados informacao informacoes pessoal pessoais seus suas meus",
    ("pt", "idle"): "para de do da dos das o a os as em que se cliente vitima pessoa participante informado assinado"
        " obtido dado",
    ("fr", "acts"): "consentement consent autorisation autorise accepte accord",
    ("fr", "sharing"): "partage partager partages divulguer divulgation",
    ("fr", "matter"): "donnees informations information personnelles ses vos mes",
    ("fr", "idle"): "au a de des du le la les l d pour que client cliente victime personne signe donne obtenu eclaire",
    ("ro", "acts"): "acord acordul consimtamant consimtamantul permisiune",
    ("ro", "sharing"): "partajare partajarea divulgare divulgarea",
    ("ro", "matter"): "datelor date informatiilor informatii personale cu caracter personal",
    ("ro", "idle"): "pentru la de a privind client beneficiar semnat dat obtinut",
    ("uk", "acts"): "згода згоду дозвіл дозволяє погоджується згоден згодна",
    ("uk", "sharing"): "передачу передача поширення поділитися обмін передавати",
    ("uk", "matter"): "даних дані інформації інформацію інформація персональних персональні",
    ("uk", "idle"): "на про щодо для клієнта особи надана підписана отримана",
    ("vi", "acts"): "đong dong y cho phep chap thuan",
    ("vi", "sharing"): "chia se",
    ("vi", "matter"): "thong tin du lieu ca nhan",
    ("vi", "idle"): "viec ve đe de đuoc",
}  # fmt: skip
"""Acts of granting, acts of sharing, what is shared, and words that carry nothing, by language."""
_ASKED = re.compile(
    r"(?:may|can|could) we (?:share|link|release|disclose)(?: (?:your|the|their|her|his))?(?: (?:data|information|info|records?|details))?"
)
_WRITTEN_TOGETHER = re.compile(
    r"(?:개인)?정보(?:의)? ?(?:공유|제공|연계)(?:에)? ?(?:대한)? ?동의(?:함|여부| 여부|서)?|(?:공유|연계) ?동의(?: ?여부)?"
    r"|(?:是否)?(?:本人|当事人|當事人|个案|個案)?同意(?:共享|分享|披露)(?:个人|個人)?(?:信息|資料|资料|数据|數據)?|(?:是否)?同意(?:信息|資料|资料|数据|數據)(?:共享|分享|披露)"
    r"|(?:信息|資料|资料|数据|數據)(?:共享|分享)同意"
    r"|(?:ให้)?(?:ความ)?ยินยอม(?:ให้|ใน)?(?:การ)?(?:เปิดเผย|แบ่งปัน|แชร์)(?:ข้อมูล)?(?:ส่วนบุคคล)?"
    r"|(?:जानकारी|सूचना|डेटा) साझा करने (?:की|के लिए) (?:सहमति|अनुमति)|(?:जानकारी|सूचना|डाटा) साझा गर्ने (?:सहमति|अनुमति|मञ्जुरी)"
)


@lru_cache(maxsize=1)
def _tables() -> list[tuple[frozenset[str], ...]]:
    folded = {key: frozenset(codes.fold(words).split()) for key, words in _WORDS.items()}
    return [
        tuple(folded[language, kind] for kind in ("acts", "sharing", "matter", "idle"))
        for language in dict.fromkeys(language for language, _ in _WORDS)
    ]


@lru_cache(maxsize=1)
def _together() -> re.Pattern[str]:
    return re.compile(codes.fold(_WRITTEN_TOGETHER.pattern))


def grants(words: str) -> bool:
    """Whether folded words ask for leave to share or link records, and nothing else.

    Examples
    --------
    >>> grants("consent to share information"), grants("autoriza compartir sus datos")
    (True, True)
    >>> (
    ...     grants("consent"),
    ...     grants("consent to share with police"),
    ...     grants("does not consent to share"),
    ... )
    (False, False, False)
    """
    if _ASKED.fullmatch(words) or _together().fullmatch(words):
        return True
    said = words.split()
    for act, sharing, matter, idle in _tables():
        acts = [w for w in said if w in act]
        if (
            acts
            and any(w in sharing for w in said)
            and all(w in act | sharing | matter | idle for w in said)
        ):
            return "y" not in act or {"đong", "dong", "phep", "thuan"} & set(said) != set()
    return False
