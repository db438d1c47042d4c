"""Runs as `run` writes them, made up: a folder whose files and manifest fit, for tests of what is made of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from uncounted.core.notes import Note, note
from uncounted.engine.kept import file_hash, write_json

TITLES = ("Harbor shelter", "Open Door legal clinic", "State hotline", "County police unit")
REASONS = {
    "supported": (),
    "supported with caution": ("verdict.unreachable.unknown",),
    "not supported": ("verdict.lists.two",),
}


def group(
    label: str, detected: int | None, figure: tuple[int, int, int] | None = None
) -> dict[str, Any]:
    point, low, high = figure or (None, None, None)
    return {
        "label": label,
        "detected": detected,
        "point": point,
        "lower": low,
        "upper": high,
        "why": "",
    }


ORIGINS = [
    group("South Korea", 178, (280, 210, 550)),
    group("Mexico", 156, (290, 190, 630)),
    group("Thailand", 57),
    group("Nepal", None),
    group("not known", 20),
]
SECTORS = [
    group("Commercial sexual exploitation", 223, (400, 290, 840)),
    group("Agriculture, forestry and fishing", 129, (270, 180, 690)),
    group("Health and social work", None),
]


def made_run(
    folder: Path,
    *,
    point: float | None = 1440,
    interval: tuple[float, float | None] | None = (1080, 2460),
    likely: tuple[float, float] | None = (1200, 2200),
    level: str = "supported with caution",
    refused: Note | None = None,
    detected: int | None = 785,
    titles: tuple[str, ...] = TITLES,
    about: dict[str, str] | None = None,
    origins: list[dict[str, Any]] | None = None,
    sectors: list[dict[str, Any]] | None = None,
    draft: bool = False,
    run: str = "2026-06-30-73a9b88dc2",
) -> Path:
    """Write ``folder/runs/<run>`` and return it."""
    origins = ORIGINS if origins is None else origins
    sectors = SECTORS if sectors is None else sectors
    where = folder / "runs" / run
    (where / "tables").mkdir(parents=True)
    names = [f"list{i}" for i, _ in enumerate(titles)]
    span = None
    if interval is not None:
        span = {"kind": "pool", "level": 0.95, "lower": interval[0], "upper": interval[1]}
        if interval[1] is None:
            span["unbounded"] = True
    answers = {"unreachable_group": "unknown", "leaves_reach": "unknown", "matching": "certain"}
    estimate: dict[str, Any] = {
        "method": "consensus",
        "point": point,
        "interval": span,
        "observed": detected,
        "detected": detected,
        "likely": None
        if likely is None
        else {"lower": likely[0], "upper": likely[1], "level": 0.95},
        "groups": {"origin": origins, "sector": sectors},
        "methods": [
            {"method": "bic", "point": 1430.0, "interval": {"lower": 1250.0, "upper": 1670.0}}
        ],
        "diagnostics": {
            "verdict": {
                "level": level,
                "notes": [note(code).to_dict() for code in REASONS[level]],
                "reasons": [],
                "questions": [{"name": k, "answer": v} for k, v in answers.items()],
            }
        },
    }
    if refused is not None:
        estimate |= {"point": None, "interval": None, "likely": None}
        estimate |= {"refused": str(refused), "refused_note": refused.to_dict()}
    write_json(where / "estimate.json", estimate)
    shown = "†" if detected is None else str(detected)
    for name, groups in (("origin", origins), ("sector", sectors)):
        rows = [
            [
                g["label"],
                _cell(g["detected"]),
                *(_figure(g[k]) for k in ("point", "lower", "upper")),
                "",
            ]
            for g in groups
        ]
        _csv(
            where,
            name,
            [name, "detected", "estimated", "lower", "upper", "note"],
            [*rows, ["all", shown, "–", "–", "–", ""]],
        )
    _csv(
        where,
        "overlap",
        [*names, "count"],
        [
            [*("1" if i == k else "0" for i in range(len(names))), str(100 + k)]
            for k in range(len(names))
        ],
    )
    head = ["list", "people", "only here", "estimated without it", "lower", "upper", "note"]
    rows = [[n, str(200 + i), str(100 + i), "–", "–", "–", ""] for i, n in enumerate(names)]
    _csv(
        where,
        "lists",
        head,
        [
            *rows,
            ["on two lists or more", "245", "–", "–", "–", "–", ""],
            ["all", shown, "–", "–", "–", "–", ""],
        ],
    )
    _csv(
        where,
        "rows",
        ["list", "rows in", "used", "quarantined", "not released"],
        [["all", "1280", "1092", "0", "188"]],
    )
    (where / "index.html").write_text(
        "<!doctype html><html lang='en'><body><h1>How many people?</h1><p>about 1,440 people</p>"
        "<h2>How it was made</h2><p>seed 7, 12% of the doubt</p></body></html>",
        encoding="utf-8",
    )
    project = {
        "name": "Example coalition", "title": "Example coalition: how many people?", "counts": "trafficked people",
        "where": "a made-up county", "when": "January 2024 to June 2026", "as_of": "2026-06-30",
    }  # fmt: skip
    outputs = {
        p.relative_to(where).as_posix(): file_hash(p)
        for p in sorted(where.rglob("*"))
        if p.is_file()
    }
    manifest = {
        "run": run, "ledger": "", "seed": 1, "inputs": {}, "decisions": {}, "outputs": outputs,
        "versions": {"uncounted": "0.1.0"},
        "settings": {
            "draft": draft, "project": project | (about or {}), "estimate": {"draws": 200, "level": 0.95},
            "publish": {"threshold": 11},
            "lists": [{"name": n, "title": t} for n, t in zip(names, titles, strict=True)],
        },
    }  # fmt: skip
    write_json(where / "manifest.json", manifest)
    return where


def rewritten(run: Path, name: str, text: str) -> None:
    """Change a file and the manifest with it, as somebody who knows the layout would."""
    (run / name).write_text(text, encoding="utf-8")
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][name] = file_hash(run / name)
    write_json(run / "manifest.json", manifest)


def _cell(count: int | None) -> str:
    return "†" if count is None else str(count)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _csv(where: Path, name: str, head: list[str], rows: list[list[str]]) -> None:
    with (where / "tables" / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([head, *rows])
