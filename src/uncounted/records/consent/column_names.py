"""Column names that speak of consent, sharing or a refusal: what is certain, and what stops a list.

A name is taken as the answer of a release only where every word of it is known, so that its
polarity, its purpose and its recipient are plain. Any other name that speaks of consent, sharing, disclosure, a
refusal, a withdrawal, an end or an exclusion stops its list until a person says what the column holds:
a refusal read as a consent puts somebody at risk, a question costs a minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from uncounted.core.labels import plain_words
from uncounted.core.notes import Note
from uncounted.records import codes
from uncounted.records.column_words import ALIASES, NOT_BY_ITSELF, PERSONAL
from uncounted.records.consent import words as vocabulary
from uncounted.records.consent.granting import grants
from uncounted.records.consent.speech import forbids, refuses
from uncounted.records.consent.topics import has_topic, names_a_matter

__all__ = ["RELEASE_TARGETS", "Judged", "folded_words", "judge", "speaks_of_sharing"]

RELEASE_TARGETS = tuple(t for t in ALIASES if t.startswith("release_"))
"""Fields of a release."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a column's name says about a release.

    Parameters
    ----------
    kind
        ``"grant"``: a release, its scope, its recipient or its end; ``"refusal"``: a refusal or a
        withdrawal; ``"stop"``: speaks of it, and what a cell means is not certain; ``"date"``: a day, version or number
        of the paper; ``"other"``: leave of another kind, whose refusal might mean more; ``"unknown"``: no word of it is
        known, and only the cells can tell; ``"nothing"``.
    target
        The field it serves; ``""`` for the last two.
    why
        Where it stops.
    speaks
        Whether the name speaks of consent at all.
    negates
        Whether it names a refusal or an end and no grant: a yes in it cannot be a release.
    """

    kind: str
    target: str = ""
    why: Note | None = None
    speaks: bool = False
    negates: bool = False


def folded_words(header: str) -> str:
    """Fold a column name, groups and remarks and all: words parted by one space.

    Examples
    --------
    >>> folded_words("form.DataSharing (Y/N)")
    'form data sharing y n'
    """
    own = re.sub(r"__[cr]$", "", header.strip())  # how Salesforce marks a column of one's own
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", own)
    # l'accord is two words, don't is one
    spaced = re.sub(r"\b([ldnsjmtcLDNSJMTC]|[qQ]u)['’](?=\w)", r"\1 ", spaced)
    spaced = re.sub(r"['’]", "", spaced)
    spaced = re.sub(r"#|№", " number ", spaced)
    spaced = (
        re.sub(r"(?<=[^\W\d_])(?=\d)", " ", spaced) if spaced.lower().startswith("roi") else spaced
    )
    return plain_words(spaced)


_PARTS = re.compile(r"::|[/:>|]|(?<=\w)\.(?=\w)")
_CORE = frozenset(vocabulary.CORE.split())
_GROUPS = frozenset(vocabulary.GROUPS.split())
_ADMINISTRATIVE = frozenset(vocabulary.ADMINISTRATIVE.split())
_OF_RECORDS = frozenset(vocabulary.OF_RECORDS.split())
_YES_NO = re.compile(r" (?:y n|yes no|n y|no yes|si no|oui non|sim nao|예 아니오|是 否)$")

_GRANTS = frozenset(
    {
        "roi obtained", "release of information signed", "signed release of information", "signed roi", "release obtained",
        "release of information on file", "release of information obtained", "written release signed", "written release of information",
        "consent to release information", "consent to release of information", "roi received", "roi given", "roi granted",
    }
)  # fmt: skip
"""Besides the names of `column_words.ALIASES`, and those `granting` understands word by word."""
_LEAST = (
    r"(?:consent|roi|release|release of information|authori[sz]ation|consentimiento|consentimento)"
)
_ENDS = re.compile(
    rf"(?:{_LEAST} (?:expir(?:es|ed|y|ation)|valid (?:until|through|till))(?: on| date)?"
    rf"|(?:date|day) {_LEAST} expires|expir(?:y|ation) (?:date )?of {_LEAST}|expires on"
    r"|consentimiento valido hasta|consentimiento vence|vencimiento del consentimiento"
    r"|동의 ?만료 ?일자?|동의 ?유효 ?기간|同意有效期(?:至|限)?|同意到期日)"
)
_ENDED = (
    r"(?:withdrawn|withdrawal|withdrew|withdraws|revoked|revocation|revokes|rescinded|cancel+ed"
    r"|retracted|revocado|revocada|revocacion|retirado|revogado|revoque|revocat)"
)
_REFUSED = (
    r"(?:refused|refusal|refuses|declined|declines|denied|denegado|rechazado|recusado|refuse)"
)
_LINKS = frozenset(
    {
        "date", "day", "of", "the", "on", "was", "is", "has", "been", "client", "by", "for", "to", "a",
        "del", "de", "fecha", "did",
    }
)  # fmt: skip
_OPT_OUT = frozenset({"opt out", "opted out", "optout", "client opted out", "opt out y n"})
_ASIAN_ENDED = re.compile(
    r"(?:정보 ?제공 ?)?동의 ?철회 ?(?:일자?|여부|함)?|撤回同意|撤销同意|同意撤回"
)
_ASIAN_REFUSED = re.compile(r"(?:정보 ?제공 ?)?동의 ?(?:거부|거절) ?(?:여부|함)?|拒绝同意|拒絕同意")

_NEGATES = re.compile(
    r"\b(?:no|not|non|never|without|dont|donot|cannot|sin|nao|sem|pas|sans|fara|nu|не|без|khong|hindi|walang|ohne|nicht|keine?"
    r"|refus\w*|declin\w*|denie\w*|denial|deny|withdr\w*|revo[ckqg]\w*|rescind\w*|retract\w*|cancel\w*|terminat\w*|ended|lapsed"
    r"|expired|opt(?:ed)? ?out|object\w*|rechaz\w*|nieg\w*|nega\w*|deneg\w*|recus\w*|refuz\w*|retir\w*|retra[gs]\w*|oppos\w*|opon\w*"
    r"|відмов\w*|відклик\w*|отказ\w*|отозв\w*|отзыв\w*|widerruf\w*|verweiger\w*|tumanggi|tanggi|pagtanggi|exclu\w*|revocat\w*"
    r"|unsigned|nonconsent\w*|noconsent\w*|missing|absent|lack\w*|waive\w*|void\w*|invalid)\b"
    r"|미동의|비동의|부동의|거부|거절|철회|취소|금지|제외|안함|않|不|拒|撤|未|无|無|勿|禁"
    r"|khong|tu choi|rut lai|ไม่|ปฏิเสธ|ถอน|เพิกถอน|असहम|इनकार|इन्कार|अस्वीकार|नामं|नामञ्|नहीं|बिना|वापस|फिर्ता"
)
_NOT_GIVEN = re.compile(
    r"\b(?:not|un|never)[ -]?(?:given|granted|obtained|signed|agreed|accepted)\b"
)
_BOTH = re.compile(
    r"\b(?:given|granted|obtained|yes|or|signed|agrees?|agreed|accepted|accepts|status|decision|answer|response|preference)\b"
    r"|\b(?:no|without|sin|any) (?:objection|objecion|oposicion|withdrawal|refusal)|동의 (?:거부|미동의|비동의)|同意 (?:不同意|拒)"
)
"""What shows that a name with a refusal in it may hold grants as well."""


def _fold(words: Iterable[str]) -> list[str]:
    return [w for w in (codes.fold(x.strip()) for x in words) if w]


@lru_cache(maxsize=1)
def _speaks_by_word() -> re.Pattern[str]:
    from uncounted.records.consent.words import BEGINNINGS, PHRASES, WHOLE, WITHIN

    starts = "|".join(sorted(set(map(re.escape, _fold(BEGINNINGS.split())))))
    whole = "|".join(sorted(set(map(re.escape, _fold(WHOLE.split())))))
    within = "|".join(sorted(set(map(re.escape, WITHIN.split()))))
    return re.compile(rf"\b(?:{starts})\w*|\b(?:{whole})\b|\w*(?:{within})\w*|\b(?:{PHRASES})\b")


@lru_cache(maxsize=1)
def _softly() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{vocabulary.SOFT})\b")


@lru_cache(maxsize=1)
def _speaks_anywhere() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _anywhere())))


def _anywhere() -> list[str]:
    """Words that count wherever they stand; those before the first bar are parted by spaces."""
    table = vocabulary.ANYWHERE
    first = table.index("đồng ý")
    return sorted({*_fold(table[:first].split()), *_fold(table[first:].split("|"))})


@lru_cache(maxsize=1)
def _elsewhere() -> list[tuple[tuple[str, ...], frozenset[str]]]:
    return [
        (tuple(_fold(of.split())), frozenset(_fold(beside.split())))
        for of, beside in vocabulary.ELSEWHERE.items()
    ]


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Names that are understood as they stand, to their field."""
    out = {}
    for target in RELEASE_TARGETS:
        out[target.replace("_", " ")] = target
        for alias in ALIASES[target].split(";"):
            out[folded_words(alias)] = target
            if not alias.isascii():
                out[folded_words(alias).replace(" ", "")] = target
    return out | dict.fromkeys(_GRANTS, "release_given")


@lru_cache(maxsize=1)
def _ordinary() -> dict[str, str]:
    """Names of fields that are no release's."""
    out = {}
    for target, aliases in ALIASES.items():
        if target not in RELEASE_TARGETS:
            out.update({folded_words(a): target for a in aliases.split(";")})
    return out


def _bare(header: str) -> str:
    """Words of a name without neutral groups before it, yes/no marks after it, and repeats."""
    parts = [p for p in map(folded_words, _PARTS.split(_YES_NO_MARK.sub("", header))) if p]
    if not parts:
        return ""
    last = parts[-1]
    groups = [w for p in parts[:-1] for w in p.split() if not w.isdecimal()]
    strange = [w for w in groups if w not in _GROUPS]
    if strange:
        return ""  # whose consent, to what, is anybody's guess
    if groups and last not in _table():
        # a group's name is a part of the question: consent/agree
        last = " ".join([*(w for w in groups if w in _CORE), last])
    words = last.split()
    words = [w for k, w in enumerate(words) if k == 0 or w != words[k - 1]]
    if len(words) > 1 and (words[0] in {"con", "vic", "prs", "cas", "q"} or words[0].isdecimal()):
        words = words[1:]
    if len(words) > 1 and re.fullmatch(r"q?\d+[a-z]?", words[0]):
        words = words[1:]
    return _YES_NO.sub("", " ".join(words))


_YES_NO_MARK = re.compile(
    r"[(\[]?\b(?:y\s?/\s?n|yes\s?/\s?no|s[ií]\s?/\s?no|mm/dd/yyyy|dd/mm/yyyy|yyyy-mm-dd)\b[)\]]?",
    re.IGNORECASE,
)


def _certain(bare: str) -> str:
    """Field of a name of which every word is known; ``""`` where one is not."""
    table = _table()
    if bare in table:
        return table[bare]
    if grants(bare):
        return "release_given"
    if _ENDS.fullmatch(bare):
        return "release_expires"
    if bare in _OPT_OUT or _ASIAN_ENDED.fullmatch(bare):
        return "release_withdrawn"
    if _ASIAN_REFUSED.fullmatch(bare):
        return "release_refused"
    words = [w for w in bare.split() if w not in _LINKS]
    if bare.startswith("no ") or not words:
        return ""
    left = [w for w in words if w not in _CORE and w != "information"]
    if len(left) == 1 and (len(words) > 1 or left[0] in {"revoked", "withdrawn", "rescinded"}):
        if re.fullmatch(_ENDED, left[0]):
            return "release_withdrawn"
        if re.fullmatch(_REFUSED, left[0]) and set(words) & _CORE:
            return "release_refused"
    return ""


def _speaks(header: str) -> bool | None:
    """Whether a name speaks of sharing; ``None`` where its words do, of something else for certain."""
    plain = folded_words(header)
    loose = re.sub(vocabulary.ASIDE, " ", codes.fold(header).replace("_", " "))
    anywhere = _speaks_anywhere()
    if anywhere.search(loose):
        return True
    words = set(plain.split())
    of_records = not words.isdisjoint(_OF_RECORDS)
    passed: bool | None = False
    for found in _speaks_by_word().finditer(plain):
        said = found[0].split()
        excused = not of_records and any(
            any(w.startswith(of) for w in said) and words & beside for of, beside in _elsewhere()
        )
        if not excused:
            return True
        passed = None
    if passed is False and _softly().search(plain) and not has_topic(plain):
        return True
    return passed


@lru_cache(maxsize=8192)
def speaks_of_sharing(text: str) -> bool:
    """Whether a short text speaks of consent, sharing, a refusal, an end or secrecy.

    Examples
    --------
    >>> speaks_of_sharing("Restrict to creating org"), speaks_of_sharing("Agriculture")
    (True, False)
    """
    return _speaks(text) is True


@lru_cache(maxsize=8192)
def judge(header: str) -> Judged:
    """Say what a column's name means for a release, by its words alone.

    Examples
    --------
    >>> judge("ROI signed").target, judge("Consent refused").target
    ('release_given', 'release_refused')
    >>> judge("No consent").kind, judge("Share with partners").kind, judge("Referral date").kind
    ('stop', 'stop', 'nothing')
    """
    bare = _bare(header)
    target = _certain(bare)
    refusal = target in {"release_withdrawn", "release_refused"}
    if refusal and not _certain(_bare(_PARTS.split(_YES_NO_MARK.sub("", header))[-1])):
        target = ""  # "consent/refused" may hold either
    if target:
        return Judged("refusal" if refusal else "grant", target, None, True, refusal)
    parts = [p for p in _PARTS.split(header) if p.strip()]
    last = folded_words(parts[-1]) if parts else ""
    ordinary = _ordinary().get(folded_words(header))
    if ordinary or (_ordinary().get(last) in PERSONAL and last not in NOT_BY_ITSELF):
        return Judged("nothing")
    speaks = _speaks(header)
    plain = folded_words(header)
    if speaks is False and refuses(plain):
        # "client said no", "no quiere": of what, is anybody's guess
        return Judged("stop", "", _WHY_NEGATES, True, True)
    if not speaks:
        known = speaks is None or names_a_matter(plain) or {plain, last} & _PLAIN_NAMES
        return Judged("nothing" if known else "unknown")
    negates = _NEGATES.search(plain) is not None or _NEGATES.search(codes.fold(header)) is not None
    if not negates and not forbids(plain):
        if _of_paper(plain):
            return Judged("date", speaks=True)
        if _OTHER_LEAVE.fullmatch(plain):
            return Judged("other", speaks=True)
    negates = negates and not _BOTH.search(_NOT_GIVEN.sub("", plain))
    return Judged("stop", "", _WHY_NEGATES if negates else _WHY, True, negates)


_WHY_NEGATES = Note("records.stop.name-negates")
_WHY = Note("records.stop.name")
_PLAIN_NAMES = frozenset(
    [
        "active",
        "inactive",
        "open",
        "closed",
        "new",
        "current",
        "confirmed",
        "status",
        "id",
        "no",
        "number",
        "name",
        "type",
        "category",
        "other",
        "total",
        "count",
        "sort",
        "order",
        "row",
        "index",
        "url",
        "source",
        "first",
        "second",
        "third",
        "yes",
        "age",
        "priority",
        "level",
        "score",
        "rating",
        "rank",
        "color",
        "colour",
        "group",
        "team",
        "unit",
        "site",
        "location",
        "office",
        "branch",
        "region",
        "area",
        "state",
    ]
)
_OTHER_LEAVE = re.compile(
    r"(?:(?:client|survivor|individual|person|participant|patient|the|has|have|been|was|did|do|does|you|given|gives|obtained|verbal|written|informed|signed|a|an) )*"
    r"(?:consents?|consented|permission|agrees?|agreed|consent has been given|consent has been obtained) (?:\w+ ){0,3}?(?:to|for)"
    r" (?:(?:the|a|an|be|being|receive|receiving|get|in|of|individual|child|client|survivor|case|management|our|this|take|taking|part|participate) )*"
    r"(?:services?|case management|case management services|interview|interviewed|assessment|treatment|counsell?ing|medical care|medical treatment|exam|examination|photos?|photographs?|survey|participate|shelter stay)"
    r"|(?:consentimiento|autoriza|autorizacion|permiso) (?:para|de|a) (?:la |el |su )?(?:atencion(?: medica)?|servicios|entrevista|foto\w*|tratamiento|imagen)"
    r"|(?:consentimento|autoriza|autorizacao) (?:para|de|ao|uso de) (?:o |a )?(?:atendimento|servicos|entrevista|foto\w*|imagem|tratamento)"
    r"|(?:consentement|autorisation) (?:aux|a l|pour|au|de) (?:soins|entretien|services|photo\w*|traitement|prise de photo)|droit a l image"
    r"|acord (?:pentru )?(?:servicii|foto\w*|interviu|tratament)|згода на (?:фото\w*|отримання послуг|послуги|лікування|інтервю|інтерв)"
    r"|(?:사진|촬영|사진 ?촬영|치료|상담|입소|서비스) ?(?:이용 ?)?동의(?: ?여부|서)?|同意(?:拍照|治疗|治療|访谈|訪談|接受服务|接受服務)|cho phep chup anh|đong y chup anh|อนุญาตให้ถ่ายภาพ|ยินยอมให้ถ่ายภาพ"
    r"|(?:फोटो|तस्वीर) (?:की|खिच्ने|लेने की) (?:अनुमति|सहमति)"
)
_OF_PAPER_ANYWHERE = re.compile(
    r"(?:정보 ?제공 ?)?동의 ?(?:서 ?)?(?:작성 ?|서명 ?)?(?:일|일자|날짜)|同意(?:书|書)?(?:签署|簽署)?(?:日期|时间|時間)|(?:签署|簽署)日期|ngay (?:ky )?(?:đong y|dong y)|วันที่(?:ให้|ลงนาม)?(?:ความ)?ยินยอม|सहमति (?:की |को )?(?:तारीख|मिति|दिनांक)"
    r"|(?:data|datum) (?:acordului|consimtamantului|semnarii)|дата (?:надання |підписання )?згоди"
)


def _of_paper(plain: str) -> bool:
    """Whether a name is of a day, a version or a number of the paper: no answer, but a fact about one."""
    words = set(plain.split())
    if (
        words & _CORE or words == {"signed", "date"} or words == {"signed", "on"}
    ) and words & _TELLS_PAPER:
        return words <= _CORE | _ADMINISTRATIVE
    return _OF_PAPER_ANYWHERE.fullmatch(plain.replace("  ", " ")) is not None


_TELLS_PAPER = frozenset(
    [
        "date",
        "day",
        "dated",
        "when",
        "fecha",
        "version",
        "language",
        "number",
        "data",
        "start",
        "on",
    ]
)
