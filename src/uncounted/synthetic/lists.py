"""The five made-up member lists: who is on them, what they write down, and how wrongly."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from uncounted.records.schema import BIRTH_DAY, BIRTH_YEAR, NO_BIRTH, Leg, Records
from uncounted.synthetic.naming import make_name, slip, written
from uncounted.synthetic.people import AREAS, ORIGINS, Person

__all__ = [
    "AS_OF",
    "DEPENDENCE",
    "ERROR_LEVELS",
    "MEMBERS",
    "RECIPIENT",
    "ErrorLevel",
    "Member",
    "capture_histories",
    "write_list",
]

AS_OF = "2026-06-30"
"""Day of the example's run: releases are valid, expired or withdrawn as of it."""
RECIPIENT = "Example Coalition"
_LAST_DAY = dt.date(2026, 6, 15).toordinal()


@dataclass(frozen=True, slots=True)
class ErrorLevel:
    """How much goes wrong in writing a record down: chances per record.

    Parameters
    ----------
    variant
        Another romanisation or a spelling by ear.
    typo
        A slip of the keyboard in one word.
    dropped
        One of several given or family names left out.
    swapped
        Given and family name in each other's column.
    initial
        The given name as an initial.
    nameless
        No name at all, or one part only.
    no_birth, year_only, age_only
        What is known of the birth date.
    stand_in
        1 January in place of the day.
    day_month, digit
        Day and month swapped; one part of the date wrong.
    false_birth
        A birth date that is not the person's at all.
    alias
        A working name: another given name, at times another name altogether.
    wrong
        Sex or citizenship put down wrongly; area, four times as often, since people move.
    blank
        Each other field left empty.
    duplicate
        A second record of the same person on the list.
    """

    variant: float
    typo: float
    dropped: float
    swapped: float
    initial: float
    nameless: float
    no_birth: float
    year_only: float
    age_only: float
    stand_in: float
    day_month: float
    digit: float
    false_birth: float
    alias: float
    wrong: float
    blank: float
    duplicate: float


ERROR_LEVELS: Mapping[str, ErrorLevel] = {
    "low": ErrorLevel(
        0.10,
        0.01,
        0.02,
        0.01,
        0.0,
        0.0,
        0.02,
        0.02,
        0.02,
        0.01,
        0.005,
        0.01,
        0.002,
        0.003,
        0.002,
        0.03,
        0.005,
    ),
    "medium": ErrorLevel(
        0.30,
        0.03,
        0.06,
        0.03,
        0.01,
        0.01,
        0.04,
        0.05,
        0.06,
        0.03,
        0.015,
        0.03,
        0.005,
        0.01,
        0.006,
        0.08,
        0.02,
    ),
    "high": ErrorLevel(
        0.50,
        0.07,
        0.12,
        0.06,
        0.03,
        0.03,
        0.08,
        0.08,
        0.12,
        0.06,
        0.03,
        0.06,
        0.01,
        0.02,
        0.012,
        0.15,
        0.05,
    ),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One member organisation's list.

    Parameters
    ----------
    name, title
        Name of the list and of the organisation (made up).
    regime
        Confidentiality regime.
    share
        Chance that a person it can see is on it, before dependence.
    origins
        Origins it can see; empty for all.
    native
        Chance that a name is written in its native script.
    by_ear
        How many times likelier than elsewhere a name is written by ear and an age stands for a
        birth date.
    releases
        Share of its records with a release of information.
    file
        File `write_coalition` writes.
    """

    name: str
    title: str
    regime: str
    share: float
    origins: tuple[str, ...]
    native: float
    by_ear: float
    releases: float
    file: str


MEMBERS: tuple[Member, ...] = (
    Member("shelter", "Harbor shelter", "vawa", 0.20, (), 0.02, 1.0, 0.85, "shelter.xlsx"),
    Member("legal", "Open Door legal clinic", "privileged", 0.17, (), 0.05, 0.7, 0.9, "legal_clinic_htcds.xlsx"),
    Member("hotline", "State hotline", "none", 0.24, (), 0.0, 1.8, 0.3, "hotline_kobo.xlsx"),
    Member("police", "County police unit", "none", 0.15, (), 0.0, 0.8, 0.1, "police.csv"),
    Member("korean_centre", "Korean community centre", "none", 0.35, ("KOR",), 0.85, 1.0, 0.5, "korean_centre.csv"),
)  # fmt: skip

DEPENDENCE: Mapping[tuple[str, str], float] = {
    ("shelter", "legal"): 0.9,
    ("hotline", "police"): 0.6,
}
"""Log odds ratios between lists: the shelter and the clinic refer to one another, so do the hotline
and the police. All else is independent, so the hierarchical model with these two pair interactions
holds, in every origin and pooled."""


def capture_histories(
    people: Sequence[Person],
    rng: np.random.Generator,
    members: Sequence[Member] = MEMBERS,
    dependence: Mapping[tuple[str, str], float] = DEPENDENCE,
) -> NDArray[np.int64]:
    """Draw on which lists each person is, from a hierarchical log-linear model.

    Returns
    -------
    numpy.ndarray
        int64 bit masks of shape (people,); bit ``i`` for ``members[i]``.

    Notes
    -----
    The chance of a history is proportional to exp(sum of main effects on it + sum of the pair
    interactions on it); the main effects are set so that each list's share comes out as stated.
    """
    origins = sorted({p.origin for p in people})
    group = np.array([origins.index(p.origin) for p in people])
    out = np.zeros(len(people), dtype=np.int64)
    for k, origin in enumerate(origins):
        sees = np.array([not m.origins or origin in m.origins for m in members])
        chances = _cells(members, sees, dependence)
        who = np.flatnonzero(group == k)
        out[who] = rng.choice(len(chances), size=len(who), p=chances)
    return out


def _cells(
    members: Sequence[Member], sees: NDArray[np.bool_], dependence: Mapping[tuple[str, str], float]
) -> NDArray[np.float64]:
    """Chance of each history for people whom the lists ``sees`` can see, shape (2**lists,)."""
    t = len(members)
    masks = np.arange(1 << t)
    on = (masks[:, None] >> np.arange(t) & 1).astype(float)
    names = [m.name for m in members]
    bonus = np.zeros(1 << t)
    for (a, b), effect in dependence.items():
        bonus += effect * on[:, names.index(a)] * on[:, names.index(b)]
    allowed = (on[:, ~sees] == 0).all(axis=1)
    share = np.array([m.share for m in members])
    main = np.log(share / (1 - share))
    for _ in range(50):
        weight = np.where(allowed, np.exp(on @ main + bonus), 0.0)
        chances = weight / weight.sum()
        got = np.clip(on.T @ chances, 1e-12, 1 - 1e-12)
        main[sees] += (np.log(share / (1 - share)) - np.log(got / (1 - got)))[sees]
    return np.asarray(chances)


def write_list(
    member: Member,
    people: Sequence[Person],
    on: NDArray[np.int64],
    level: ErrorLevel,
    rng: np.random.Generator,
) -> tuple[Records, NDArray[np.int64]]:
    """Write down a member's records of the people on its list.

    Parameters
    ----------
    member
        The list.
    people
        The whole population.
    on
        Indices of the people on the list.
    level
        How much goes wrong.
    rng
        Stream of random numbers.

    Returns
    -------
    records
        As the member holds them, in order of first contact.
    person
        int64 of shape (records,): index of each record's person.
    """
    r = random.Random(int(rng.integers(2**62)))
    rows: list[tuple[int, int]] = []
    for i in on.tolist():
        day = people[i].seen + r.randint(0, 60)
        rows.append((day, i))
        if r.random() < level.duplicate:
            rows.append((min(day + r.randint(20, 200), _LAST_DAY), i))
    rows.sort()
    columns: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    for number, (day, i) in enumerate(rows):
        made = _record(member, people[i], dt.date.fromordinal(day), level, r)
        made["reference"] = f"{member.name[:2].upper()}-{number + 1:05d}"
        for name in _COLUMNS:
            columns[name].append(made[name])
    records = Records.build(member.name, **columns)
    return records, np.array([i for _, i in rows], dtype=np.int64)


_COLUMNS = (
    "reference", "date", "gender", "given", "family", "birth_date", "birth_precision", "stated_age",
    "stated_on", "citizenship", "language", "exploitation", "sector", "route", "area",
    "release_scope", "release_recipient", "release_expires", "release_withdrawn",
)  # fmt: skip


def _record(
    member: Member, p: Person, day: dt.date, level: ErrorLevel, r: random.Random
) -> dict[str, object]:
    out: dict[str, object] = dict.fromkeys(_COLUMNS)
    out["date"] = day
    out["given"], out["family"] = _name(member, p, level, r)
    _birth(out, member, p, day, level, r)
    blank = level.blank
    gender, origin, area = _put_down(member, p, level, r)
    out["gender"] = gender if r.random() > blank / 3 else ""
    out["citizenship"] = origin if r.random() > blank / 2 else ""
    out["language"] = p.language if r.random() > blank else ""
    out["area"] = area if r.random() > blank else ""
    out["sector"] = "" if p.sexual or r.random() < blank else p.sector
    out["exploitation"] = 2 if p.sexual else 1
    if r.random() < 0.06:
        out["exploitation"] = 3
    legs = [Leg("Recruitment", p.origin)]
    if p.transit and r.random() > blank:
        legs.append(Leg("Transit", p.transit))
    legs.append(Leg("Exploitation", "USA"))
    out["route"] = tuple(legs) if r.random() > 2 * blank else ()
    _release(out, member, day, r)
    return out


def _put_down(
    member: Member, p: Person, level: ErrorLevel, r: random.Random
) -> tuple[str, str, str]:
    """Gender, origin and area as the clerk has them."""
    gender, origin, area = p.gender, p.origin, p.area
    if r.random() < level.wrong:
        gender = "Masculine" if gender == "Feminine" else "Feminine"
    if r.random() < level.wrong:
        origin = r.choice(member.origins or list(ORIGINS))
    if r.random() < 4 * level.wrong:
        area = r.choice(list(AREAS))
    if r.random() < level.typo / 2:
        area = slip(area, r)
    return gender, origin, area


def _name(member: Member, p: Person, level: ErrorLevel, r: random.Random) -> tuple[str, str]:
    other = r.random() < min(level.variant * member.by_ear, 0.9)
    name = p.name
    if r.random() < level.alias:
        called = make_name(name.culture, "f" if p.gender == "Feminine" else "m", r)
        if r.random() < 0.7:
            called = replace(name, given=called.given, native_given=called.native_given)
        name = called
    spelling = written(name, r, other=other, native=r.random() < member.native)
    given, family = spelling.given, spelling.family
    if r.random() < level.typo:
        words = (given.split() or [""]) + (family.split() or [""])
        k = r.randrange(len(words))
        words[k] = slip(words[k], r)
        cut = len(given.split() or [""])
        given, family = " ".join(words[:cut]), " ".join(words[cut:])
    if r.random() < level.dropped:
        given = given.split()[0] if p.name.culture in ("es", "tl", "ne") and given else given
        family = family.split()[0] if p.name.culture == "es" and family else family
    if r.random() < level.initial and given and given[0].isascii():
        given = given[0] + "."
    if r.random() < level.nameless:
        given, family = r.choice(((given, ""), ("", ""), ("Unknown", family)))
    if r.random() < level.swapped:
        given, family = family, given
    if member.name == "police":
        given, family = given.upper(), family.upper()
    return given, family


def _birth(
    out: dict[str, object],
    member: Member,
    p: Person,
    day: dt.date,
    level: ErrorLevel,
    r: random.Random,
) -> None:
    born = p.born
    out["birth_precision"], out["stated_age"] = BIRTH_DAY, -1
    shares = (level.no_birth, level.year_only, level.age_only * member.by_ear)
    what = r.choices(("none", "year", "age", "day"), (*shares, 1 - sum(shares)))[0]
    if what == "day":
        if r.random() < level.false_birth:
            born = dt.date.fromordinal(born.toordinal() + r.randint(-3000, 3000))
        elif r.random() < level.stand_in:
            born = dt.date(born.year, 1, 1)
        elif r.random() < level.day_month and born.day <= 12:
            born = dt.date(born.year, born.day, born.month)
        elif r.random() < level.digit:
            born = _wrong_part(born, r)
        out["birth_date"] = born
    elif what == "year":
        out["birth_date"], out["birth_precision"] = dt.date(born.year, 1, 1), BIRTH_YEAR
    else:
        out["birth_precision"] = NO_BIRTH
    if what == "age" or (what == "day" and r.random() < 0.2):
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        if p.origin == "KOR" and r.random() < (0.6 if member.name == "korean_centre" else 0.25):
            age = day.year - born.year + 1
        if what == "age":
            out["birth_date"] = None
        out["stated_age"], out["stated_on"] = age, day


def _wrong_part(born: dt.date, r: random.Random) -> dt.date:
    part = r.randrange(3)
    if part == 0:
        return born.replace(year=born.year + r.choice((-10, -1, 1)), day=min(born.day, 28))
    if part == 1:
        return born.replace(
            month=(born.month + r.choice((0, 1, 9)) - 1) % 12 + 1, day=min(born.day, 28)
        )
    return born.replace(day=(born.day + r.choice((1, 9, 10)) - 1) % 28 + 1)


def _release(out: dict[str, object], member: Member, day: dt.date, r: random.Random) -> None:
    out["release_scope"] = out["release_recipient"] = ""
    if r.random() >= member.releases:
        return
    out["release_scope"] = "linkage" if r.random() < 0.96 else "total"
    out["release_recipient"] = RECIPIENT
    out["release_expires"] = day + dt.timedelta(days=r.choice((365, 1095, 1095, 1095, 1095, 1825)))
    if r.random() < 0.03:
        out["release_withdrawn"] = day + dt.timedelta(days=r.randint(10, 150))
