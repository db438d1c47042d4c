"""Rows their own keepers took out: deleted, merged into another, made for a test, entered in error or void."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from uncounted.records import codes
from uncounted.records.consent.answers import not_withdrawn
from uncounted.records.consent.column_names import folded_words
from uncounted.records.consent.references import fold_reference

__all__ = ["KINDS", "Removed", "removal_kind"]

KINDS = {
    "deleted": "records.removed.deleted",
    "merged": "records.removed.merged",
    "test": "records.removed.test",
    "void": "records.removed.void",
}
"""Kinds of rows taken out, and the code of the reason by which they are set aside."""
_NAMES = {
    "deleted": r"(?:(?:date|day|time|is|was|record|row|client|case|soft|system) )*deleted(?: (?:on|at|date|by|y n|flag|record|time))*|deleted?flag|is ?deleted|date ?deleted|(?:date of|record) deletion|deletion (?:date|flag)|del flag"
    r"|removed from (?:the )?(?:system|database)|(?:fecha de )?(?:eliminad[oa]|borrad[oa]|eliminacion del registro)|registro (?:eliminado|borrado)|(?:data de )?(?:excluido em|apagado|registro apagado|registro excluido)|supprime(?: le)?|date de suppression"
    r"|sters|inregistrare stearsa|data stergerii|видалено|дата видалення|запис видалено|삭제(?: ?여부|일|일자|됨)?|(?:已)?(?:删除|刪除)(?:日期|标记|標記|时间)?|是否(?:删除|刪除)|đa xoa|ngay xoa|ลบแล้ว|วันที่ลบ|हटाया गया|हटाइएको|मेटाइएको|मेटाया गया",
    "merged": r"(?:(?:date|is|was|record|row|client|case) )*merged(?: (?:into|to|with|in|id|record|record id|client id|on|date|y n|flag|case|with id|into id))*|merge(?:d)? (?:target|id|into|into id|to)|merged?into|master ?record ?id|surviving (?:record )?id|duplicate(?: (?:of|record|flag|of id|of record|client|y n|entry|case))?|is ?duplicate|dup(?: of| flag)?|dupe(?: of)?"
    r"|fusionad[oa](?: con| en)?|duplicad[oa](?: de)?|registro duplicado|mesclado com|fusionne(?: avec)?|doublon(?: de)?|fuzionat(?: cu)?|duplicat(?: al| de)?|обєднано з|дублікат(?: запису)?|중복(?: ?여부| ?등록)?|병합(?: ?여부)?|(?:是否)?(?:重复|重複)(?:记录|記錄)?|(?:已)?合并(?:到|至)?|trung lap|ซ้ำ|รวมกับ|दोहोरो|डुप्लिकेट",
    "test": r"(?:is )?(?:a )?test (?:record|client|case|data|entry|row|flag|person|profile|y n)|is ?test|test ?record|testrecord|is test|dummy(?: record)?|fake record|sample record|training record|demo record|registro de prueba|es prueba|registro de teste|enregistrement test|inregistrare test|тестовий запис|테스트(?: ?여부| ?데이터| ?기록)?|(?:测试|測試)(?:记录|記錄|数据)?|是否(?:测试|測試)|ban ghi thu|ข้อมูลทดสอบ|परीक्षण रेकर्ड",
    "void": r"(?:is |record )?void(?:ed)?(?: (?:y n|on|date|flag|record|by))?|entered in error|entry error|created in error|data entry error|error record|invalid record|invalidated|(?:record )?(?:cancelled|canceled) record|record (?:cancelled|canceled|invalid)|anulad[oa]|registro anulado|registro nulo|annule|enregistrement annule|anulat|inregistrare anulata|анульовано|запис помилковий|무효(?: ?여부)?|오입력|作废|作廢|无效记录|huy bo|ยกเลิกระเบียน|रद्द रेकर्ड",
}
_STATUS = re.compile(
    r"\b(?:status|state|estado|statut|stare|flag|active|record type|client type|entry type|тип запису|статус|стан)\b|상태|구분|状态|狀態|trang thai|สถานะ|स्थिति|अवस्था"
)
_NO_LIST = re.compile(
    r"\b(?:united|marital|civil|health|immigration|visa|employment|residence|birth)\b"
)
_VALUES = {
    "deleted": "deleted|deleted record|soft deleted|removed from system|record deleted|eliminado|borrado|eliminada|registro eliminado|apagado|supprime|sters|видалено|삭제|삭제됨|已删除|已刪除|đa xoa|ลบแล้ว|हटाया गया|मेटाइएको",
    "merged": "merged|merged record|merged away|duplicate|duplicate record|dup|dupe|fusionado|duplicado|doublon|duplicat|дублікат|обєднано|중복|병합|병합됨|重复|重複|已合并|trung lap|ซ้ำ",
    "test": "test|test record|test client|test case|testing|dummy|training|demo|sample|example|prueba|teste|тест|тестовий|테스트|测试|測試|ทดสอบ",
    "void": "void|voided|entered in error|entered-in-error|entry error|error|in error|created in error|invalid|invalidated|cancelled record|anulado|anulada|nulo|annule|anulat|анульовано|무효|오입력|作废|作廢|无效",
}


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(codes.fold(p)) for kind, p in _NAMES.items()}


@lru_cache(maxsize=1)
def _by_value() -> dict[str, str]:
    return {codes.fold(v): kind for kind, values in _VALUES.items() for v in values.split("|")}


@lru_cache(maxsize=4096)
def removal_kind(name: str) -> str:
    """Kind of row a column's name says was taken out; ``""`` for a column that says no such thing.

    Examples
    --------
    >>> removal_kind("DateDeleted"), removal_kind("Merged into"), removal_kind("Deletion request")
    ('deleted', 'merged', '')
    """
    words = folded_words(name)
    tight = words.replace(" ", "")
    for kind, pattern in _patterns().items():
        if pattern.fullmatch(words) or pattern.fullmatch(tight):
            return kind
    return ""


def _states(name: str) -> bool:
    """Whether a column may say of a row that it was taken out."""
    words = folded_words(name)
    return _STATUS.search(words) is not None and not _NO_LIST.search(words)


@dataclass(slots=True)
class Removed:
    """Tells the rows of a list that were taken out.

    Parameters
    ----------
    marks
        Position and kind of the columns that say so.
    states
        Positions of columns of states.
    keys
        Positions of the columns of references: a row merged into itself is not merged.
    """

    marks: list[tuple[int, str]] = field(default_factory=list)
    states: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, names: Sequence[str], keys: Sequence[int], kept: Collection[str]) -> Removed:
        """Find the columns; those a person named under ``not_removed`` are left alone."""
        let = {codes.fold(n) for n in kept}
        mine = [(i, n) for i, n in enumerate(names) if n.strip() and codes.fold(n) not in let]
        marks = [(i, kind) for i, n in mine if (kind := removal_kind(n))]
        marked = {i for i, _ in marks}
        states = [i for i, n in mine if i not in marked and _states(n)]
        return cls(marks, states, [k for k in keys if k not in marked])

    def kind(self, cells: Sequence[str]) -> str:
        """Kind of a row that was taken out; ``""`` for one that was not."""
        for i, kind in self.marks:
            if i < len(cells) and cells[i] and not not_withdrawn(cells[i]):
                if kind == "merged" and self._own(cells, cells[i]):
                    continue
                return kind
        for i in self.states:
            if i < len(cells) and cells[i]:
                found = _state(cells[i])
                if found:
                    return found
        return ""

    def others(self, cells: Sequence[str]) -> list[str]:
        """Give the references a row names as its other self."""
        return [
            cells[i]
            for i, kind in self.marks
            if kind == "merged"
            and i < len(cells)
            and cells[i].strip()
            and not not_withdrawn(cells[i])
        ]

    def _own(self, cells: Sequence[str], said: str) -> bool:
        mine = fold_reference(said)
        return any(k < len(cells) and mine & fold_reference(cells[k]) for k in self.keys)


@lru_cache(maxsize=4096)
def _state(cell: str) -> str:
    return _by_value().get(codes.fold(cell), "") or _by_value().get(
        " ".join(folded_words(cell).split()), ""
    )
