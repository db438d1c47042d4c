"""Words and codes as people write them, turned into the record's codes.

Every function takes the text of one cell and gives the code; ``""`` (or 0) for "not known", and
``None`` where the text says something these tables do not know. Unknown words are counted by the
readers, never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import TypeVar

from uncounted.core.labels import NOT_KNOWN as MISSING
from uncounted.core.labels import fold, plain_words, says_nothing, visible
from uncounted.places.countries import read_country
from uncounted.records.schema import EXPLOITATION, GENDERS, LEG_KINDS, SECTORS

__all__ = [
    "MISSING",
    "REFUSALS",
    "country",
    "decorated",
    "exploitation",
    "fold",
    "gender",
    "known_words",
    "language",
    "leg_kind",
    "plain_words",
    "refuses_area",
    "says_nothing",
    "sector",
    "sells_sex",
    "tick",
    "visible",
    "yes_no",
]


@lru_cache(maxsize=8192)
def country(text: str) -> str | None:
    """ISO 3166-1 alpha-3 code of a country, code or nationality.

    Several countries in one cell: the first counts. ``NA`` is read as "not available"; write
    ``NAM`` or Namibia.

    Examples
    --------
    >>> country("Korean"), country("ph"), country("Korea, Republic of"), country("")
    ('KOR', 'PHL', 'KOR', '')
    """
    found = _country(text)
    # the table itself knows what stands in brackets or behind a slash
    match = _CODE.fullmatch(text) if found is None else None
    return _country(match[2]) if match else found


def _country(text: str) -> str | None:
    label = read_country(visible(text))
    if label.kind in {"empty", "unknown", "stateless"}:
        return ""
    return label.iso3 or label.first or None


_CODE = re.compile(
    r"\s*(?:[(\[]\s*)?([A-Za-z]{1,3}|\d{1,3})\s*(?:[)\]]\s*|[.:=)\-\u2013\u2014]+\s*)(?=\S)(.+)"
)
_TRAILING = re.compile(r"(.+?)\s*[(\[]\s*([A-Za-z]{1,3}|\d{1,3})\s*[)\]]\s*")
_SLASH = re.compile(r"\s*[/|]\s*|\s+[-\u2013\u2014]\s+|\s*[(\[（]|[)\]）]\s*")
T = TypeVar("T")


def decorated(text: str, read: Callable[[str], T | None], *, nothing: T) -> T | None:
    """Read an answer with its code or in two languages: ``F - Female``, ``1. Male``, ``Yes / Sí``.

    The label goes before its code: ``1 - No`` is a no. Of an answer in several languages the parts
    that are understood must agree; one part alone has to say something.

    Parameters
    ----------
    text
        A cell that does not read as it stands.
    read
        Reads one answer; ``None`` where it does not know it.
    nothing
        What it gives for "not known".

    Examples
    --------
    >>> [
    ...     decorated(x, gender, nothing="")
    ...     for x in ("F - Female", "2=Male", "Female / Mujer", "Male/Female")
    ... ]
    ['Feminine', 'Masculine', 'Feminine', None]
    """
    if len(text) > 120:
        return None
    match = _CODE.fullmatch(text)
    if match:
        found = read(match[2].strip())
        if found is None:
            found = _agreed(match[2], read, nothing)
        if found is not None:
            return found
    match = _TRAILING.fullmatch(text)
    if match:
        found = read(match[1].strip())
        if found is not None:
            return found
    return _agreed(text, read, nothing)


def _agreed(text: str, read: Callable[[str], T | None], nothing: T) -> T | None:
    parts = [p for p in _SLASH.split(text) if p.strip()]
    if not 2 <= len(parts) <= 4:
        return None
    read_parts = [read(p.strip()) for p in parts]
    said = [p for p in read_parts if p is not None]
    told = {p for p in said if p != nothing}
    if (
        len(told) == 1
        and len(said) * 2 >= len(parts)
        and len(said) == len([p for p in said if p != nothing])
    ):
        return told.pop()
    return nothing if not told and len(said) == len(parts) else None


_GENDERS = {
    "f": 0, "female": 0, "woman": 0, "feminine": 0, "w": 0, "girl": 0, "mujer": 0, "femenino": 0,
    "여": 0, "여성": 0, "여자": 0, "女": 0, "女性": 0, "femenina": 0, "femme": 0, "feminin": 0,
    "mulher": 0, "feminino": 0, "frau": 0, "weiblich": 0, "женщина": 0, "женский": 0, "жінка": 0,
    "महिला": 0, "หญิง": 0, "nu": 0, "babae": 0, "femeie": 0, "perempuan": 0, "kadin": 0,
    "m": 1, "male": 1, "man": 1, "masculine": 1, "boy": 1, "hombre": 1, "masculino": 1,
    "남": 1, "남성": 1, "남자": 1, "男": 1, "男性": 1, "masculina": 1, "homme": 1, "masculin": 1,
    "homem": 1, "mannlich": 1, "мужчина": 1, "мужской": 1, "чоловік": 1, "पुरुष": 1, "ชาย": 1,
    "nam": 1, "lalaki": 1, "barbat": 1, "laki laki": 1, "erkek": 1,
    "transgenderfeminine": 2, "transgender feminine": 2, "trans woman": 2, "transwoman": 2,
    "transgender woman": 2, "mtf": 2, "mujer trans": 2, "trans femenina": 2, "trans feminine": 2, "trans female": 2, "transgender female": 2,
    "transgendermasculine": 3, "transgender masculine": 3, "trans man": 3, "transman": 3,
    "transgender man": 3, "ftm": 3, "hombre trans": 3, "trans masculino": 3, "trans masculine": 3, "trans male": 3, "transgender male": 3,
    "nonconforming": 4, "non conforming": 4, "nonbinary": 4, "non binary": 4, "nb": 4,
    "trans transgender nonconforming": 4, "transgender": 4, "trans": 4, "other": 4,
    "genderqueer": 4, "gender nonconforming": 4, "two spirit": 4,
}  # fmt: skip


@lru_cache(maxsize=8192)
def gender(text: str) -> str | None:
    """HTCDS gender of a word or letter.

    Examples
    --------
    >>> gender("F"), gender("Trans/Transgender/NonConforming"), gender("unknown")
    ('Feminine', 'NonConforming', '')
    """
    found = _gender(text)
    return decorated(text, _gender, nothing="") if found is None else found


def _gender(text: str) -> str | None:
    if says_nothing(text):
        return ""
    place = _GENDERS.get(plain_words(text), _GENDERS.get(fold(text)))
    return None if place is None else GENDERS[place]


_LANGUAGES = {
    "ko": "korean kor 한국어 coreano", "es": "spanish spa espanol castellano 스페인어",
    "zh": "chinese mandarin zho chi cmn putonghua 中文 普通话 중국어 chino mandarin", "yue": "cantonese 广东话",
    "tl": "tagalog filipino tgl fil pilipino", "th": "thai tha 태국어 tailandes", "en": "english eng ingles 영어",
    "vi": "vietnamese vie 베트남어 vietnamita", "ru": "russian rus 러시아어 ruso", "uk": "ukrainian ukr", "ro": "romanian ron rum",
    "pt": "portuguese por", "fr": "french fra fre", "ar": "arabic ara", "hi": "hindi hin",
    "ne": "nepali nep nepalese नेपाली 네팔어", "bn": "bengali bangla ben", "ur": "urdu urd",
    "pa": "punjabi panjabi pan", "gu": "gujarati guj", "ta": "tamil tam", "te": "telugu tel",
    "id": "indonesian ind bahasa 인도네시아어", "ms": "malay msa may", "km": "khmer khm cambodian 캄보디아어",
    "lo": "lao laotian", "my": "burmese mya bur", "ja": "japanese jpn", "mn": "mongolian mon 몽골어",
    "am": "amharic amh", "ti": "tigrinya tir", "so": "somali som", "sw": "swahili swa kiswahili",
    "yo": "yoruba yor", "ig": "igbo ibo", "ha": "hausa hau", "bin": "edo bini", "ht":
    "haitian creole hat kreyol", "pl": "polish pol", "hu": "hungarian hun", "bg": "bulgarian bul",
    "sq": "albanian sqi alb", "sr": "serbian srp", "fa": "persian farsi fas per dari",
    "ps": "pashto pus", "tr": "turkish tur", "uz": "uzbek uzb", "ka": "georgian kat",
    "de": "german deu", "it": "italian ita", "nl": "dutch nld", "ceb": "cebuano bisaya visayan",
    "ilo": "ilocano ilokano", "quc": "kiche quiche", "mam": "mam", "kek": "qeqchi kekchi",
    "nah": "nahuatl", "mix": "mixtec mixteco", "zap": "zapotec zapoteco", "ase": "asl",
    "qu": "quechua que kichwa", "ay": "aymara aym", "ku": "kurdish kur", "he": "hebrew heb", "el": "greek ell", "lt": "lithuanian lit",
    "lv": "latvian lav", "cs": "czech ces", "sk": "slovak slk", "wo": "wolof wol", "tw": "twi",
    "tw-2": "akan", "ff": "fulani fula", "ml": "malayalam mal", "si": "sinhala sinhalese sin",
}  # fmt: skip


@cache
def _languages() -> dict[str, str]:
    out: dict[str, str] = {}
    for code, names in _LANGUAGES.items():
        out[code] = code.partition("-")[0]
        for name in names.split():
            out[fold(name)] = code.partition("-")[0]
    return out


@lru_cache(maxsize=8192)
def language(text: str) -> str | None:
    """ISO 639 code of a language; with several in one cell, the first known.

    Examples
    --------
    >>> language("Spanish"), language("KO"), language("Mandarin Chinese")
    ('es', 'ko', 'zh')
    """
    if says_nothing(text) or fold(text) == "other":
        return ""
    table = _languages()
    words = plain_words(text)
    if words in table:
        return table[words]
    if not words.isascii() and words.replace(" ", "") in table:
        return table[words.replace(" ", "")]
    return next((table[w] for w in words.split() if w in table and len(w) > 2), None)


_FORMS = {
    "ForcedLabour": "forced labour;forced labor;labour;labor;labor trafficking;labour trafficking"
    ";labor exploitation;labour exploitation;work;forcedlabor;trabajo forzado;trabajos forzados;trabajo forzoso;trabajos forzosos;explotacion laboral"
    ";trata laboral;laboral;강제노동;노동착취;노동력착취;involuntary servitude;debt bondage;forced work",
    "SexualExploitation": "sexual exploitation;sex;sex trafficking;sexual;commercial sex"
    ";commercial sexual exploitation;csec;prostitution;explotacion sexual;trata sexual;prostitucion forzada;성착취"
    ";성매매;성매매강요;forced prostitution;commercial sex acts;sexual servitude",
    "ChildLabour": "child labour;child labor;trabajo infantil;아동노동",
    "ForcedMarriage": "forced marriage;servile marriage;child marriage;matrimonio forzado;matrimonio servil;강제결혼",
    "Servitude": "servitude;domestic servitude;slavery;slavery and practices;servidumbre;servidumbre domestica;esclavitud",
    "ForcedMilitaryByNonStateActors": "forced military;child soldier;forced military by non state actors",
    "OrganRemoval": "organ removal;organs;extraccion de organos;장기적출",
    "ForcedBegging": "forced begging;begging;mendicidad;mendicidad forzada;강제구걸",
    "ForcedAdoption": "forced adoption;illegal adoption",
    "Surrogacy": "surrogacy;forced surrogacy",
    "Other": "other;other forms",
}


@cache
def _forms() -> dict[str, int]:
    out: dict[str, int] = {}
    for i, form in enumerate(EXPLOITATION):
        for name in (form, *_FORMS[form].split(";")):
            out[plain_words(name)] = 1 << i
    out["labor and sex"] = out["sex and labor"] = out["sex and labour"] = out["both"] = 3
    return out


_SPELT_OUT = re.compile(r"[^\W\d_]{3}|[^\x00-\x7f]")
"""A word, not a code: ``Q12`` names a question and no work."""


@lru_cache(maxsize=8192)
def exploitation(text: str) -> int | None:
    """Bit set of the forms of exploitation named in one cell.

    Several are parted by ``;``, ``|``, ``,``, ``/`` or, as Kobo does, by spaces. Work named in place
    of a form (``Domestic work``, ``Farm labor``) is forced labour; what is sold as sex is not work.

    Examples
    --------
    >>> exploitation("Sex trafficking; ForcedLabour"), exploitation("ForcedLabour Servitude")
    (3, 17)
    >>> (
    ...     exploitation("1 - Forced labor"),
    ...     exploitation("Sex trafficking / massage"),
    ...     exploitation("Farm labor"),
    ... )
    (1, 2, 1)
    """
    if says_nothing(text):
        return 0
    found = _form(text)
    if found is not None:
        return found
    found = decorated(text, _form, nothing=0)
    if found is not None:
        return found
    table = _forms()
    parts = [p for p in re.split(r"[;|,/+&\n]|\band\b|\b(?<= )y(?= )|·|、|，", text) if p.strip()]
    if len(parts) == 1 and all(plain_words(p) in table for p in text.split()):
        parts = text.split()
    elif len(parts) == 1:
        parts = _kobo_labels(text)
    bits, strange = 0, 0
    for part in parts:
        if fold(part) in MISSING:
            continue
        bit = _form(part)
        if bit is None:
            bit = decorated(part, _form, nothing=0)
        if bit is None:
            strange += sector(part) is None and part.strip(" ()") != ""
            continue
        bits |= bit
    if bits and not strange:
        return bits
    if not bits and sells_sex(text) and not _ABUSE.search(fold(text)):
        return _forms()["sexual exploitation"]
    if strange or not _of_work(text) or not _SPELT_OUT.search(text):
        return None
    return 1


def _form(text: str) -> int | None:
    if says_nothing(text):
        return 0
    words = plain_words(text)
    table = _forms()
    if words in table:
        return table[words]
    bare = re.sub(r"\b(?:trafficking|trata|tratta|traite|for|of|forced|human|de|par|con|fines|suspected|alleged|potential)\b", " ", words)  # fmt: skip
    return table.get(" ".join(bare.split())) if bare.strip() and bare != words else None


def _kobo_labels(text: str) -> list[str]:
    """Part labels that stand one after another with a space between, as form programs write choices."""
    words = text.split()
    out: list[str] = []
    while words:
        size = next((k for k in range(min(len(words), 6), 0, -1) if _form(" ".join(words[:k]))), 0)
        if not size:
            return [text]
        out.append(" ".join(words[:size]))
        words = words[size:]
    return out


_EITHER = re.compile(
    r"\b(?:bars?|cantinas?|night ?clubs?|clubs?|hostess\w*|host|karaoke|cabaret\w*|entertain\w*|massage\w*|spa|spas|pub|pubs|masaje\w*|bares)\b"
    r"|유흥|단란|룸살롱|나이트|호스트바|노래|마사지|안마|티켓|酒吧|夜总会|夜總會|按摩|キャバクラ|スナック|マッサージ|นวด"
)
"""Places of which a form column does not say what was done there: work, sex, or both."""
_ABUSE = re.compile(
    r"\b(?:abus\w*|violen\w*|harass\w*|assault\w*|rape\w*|acoso|agresion|violacion|orientation|health)\b|폭력|추행|학대|성폭행"
)


def _of_work(text: str) -> bool:
    """Whether a cell of forms names work: a section of industry, or a word with "labor" or "work"."""
    words = plain_words(text)
    if sells_sex(text) or _EITHER.search(fold(text)):
        return False
    worked = re.sub(r"\b(?:labou?r|work|worker|workers|trabajo|laboral)\b", " ", words).strip()
    return bool(sector(text)) or bool(worked != words and worked and sector(worked))


_SECTORS = {
    "A": "farm labor;farm labour;agricultural work;agricultural labor;farms;field labor;orchard;plantation;dairy;greenhouse;nursery plants;agricola;campo;trabajo agricola;trabajo de campo;농장;농축산업;축산업;어선;원양어업;양식업;农业;漁業;農業;渔业;agriculture;farm;farming;farm work;farmwork;fishing;forestry;field work;a01;a03;ranch"
    ";agriculture forestry fishing;aquafarming;crops;livestock;agricultura;농업;어업;pesca",
    "B": "mining;mining and quarrying;mining or drilling;quarry",
    "C": "factory work;factories;factory labor;textile;textiles;sweatshop;poultry plant;meatpacking;sweat shop;maquila;taller;costura;工厂;製造業;工場;nha may;โรงงาน;manufacturing;factory;garment;garments;sewing;meat packing;food processing;fabrica;manufactura;제조업;공장",
    "F": "construction work;construction labor;construction site;obra;albanil;albanileria;건설현장;建筑;建設業;建築;xay dung;ก่อสร้าง;construction;building;roofing;construccion;건설업;건설",
    "G": "peddling and begging;street vending;vending;magazine sales;travelling sales crew;traveling sales crew;sales crew;store work;convenience store;gas station;ventas;venta ambulante;comercio;tienda;판매업;가게;편의점;零售;retail;trade;wholesale;shop;store;peddling;sales",
    "H": "truck driving;driver;driving;moving company;물류;물류창고;배달;택배;运输;transporte;transportation;transport;trucking;delivery;storage;warehouse",
    "I": "유흥업소;유흥업;유흥주점;유흥주점업;유흥음식점;단란주점;룸살롱;나이트클럽;호스트바;노래주점;외국인전용유흥업소;외국인 전용 유흥업소;night club;nightclub;night clubs;bars;cantina;cantinas;karaoke bar;hostess bar;hostess club"
    ";pub;tavern;bar cantina;bares;cantina bar;cabaret;club nocturno;酒吧;夜总会;夜總會;キャバクラ;スナック;クラブ;バー;ร้านอาหาร;nha hang;レストラン;餐厅;餐馆;餐饮;hospitality;restaurant;restaurants;hotel;hotels;food service;food services"
    ";accommodation;bar;accommodation and food;food and accommodation;accommodation food service;restaurante;restaurantes;hoteleria;음식점;식당;숙박업;bar entertainment",
    "N": "cleaning services;cleaners;janitor;hotel cleaning agency;security guard;call center;call centre;청소업;清洁;保洁;cleaning;landscaping;janitorial;administrative;temp agency;staffing;limpieza;청소",
    "Q": "caregiving work;elder caregiver;home care;home health aide;adult care;cuidado de ancianos;cuidadora;요양;요양원;간병인;護理;看护;介護;health;healthcare;health care;care;elder care;home health;nursing;social work;caregiver;caregiving;nursing home;간병",
    "R": "arts;recreation;carnival;circus;sports;museum;amusement park;theatre;theater;arts and entertainment",
    "S": "마사지업;안마;안마업;안마시술소;미용업;네일샵;네일;이발소;미용실;按摩;按摩店;マッサージ;massage mát xa;mat xa;นวด;massage work;massage business;spa massage;nail salons;beauty salons;hair salon;hair;barber;laundry;dry cleaning;salon de belleza;salon de unas;massage;nail salon;salon;spa;personal services;beauty;other services;s96"
    ";massage beauty;beauty salon;massage parlour;massage parlor;illicit massage;masajes;마사지업소;마사지",
    "T": "au pair;housework;house work;house cleaning private home;maid;maids;housemaid;house maid;domestic help;domestic labor;domestic labour;domestic helper;childcare in the home;trabajo del hogar;trabajadora del hogar;hogar;ninera;가사도우미;가사 노동;입주가사;家政;家政工;保姆;帮佣;家事;giup viec;giup viec nha;แม่บ้าน;ทำงานบ้าน;घरेलु काम;घरेलू काम;domestic;domestic work;domestic worker;household;housekeeping;nanny;private household"
    ";private households;live in domestic;domestic service;trabajo domestico;servicio domestico;empleada domestica;가사노동;가사",
}


_TITLES = {
    "D": "electricity gas steam and air conditioning supply",
    "E": "water supply sewerage waste management and remediation",
    "G": "wholesale and retail trade repair of motor vehicles and motorcycles",
    "H": "transportation and storage",
    "I": "accommodation and food service activities",
    "K": "financial and insurance activities",
    "L": "real estate activities",
    "M": "professional scientific and technical activities",
    "N": "administrative and support service activities",
    "O": "public administration and defence compulsory social security",
    "Q": "human health and social work activities",
    "S": "other service activities",
    "T": "activities of households as employers",
    "U": "activities of extraterritorial organizations and bodies",
}
"""Titles of the classification itself, where they are longer than what we call a section."""


@cache
def _sectors() -> dict[str, str]:
    out: dict[str, str] = {}
    for letter, title in SECTORS.items():
        for name in (title, _TITLES.get(letter, ""), *_SECTORS.get(letter, "").split(";")):
            if name:
                out[plain_words(name)] = letter
    return out


@lru_cache(maxsize=8192)
def sector(text: str) -> str | None:
    """ISIC Rev. 4 section of a letter, an HTCDS code, an ISIC division or a plain word.

    Of several in one cell, the first known counts. Commercial sex is a form of exploitation and no section: it gives ``""`` here.

    Examples
    --------
    >>> sector("I_AccommodationAndFoodServiceActivities"), sector("T"), sector("Restaurant")
    ('I', 'T', 'I')
    """
    plain = fold(text)
    if says_nothing(text) or plain_words(text) in _NO_SECTOR or sells_sex(text):
        return ""
    letter = plain[:1].upper()
    if letter in SECTORS and re.fullmatch(r"[a-u](\d{1,4}|[ _:.\-–—].*)?", plain):
        return letter
    words = plain_words(text)
    if words in _sectors():
        return _sectors()[words]
    if words.startswith(_TITLES["T"]):
        return "T"
    if words.isdecimal() and len(words) <= 4:
        return _division(int(words[:2]) if len(words) > 1 else int(words))
    if words.startswith("isic "):
        return sector(words[5:])
    spaceless = words.replace(" ", "")
    if not text.isascii() and spaceless in _sectors():
        return _sectors()[spaceless]
    match = _CODE.fullmatch(text)
    if match and match[1].upper() not in SECTORS:
        return sector(match[2])
    parts = re.split(r"[;|/,+&(]", text)
    if len(parts) == 1:
        worked = re.sub(r"\b(?:work|worker|workers|labou?r|laborer|industry|business|job|jobs|sector|services?|trabajo)\b", " ", words)  # fmt: skip
        worked = " ".join(worked.split())
        return _sectors().get(worked) if worked and worked != words else None
    return next((made for made in (sector(p) for p in parts if len(p.strip()) > 2) if made), None)


_NO_SECTOR = {
    "other",
    "sex",
    "commercial sex",
    "prostitution",
    "sexual",
    "others",
    "otro",
    "otra",
    "기타",
    "none of these",
}
_SOLD = re.compile(
    r"\b(?:sex|sexual\w*|sexuel\w*|sexuell\w*|prostitut\w*|prostituc\w*|porn\w*|brothel\w*|escort\w*|strip\w*|stripper\w*|burdel\w*|prostibul\w*|csec|webcam\w*|camming|erotic\w*"
    r"|commercial sex\w*|massage parlou?r sex|секс\w*|проституц\w*|mai dam|tinh duc)\b"
    r"|성매매|성착취|성산업|성매매업소|집창촌|윤락|티켓다방|보도방|오피스텔 ?성|키스방|性剥削|性交易|卖淫|賣淫|色情|性産業|風俗|売春|ค้าประเวณี|โสเภณี|ทางเพศ|वेश्या|यौन|देह व्यापार"
)


def sells_sex(text: str) -> bool:
    """Whether a cell speaks of sex that is sold: a form of exploitation, and never work or entertainment.

    Examples
    --------
    >>> [sells_sex(x) for x in ("Strip club", "성매매업소", "Restaurant", "Escort services")]
    [True, True, False, True]
    """
    return _SOLD.search(fold(text)) is not None


def _division(number: int) -> str | None:
    """Section of a two-digit ISIC Rev. 4 division."""
    ends = [
        (3, "A"), (9, "B"), (33, "C"), (35, "D"), (39, "E"), (43, "F"), (47, "G"), (53, "H"),
        (56, "I"), (63, "J"), (66, "K"), (68, "L"), (75, "M"), (82, "N"), (84, "O"), (85, "P"),
        (88, "Q"), (93, "R"), (96, "S"), (98, "T"), (99, "U"),
    ]  # fmt: skip
    return next((letter for last, letter in ends if 0 < number <= last), None)


@lru_cache(maxsize=8192)
def leg_kind(text: str) -> str | None:
    """Recruitment, Transit or Exploitation."""
    words = plain_words(text)
    if words in MISSING:
        return ""
    kinds = {k.casefold(): k for k in LEG_KINDS} | {
        "origin": "Recruitment", "recruited": "Recruitment", "destination": "Exploitation",
        "exploited": "Exploitation", "work": "Exploitation", "transfer": "Transit",
    }  # fmt: skip
    return kinds.get(words)


@lru_cache(maxsize=8192)
def yes_no(text: str) -> bool | None:
    """Truth of a checkbox; ``None`` for a word that is neither. Empty is no.

    Examples
    --------
    >>> yes_no("Yes / Sí"), yes_no("1 - No"), yes_no("Yes / No"), yes_no("maybe")
    (True, False, None, None)
    """
    found = _yes_no(text)
    if found is not None or "\n" in text:
        return found
    match = _CODE.fullmatch(text)
    if match and match[1].casefold() not in {"no", "non"}:
        return _yes_no(match[2])
    parts = [p for p in _SLASH.split(text) if p.strip()]
    said = {_yes_no(p) for p in parts} if 2 <= len(parts) <= 4 else {None}
    return said.pop() if len(said) == 1 else None


_YES = frozenset(
    [
        "1", "1.0", "y", "yes", "true", "t", "x", "si", "checked", "ok", "예", "네", "是", "동의", "동의함", "sim", "oui",
        "ja", "da", "tak", "evet", "так", "да", "có", "co", "ใช่", "हाँ", "हो", "oo", "opo", "はい", "✓", "✔", "☑",
    ]
)  # fmt: skip


def _yes_no(text: str) -> bool | None:
    plain = fold(text)
    if plain in _YES:
        return True
    if plain in MISSING or plain in {"0", "0.0", "unchecked"} or plain in REFUSALS:
        return False
    return None


REFUSALS = frozenset(
    {
        "no", "n", "0", "false", "f", "refused", "declined", "none", "nothing", "denied", "not given",
        "아니오", "아니요", "비동의", "동의안함", "미동의", "nao", "non", "nein",
    }
)  # fmt: skip
_FINER = re.compile(
    r"\d{1,6}\s+\S+.*\b(st|street|ave|avenue|rd|road|blvd|lane|ln|dr|drive|apt|unit|suite|hwy)\b"
    r"|-?\d{1,3}\.\d{3,}|\b\d{5}(-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b|@|\bapt\b|#",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def refuses_area(text: str) -> bool:
    """Whether a place is finer than a county: an address, a postcode, a point on the map.

    Examples
    --------
    >>> refuses_area("Cook County"), refuses_area("60601"), refuses_area("12 Elm Street")
    (False, True, True)
    """
    return bool(_FINER.search(text)) or len(text) > 60


def tick(text: str) -> bool | None:
    """Truth of one box of several, whose other codes give a reason why nothing is known.

    Examples
    --------
    >>> tick("1"), tick("0"), tick("99"), tick("Mexico")
    (True, False, False, None)
    """
    return False if fold(text) in {"8", "9", "99"} else yes_no(text)


def known_words(field: str = "") -> frozenset[str]:
    """Folded answers that a closed field knows; of every field where none is named.

    Examples
    --------
    >>> "female" in known_words("gender"), "agriculture" in known_words()
    (True, True)
    """
    tables: dict[str, Iterable[str]] = {
        "gender": _GENDERS,
        "language": _languages(),
        "exploitation": _forms(),
        "sector": _sectors(),
        "yes_no": _YES | REFUSALS,
    }
    if field:
        return frozenset(tables.get(field, ()))
    return frozenset(word for table in tables.values() for word in table)
