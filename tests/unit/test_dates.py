"""Birth dates: precision, placeholders, calendars, ages as stated; symmetric levels."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from uncounted.records.dates import (
    BirthDate,
    age_window,
    birth_date,
    compare_dates,
    date_levels,
    match_dates,
    nepali_day,
    read_birth_date,
)
from uncounted.records.schema import BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR, NO_BIRTH

SEEN = dt.date(2020, 1, 1)


def _read(text: str) -> BirthDate:
    return read_birth_date(text, seen=SEEN)


@pytest.mark.parametrize(
    ("a", "b", "level"),
    [
        ("1990-03-04", "1990-03-04", 4),
        ("3/4/90", "1990-03-04", 4),
        ("32936", "1990-03-04", 4),  # a spreadsheet's day number
        ("2533-05-05", "1990-05-05", 4),  # Buddhist era
        ("1990-03-04", "1990-04-03", 3),
        ("1990-03-04", "1990-03-24", 3),
        ("1990-03-04", "1980-03-04", 3),
        ("1990-03-04", "1990-03-05", 3),
        ("2045-03-15", "1988-06-29", 3),  # Nepali calendar
        ("1990-03-04", "1990", 2),
        ("1990-01-01", "1990-07-12", 2),  # 1 January stands for the year
        ("1990-01-01", "1990-01-01", 2),
        ("1990-03", "1990-03-04", 2),
        ("1990-03-04", "1985-03-04", 0),
        ("1990-03-04", "1992-07-09", 0),
        ("1990", "1991", 0),
        ("1900-01-01", "1990-03-04", -1),  # a stand-in for "not known"
        ("junk", "1990-03-04", -1),
        ("", "", -1),
    ],
)
def test_levels(a: str, b: str, level: int) -> None:
    assert compare_dates(_read(a), _read(b)) == level
    assert compare_dates(_read(b), _read(a)) == level


def test_two_digit_years_end_before_the_record() -> None:
    assert _read("3/4/19").year == 2019
    assert _read("3/4/45").year == 1945


def test_nobody_is_born_after_the_record() -> None:
    assert read_birth_date("2030-01-05", seen=SEEN).rough  # 2030 Bikram Sambat is 1973
    assert read_birth_date("2019-12-31", seen=dt.date(2019, 6, 1)).precision in (
        NO_BIRTH,
        BIRTH_DAY,
    )


def test_age_window_holds_completed_and_east_asian_ages() -> None:
    """Every birth day of a window's inside gives the stated age by one of the countings."""
    on = dt.date(2020, 6, 1)
    first, last = age_window(20, on)
    for born in (first, dt.date(2000, 1, 1), dt.date(2000, 6, 1), dt.date(2001, 3, 3)):
        completed = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        korean = on.year - born.year + 1
        assert 20 in (completed, korean)
        assert first <= born <= last
    before = first - dt.timedelta(days=1)
    assert on.year - before.year - ((on.month, on.day) < (before.month, before.day)) == 21


def test_age_on_a_leap_day_and_of_a_newborn() -> None:
    assert age_window(0, dt.date(2020, 2, 29))[1] == dt.date(2020, 2, 29)
    assert age_window(1, dt.date(2020, 2, 29))[0] == dt.date(2018, 3, 1)


def test_stated_age_against_a_date() -> None:
    stated = birth_date(None, stated_age=26, stated_on=dt.date(2015, 1, 5))
    assert (
        match_dates(stated, _read("1990-03-04")).level == 1
    )  # 24 completed, 26 as counted in Korea
    assert match_dates(stated, _read("1970-03-04")).level == 0
    assert match_dates(stated, stated).level == 1


def test_from_a_record() -> None:
    assert birth_date(np.datetime64("NaT")) == BirthDate()
    assert birth_date(np.datetime64("1990-03-04")).day == 4
    assert birth_date(dt.date(1990, 3, 1), BIRTH_MONTH).month == 3
    assert birth_date(dt.date(1990, 1, 1), BIRTH_YEAR).precision == BIRTH_YEAR
    assert birth_date(None, stated_age=-1) == BirthDate()
    assert birth_date(None, stated_age=300, stated_on=SEEN) == BirthDate()


def test_nepali_days_fall_where_the_almanac_puts_them() -> None:
    # New year of 2077 Bikram Sambat was 13 April 2020; of 2070, 14 April 2013. Slack of 3 days.
    for year, day in ((2077, dt.date(2020, 4, 13)), (2070, dt.date(2013, 4, 14))):
        made = nepali_day(year, 1, 1)
        assert made is not None
        assert abs((made - day).days) <= 3
    assert nepali_day(2045, 13, 1) is None


def test_a_date_never_prints() -> None:
    assert "1990" not in repr(_read("1990-03-04"))
    assert "1990" not in match_dates(_read("1990-03-04"), _read("1991-03-04")).rule


def test_many_pairs() -> None:
    a = [_read("1990-03-04"), None, _read("1990")]
    levels = date_levels(a, [_read("1990-03-04"), _read("1990"), _read("1991")])
    assert levels.dtype == np.int8
    assert levels.tolist() == [4, -1, 0]
