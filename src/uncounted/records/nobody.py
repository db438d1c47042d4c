"""Rows that are nobody: totals, headings, second rows of column names, examples, numbers without a person.

A list is counted by its rows, so a row that is no person makes one up. Each is set aside with a
reason; where a row might be somebody, it stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from uncounted.core.labels import names_a_total
from uncounted.core.notes import Note
from uncounted.records import codes, mapping
from uncounted.records.calendar import UNREADABLE, read_date
from uncounted.records.nepali import read_nepali

__all__ = ["Nobody"]

FIRST = 6
"""Rows below the header among which further rows of headings and examples stand."""
_TOTAL = re.compile(
    r"(?:(?:grand|sub|column|overall|general)[ -]?)?(?:total|totals|sum|suma|subtotal|summe|gesamt(?:summe)?|insgesamt|totaal|somme|razem|celkem|toplam|jumlah|kabuuan|итого|всего|tong cong)(?:es)?\b(?! \w+ \w)"
    r"|합\s?계|총\s?계|소\s?계|계\b|(?:总|合|小)计|總計|合計"
)
_FIGURE = re.compile(r"[\d\s.,%()/:$€£-]*")
_PERIOD = re.compile(
    r"(?:(?:fy|cy|ay|sfy|ffy|fiscal year|calendar year|fiscal|year|ano fiscal|ano|an|annee|jahr|q|quarter|trimestre|t|semestre|month|mes|mois"
    r"|week|wk|phase|fase|part|parte|section|seccion|grupo|group|batch|cohort|site|house|casa|room|page|pagina|sheet|no|nam|rok|рік|год|ปี|वर्ष)\b[ ._-]*)?"
    r"(?:\d{1,4}|[ivx]{1,5}|[a-z])(?:[ ./–-]*(?:\d{1,4}|q\d|t\d|h\d))?[ .:)-]*(?:년도?|年度?|월|月|분기|년 \d+월|рік|год|r)?(?: ?\d{1,2}(?:월|月|분기))?[ .:)-]*"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|ene|abr|ago|dic|january|february|march|april|june|july|august|september|october|november|december"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)"
    r"[ .,'-]*\d{2,4}[ .:)-]*"
)
"""A year, a quarter, a numeral, a letter: what stands above the rows of a part, and what no person is called."""
_EXAMPLES = frozenset(
    [
        "example", "examples", "sample", "sample row", "example row", "eg", "e g", "for example", "ejemplo",
        "por ejemplo", "muestra", "exemple", "exemplo", "par exemple", "beispiel", "zum beispiel", "z b", "esempio",
        "exemplu", "voorbeeld", "przyklad", "приклад", "пример", "ornek", "vi du", "ตัวอย่าง", "例", "例子", "示例", "範例",
        "范例", "サンプル", "見本", "記入例", "예시", "보기", "샘플", "उदाहरण", "contoh", "halimbawa", "template", "do not delete",
        "delete this row",
    ]
)  # fmt: skip
_NAMED_SO = frozenset(
    ("sample", "samples", "muestra", "例", "보기", "template", "eg", "e g", "z b")
)
"""Words for an example that may be somebody's name."""
_DESCRIBES = frozenset(
    [
        "text", "string", "str", "number", "numeric", "num", "integer", "int", "decimal", "float", "date",
        "datetime", "time", "boolean", "bool", "char", "varchar", "free text", "freetext", "short text", "long text",
        "open text", "open ended", "open ended response", "response", "responses", "single choice",
        "multiple choice", "select one", "select multiple", "select", "dropdown", "drop down", "list", "pick list",
        "picklist", "lookup", "required", "optional", "mandatory", "alphanumeric", "alpha", "code", "id", "auto",
        "auto number", "m f", "f m", "yes no", "y n", "n y", "yyyy mm dd", "mm dd yyyy", "dd mm yyyy", "mm dd yy",
        "dd mm yy", "yyyy", "mmm yyyy", "iso", "iso3", "iso2", "iso 3", "iso 3166", "iso code", "iso date", "years",
        "year", "months", "days", "units", "unit", "format", "type", "description", "other please specify",
        "please specify", "texto", "numero", "fecha", "fecha dd mm aaaa", "anos", "si no", "respuesta",
        "respuesta abierta", "texte", "nombre entier", "annees", "oui non", "reponse", "reponse ouverte", "jahre",
        "ja nein", "zahl", "datum", "antwort", "문자", "숫자", "날짜", "텍스트", "남 여", "세", "예 아니오", "文本", "数字", "日期", "岁",
        "男 女", "是 否", "テキスト", "数値", "日付", "歳", "ข้อความ", "ตัวเลข", "ปี", "शब्द", "data", "texto livre", "testo",
        "numar", "text liber",
    ]
)  # fmt: skip
"""What describes a column instead of filling it, as plain words."""
_TAG = re.compile(r"#[a-z]\w*(?:\s*\+\s*\w+)*(?:\s*\{.*\})?", re.IGNORECASE)
_NOUGHTS = frozenset(
    [
        "0", "0.0", "00", "-", "0%", "$0", "$0.00", "0/0", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01",
        "00/01/1900", "1/0/1900", "01/00/1900", "1/1/1900",
    ]
)  # fmt: skip
"""What formulas leave in a row nobody has filled in."""
_DEFAULTS = _NOUGHTS | frozenset(
    ["no", "n", "false", "f", "none", "unchecked", "off", "아니오", "아니요", "否"]
)
"""What boxes do."""
_SILENT = ("reference", "parent", "area")
_DATES = {"date", "birth_date", "stated_on"}


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return codes.fold(text)


def _reads(target: str) -> Callable[[str], bool] | None:
    """Whether a cell reads as its field, for fields that can tell."""
    if target in _DATES or target.endswith(".date"):
        return lambda x: read_date(x) is not UNREADABLE or read_date(x, "ymd") is not UNREADABLE or read_nepali(x) is not None  # fmt: skip
    if target in {"birth_year", "stated_age"}:
        return lambda x: any(c.isdecimal() for c in x)
    if target == "citizenship" or target.endswith(".country"):
        return lambda x: codes.country(x) is not None
    if target == "gender":
        return lambda x: codes.gender(x) is not None
    if target == "language":
        return lambda x: codes.language(x) is not None
    return None


class Nobody:
    """Says why a row is no person.

    Parameters
    ----------
    pairs
        Target and position of the mapped columns.
    names
        Column names.
    sample
        Some rows of the list.
    """

    def __init__(
        self,
        pairs: Sequence[tuple[str, int]],
        names: Sequence[str],
        sample: Sequence[Sequence[str]],
    ) -> None:
        self.width = len(names)
        self.header = [codes.fold(n) for n in names]
        self.beginnings = {
            i: (names[i].strip()[:1].casefold(), len(names[i]))
            for _, i in pairs
            if names[i].strip()
        }
        self.targets = {i: t for t, i in pairs}
        self.names = {i for t, i in pairs if t in mapping.NAMES}
        self.references = {i for t, i in pairs if t == "reference"}
        self.typed = [(i, read) for t, i in pairs if (read := _reads(t)) is not None]
        self.silent = {i for t, i in pairs if t.startswith(_SILENT)}
        self.speaking = {i for _, i in pairs} - self.silent
        self.constant = self._constant(sample)

    def _constant(self, sample: Sequence[Sequence[str]]) -> set[int]:
        """Columns in which one thing stands wherever anything does: a site, a year, a default."""
        out = set()
        for i in range(self.width):
            if i in self.speaking and self.targets[i] != "date":
                continue
            filled = [row[i] for row in sample if i < len(row) and row[i].strip()]
            if len(filled) >= 3 and len(set(filled)) == 1:
                out.add(i)
        return out

    def why(self, index: int, cells: Sequence[str]) -> Note | None:
        """Give the reason why a row is nobody; ``None`` where it may be somebody.

        Parameters
        ----------
        index
            Place of the row below the header, from 0.
        cells
            The whole row.
        """
        filled = [i for i, c in enumerate(cells) if c and not c.isspace()]
        if not filled:
            return None
        if index < FIRST and not self.repeats(cells):
            second = self._second_header(cells, filled)
            if second is not None:
                return second
            if any(self._example(i, cells[i]) for i in filled if len(cells[i]) < 40):
                return Note("records.row.example")
        elif any(
            codes.plain_words(cells[i]) in _EXAMPLES
            for i in self.references
            if i < len(cells) and cells[i].isalpha()
        ):
            return Note("records.row.example")
        if self.repeats(cells):
            return Note("records.row.header")
        aside = self._aside(cells, filled)
        return aside or self._blank(cells, filled)

    def _example(self, place: int, text: str) -> bool:
        """Whether a cell says that its row is an example; some people are called Sample."""
        words = codes.plain_words(text)
        if words not in _EXAMPLES or (place and place not in self.references | self.names):
            return False
        return place not in self.names or words not in _NAMED_SO

    def repeats(self, cells: Sequence[str]) -> bool:
        """Whether a row is the header once more, further down."""
        hits = 0
        for i, (first, length) in self.beginnings.items():
            cell = cells[i] if i < len(cells) else ""
            # told apart by a letter and a length before anything is folded
            if cell and cell[0].casefold() == first and abs(len(cell) - length) < 3:
                hits += self.header[i] == codes.fold(cell)
        return hits >= 3 or (0 < hits == len(self.targets))

    def _aside(self, cells: Sequence[str], filled: Sequence[int]) -> Note | None:
        """Say whether a row is a line of totals, a footnote or a heading of what stands below it."""
        worded = []
        for i in filled:
            if not _FIGURE.fullmatch(cells[i]):
                worded.append(i)
                if len(worded) > 1:
                    return None  # a total has one word among figures, a heading one cell
        if not worded:
            written = any(ch.isalnum() for i in filled for ch in cells[i])
            return self._alone(cells, filled) if written else Note("records.row.marks")
        (place,) = worded
        lead = cells[place]
        if not any(ch.isalnum() for ch in lead) and len(filled) == 1:
            return Note("records.row.marks")
        total = len(lead) < 200 and _TOTAL.match(_folded(lead)) if place == filled[0] else None
        if (total or names_a_total(lead)) and (total or len(filled) > 1 or place not in self.names):
            return Note("records.row.totals")  # a name may stand alone
        return self._alone(cells, filled)

    def _alone(self, cells: Sequence[str], filled: Sequence[int]) -> Note | None:
        """Say whether the one filled cell of a row is a footnote or a heading."""
        if len(filled) > 1 or max(len(cells), self.width) < 3:
            return None
        (place,) = filled
        lead = cells[place]
        words = lead.split()
        if len(words) >= 3:
            return Note("records.row.footnote")
        named = place in self.names
        plain = _folded(lead)
        if _PERIOD.fullmatch(plain) and place not in self.references:
            return Note("records.row.footnote")
        # a case number may stand alone, and so may a name
        heading = not named and (
            (len(words) == 2 and any(len(w) > 2 and w.isalpha() for w in words))
            or (len(words) == 1 and len(lead) > 2 and lead.isalpha())
        )
        return Note("records.row.footnote") if heading else None

    def _blank(self, cells: Sequence[str], filled: Sequence[int]) -> Note | None:
        """Say whether a row has a number and nothing of a person: one kept ready for the next case."""
        if not self.speaking:
            return None
        for i in filled:
            if i in self.silent or i in self.constant or i >= self.width:
                continue
            plain = _folded(cells[i])
            boxed = i not in self.speaking or "." in self.targets[i]
            if plain in (_DEFAULTS if boxed else _NOUGHTS) or plain.startswith("#"):
                continue
            if self.targets.get(i) == "stated_age" and plain.isdecimal() and int(plain[:4]) > 110:
                continue  # an age counted from no birth
            return None
        return Note("records.row.blank")

    def _second_header(self, cells: Sequence[str], filled: Sequence[int]) -> Note | None:
        """Say whether a row is one more row of headings: tags, questions, kinds of answers, units."""
        texts = [cells[i].strip() for i in filled]
        if all(_TAG.fullmatch(t) for t in texts):
            return Note("records.row.tags")
        if any(t.startswith('{"ImportId"') for t in texts):
            return Note("records.row.second-header")
        if len(filled) < 2:
            return None
        bad = 0
        for i, reads in self.typed:
            text = cells[i] if i < len(cells) else ""
            if not text.strip() or codes.says_nothing(text):
                continue
            if reads(text):
                return None
            bad += 1
        said = 0
        for i in filled:
            text = cells[i]
            if len(text) > 200 or text.isdecimal():
                continue
            said += (
                text.rstrip().endswith(("?", "？"))
                or codes.plain_words(text) in _DESCRIBES
                or (i in self.targets and mapping.named_alike(text, self.targets[i]))
            )
        if said >= max(2, len(filled) / 2) or (bad >= 2 and said):
            return Note("records.row.second-header")
        return None
