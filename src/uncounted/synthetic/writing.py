"""The example's lists as files, one format a member, as such organisations keep them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from uncounted.errors import InputError, MissingExtra
from uncounted.records.schema import (
    BIRTH_DAY,
    BIRTH_YEAR,
    EXPLOITATION,
    SECTORS,
    Leg,
    Records,
)
from uncounted.synthetic.example import Coalition

__all__ = ["write_coalition"]

Cell = str | int | dt.date
_ALPHA2 = {"KOR": "KR", "MEX": "MX", "CHN": "CN", "PHL": "PH", "THA": "TH", "GTM": "GT", "SLV": "SV", "HND": "HN",
           "VNM": "VN", "NPL": "NP", "ROU": "RO", "UKR": "UA", "USA": "US", "CAN": "CA", "ARE": "AE", "JPN": "JP", "IND": "IN", "QAT": "QA"}  # fmt: skip
_COUNTRY = {"KOR": "South Korea", "MEX": "Mexico", "CHN": "China", "PHL": "Philippines", "THA": "Thailand", "GTM": "Guatemala",
            "SLV": "El Salvador", "HND": "Honduras", "VNM": "Vietnam", "NPL": "Nepal", "ROU": "Romania", "UKR": "Ukraine",
            "USA": "United States", "CAN": "Canada", "ARE": "United Arab Emirates", "JPN": "Japan", "IND": "India", "QAT": "Qatar"}  # fmt: skip
_LANGUAGE = {"ko": "Korean", "es": "Spanish", "zh": "Chinese", "tl": "Tagalog", "th": "Thai", "vi": "Vietnamese",
             "ne": "Nepali", "ro": "Romanian", "uk": "Ukrainian"}  # fmt: skip
_HTCDS_SECTORS = {
    "A": "A_AgricultureForestryAndFishing",
    "C": "C_Manufacturing",
    "F": "F_Construction",
    "G": "G_WholesaleAndRetailTradeRepairOfMotorVehicles",
    "I": "I_AccommodationAndFoodServiceActivities",
    "Q": "Q_HumanHealthAndSocialWorkActivities",
    "S": "S_OtherServiceActivities",
    "T": "T_ActivitiesOfHouseholdsAsEmployers",
}


def write_coalition(coalition: Coalition, folder: Path | str) -> tuple[Path, ...]:
    """Write each list to a file of its own: Excel, HTCDS sheets, a Kobo export, two kinds of CSV.

    Parameters
    ----------
    coalition
        What `example_coalition` made.
    folder
        Where to; made if it is not there. Files that are there already are not overwritten.

    Returns
    -------
    tuple of Path
        One file per list, in the order of the lists. The truth is not written: it stays in
        ``coalition``.

    Raises
    ------
    InputError
        If a file is there already.
    MissingExtra
        Without openpyxl (extra ``link``).
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    paths = tuple(target / m.file for m in coalition.members)
    taken = [p.name for p in paths if p.exists()]
    if taken:
        raise InputError(
            f"The folder already holds {', '.join(taken)}.", fix="Choose an empty folder."
        )
    for records, path in zip(coalition.records, paths, strict=True):
        _WRITERS.get(path.name, _plain_csv)(records, path)
    return paths


def _day(value: np.datetime64) -> dt.date | None:
    made = value.astype(object)
    return made if isinstance(made, dt.date) else None


def _iso(value: np.datetime64) -> str:
    day = _day(value)
    return day.isoformat() if day else ""


def _us(value: np.datetime64) -> str:
    day = _day(value)
    return f"{day.month:02d}/{day.day:02d}/{day.year}" if day else ""


def _country_of(route: Sequence[Leg], kind: str) -> str:
    return next((_COUNTRY[leg.country] for leg in route if leg.kind == kind), "")


def _forms(bits: int) -> list[str]:
    return [form for i, form in enumerate(EXPLOITATION) if bits >> i & 1]


def _age(records: Records, k: int) -> Cell:
    return int(records.stated_age[k]) if records.stated_age[k] >= 0 else ""


def _birth(records: Records, k: int, written: Callable[[np.datetime64], Cell]) -> Cell:
    precision = records.birth_precision[k]
    if precision == BIRTH_DAY:
        return written(records.birth_date[k])
    return int(str(records.birth_date[k])[:4]) if precision == BIRTH_YEAR else ""


def _shelter(records: Records, path: Path) -> None:
    """Excel with a merged title row, dates as Excel keeps them."""
    header = [
        "Case ID", "Intake date", "First name", "Last name", "Date of birth", "Age", "Gender",
        "Country of origin", "Language", "Type of exploitation", "Sector", "County",
        "Country of recruitment", "Country of transit", "Country of exploitation",
        "Release covers", "Release to", "Release expires", "Release withdrawn",
    ]  # fmt: skip
    rows = []
    for k in range(len(records)):
        route = records.route[k]
        rows.append([
            records.reference[k], _day(records.date[k]), records.given[k], records.family[k],
            _birth(records, k, lambda d: _day(d) or ""), _age(records, k),
            {"Feminine": "Female", "Masculine": "Male"}.get(records.gender[k], ""),
            _COUNTRY.get(records.citizenship[k], ""), _LANGUAGE.get(records.language[k], ""),
            "; ".join(_SPOKEN[f] for f in _forms(int(records.exploitation[k]))),
            SECTORS.get(records.sector[k], ""), records.area[k],
            _country_of(route, "Recruitment"), _country_of(route, "Transit"),
            _country_of(route, "Exploitation"),
            records.release_scope[k], records.release_recipient[k],
            _day(records.release_expires[k]), _day(records.release_withdrawn[k]),
        ])  # fmt: skip
    _workbook(
        path, {"Cases": [["Case list, made up for the example"], header, *rows]}, merged=len(header)
    )


_SPOKEN = {"ForcedLabour": "Forced labor", "SexualExploitation": "Sexual exploitation"}


def _htcds(records: Records, path: Path) -> None:
    """Two HTCDS sheets: people with their cases, and events."""
    header = [
        "Person ID", "cas_IncomingReferralDate", "prs_FirstName", "prs_SecondName", "prs_Birthdate",
        "Age at intake", "prs_Gender", "prs_Citizenship", "prs_PrimaryLanguage",
        "vic_TraffickingStatus", "vic_TypeOfExploitation", "vic_ForcedLabourIndustry", "County",
        "Release scope", "Release recipient", "Release expires", "Release withdrawn",
    ]  # fmt: skip
    people: list[list[object]] = [list(header)]
    events: list[list[object]] = [["Parent ID", "hte_Type", "hte_Country", "hte_Date"]]
    for k in range(len(records)):
        people.append([
            records.reference[k], _iso(records.date[k]), records.given[k], records.family[k],
            _birth(records, k, _iso), _age(records, k), records.gender[k] or "NonSpecifiedUnknown",
            _ALPHA2.get(records.citizenship[k], ""), records.language[k],
            "ActualVictimOfTrafficking", ";".join(_forms(int(records.exploitation[k]))),
            _HTCDS_SECTORS.get(records.sector[k], ""), records.area[k],
            records.release_scope[k], records.release_recipient[k],
            _iso(records.release_expires[k]), _iso(records.release_withdrawn[k]),
        ])  # fmt: skip
        for leg in records.route[k]:
            events.append([records.reference[k], leg.kind, _ALPHA2[leg.country], ""])
    _workbook(path, {"Person": people, "HumanTraffickingEvent": events})


def _kobo(records: Records, path: Path) -> None:
    """Write a Kobo export: a column per choice, groups in the names, legs on a sheet of their own."""
    header = [
        "start", "today", "caller/full_name", "caller/date_of_birth", "caller/age", "caller/sex",
        "caller/nationality", "caller/language", "case/exploitation/ForcedLabour",
        "case/exploitation/SexualExploitation", "case/sector", "case/county",
        "release/scope", "release/recipient", "release/expires", "release/withdrawn",
        "case_reference", "_submission_time", "_index", "__version__",
    ]  # fmt: skip
    calls: list[list[object]] = [list(header)]
    legs: list[list[object]] = [["leg_type", "leg_country", "_parent_index"]]
    for k in range(len(records)):
        day = _iso(records.date[k])
        bits = int(records.exploitation[k])
        calls.append([
            f"{day}T09:00:00", day, f"{records.given[k]} {records.family[k]}".strip(),
            _birth(records, k, _iso), _age(records, k),
            {"Feminine": "female", "Masculine": "male"}.get(records.gender[k], ""),
            _COUNTRY.get(records.citizenship[k], ""), _LANGUAGE.get(records.language[k], ""),
            bits & 1, bits >> 1 & 1, SECTORS.get(records.sector[k], ""), records.area[k],
            records.release_scope[k], records.release_recipient[k],
            _iso(records.release_expires[k]), _iso(records.release_withdrawn[k]),
            records.reference[k], f"{day}T09:20:00", k + 1, "v1",
        ])  # fmt: skip
        for leg in records.route[k]:
            legs.append([leg.kind, _COUNTRY[leg.country], k + 1])
    _workbook(path, {"calls": calls, "legs": legs})


def _police(records: Records, path: Path) -> None:
    """CSV of a records system: capitals, "LAST, FIRST", US dates."""
    header = [
        "Report Number", "Report Date", "Victim Name", "DOB", "Age", "Sex", "Nationality",
        "Type of Exploitation", "Industry", "County", "Recruitment Country", "Transit Country",
        "Destination Country", "Release Covers", "Release To", "Release Expires", "Release Revoked",
    ]  # fmt: skip
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(header)
        for k in range(len(records)):
            route = records.route[k]
            given, family = records.given[k], records.family[k]
            out.writerow([
                records.reference[k], _us(records.date[k]),
                f"{family}, {given}" if given and family else given or family,
                _birth(records, k, _us), _age(records, k),
                {"Feminine": "F", "Masculine": "M"}.get(records.gender[k], ""),
                _COUNTRY.get(records.citizenship[k], ""),
                "; ".join(_SPOKEN[f] for f in _forms(int(records.exploitation[k]))),
                SECTORS.get(records.sector[k], ""), records.area[k],
                _country_of(route, "Recruitment"), _country_of(route, "Transit"),
                _country_of(route, "Exploitation"),
                records.release_scope[k], records.release_recipient[k],
                _us(records.release_expires[k]), _us(records.release_withdrawn[k]),
            ])  # fmt: skip


def _korean(records: Records, path: Path) -> None:
    """CSV with Korean column names, years written before months."""
    header = ["번호", "접수일", "이름", "성", "생년월일", "나이", "성별", "국적", "언어", "피해유형",
              "county", "release scope", "release to", "release expires", "release withdrawn"]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(header)
        for k in range(len(records)):
            out.writerow([
                records.reference[k], _iso(records.date[k]).replace("-", "."), records.given[k],
                records.family[k], _birth(records, k, lambda d: _iso(d).replace("-", ".")),
                _age(records, k), {"Feminine": "여", "Masculine": "남"}.get(records.gender[k], ""),
                "대한민국" if records.citizenship[k] == "KOR" else "", "한국어" if records.language[k] == "ko" else "",
                ";".join(_forms(int(records.exploitation[k]))), records.area[k],
                records.release_scope[k], records.release_recipient[k],
                _iso(records.release_expires[k]), _iso(records.release_withdrawn[k]),
            ])  # fmt: skip


def _plain_csv(records: Records, path: Path) -> None:
    """Write a list of a coalition of the caller's own making: the record's own field names."""
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            [
                "case id",
                "date",
                "given name",
                "family name",
                "date of birth",
                "age",
                "gender",
                "citizenship",
            ]
        )
        out.writerows(_plain_rows(records))


def _plain_rows(records: Records) -> Iterator[list[Cell]]:
    for k in range(len(records)):
        yield [records.reference[k], _iso(records.date[k]), records.given[k], records.family[k],
               _birth(records, k, _iso), _age(records, k), records.gender[k], records.citizenship[k]]  # fmt: skip


def _workbook(path: Path, sheets: dict[str, Sequence[Sequence[object]]], merged: int = 0) -> None:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise MissingExtra(
            "Writing the example's Excel files needs openpyxl.",
            fix="Install it with: pip install 'uncounted[link]'",
        ) from None
    book = Workbook(write_only=not merged)
    if merged:
        book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if merged:
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=merged)
    book.properties.created = _STAMP
    held = io.BytesIO()
    book.save(held)
    path.write_bytes(_stamped(held.getvalue()))


_STAMP = dt.datetime(2026, 6, 30)


def _stamped(book: bytes) -> bytes:
    """Return a workbook without the clock's traces: equal seeds give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                time = _STAMP.isoformat().encode() + b"Z<"
                content = re.sub(rb"[0-9T:-]{19}Z<", time, content)
            entry = zipfile.ZipInfo(name, _STAMP.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()


_WRITERS: dict[str, Callable[[Records, Path], None]] = {
    "shelter.xlsx": _shelter,
    "legal_clinic_htcds.xlsx": _htcds,
    "hotline_kobo.xlsx": _kobo,
    "police.csv": _police,
    "korean_centre.csv": _korean,
}
