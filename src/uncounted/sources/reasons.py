"""Every reason for which a row of a source is set aside, in the order in which a log lists them."""

from __future__ import annotations

from uncounted.core.notes import Note
from uncounted.files.raw import fault_kind

_ORDER: dict[str, int] = {}


def _reason(code: str) -> Note:
    _ORDER[code] = len(_ORDER)
    return Note(code)


def place_of(reason: Note) -> int:
    """Place of a reason in this table; one that is not here stands last."""
    return _ORDER.get(reason.code, len(_ORDER))


CODE_UNKNOWN = _reason("sources.row.code-unknown")
COUNTRY_UNKNOWN = _reason("sources.row.country-unknown")
COUNTRY_UNREADABLE = _reason("sources.row.country-unreadable")
COUNTRY_BROKEN = _reason("sources.row.country-broken")
COUNT_IS_DATE = _reason("sources.row.count-is-date")
FORM_UNKNOWN = _reason("sources.row.form-unknown")
MARK_UNKNOWN = _reason("sources.row.mark-unknown")
COUNTRY_IS_REGION = _reason("sources.row.country-is-region")
REGION = _reason("sources.row.region")
GROUP_UNKNOWN = _reason("sources.row.group-unknown")
FORMER = _reason("sources.row.former")
ANTILLES = _reason("sources.row.antilles")
TOTAL = _reason("sources.row.total")
END_UNREADABLE = _reason("sources.row.end-unreadable")
END_IS_REGION = _reason("sources.row.end-is-region")
END_MISSING = _reason("sources.row.end-missing")
INDICATOR_UNKNOWN = _reason("sources.row.indicator-unknown")
CITIZENSHIP_UNKNOWN = _reason("sources.row.citizenship-unknown")
DEBRIS = _reason("sources.row.debris")
ABROAD = _reason("sources.row.abroad")
LABEL_UNCLEAR = _reason("sources.row.label-unclear")
COUNTRY_MISSING = _reason("sources.row.country-missing")
SEVERAL = _reason("sources.row.several")
STATELESS = _reason("sources.row.stateless")
ONLY_WIDE = _reason("sources.row.only-wide")
CASE_MISSING = _reason("sources.row.case-missing")
COUNT_IS_INTERVAL = _reason("sources.row.count-is-interval")
COUNT_BEYOND = _reason("sources.row.count-beyond")
COUNT_MISSING = _reason("sources.row.count-missing")
COUNT_NEGATIVE = _reason("sources.row.count-negative")
COUNT_NO_NUMBER = _reason("sources.row.count-no-number")
COUNT_NOT_WHOLE = _reason("sources.row.count-not-whole")
COUNT_AMBIGUOUS = _reason("sources.row.count-ambiguous")
COUNT_PERCENT = _reason("sources.row.count-percent")
DATE_UNREADABLE = _reason("sources.row.date-unreadable")
EVENT_UNKNOWN = _reason("sources.row.event-unknown")
LABEL_EMPTY = _reason("sources.row.label-empty")
LABEL_BROKEN = _reason("sources.row.label-broken")
LEG_NUMBER = _reason("sources.row.leg-number")
LEGS_APART = _reason("sources.row.legs-apart")
REPORTER_UNKNOWN = _reason("sources.row.reporter-unknown")
ROW_SHORT = _reason("sources.row.row-short")
ROW_LONG = _reason("sources.row.row-long")
YEAR_MISSING = _reason("sources.row.year-missing")
YEAR_OUTSIDE = _reason("sources.row.year-outside")
YEAR_UNREADABLE = _reason("sources.row.year-unreadable")
PERPETRATOR = _reason("sources.row.perpetrator")
ROW_ENCODING = _reason("sources.row.row-encoding")
ROW_QUOTE = _reason("sources.row.row-quote")
ROW_UNREADABLE = _reason("sources.row.row-unreadable")


def unreadable(fault: Note) -> Note:
    """Reason of a row that the reader of files could not read, by the fault it names."""
    return {"text": ROW_ENCODING, "quote": ROW_QUOTE}.get(fault_kind(fault), ROW_UNREADABLE)
