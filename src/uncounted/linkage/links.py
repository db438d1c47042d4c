"""`link`: files or data frames of several lists to `Links`, consent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from uncounted.core.notes import Number, note
from uncounted.core.shown import Cell, Kind, Shown
from uncounted.core.table import OverlapTable
from uncounted.errors import InputError
from uncounted.linkage.draws import LinkageDraws
from uncounted.linkage.model import Linkage, LinkageSettings
from uncounted.linkage.model import link as link_records
from uncounted.records.consent import stops
from uncounted.records.consent.releases import DEFAULT_REGIME, REGIMES
from uncounted.records.reading import ListReport, ListSpec, read_frame, read_list, today
from uncounted.records.schema import Records

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

__all__ = ["Links", "link"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Links(Shown):
    """Who may be the same person, with which probability, and equally likely answers.

    It holds row numbers only: no name, no date, no other field of a record.

    Parameters
    ----------
    lists
        Names of the lists.
    reports
        What became of every row of each list: used, quarantined, not released, and why.
    rows_of
        Row number in its file of each record, all lists one after the other.
    linkage
        Candidate pairs with their chances.
    drawn
        Equally likely answers to who is who.

    Examples
    --------
    >>> import tempfile
    >>> import uncounted as uc
    >>> from uncounted import synthetic
    >>> people = synthetic.example_coalition(seed=1, population=300)  # made up
    >>> held = {"hotline": "none", "police": "none", "korean_centre": "none"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = synthetic.write_coalition(people, folder)
    ...     found = uc.link(
    ...         {m.name: f for m, f in zip(people.members, files)},
    ...         regimes=held,
    ...         recipients=[synthetic.RECIPIENT],
    ...         as_of=synthetic.AS_OF,
    ...         draws=20,
    ...     )
    >>> len(found.tables()), found.to_rows()[0]["chance"] > 0.9
    (20, True)
    """

    COLUMNS: ClassVar[Mapping[str, Kind]] = {
        "list": "text",
        "row": "count",
        "other_list": "text",
        "other_row": "count",
        "chance": "share",
        "weight": "number",
    }

    lists: tuple[str, ...]
    reports: tuple[ListReport, ...]
    rows_of: np.ndarray[tuple[int], np.dtype[np.int64]]
    linkage: Linkage
    drawn: LinkageDraws

    def tables(self) -> list[OverlapTable]:
        """One overlap table a draw: give them to `uncounted.estimate_over_draws`."""
        return list(self.drawn.tables)

    def table(self, threshold: float | None = None) -> OverlapTable:
        """Overlap table of one answer, pairs of this chance and above taken for one person.

        It carries no doubt about who is who; `tables` do.
        """
        return self.linkage.table(threshold)

    def to_rows(self) -> list[dict[str, Cell]]:
        """One row a candidate pair, likeliest first, by list and row number in the file.

        ``chance`` that the two records are one person's, and ``weight``: log2 of how much likelier
        their agreement is for one person than for two.
        """
        k = self.linkage
        order = np.lexsort((k.right, k.left, -k.probability))
        return [
            {
                "list": self.lists[int(k.member[a])],
                "row": int(self.rows_of[a]),
                "other_list": self.lists[int(k.member[b])],
                "other_row": int(self.rows_of[b]),
                "chance": float(k.probability[p]),
                "weight": float(k.weight[p]),
            }
            for p in order
            for a, b in ((int(k.left[p]), int(k.right[p])),)
        ]

    def caption(self) -> str:
        """Say how many records and pairs there are."""
        return str(
            note(
                "linkage.caption",
                records=Number(self.linkage.records, "records"),
                lists=Number(len(self.lists), "lists"),
                pairs=Number(int(self.linkage.left.size), "number"),
            )
        )

    def sayings(self) -> tuple[str, ...]:
        """Say of each list how many rows were used and how many not."""
        return tuple(
            str(
                note(
                    "linkage.list.used",
                    used=Number(r.used, "records"),
                    rows=Number(r.rows_in, "records"),
                    held=Number(r.not_released, "records"),
                    set_aside=Number(r.quarantined, "records"),
                    list=r.name,
                )
            )
            for r in self.reports
        )

    def draw_sets(self) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Nothing: draws of N come from `uncounted.estimate_over_draws`."""
        return {}


def link(
    lists: Mapping[str, str | Path | IntoFrame],
    *,
    draws: int = 200,
    seed: int = 0,
    threshold: float = 0.5,
    one_per_list: bool = False,
    regimes: str | Mapping[str, str] = DEFAULT_REGIME,
    recipients: Sequence[str] = (),
    columns: Mapping[str, Mapping[str, str | Sequence[str]]] | None = None,
    not_consent: Mapping[str, Sequence[str]] | None = None,
    as_of: str = "",
    bodies: Sequence[str] = (),
    answers: Mapping[str, Mapping[str, str]] | None = None,
    not_removed: Mapping[str, Sequence[str]] | None = None,
) -> Links:
    """Find who is the same person on several lists, and draw equally likely answers.

    Consent comes first: a record without a release that its list's regime asks for is not linked,
    and `Links.reports` says how many. Nothing is written to disk.

    Parameters
    ----------
    lists
        ``{name of the list: file or data frame}``, two or more. Files: CSV, Excel, Parquet; columns are
        recognised by their names and contents (names, birth dates or ages, sex, citizenship, area, and
        releases of information).
    draws
        Equally likely answers to who is who; 200 to 1,000 are usual.
    seed
        Root seed: the same lists and seed give the same draws.
    threshold
        Chance from which a pair is taken for one person where one answer is needed (`Links.table`).
    one_per_list
        Whether each list names a person at most once; otherwise duplicates within a list are looked
        for too.
    regimes
        The lists' rules of confidentiality, one for all or by list: ``"vawa"``, ``"fvpsa"``,
        ``"voca"``, ``"privileged"`` (linkage only under a written, time-limited release) or ``"none"``
        (linkage unless a release was withdrawn, has expired or excludes it). The strictest by default.
    recipients
        Names by which releases may call you.
    columns
        ``{list: {field: column}}`` where the guess is wrong; fields as in docs/records.md.
    not_consent
        ``{list: [column, ...]}``: columns that have nothing to do with sharing, although their names
        or cells may sound so.
    as_of
        Day on which releases must hold, ``YYYY-MM-DD``; today by default.
    bodies
        Others that a release may name beside you. One that names anybody else as well is void; the lists' names are known.
    answers
        ``{list: {answer: "yes", "no" or "nothing"}}``: what answers about a release mean that are not understood for certain.
    not_removed
        ``{list: [column, ...]}``: columns that do not tell rows deleted, merged, made for a test or void.

    Returns
    -------
    Links

    Raises
    ------
    InputError
        If a file cannot be read, a column that may forbid linkage is not understood for certain,
        fewer than two lists have records that may be linked, or nothing in them can be compared.
    MissingExtra
        Without the extra ``link``.

    References
    ----------
    Sadinle (2018), arXiv 1812.09590: linkage averaging.

    Examples
    --------
    >>> import pandas as pd, uncounted as uc
    >>> one = pd.DataFrame(
    ...     {"full name": ["Ana Diaz", "Li Wei"], "birth date": ["1990-02-03", "1980-05-09"]}
    ... )
    >>> two = pd.DataFrame(
    ...     {"full name": ["Ana Dias", "Mia Kim"], "birth date": ["1990-02-03", "1988-01-30"]}
    ... )
    >>> found = uc.link(
    ...     {"shelter": one, "clinic": two}, regimes="none", as_of="2026-06-30", draws=20
    ... )
    >>> [(r["row"], r["other_row"]) for r in found.to_rows() if r["chance"] > 0.5]
    [(1, 1)]
    """
    if not isinstance(lists, Mapping) or len(lists) < 2:
        raise InputError(
            "Two lists or more are needed for an overlap.",
            fix='Give them by name: uc.link({"shelter": "shelter.xlsx", "police": frame}).',
        )
    by_list = {*(columns or {}), *(not_consent or {}), *(answers or {}), *(not_removed or {})}
    by_list |= set() if isinstance(regimes, str) else set(regimes)
    unknown = sorted(by_list - set(lists))
    if unknown:
        raise InputError(f"There is no list {unknown[0]!r}.", fix=f"Lists: {', '.join(lists)}.")
    day = as_of or today()
    read = []
    for name, source in lists.items():
        regime = regimes if isinstance(regimes, str) else regimes.get(name, DEFAULT_REGIME)
        spec = ListSpec(
            name,
            Path(source) if isinstance(source, (str, Path)) else Path(),
            regime,
            (columns or {}).get(name, {}),
            not_consent=tuple((not_consent or {}).get(name, ())),
            not_removed=tuple((not_removed or {}).get(name, ())),
            answers=(answers or {}).get(name, {}),
            bodies=(*bodies, *lists),
        )
        if isinstance(source, (str, Path)):
            read.append(read_list(spec, as_of=day, recipients=recipients))
        else:
            read.append(read_frame(spec, source, as_of=day, recipients=recipients))
    stopped = [(r.report.name, r.report.stops) for r in read if r.report.stops]
    if stopped:
        told = stops.refuse(stopped)
        raise InputError(
            told.message,
            fix="Say it in Python by list: columns={list: {field: column}} for a release, a refusal or "
            'a withdrawal, not_consent={list: [column]} for what has nothing to do with sharing, answers={list: {answer: "no"}} '
            "for answers. In a "
            f"project: {told.fix}",
        )
    some = [r for r in read if len(r.records)]
    if len(some) < 2:
        held = sum(r.report.not_released for r in read)
        raise InputError(
            f"{'One list has' if some else 'No list has'} records that may be linked; two are needed. "
            f"{held:,} records are not released under their list's regime.",
            fix="Say what rules each list is kept under: regimes={'police': 'none'}; there are "
            f"{', '.join(REGIMES)}. Only whoever keeps a list can say so.",
        )
    records: list[Records] = [r.records for r in some]
    settings = LinkageSettings(one_per_list=one_per_list, threshold=threshold)
    linkage = link_records(records, settings, seed=seed)
    return Links(
        linkage.lists,
        tuple(r.report for r in read),
        np.concatenate([np.asarray(r.row, dtype=np.int64) for r in records]),
        linkage,
        linkage.draw(draws, seed),
    )
