"""`uncounted verify`: repeat a run from its manifest and compare every output, byte by byte."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

from uncounted.brief.messages import LANGUAGES, speaking
from uncounted.core.json_types import JSONObject
from uncounted.disclosure.ledger import Ledger
from uncounted.engine.kept import file_hash, versions
from uncounted.errors import InputError, UncountedError, VerificationError
from uncounted.project.approvals import APPROVALS
from uncounted.project.guard import hash_hand, open_ledger, project_key
from uncounted.project.linking import Linker, link_records
from uncounted.project.run import MANIFEST, TIMINGS, PageWriter, run_id, run_project
from uncounted.project.sealed import unsealed
from uncounted.project.settings import Project, load_project, validate

__all__ = ["Manifest", "Verified", "read_manifest", "verify_run"]


@dataclass(frozen=True, slots=True)
class Verified:
    """A run repeated and found equal.

    Parameters
    ----------
    run
        Its id.
    outputs
        How many files are equal.
    """

    run: str
    outputs: int


def verify_run(
    folder: Path,
    *,
    write_page: PageWriter,
    link: Linker = link_records,
    say: Callable[[str], None] = lambda text: None,
) -> Verified:
    """Repeat a run and compare.

    Parameters
    ----------
    folder
        ``runs/<id>`` of a project.
    write_page
        Writes the page, as it did for the run.
    link
        The linker; for tests.
    say
        Told what is being done.

    Raises
    ------
    InputError
        If the folder is no run.
    VerificationError
        Naming what differs: a file changed after the run, inputs, decisions or versions that are
        not what they were, or outputs that do not come out equal.
    """
    manifest = read_manifest(folder)
    run = str(manifest["run"])
    changed = [
        name
        for name, kept in manifest["outputs"].items()
        if not (folder / name).is_file() or file_hash(folder / name) != kept
    ]
    present = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    changed += sorted(present - set(manifest["outputs"]) - {MANIFEST, TIMINGS, APPROVALS})
    if changed:
        raise VerificationError(
            f"Run {run}: {changed[0]} is not as the run wrote it"
            + (f", and {len(changed) - 1} more." if len(changed) > 1 else "."),
            fix="Someone changed the folder after the run; do not publish from it.",
        )
    project_folder = folder.resolve().parent.parent
    settings = dict(manifest["settings"])
    draft = bool(settings.pop("draft", False))
    spoken = str(settings.pop("language", "en"))
    key = _key(project_folder, settings)
    try:
        placed = _placed(settings, project_folder)
        project = Project(project_folder, validate(_opened(project_folder, placed, key)))
    except InputError:
        raise VerificationError(
            f"The manifest of {run} holds settings this version does not know.",
            fix="Verify with the version of Uncounted that the manifest names.",
        ) from None
    places = project.places()
    for name, kept in manifest["inputs"].items():
        path = places.get(name, project_folder / name)
        if not path.is_file() or file_hash(path, key) != kept:
            raise VerificationError(
                f"Run {run}: the input {Path(name).name} is not what it was.",
                fix="Restore the file of that day, or run again for a new figure.",
            )
    if hash_hand(project, key) != manifest["decisions"]:
        raise VerificationError(
            f"Run {run}: decisions in hand/ were added or changed since.",
            fix="Run again; the new run has its own figure.",
        )
    ledger = _ledger(project, run)
    line = manifest.get("ledger_line")
    if not ledger.knows(str(manifest["ledger"])) or (
        not draft and line is not None and ledger.own(run) != line
    ):
        raise VerificationError(
            f"Run {run}: the ledger of releases is not the one this run was judged by.",
            fix="Restore .uncounted/ledger.jsonl from a backup; without it two releases can reveal "
            "a person.",
        )
    old, new = manifest["versions"], versions()
    if spoken not in LANGUAGES:
        raise _by_hand(folder)
    with tempfile.TemporaryDirectory(prefix="uncounted-") as scratch:
        try:
            with speaking(spoken):  # a page is repeated in its language, whatever is spoken now
                again = run_project(
                    project,
                    write_page=write_page,
                    draft=draft,
                    fresh=True,
                    into=Path(scratch),
                    tip=str(manifest["ledger"]),
                    name=run,
                    link=link,
                    say=say,
                )
        except VerificationError:
            raise
        except UncountedError as error:
            raise VerificationError(
                f"Run {run} cannot be repeated: {error.message}", fix=error.fix
            ) from None
        repeated: Manifest = json.loads((again.folder / MANIFEST).read_text(encoding="utf-8"))
    differing = sorted(
        name
        for name in set(manifest["outputs"]) | set(repeated["outputs"])
        if manifest["outputs"].get(name) != repeated["outputs"].get(name)
    )
    why = sorted(k for k in set(old) | set(new) if old.get(k) != new.get(k))
    hint = f" Versions differ: {', '.join(why)}." if why else ""
    if differing:
        raise VerificationError(
            f"Run {run} does not come out equal: {', '.join(differing[:3])}"
            + (f" and {len(differing) - 3} more." if len(differing) > 3 else ".")
            + hint,
            fix="Install the versions the manifest names, or publish a new run.",
        )
    identity = {
        "settings": manifest["settings"],
        "inputs": manifest["inputs"],
        "decisions": manifest["decisions"],
        "versions": manifest["versions"],
    }
    about = manifest["settings"]["project"]
    as_of = about.get("as_of") if isinstance(about, Mapping) else None
    if (
        run != folder.resolve().name
        or run != run_id(str(as_of), identity)
        or manifest.get("seed") != repeated["seed"]
    ):
        raise _by_hand(folder)
    return Verified(run, len(manifest["outputs"]))


def _key(folder: Path, settings: JSONObject) -> bytes:
    """Return the project's key; without it nothing of a run can be repeated."""
    bare = dict(settings, lists=[{"name": "list", "file": "none"}])
    bare.pop("knowledge", None)
    try:
        return project_key(Project(folder, validate(bare)), make=False)
    except InputError as error:
        raise VerificationError(error.message, fix=error.fix) from None


def _opened(folder: Path, settings: JSONObject, key: bytes) -> JSONObject:
    """Put back what the manifest holds as a keyed hash, from the project's own file."""
    try:
        now = json.loads(load_project(folder).settings.model_dump_json())
    except InputError:
        now = {"lists": [], "knowledge": {"known_groups": []}}
    return unsealed(settings, now, key)


def _ledger(project: Project, run: str) -> Ledger:
    try:
        ledger = open_ledger(project)
        ledger.check_whole()
    except InputError as error:
        raise VerificationError(f"Run {run}: {error.message}", fix=error.fix) from None
    return ledger


def _placed(settings: JSONObject, folder: Path) -> JSONObject:
    """Put the places of files outside the folder, which no manifest names, back by the project's own file."""
    given = settings.get("lists")
    lists = [dict(entry) for entry in given] if isinstance(given, list) else []
    if any(entry.get("outside") for entry in lists):
        now = {entry.name: entry for entry in load_project(folder).settings.lists}
        for entry in lists:
            own = now.get(str(entry.get("name")))
            if not entry.get("outside") or own is None:
                continue
            for key, name in (("file", own.file), ("legs", own.legs)):
                if entry.get(key) and name and Path(name).name == entry[key]:
                    entry[key] = name
            if [Path(n).name for n in own.consent] == [
                Path(n).name for n in entry.get("consent") or ()
            ]:
                entry["consent"] = list(own.consent)
        return {**settings, "lists": lists}
    return settings


class Manifest(TypedDict):
    """What `manifest.json` of a run holds."""

    run: str
    ledger: str
    settings: JSONObject
    inputs: dict[str, str]
    decisions: dict[str, str]
    versions: dict[str, str]
    outputs: dict[str, str]
    seed: NotRequired[int]
    ledger_line: NotRequired[str]


def read_manifest(folder: Path) -> Manifest:
    """Read a run's manifest.

    Raises
    ------
    InputError
        If the folder is no run.
    VerificationError
        If it does not hold what a run writes.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise InputError(
            f"{folder.name or folder} is not a run: it has no {MANIFEST}.",
            fix="Name a folder under runs/, e.g. `uncounted verify runs/2026-11-01-0123456789`.",
        )
    text = path.read_text(encoding="utf-8")
    try:
        made = json.loads(text)
    except ValueError:
        made = None
    texts, tables = ("run", "ledger"), ("settings", "inputs", "decisions", "versions", "outputs")
    if (
        not isinstance(made, dict)
        or not all(isinstance(made.get(k), str) for k in texts)
        or not all(isinstance(made.get(k), dict) for k in tables)
        or not isinstance(made["settings"].get("project"), dict)
    ):
        raise _by_hand(folder)
    manifest: Manifest = json.loads(text)
    return manifest


def _by_hand(folder: Path) -> VerificationError:
    return VerificationError(
        f"The manifest of {folder.resolve().name} was changed by hand.",
        fix="Do not publish from it.",
    )
