"""Every reason for which a row of a source is set aside, in the order in which a log lists them."""

from __future__ import annotations

from uncounted.core.notes import Note

_ORDER: dict[str, int] = {}


def _reason(code: str) -> Note:
    _ORDER[code] = len(_ORDER)
    return Note(code)


def place_of(reason: Note) -> int:
    """Place of a reason in this table; one that is not here stands last."""
    return _ORDER.get(reason.code, len(_ORDER))


CODE_UNKNOWN = _reason("sources.row.code_unknown")
COUNTRY_UNKNOWN = _reason("sources.row.country_unknown")
COUNTRY_UNREADABLE = _reason("sources.row.country_unreadable")
COUNTRY_BROKEN = _reason("sources.row.country_broken")
COUNT_IS_DATE = _reason("sources.row.count_is_date")
FORM_UNKNOWN = _reason("sources.row.form_unknown")
MARK_UNKNOWN = _reason("sources.row.mark_unknown")
COUNTRY_IS_REGION = _reason("sources.row.country_is_region")
REGION = _reason("sources.row.region")
GROUP_UNKNOWN = _reason("sources.row.group_unknown")
FORMER = _reason("sources.row.former")
ANTILLES = _reason("sources.row.antilles")
TOTAL = _reason("sources.row.total")
END_UNREADABLE = _reason("sources.row.end_unreadable")
END_IS_REGION = _reason("sources.row.end_is_region")
END_MISSING = _reason("sources.row.end_missing")
INDICATOR_UNKNOWN = _reason("sources.row.indicator_unknown")
CITIZENSHIP_UNKNOWN = _reason("sources.row.citizenship_unknown")
DEBRIS = _reason("sources.row.debris")
ABROAD = _reason("sources.row.abroad")
LABEL_UNCLEAR = _reason("sources.row.label_unclear")
COUNTRY_MISSING = _reason("sources.row.country_missing")
SEVERAL = _reason("sources.row.several")
STATELESS = _reason("sources.row.stateless")
ONLY_WIDE = _reason("sources.row.only_wide")
CASE_MISSING = _reason("sources.row.case_missing")
COUNT_IS_INTERVAL = _reason("sources.row.count_is_interval")
COUNT_BEYOND = _reason("sources.row.count_beyond")
COUNT_MISSING = _reason("sources.row.count_missing")
COUNT_NEGATIVE = _reason("sources.row.count_negative")
COUNT_NO_NUMBER = _reason("sources.row.count_no_number")
COUNT_NOT_WHOLE = _reason("sources.row.count_not_whole")
DATE_UNREADABLE = _reason("sources.row.date_unreadable")
EVENT_UNKNOWN = _reason("sources.row.event_unknown")
LABEL_EMPTY = _reason("sources.row.label_empty")
LABEL_BROKEN = _reason("sources.row.label_broken")
LEG_NUMBER = _reason("sources.row.leg_number")
LEGS_APART = _reason("sources.row.legs_apart")
REPORTER_UNKNOWN = _reason("sources.row.reporter_unknown")
ROW_SHORT = _reason("sources.row.row_short")
ROW_LONG = _reason("sources.row.row_long")
YEAR_MISSING = _reason("sources.row.year_missing")
YEAR_OUTSIDE = _reason("sources.row.year_outside")
YEAR_UNREADABLE = _reason("sources.row.year_unreadable")
PERPETRATOR = _reason("sources.row.perpetrator")
