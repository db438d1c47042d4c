"""From a file's columns to the record's fields: a guess with a score, shown and kept.

A target is a field of the record, or a part of one that files keep in a column of its own:
``full_name``, ``given_more``, ``family_more``, ``birth_year``, ``birth_month``, ``birth_day``,
``release_given`` (a checkbox), ``status``, ``exploitation.<form>`` and ``sector.<letter>``
(yes/no columns), ``leg<k>.kind|country|date`` and ``leg.<kind>.country|date`` (route legs),
``parent`` (the key that ties a sheet of legs to its records).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from uncounted.core.notes import note
from uncounted.files.tabular import HeaderRows
from uncounted.records import codes
from uncounted.records.calendar import UNREADABLE, read_date, years_between
from uncounted.records.column_words import ALIASES
from uncounted.records.consent.column_names import RELEASE_TARGETS, judge
from uncounted.records.naming import ASIDE, as_it_stands, by_name, path_of
from uncounted.records.nepali import read_nepali
from uncounted.records.schema import EXPLOITATION, SECTORS

__all__ = [
    "NAMES",
    "ColumnGuess",
    "Guess",
    "check_columns",
    "find_header",
    "guess_columns",
    "is_target",
    "named_alike",
    "not_understood",
]

_BOXES = {"release_given", "release_refused", "release_withdrawn"}
"""Answers about a release: of several columns every one is obeyed."""
_GENDER_BOXES = {
    "woman": "Feminine", "female": "Feminine", "mujer": "Feminine", "girl": "Feminine", "womangirl": "Feminine", "man": "Masculine", "male": "Masculine", "hombre": "Masculine", "boy": "Masculine",
    "manboy": "Masculine", "nonbinary": "NonConforming", "nosinglegender": "NonConforming", "questioning": "NonConforming", "differentidentity": "NonConforming",
    "culturallyspecific": "NonConforming", "transgender": "Transgender",
}  # fmt: skip
"""Columns that say yes or no to one gender each, as the data standard of homeless services has them."""
_HOMELESS = {"namedataquality", "dobdataquality", "ssndataquality", "veteranstatus", "exportid"}
_REPEATED = (
    _BOXES
    | {f"gender.{g}" for g in set(_GENDER_BOXES.values())}
    | {f"exploitation.{f}" for f in EXPLOITATION}
    | {f"sector.{s}" for s in SECTORS}
)


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column of the file: which target it serves, how sure the guess is, from what.

    Parameters
    ----------
    position
        From 0.
    column
        Name in the file.
    target
        A target, ``"refused"`` for identity and contact columns, ``""`` for columns not used.
    score
        0 to 1.
    """

    position: int
    column: str
    target: str
    score: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A whole mapping.

    Parameters
    ----------
    columns
        One entry per column of the file.
    layout
        ``"plain"``, ``"htcds"``, ``"kobo"``, ``"ctdc-synthetic"`` or ``"ctdc-k-anonymised"``.
    """

    columns: tuple[ColumnGuess, ...]
    layout: str

    def to_targets(self) -> dict[str, str | list[str]]:
        """Target to column name, as the project file keeps it."""
        out: dict[str, str | list[str]] = {}
        for c in self.columns:
            if c.target in {"", "refused"}:
                continue
            if c.target in out:
                have = out[c.target]
                out[c.target] = [*([have] if isinstance(have, str) else have), c.column]
            else:
                out[c.target] = c.column
        return out


NAMES = frozenset(("given", "given_more", "family", "family_more", "full_name"))
"""Targets that hold a name or a part of one."""


def named_alike(text: str, target: str) -> bool:
    """Whether a cell says what its column is called, in whichever words.

    Examples
    --------
    >>> named_alike("Date of birth", "birth_date"), named_alike("Ana", "given")
    (True, False)
    """
    if len(text) > 120:
        return False
    found, score = as_it_stands(text)
    return found == target and score >= 0.9 and codes.country(text) is None


def is_target(target: str) -> bool:
    """Whether a name is a target a column can be mapped to."""
    return (
        target in ALIASES
        or target in _REPEATED
        or re.fullmatch(r"leg[1-9]\d?\.(kind|country|date)", target) is not None
    )


_DATES = ("date", "birth_date", "stated_on", "release_expires")


def _is_date(text: str) -> bool:
    return (
        read_date(text) is not UNREADABLE
        or read_date(text, "ymd") is not UNREADABLE
        or read_nepali(text) is not None
        or years_between(text) is not None
    )


def _evidence(target: str, sample: Sequence[str]) -> float | None:
    """Share of a column's filled cells that read as the target does; ``None`` if it cannot tell."""
    reads: Callable[[str], bool]
    if target in _DATES or target.endswith(".date"):
        reads = _is_date
    elif target == "birth_year":
        reads = lambda x: x.strip()[:4].isdecimal()  # noqa: E731
    elif target == "stated_age":
        reads = lambda x: any(c.isdecimal() for c in x) and len(x.strip()) <= 12  # noqa: E731
    elif target == "citizenship" or target.endswith(".country"):
        reads = lambda x: codes.country(x) is not None  # noqa: E731
    elif target == "gender":
        reads = lambda x: codes.gender(x) is not None  # noqa: E731
    elif target == "language":
        reads = lambda x: codes.language(x) is not None  # noqa: E731
    elif target == "exploitation":
        reads = lambda x: codes.exploitation(x) is not None  # noqa: E731
    elif target == "sector":
        reads = lambda x: codes.sector(x) is not None  # noqa: E731
    elif target == "area":
        reads = lambda x: not codes.refuses_area(x)  # noqa: E731
    elif target == "release_given":
        reads = lambda x: codes.yes_no(x) is not None  # noqa: E731
    elif target in {"given", "family", "full_name", "given_more", "family_more"}:
        reads = lambda x: not any(c.isdecimal() for c in x)  # noqa: E731
    elif target == "status":
        reads = lambda x: "victim" in codes.fold(x) or "traffick" in codes.fold(x)  # noqa: E731
    else:
        return None
    filled = [x for x in sample if x.strip()]
    if not filled:
        return None
    return sum(reads(x) for x in filled) / len(filled)


def _form_box(header: str, cells: Sequence[str]) -> str:
    """Target of a yes/no column that is called as a form of exploitation is: ``Labor trafficking?``."""
    bits = codes.exploitation(ASIDE.sub(" ", header).strip(" ?:*")) or 0
    filled = [x for x in cells if x.strip()]
    if not bits or bits & (bits - 1) or not filled:
        return ""
    if any(codes.yes_no(x) is None for x in filled):
        return ""
    return f"exploitation.{EXPLOITATION[bits.bit_length() - 1]}"


def _few_answers(target: str, cells: Sequence[str]) -> bool:
    """Whether a column of a closed field holds codes, or few and short answers."""
    if target not in {"gender", "citizenship", "language", "exploitation", "sector"}:
        return False
    filled = [codes.fold(x) for x in cells if x.strip()]
    different = set(filled)
    if all(len(x) <= 3 for x in different):
        return len(different) <= 30
    short = all(len(x) <= 40 and len(x.split()) <= 5 for x in different)
    return short and len(filled) > 1 and len(different) <= 20


def _all_kinds(cells: Sequence[str]) -> bool:
    """Whether a column named "type" holds kinds of legs: recruitment, transit, exploitation."""
    filled = [x for x in cells if x.strip()]
    return bool(filled) and all(codes.leg_kind(x) and not codes.exploitation(x) for x in filled)


def guess_columns(names: Sequence[str], sample: Sequence[Sequence[str]]) -> Guess:
    """Guess which column holds what.

    Parameters
    ----------
    names
        The file's column names.
    sample
        Some rows of cells. Names weigh 70, what the cells read as 30; a guess under 0.5 is
        not made. Of two columns for one target the surer one wins, then the earlier.

    Examples
    --------
    >>> guess = guess_columns(["Case ID", "First Name", "E-mail"], [["7", "Ana", "a@b.c"]])
    >>> [c.target for c in guess.columns]
    ['reference', 'given', 'refused']
    """
    made = []
    for i, name in enumerate(names):
        target, score = by_name(name)
        if score < 0.9 and target != "refused":
            form = _form_box(name, [row[i] for row in sample if i < len(row)])
            target, score = (form, 0.8) if form else (target, score)
        if target not in {"", "refused"} and score > 0:
            cells = [row[i] for row in sample if i < len(row)]
            if target == "exploitation" and _all_kinds(cells):
                target = "leg.kind"
            share = _evidence(target, cells)
            if share is not None:
                known = target in RELEASE_TARGETS
                if share == 0 and score >= 0.9 and _few_answers(target, cells):
                    score = 0.5  # whoever keeps the list says what its answers mean
                else:
                    score = score * (0.7 + 0.3 * share) if share > 0 else score * 0.45
                if known:
                    # answers in words nobody foresaw are answers all the same
                    score = max(score, 0.5)
        if score < 0.5:
            target, score = "", 0.0
        made.append(ColumnGuess(i, name, target, round(score, 2)))
    made = _halves(_gender_boxes(made, names, sample), sample)
    best: dict[str, ColumnGuess] = {}
    for c in made:
        single = c.target and c.target != "refused" and c.target not in _REPEATED
        if single and (c.target not in best or c.score > best[c.target].score):
            best[c.target] = c
    kept = tuple(
        c
        if c.target in {"", "refused"} or c.target in _REPEATED or best[c.target] is c
        else ColumnGuess(c.position, c.column, "", 0.0)
        for c in made
    )
    return Guess(kept, _layout(names))


def _gender_boxes(
    made: list[ColumnGuess], names: Sequence[str], sample: Sequence[Sequence[str]]
) -> list[ColumnGuess]:
    """Take columns called as genders are, and answered with yes and no, for one answer together."""
    layout = _layout(names)
    if layout == "hmis":
        sexes = [c for c in made if codes.fold(c.column) == "sex"]
        made = [replace(c, target="gender", score=0.95) if c in sexes else c for c in made]
        made = [replace(c, target="", score=0.0) if codes.fold(c.column) == "gendernone" else c for c in made]  # fmt: skip
    if any(c.target == "gender" and c.score >= 0.9 for c in made):
        return made
    boxes = {}
    for c in made:
        path = path_of(c.column)
        gender = _GENDER_BOXES.get(re.sub(r"[\W_]+", "", codes.fold(path[-1])) if path else "")
        cells = {row[c.position].strip() for row in sample if c.position < len(row)}
        if gender and all(codes.tick(x) is not None for x in cells):
            boxes[c.position] = gender
    if len(boxes) < 2 or not {"Feminine", "Masculine"} & set(boxes.values()):
        return made
    return [
        replace(c, target=f"gender.{boxes[c.position]}", score=0.9) if c.position in boxes else c
        for c in made
    ]


def _halves(made: list[ColumnGuess], sample: Sequence[Sequence[str]]) -> list[ColumnGuess]:
    """Take a column called "name" for the half of the name that has no column of its own.

    ``Nom`` beside ``Prénom`` is the family name, ``Nome`` beside ``Sobrenome`` the given one: the cells
    show it, as a whole name would hold its half.
    """
    places = {c.target: c.position for c in reversed(made) if c.target}
    missing = {"given", "family"} - places.keys()
    if "full_name" not in places or len(missing) != 1:
        return made
    (half,) = missing
    (other,) = {"given", "family"} - missing
    whole = places["full_name"]
    rows = [r for r in sample if max(whole, places[other]) < len(r)]
    both = [(codes.plain_words(r[whole]).split(), codes.plain_words(r[places[other]]).split()) for r in rows]  # fmt: skip
    both = [(a, b) for a, b in both if a and b]
    holds = sum(set(b) <= set(a) for a, b in both)
    if both and holds * 5 > len(both):
        return made
    return [replace(c, target=half) if c.position == whole else c for c in made]


def not_understood(
    names: Sequence[str], sample: Sequence[Sequence[str]], taken: Collection[str]
) -> list[tuple[int, str]]:
    """Columns named outright for a target nothing serves, of whose cells none reads as it.

    Parameters
    ----------
    names, sample
        As for `guess_columns`.
    taken
        Targets that have a column.

    Returns
    -------
    Positions and targets.
    """
    out = []
    for i, name in enumerate(names):
        target, score = as_it_stands(name)
        if target in {"", "refused", "status", *RELEASE_TARGETS, *taken} or score < 0.9:
            continue
        if _evidence(target, [row[i] for row in sample if i < len(row)]) == 0:
            out.append((i, target))
    return out


def _layout(names: Sequence[str]) -> str:
    folded = [n.strip().casefold() for n in names]
    if any(n == "countryofexploitation" for n in folded) and "yearofregistration" in folded:
        return "ctdc-k-anonymised" if "datasource" in folded else "ctdc-synthetic"
    if any(n.startswith(("prs_", "vic_", "cas_", "hte_")) for n in folded):
        return "htcds"
    if {"_uuid", "_submission_time", "__version__", "key", "meta-instanceid", "_index"} & set(
        folded
    ) and (
        any("/" in n for n in folded)
        or any(n.startswith("_") for n in folded)
        or "submissiondate" in folded
    ):
        return "kobo"
    tight = {re.sub(r"[\W_]+", "", n) for n in folded}
    if "personalid" in tight and len(tight & _HOMELESS) >= 1:
        return "hmis"
    return "plain"


_FIGURES = re.compile(r"[\d\s./:,+-]+")


def find_header(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> HeaderRows | None:
    """Find the row, or the two rows merged over groups of columns, that name the columns.

    Parameters
    ----------
    rows
        The first rows of a sheet.
    wanted
        Column names the project file gives, folded: they count as known.

    Returns
    -------
    HeaderRows or None
        ``None`` where no row has a column name these tables know. A row of figures, or one below
        rows as full as itself, needs more of them: a case's "work" or "no" is no column name.
    """
    best: HeaderRows | None = None
    busiest = 0
    for i, row in enumerate(rows):
        cells = [c.strip() for c in row]
        filled = sum(map(bool, cells))
        if not filled:
            continue
        options = [(i, i, cells)]
        if i + 1 < len(rows) and "" in cells:
            below = [c.strip() for c in rows[i + 1]]
            # under a merged group name stand the columns' own names; one merged downwards has none
            joined = [
                (below[k] if k < len(below) else "") or (cells[k] if k < len(cells) else "")
                for k in range(max(len(cells), len(below)))
            ]
            options.append((i, i + 1, joined))
        for first, last, names in options:
            targets = _targets(names, wanted)
            size = sum(map(bool, names))
            figures = sum(bool(n) and _FIGURES.fullmatch(n) is not None for n in names)
            # of a workbook's sheets the people's is the list, not that of their releases or routes
            aside = ("leg", "parent", *RELEASE_TARGETS)
            known = sum(0.2 if t.startswith(aside) else 1.0 for t in targets)
            score = known - 0.5 * figures - 0.1 * (last - first) - 0.01 * first
            enough: float = 3 if figures else 1
            if busiest >= max(size, 2):
                enough = max(enough, 2, size * 0.3)
            elif len(targets) == 1 and size > 2:
                enough = 2
            if wanted and not set(wanted) - {codes.fold(n) for n in names if n}:
                enough = 1  # the project file names these columns
                score += len(wanted)
            if len(targets) >= enough and (best is None or score > best.score):
                best = HeaderRows(first, last, names, score)
        busiest = max(busiest, filled)
    return best


def _targets(names: Sequence[str], wanted: Collection[str]) -> set[str]:
    out = set()
    for name in names:
        if not name:
            continue
        target, score = as_it_stands(name)
        if target not in {"", "refused"} and score >= 0.9:
            out.add(target)
        elif wanted and codes.fold(name) in wanted:
            out.add(codes.fold(name))
    return out


def check_columns(
    wanted: Mapping[str, str | Sequence[str]], names: Sequence[str]
) -> tuple[list[tuple[str, int]], list[str]]:
    """Positions of the columns a project file names.

    Returns
    -------
    (target, position) pairs, and the targets whose column the file lacks.
    """
    pairs, missing = [], []
    folded: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        folded.setdefault(codes.fold(name), []).append(i)
    for target, columns in wanted.items():
        for column in [columns] if isinstance(columns, str) else columns:
            places = folded.get(codes.fold(column), [])
            if not places:
                missing.append(target)
            elif by_name(names[places[0]])[0] == "refused" and not (
                target in _BOXES and judge(names[places[0]]).speaks
            ):
                missing.append(str(note("records.unread.refused", field=target)))
            else:
                # of boxes of one name each is obeyed; of other fields the first is read
                found = [(target, i) for i in (places if target in _BOXES else places[:1])]
                pairs += [pair for pair in found if pair not in pairs]
    return pairs, missing
