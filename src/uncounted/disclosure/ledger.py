"""The differencing ledger: what earlier releases showed, so that two of them reveal nobody.

If one release says 57 and the next 58, the one person between is known. A table any of whose
numbers differs from an earlier release's by 1 to threshold - 1 is therefore held: the last release
stands until the changes add up. So is a table that shows what an earlier one suppressed, or the
other way round, while its total moved by less than that: the two together could give the suppressed
number away. Everything made from the counts of a held table is held with it: the ledger keeps the
figures that stood beside. Only what was shown is kept, nothing confidential.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uncounted.core.json_types import JSONObject
from uncounted.core.private import make_folder, open_to_append, replace_file
from uncounted.disclosure.renamed import relabelled, same_lists
from uncounted.disclosure.suppress import THRESHOLD
from uncounted.errors import InputError

__all__ = ["Ledger", "Publication", "Stands"]

Numbers = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Publication:
    """Shown numbers of one table, after the ledger was asked.

    Parameters
    ----------
    numbers
        Number by label; ``None`` for suppressed.
    held_from
        Run whose numbers these are, where the new ones are held back; ``""`` otherwise.
    """

    numbers: Numbers
    held_from: str = ""


@dataclass(frozen=True, slots=True)
class Stands:
    """What an earlier release said, as it may stand again.

    Parameters
    ----------
    run
        The release.
    basis
        What its figures were made by: settings and versions, hashed.
    figures
        What it kept under the name asked for; ``None`` where it kept nothing.
    names
        Present name of each list by the name it had then.
    """

    run: str
    basis: str
    figures: Any
    names: Mapping[str, str]


class Ledger:
    """An append-only file of released tables, each line chained to the one before by its hash.

    Beside it stands a small file with the hash of its last line, so that a ledger that was cut short
    at a line's end does not pass for a shorter one.

    Parameters
    ----------
    path
        A ``.jsonl`` file; made at the first release.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        # A last line without its end was cut off while it was written: its page never appeared.
        self._whole = text[: text.rfind("\n") + 1]
        self.lines = self._whole.splitlines()
        self.entries: list[dict[str, Any]] = []
        before = ""
        for number, line in enumerate(self.lines, start=1):
            try:
                entry = json.loads(line)
                chained = (
                    entry["before"] == before
                    and isinstance(entry["run"], str)
                    and isinstance(entry["tables"], dict)
                )
            except (ValueError, KeyError, TypeError):
                chained = False
            if not chained:
                raise InputError(
                    f"{path.name}, line {number}: the ledger of releases was changed by hand.",
                    fix="Restore it from a backup: without it two releases can reveal a person.",
                )
            self.entries.append(entry)
            before = _hash(line)
        self._tip = before
        self._check_head()

    @property
    def _head(self) -> Path:
        return self.path.with_suffix(".head")

    def _check_head(self) -> None:
        try:
            kept = self._head.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return
        # Written after the line: an interruption between leaves it one line behind.
        last = [_hash(line) for line in self.lines[-2:]]
        if kept not in (last if len(self.lines) > 1 else [*last, ""]):
            raise InputError(
                f"{self.path.name}: lines of the ledger of releases were changed or are gone.",
                fix="Restore it from a backup: without it two releases can reveal a person.",
            )

    @property
    def runs(self) -> set[str]:
        """Runs whose release is recorded."""
        return {str(entry["run"]) for entry in self.entries}

    def knows(self, tip: str) -> bool:
        """Whether an entry has this hash; the empty one stands before the first."""
        return tip == "" or tip in {_hash(line) for line in self.lines}

    def own(self, run: str) -> str | None:
        """Hash of a run's own line; ``None`` where it has none."""
        for line, entry in zip(self.lines, self.entries, strict=True):
            if entry["run"] == run:
                return _hash(line)
        return None

    def tip(self, *, run: str = "") -> str:
        """Hash of the last entry before a run's own, for the run's manifest."""
        before = ""
        for line, entry in zip(self.lines, self.entries, strict=True):
            if run and entry["run"] == run:
                return before
            before = _hash(line)
        return before

    def _before(self, run: str, tip: str | None) -> list[dict[str, Any]]:
        """Entries before a run's own, and up to the one with a hash."""
        found = []
        before = ""
        for line, entry in zip(self.lines, self.entries, strict=True):
            if (run and entry["run"] == run) or (tip is not None and before == tip):
                break
            before = _hash(line)
            found.append(entry)
        return found

    def earlier(
        self,
        table: str,
        *,
        run: str = "",
        tip: str | None = None,
        lists: Mapping[str, Sequence[str]] | None = None,
        new: Mapping[str, Numbers] | None = None,
        threshold: int = THRESHOLD,
    ) -> list[tuple[str, Numbers]]:
        """Run and numbers of every release of a table before a run's own, oldest first.

        Lists are called by the names they have now; ``lists``, ``new`` and ``threshold`` are as of
        `same_lists`.
        """
        found: list[tuple[str, Numbers]] = []
        for entry in self._before(run, tip):
            tables = entry["tables"]
            if table in tables:
                names = same_lists(entry, lists or {}, new or {}, threshold)
                found.append((str(entry["run"]), relabelled(table, tables[table], names)))
        return found

    def stands(
        self,
        name: str,
        table: str,
        *,
        run: str = "",
        tip: str | None = None,
        lists: Mapping[str, Sequence[str]] | None = None,
        new: Mapping[str, Numbers] | None = None,
        threshold: int = THRESHOLD,
    ) -> Stands | None:
        """Return what the last release of a table said beside it, under a name; ``None`` without one."""
        for entry in reversed(self._before(run, tip)):
            if table in entry["tables"]:
                figures = dict(entry.get("figures") or {}).get(name)
                names = same_lists(entry, lists or {}, new or {}, threshold)
                return Stands(str(entry["run"]), str(entry.get("basis", "")), figures, names)
        return None

    def check(
        self,
        table: str,
        numbers: Numbers,
        *,
        run: str,
        tip: str | None = None,
        threshold: int = THRESHOLD,
        lists: Mapping[str, Sequence[str]] | None = None,
        new: Mapping[str, Numbers] | None = None,
    ) -> Publication:
        """Hold a table back where it differs too little from an earlier release.

        Parameters
        ----------
        table
            Its name, the same in every run.
        numbers
            What the new run would show.
        run
            The new run.
        tip
            Look only at releases up to the entry of this hash.
        threshold
            Differences from 1 to ``threshold - 1`` are held.
        lists, new
            What tells a renamed list (`same_lists`); by default lists are told by name.

        Examples
        --------
        >>> ledger = Ledger(Path("no-such-file.jsonl"))
        >>> ledger.check("lists", {"shelter": 57}, run="r1").held_from
        ''
        """
        past = self.earlier(table, run=run, tip=tip, lists=lists, new=new, threshold=threshold)
        if not past or dict(past[-1][1]) == dict(numbers):
            return Publication(numbers)
        for _, shown in past:
            if _too_near(shown, numbers, threshold):
                return Publication(dict(past[-1][1]), past[-1][0])
        return Publication(numbers)

    def line(
        self,
        run: str,
        tables: Mapping[str, Numbers],
        *,
        lists: Mapping[str, Sequence[str]] | None = None,
        basis: str = "",
        figures: Mapping[str, Any] | None = None,
    ) -> str:
        """Text of a run's line: the one it has, or the one that `record` would write."""
        for line, entry in zip(self.lines, self.entries, strict=True):
            if entry["run"] == run:
                return line
        entry_: JSONObject = {
            "run": run,
            "before": self._tip,
            "tables": {k: dict(v) for k, v in sorted(tables.items())},
            "lists": {k: list(v) for k, v in (lists or {}).items()},
            "basis": basis,
            "figures": dict(figures or {}),
        }
        return json.dumps(entry_, ensure_ascii=False)

    def record(self, run: str, tables: Mapping[str, Numbers], **more: Any) -> str:
        """Append a run's released tables, as `line` takes them; a run already there is not written twice.

        Returns
        -------
        str
            Hash of its line.
        """
        line = self.line(run, tables, **more)
        if run in self.runs:
            return _hash(line)
        make_folder(self.path.parent)
        if self.path.exists() and self.path.stat().st_size > len(self._whole.encode()):
            replace_file(self.path, self._whole)
        with os.fdopen(open_to_append(self.path), "a", encoding="utf-8") as f:
            f.write(line + "\n")
            f.flush()
            os.fsync(f.fileno())
        self._whole += line + "\n"
        self.lines.append(line)
        self.entries.append(json.loads(line))
        self._tip = _hash(line)
        replace_file(self._head, self._tip + "\n")
        return self._tip

    @staticmethod
    def hash_of(line: str) -> str:
        """Hash by which a line is known."""
        return _hash(line)


def _too_near(old: Numbers, new: Numbers, threshold: int) -> bool:
    """Whether two releases of a table could be set against each other."""
    flipped = False
    for label in set(old) | set(new):
        a, b = old.get(label, 0), new.get(label, 0)
        if a is not None and b is not None:
            if 0 < abs(a - b) < threshold:
                return True
        elif a != b:
            flipped = True
    if not flipped:
        return False
    totals = [
        (old[label], new[label])
        for label in set(old) & set(new)
        if label == "all" or label.startswith("all ")
    ]
    return not any(a is not None and b is not None and abs(a - b) >= threshold for a, b in totals)


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
