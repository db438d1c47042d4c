"""A run read back as others see it: what it published, and nothing else of the project."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncounted.core.json_types import JSONObject
from uncounted.engine.kept import file_hash, versions
from uncounted.errors import VerificationError
from uncounted.project.run import MANIFEST, PAGE
from uncounted.project.verify import read_manifest

__all__ = ["Released", "just_written", "read_released"]

TABLES = "tables"
ESTIMATE = "estimate.json"
SUPPRESSED = "†"


@dataclass(frozen=True, slots=True)
class Released:
    """What a run's folder shows.

    Parameters
    ----------
    folder
        ``runs/<id>``.
    run
        Its id.
    settings
        Of the project on that day, as the manifest keeps them.
    version
        Of the program that made it.
    outputs
        SHA-256 of every file by its name.
    estimate
        Content of ``estimate.json``.
    tables
        Rows of each file under ``tables/``, by its name without ending: text by column.
    """

    folder: Path
    run: str
    settings: Mapping[str, Any]
    version: str
    outputs: Mapping[str, str]
    estimate: Mapping[str, Any]
    tables: Mapping[str, Sequence[Mapping[str, str]]]

    @property
    def page(self) -> str:
        """The run's page, HTML."""
        return (self.folder / PAGE).read_text(encoding="utf-8")

    @property
    def project(self) -> Path:
        """Folder of the project."""
        return self.folder.resolve().parent.parent


def read_released(folder: Path) -> Released:
    """Read a run's folder.

    Raises
    ------
    InputError
        If it is no run.
    VerificationError
        If a file is not as the run wrote it: nothing is made from a folder that was changed.
    """
    manifest = read_manifest(folder)
    for name, kept in manifest["outputs"].items():
        path = folder / name
        if not path.is_file() or file_hash(path) != kept:
            raise VerificationError(
                f"Run {manifest['run']}: {name} is not as the run wrote it.",
                fix="Someone changed the folder after the run; do not publish from it.",
            )
    try:
        estimate = json.loads((folder / ESTIMATE).read_text(encoding="utf-8"))
        tables = {
            name.removeprefix(f"{TABLES}/").removesuffix(".csv"): _rows(folder / name)
            for name in sorted(manifest["outputs"])
            if name.startswith(f"{TABLES}/") and name.endswith(".csv")
        }
    except (OSError, ValueError):
        raise VerificationError(
            f"Run {manifest['run']}: {MANIFEST} names no figure that can be read.",
            fix="Run the project again.",
        ) from None
    return Released(
        folder,
        manifest["run"],
        manifest["settings"],
        str(manifest["versions"].get("uncounted", "")),
        manifest["outputs"],
        estimate,
        tables,
    )


def just_written(folder: Path, run: str, settings: JSONObject) -> Released:
    """Read what a run has written so far, before its manifest: its figure and its tables.

    Parameters
    ----------
    folder
        Where it writes.
    run
        Its id.
    settings
        Of the project, as the manifest will keep them.
    """
    found = sorted((folder / TABLES).glob("*.csv"))
    estimate = json.loads((folder / ESTIMATE).read_text(encoding="utf-8"))
    return Released(
        folder,
        run,
        settings,
        versions()["uncounted"],
        {},
        estimate,
        {p.stem: _rows(p) for p in found},
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))
