"""What a run writes for others to read: tables, the estimate, everything rounded and suppressed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from uncounted.core.estimate import Estimate, Interval
from uncounted.core.json_types import JSON, JSONObject
from uncounted.core.notes import Note, note
from uncounted.core.table import OverlapTable
from uncounted.disclosure.ledger import Publication
from uncounted.disclosure.notes import publishable
from uncounted.disclosure.overlap import quantities
from uncounted.disclosure.renamed import ONLY, SHARED
from uncounted.disclosure.rounding import rounded
from uncounted.disclosure.suppress import MARKS, Published
from uncounted.engine.kept import jsonable, write_json
from uncounted.linkage.overlaps import Overlaps
from uncounted.project.checking import CheckReport
from uncounted.project.release import Said
from uncounted.verdict.groups import GroupRow
from uncounted.verdict.known import Moved
from uncounted.verdict.lists import ListRow
from uncounted.verdict.measured import measured_coverage
from uncounted.verdict.referrals import Referrals
from uncounted.verdict.run_verdict import RunVerdict

__all__ = [
    "KINDS",
    "Shown",
    "group_tables",
    "ledger_tables",
    "rounded_interval",
    "shown_estimate",
    "told_estimate",
    "write_tables",
]

KINDS = ("used", "quarantined", "not released")
EXACT = ("likely", "mass_at_grid_end", "medians", "p_homogeneous", "pool_median", "spread", "tails")
"""What the consensus knows besides, to the last digit: small counts could be worked out from it."""


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One row of a breakdown as it is published.

    Parameters
    ----------
    label
        Of the group.
    detected
        People of the group on any list; ``None`` where suppressed.
    point, lower, upper
        Estimate of all people of the group and its interval; ``None`` where there is none.
    why
        Why there is no estimate, said; empty where there is one.
    """

    label: str
    detected: int | None
    point: float | None
    lower: float | None
    upper: float | None
    why: str

    def to_dict(self) -> JSONObject:
        """JSON form."""
        return {
            "label": self.label,
            "detected": self.detected,
            "point": self.point,
            "lower": self.lower,
            "upper": self.upper,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything a run shows, after suppression and the ledger.

    Parameters
    ----------
    said
        All but the counts and the groups.
    groups
        Rows by breakdown.
    releases
        Shown counts by table, as the ledger lets them.
    """

    said: Said
    groups: Mapping[str, Sequence[GroupRow]]
    releases: Mapping[str, Publication]

    @property
    def referrals(self) -> Referrals | None:
        """Entries made by referral and the figure without them; ``None`` where no record says so."""
        return self.said.referrals

    @property
    def estimate(self) -> Estimate:
        """The figure, rounded as on the page."""
        return self.said.estimate

    @property
    def methods(self) -> Sequence[Estimate]:
        """Other methods, as the figure."""
        return self.said.methods

    @property
    def moved(self) -> Sequence[Moved]:
        """What each thing that is known does to the figure."""
        return self.said.moved

    @property
    def lists(self) -> Sequence[ListRow]:
        """What each list added."""
        return self.said.lists

    @property
    def histories(self) -> list[str]:
        """Capture histories of the overlap table in their order, e.g. ``"101"``."""
        t = len(self.said.names)
        return ["".join(str(m >> i & 1) for i in range(t)) for m in range(1, 1 << t)]

    def group_values(self, name: str) -> list[GroupFigure]:
        """Rows of a breakdown; a group without a shown count has no estimate."""
        numbers = self.releases[name].numbers
        out = []
        for row in self.groups[name]:
            shown = numbers.get(row.label)
            point, interval = row.point, row.interval
            if shown is None or (point is not None and point < shown):
                point = interval = None
            out.append(
                GroupFigure(
                    row.label,
                    shown,
                    point,
                    None if interval is None else interval.lower,
                    None if interval is None else interval.upper,
                    _said(note("verdict.group.suppressed") if shown is None else row.why),
                )
            )
        return out

    def groups_to_dict(self) -> JSONObject:
        """JSON form of all breakdowns."""
        return {name: [g.to_dict() for g in self.group_values(name)] for name in self.groups}


def _said(reason: Note | None) -> str:
    return "" if reason is None else str(reason)


def told_estimate(
    estimate: Estimate, numbers: Mapping[str, int | None], lists: Sequence[str]
) -> Estimate:
    """Estimate whose verdict and refusal hold back what the overlap table's shown counts do not allow.

    Parameters
    ----------
    estimate
        The figure, unrounded.
    numbers
        The overlap table as shown (`ledger_tables`).
    lists
        Its lists.
    """
    shown = quantities(numbers, lists)
    d = dict(estimate.diagnostics)
    verdict = d.get("verdict")
    if isinstance(verdict, RunVerdict):
        d["verdict"] = verdict.publishable(shown)
    refused = None if estimate.refused is None else publishable(estimate.refused, shown)
    return replace(estimate, diagnostics=d, refused=refused)


def ledger_tables(
    groups: Mapping[str, tuple[list[GroupRow], Published]],
    shown: Published,
    reference: OverlapTable,
    rows: Published,
    report: CheckReport,
) -> dict[str, dict[str, int | None]]:
    """Every published table of counts, label by label, as the ledger compares them."""
    out: dict[str, dict[str, int | None]] = {}
    for name, (group_rows, published) in groups.items():
        out[name] = {r.label: r.detected for r in group_rows} | {"all": published.totals["all"]}
    out["overlap"] = dict(shown.totals) | histories(shown.cells, reference)
    cells = {
        f"{r.name}, {kind}": rows.cells[3 * i + k]
        for i, r in enumerate(report.lists)
        for k, kind in enumerate(KINDS)
    }
    names = {r.name for r in report.lists}
    out["rows"] = cells | {
        (f"{k}, rows in" if k in names else k): v for k, v in rows.totals.items()
    }
    return out


def group_tables(
    rows: Mapping[str, tuple[list[GroupRow], Published]], overlaps: Overlaps
) -> dict[str, dict[str, dict[str, int | None]]]:
    """Overlap tables of the groups that have a figure, by breakdown.

    Whoever has the program can work them out from the figure: for the ledger they are shown.
    """
    out: dict[str, dict[str, dict[str, int | None]]] = {}
    for name, (group_rows, _) in rows.items():
        out[name] = {}
        for row in group_rows:
            if row.point is not None:
                at = overlaps.labels[name].index(row.label)
                table = overlaps.group_tables(name, at)[overlaps.reference]
                cells = [int(c) for c in table.counts[1:]]
                out[name][f"{name}: {row.label}"] = histories(cells, table)
    return out


def histories(cells: Sequence[int | None], table: OverlapTable) -> dict[str, int | None]:
    """Name the cells of a table that are not zero as the ledger does."""
    return {
        history_label(table.history(m), table.lists): c
        for m, c in enumerate(cells, start=1)
        if c is None or c > 0
    }


def history_label(history: str, names: Sequence[str]) -> str:
    """Name a capture history in the ledger, by lists: their order in the file may change.

    Examples
    --------
    >>> history_label("101", ["shelter", "police", "hotline"])
    'only hotline + shelter'
    """
    on = sorted(name for bit, name in zip(history, names, strict=True) if bit == "1")
    return ONLY + " + ".join(on)


def history_count(release: Publication, history: str, names: Sequence[str]) -> str:
    """Count of a capture history as shown; a dash where a held release was of other lists."""
    numbers = release.numbers
    label = history_label(history, names)
    if label in numbers:
        return _count(numbers[label])
    lists = {k for k in numbers if k not in {"all", SHARED} and not k.startswith(ONLY)}
    return _count(0) if lists == set(names) else MARKS["not listed"]


def rounded_interval(interval: Interval | None) -> Interval | None:
    """Interval rounded as the page shows it."""
    if interval is None:
        return None
    return Interval(interval.kind, interval.level, rounded(interval.lower), rounded(interval.upper))


def shown_estimate(
    estimate: Estimate, detected: int | None, threshold: int, shown: Mapping[str, int | None]
) -> Estimate:
    """Estimate as it may be published: figures rounded, counts of people only where shown.

    What several linkage draws observed is rounded too: set beside the next run's it would tell
    who came and who went.
    """
    d = dict(estimate.diagnostics)
    observed = d.pop("observed_range", None)
    if detected is not None and observed and min(observed) >= threshold:
        low, high = (rounded(float(x)) for x in observed)
        # Rounded towards each other they could leave out the number that is shown.
        d["observed_range"] = (
            [low, high] if low == high else [min(low, detected), max(high, detected)]
        )
    if d.get("if_linkage_were_certain"):
        d["if_linkage_were_certain"] = _rounded_in(d["if_linkage_were_certain"])
    for exact in EXACT:
        d.pop(exact, None)
    if isinstance(d.get("verdict"), RunVerdict):
        verdict = d["verdict"].rounded()
        likely = verdict.likely
        if likely is not None and detected is not None:
            likely = replace(likely, lower=max(likely.lower, min(float(detected), likely.upper)))
        d["verdict"] = replace(verdict, likely=likely)
    if d.get("threshold_sweep"):
        d["threshold_sweep"] = [
            [t, None if n is None else rounded(n)] for t, n in d["threshold_sweep"]
        ]
    check = d.get("closed_form")
    if check:
        d["closed_form"] = {
            **check,
            **{k: rounded(check[k]) for k in ("one_answer", "corrected", "draws")},
            "found": {k: round(v, 3) for k, v in check["found"].items()},
            "false": {k: round(v, 3) for k, v in check["false"].items()},
        }
    point, interval = estimate.point, rounded_interval(estimate.interval)
    if point is not None:
        # Rounding takes nobody away who was met.
        least = float(detected or 0)
        point = max(rounded(point), least) if point >= least else rounded(point)
        if interval is not None and estimate.interval is not None:
            low, high = interval.lower, max(interval.upper, point)
            if estimate.interval.lower >= least:
                low = max(low, least)
            interval = Interval(interval.kind, interval.level, min(low, point), high)
    return Estimate(
        estimate.method,
        -1 if detected is None else detected,
        point,
        interval,
        model=estimate.model,
        caveats=tuple(publishable(c, shown) for c in estimate.caveats),
        diagnostics=d,
        refused=estimate.refused,
    )


def _rounded_in(made: Mapping[str, JSON]) -> JSONObject:
    """Round ``point``, ``lower`` and ``upper`` wherever they stand."""
    out: JSONObject = {}
    for key, value in made.items():
        if isinstance(value, Mapping):
            out[key] = _rounded_in(value)
        elif key in {"point", "lower", "upper"} and isinstance(value, int | float):
            out[key] = rounded(float(value))
        else:
            out[key] = value
    return out


def shown_moved(moved: Iterable[Moved], detected: int | None) -> tuple[Moved, ...]:
    """Rows as they may be published: rounded, none below the people detected."""
    least = float(detected or 0)
    return tuple(
        row
        if row.point is None or row.interval is None
        else replace(
            row,
            point=max(rounded(row.point), least),
            interval=replace(
                row.interval,
                lower=max(rounded(row.interval.lower), least),
                upper=max(rounded(row.interval.upper), least),
            ),
        )
        for row in moved
    )


def likely_json(estimate: Estimate) -> JSON:
    """Likely range of a run's figure; ``None`` where there is no figure."""
    verdict = estimate.diagnostics.get("verdict")
    if not isinstance(verdict, RunVerdict) or verdict.likely is None or estimate.refused:
        return None
    likely = verdict.likely
    return {"lower": likely.lower, "upper": likely.upper, "level": likely.level}


def methods_json(methods: Iterable[Estimate]) -> list[JSON]:
    """Each method with how often its intervals held the truth where that is known, or why it refuses."""
    made: list[JSON] = []
    for e in methods:
        level = 0.95 if e.interval is None else e.interval.level
        known = measured_coverage(e.method, level)
        made.append({**e.to_dict(), "coverage": None if known is None else known.to_dict()})
    return made


def estimate_json(shown: Shown, detected: int | None) -> JSONObject:
    """Content of ``estimate.json``."""
    said = shown.said
    made: JSONObject = jsonable(
        {
            **said.estimate.to_dict(),
            "doubt": dict(said.parts),
            "linkage": dict(said.facts),
            "detected": detected,
            "observed": detected,
            "groups": shown.groups_to_dict(),
            "likely": likely_json(said.estimate),
            "methods": methods_json(said.methods),
            "knowledge": [m.to_dict() for m in said.moved],
            "referrals": None if said.referrals is None else said.referrals.to_dict(),
        }
    )
    return made


def write_tables(folder: Path, shown: Shown, report: CheckReport) -> None:
    """Write the tables as CSV; ``†`` is suppressed, 0 is nobody, a dash is no figure.

    Parameters
    ----------
    folder
        Where.
    shown
        What is shown.
    report
        The account of rows.
    """
    names = shown.said.names
    folder.mkdir()
    for name in shown.groups:
        rows: list[list[str]] = []
        for v in shown.group_values(name):
            ends = [_figure(end) for end in (v.point, v.lower, v.upper)]
            rows.append([v.label, _count(v.detected), *ends, v.why])
        total = shown.releases[name].numbers.get("all")
        rows.append(["all", _count(total), *[MARKS["not listed"]] * 3, ""])
        head = [name, "detected", "estimated", "lower", "upper", "note"]
        _write(folder / f"{name}.csv", head, rows)
    release = shown.releases["overlap"]
    _write(
        folder / "overlap.csv",
        [*names, "count"],
        [[*history, history_count(release, history, names)] for history in shown.histories],
    )
    _write(
        folder / "lists.csv",
        ["list", "people", "only here", "estimated without it", "lower", "upper", "note"],
        _list_rows(shown, names),
    )
    _write(folder / "rows.csv", ["list", "rows in", *KINDS], row_counts(shown, report))
    sweep = shown.estimate.diagnostics.get("threshold_sweep")
    if sweep:
        _write(
            folder / "sweep.csv", ["threshold", "estimated"], [[t, _figure(n)] for t, n in sweep]
        )


def _list_rows(shown: Shown, names: Sequence[str]) -> list[list[str]]:
    release = shown.releases["overlap"]
    numbers = release.numbers
    none = MARKS["not listed"]
    out: list[list[str]] = []
    for row in shown.lists:
        if not row.linked:
            out.append([row.name, none, none, none, none, none, _said(row.why)])
            continue
        ends = (None, None) if row.interval is None else (row.interval.lower, row.interval.upper)
        alone = "".join("1" if name == row.name else "0" for name in names)
        out.append(
            [
                row.name,
                _count(numbers.get(row.name)),
                history_count(release, alone, names),
                _figure(row.without),
                *(_figure(end) for end in ends),
                _said(row.why),
            ]
        )
    for label, title in ((SHARED, SHARED), ("all", "all")):
        if label in numbers:
            out.append([title, _count(numbers[label]), none, none, none, none, ""])
    return out


def row_counts(
    shown: Shown, report: CheckReport, titles: Mapping[str, str] | None = None
) -> list[list[str]]:
    """Account of rows by list and in all, as texts."""
    numbers = shown.releases["rows"].numbers
    out = [
        [
            (titles or {}).get(r.name, r.name),
            _count(numbers.get(f"{r.name}, rows in")),
            *(_count(numbers.get(f"{r.name}, {k}")) for k in KINDS),
        ]
        for r in report.lists
    ]
    out.append(
        ["all", _count(numbers.get("all rows")), *(_count(numbers.get(f"all {k}")) for k in KINDS)]
    )
    return out


def _count(value: int | None) -> str:
    return MARKS["suppressed"] if value is None else str(value)


def _figure(value: float | None) -> str:
    if value is None:
        return MARKS["not listed"]
    return str(note("number.unbounded")) if value == float("inf") else f"{value:.0f}"


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def write_estimate(path: Path, made: Mapping[str, JSON]) -> None:
    """Write ``estimate.json``."""
    write_json(path, made)
