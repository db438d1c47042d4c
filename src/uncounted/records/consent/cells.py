"""What stands in the cells: answers that are not certain, and remarks that may forbid sharing.

Each column is looked at in the manner of what its name says: the answers of a release must be certain; a column of which no
word is known must hold no answers, for they may be answers about sharing; remarks must not refuse what nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from uncounted.files.raw import RawRow
from uncounted.records import codes
from uncounted.records.consent.answers import answer, is_closed, scope, ticked
from uncounted.records.consent.column_names import Judged, folded_words, speaks_of_sharing
from uncounted.records.consent.speech import forbids, no_answer, refuses
from uncounted.records.consent.topics import has_topic

__all__ = ["CellWatch", "Watched"]

KEPT = 400
"""Distinct texts counted in a column; one with more holds no closed answers."""
_SHORT = 6
_ALONE = frozenset(
    {
        "opted out", "opt out", "optout", "do not use", "do not contact or share",
        "revoked", "sealed", "restricted", "not shared", "no sharing", "no link", "no linking", "consent revoked", "no share", "dont share", "dnl", "dns", "dnr", "no roi", "unreleased", "refused to sign", "no disclosure", "no consent", "unshared",
        "revocado", "revocada", "revogado", "철회", "撤回", "撤销", "撤銷", "відкликано", "отозвано", "widerrufen", "ถอนความยินยอม",
    }
)  # fmt: skip
_COUNTS = frozenset(
    [
        "number",
        "count",
        "total",
        "n",
        "no",
        "num",
        "qty",
        "quantity",
        "index",
        "times",
        "days",
        "years",
        "months",
        "score",
        "version",
        "level",
        "row",
        "order",
    ]
)


@dataclass(slots=True)
class Watched:
    """One column that is looked at.

    Parameters
    ----------
    name
        Of the column; ``""`` for none.
    judged
        What its name says.
    serves
        Field it is read into; ``""`` for none.
    counts
        How often each text stands in it, the first `KEPT` of them.
    bad
        Texts that are not certain, or forbid.
    many
        Whether it has more texts than are kept.
    """

    name: str
    judged: Judged
    serves: str = ""
    counts: dict[str, int] = field(default_factory=dict, repr=False)
    bad: dict[str, int] = field(default_factory=dict, repr=False)
    many: bool = False

    @property
    def remark(self) -> bool:
        """Whether it holds remarks."""
        return not self.name.strip() or is_remark(folded_words(self.name))

    @property
    def answers_unknown(self) -> bool:
        """Whether it holds answers and nothing tells to what."""
        marks = not {"flag", "flags", "alert", "alerts", "other", "column"}.isdisjoint(
            folded_words(self.name).split()
        )
        if self.serves or self.many or (self.remark and not marks):
            return False
        if self.judged.kind not in {"unknown", "nothing"}:
            return False
        said = [t for t in self.counts if answer(t) != "blank"]
        if not said or not all(is_closed(t) for t in said):
            return False
        # In a language of which nobody reads the names, a word of the name that seems known is so by chance.
        foreign = all(answer(t) not in {"yes", "no"} for t in said)
        if self.judged.kind == "nothing" and not foreign:
            return False
        figures = all(t.strip().isdecimal() for t in said)
        return not (figures and set(folded_words(self.name).split()) & _COUNTS)


@lru_cache(maxsize=512)
def is_remark(words: str) -> bool:
    """Whether a column's folded name says that it holds remarks.

    Examples
    --------
    >>> is_remark("case notes"), is_remark("备注"), is_remark("county")
    (True, True, False)
    """
    return not _REMARKS.isdisjoint(words.split()) or any(w in words for w in _REMARKS_WHEREVER)


_REMARKS = frozenset(
    codes.fold(w)
    for w in [
        "note",
        "notes",
        "remark",
        "remarks",
        "comment",
        "comments",
        "memo",
        "flag",
        "flags",
        "alert",
        "alerts",
        "other",
        "misc",
        "miscellaneous",
        "observation",
        "observations",
        "narrative",
        "details",
        "detail",
        "description",
        "summary",
        "specify",
        "explain",
        "explanation",
        "reason",
        "reasons",
        "nota",
        "notas",
        "comentario",
        "comentarios",
        "observacion",
        "observaciones",
        "observacao",
        "observacoes",
        "remarque",
        "remarques",
        "commentaire",
        "commentaires",
        "observatii",
        "observatie",
        "note",
        "mentiuni",
        "примітка",
        "примітки",
        "коментар",
        "коментарі",
        "примечание",
        "примечания",
        "bemerkung",
        "bemerkungen",
        "anmerkung",
        "tala",
        "column",
    ]
)
_REMARKS_WHEREVER = tuple(
    codes.fold(w)
    for w in [
        "비고",
        "메모",
        "특이사항",
        "참고",
        "备注",
        "備註",
        "注释",
        "备考",
        "ghi chu",
        "luu y",
        "หมายเหตุ",
        "บันทึก",
        "टिप्पणी",
        "कैफियत",
        "विवरण",
        "अवलोकन",
    ]
)


def _in_remarks(cell: str) -> bool:
    return refuses(cell) or (len(cell) <= 40 and folded_words(cell) in _ALONE)


def _in_unknown(cell: str) -> bool:
    if _in_remarks(cell):
        return True
    return len(cell) < 80 and len(cell.split()) <= _SHORT and speaks_of_sharing(cell)


def _in_plain(cell: str) -> bool:
    # "refused" is no answer to an ordinary question, and no refusal to share
    if no_answer(cell):
        return False
    if forbids(cell):
        return True
    if cell.count(" ") > _SHORT:
        return refuses(cell)
    words = folded_words(cell)
    if words in _ALONE:
        return True
    if len(words.split()) > 2:
        return refuses(cell) or (len(words.split()) <= _SHORT and _of_consent(words))
    return _of_consent(words)


_CONSENT = re.compile(
    codes.fold(
        r"\b(?:consent|consents|consented|consenting|roi|consentimiento|consentimento|consentement|consimtamant\w*|згод[аиу]|release of information)\b|동의|同意|ยินยอม|सहमति"
    )
)


def _of_consent(words: str) -> bool:
    """Whether a few words speak of consent, and of nothing that is no sharing."""
    return _CONSENT.search(words) is not None and not has_topic(words)


def _in_field(cell: str) -> bool:
    # a name that was not given ("비공개", "withheld") is no name, and no word on sharing
    if cell.isascii():
        return cell.count(" ") > 1 and forbids(cell)
    return (len(cell.split()) > 1 or len(cell) > 5) and forbids(cell)


def _in_paper(cell: str) -> bool:
    known = answer(cell) in {"date", "blank"} or any(c.isdecimal() for c in cell)
    return not known or refuses(cell) or forbids(cell)


def _in_other_leave(cell: str) -> bool:
    return answer(cell) not in {"yes", "blank", "date"}


def _in_recipients(cell: str) -> bool:
    return answer(cell) in {"yes", "no", "date"} and codes.fold(cell) not in {
        "nobody",
        "none",
        "no one",
    }


def _never(cell: str) -> bool:
    del cell
    return False


class CellWatch:
    """Looks at the cells as rows go by.

    Parameters
    ----------
    columns
        By position.
    as_of
        Day of the run, ``YYYY-MM-DD``.
    said
        What a person said that answers mean: folded text to yes, no or nothing.
    """

    def __init__(
        self, columns: Mapping[int, Watched], as_of: str = "", said: Mapping[str, str] | None = None
    ) -> None:
        self.columns = dict(columns)
        self._tests: list[tuple[int, Watched, Callable[[str], bool]]] = [
            (i, c, _test(c, as_of, said or {})) for i, c in columns.items()
        ]

    def over(self, rows: Iterable[RawRow]) -> Iterator[RawRow]:
        """Pass rows on, those that are torn too, having looked at them."""
        for row in rows:
            cells = row[1]
            width = len(cells)
            for i, column, test in self._tests:
                if i >= width:
                    continue
                cell = cells[i]
                if not cell:
                    continue
                counts = column.counts
                if cell in counts:
                    counts[cell] += 1
                    if cell in column.bad:
                        column.bad[cell] += 1
                    continue
                if len(counts) < KEPT:
                    counts[cell] = 1
                else:
                    column.many = True
                if not cell.isspace() and test(cell):
                    column.bad[cell] = column.bad.get(cell, 0) + 1
            yield row

    @property
    def found(self) -> list[int]:
        """Positions of columns some of whose cells are not certain, or may forbid."""
        return [i for i, c in self.columns.items() if c.bad]

    @property
    def unknown(self) -> list[int]:
        """Positions of columns of answers of which nothing tells what was asked."""
        return [i for i, c in self.columns.items() if c.answers_unknown]


def _test(column: Watched, as_of: str, said: Mapping[str, str]) -> Callable[[str], bool]:
    """How the cells of a column are looked at."""
    if column.serves == "release_given":
        return lambda cell: ticked(cell, column.name, as_of, said) == "unsure"
    if column.serves == "release_scope":
        return lambda cell: scope(cell) is None and codes.fold(cell) not in said
    if column.serves == "release_recipient":
        return _in_recipients
    if column.serves.startswith("release_"):
        return _never
    if column.serves and column.serves != "status":
        return _in_field
    kind = column.judged.kind
    if kind == "stop":
        return _never
    if kind == "date":
        return _in_paper
    if kind == "other":
        return _in_other_leave
    if column.remark:
        return _in_remarks
    return _in_plain if kind == "nothing" and column.serves != "status" else _in_unknown
