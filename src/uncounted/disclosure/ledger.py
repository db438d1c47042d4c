"""The differencing ledger: what earlier releases showed, so that two of them reveal nobody.

If one release says 57 and the next 58, the one person between is known. A table any of whose
numbers differs from an earlier release's by 1 to threshold - 1 is therefore held: the last release
stands until the changes add up. So is a table that shows what an earlier one suppressed, or the
other way round, while its total moved by less than that: the two together could give the suppressed
number away. Only numbers that were shown are kept, nothing confidential.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uncounted.core.private import make_folder, open_to_append, replace_file
from uncounted.disclosure.suppress import THRESHOLD
from uncounted.errors import InputError

__all__ = ["Ledger", "Publication"]

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


class Ledger:
    """An append-only file of released tables, each line chained to the one before by its hash.

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
        self.entries: list[dict[str, object]] = []
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

    @property
    def runs(self) -> set[str]:
        """Runs whose release is recorded."""
        return {str(entry["run"]) for entry in self.entries}

    def knows(self, tip: str) -> bool:
        """Whether an entry has this hash; the empty one stands before the first."""
        return tip == "" or tip in {_hash(line) for line in self.lines}

    def tip(self, *, run: str = "") -> str:
        """Hash of the last entry before a run's own, for the run's manifest."""
        before = ""
        for line, entry in zip(self.lines, self.entries, strict=True):
            if run and entry["run"] == run:
                return before
            before = _hash(line)
        return before

    def earlier(
        self, table: str, *, run: str = "", tip: str | None = None
    ) -> list[tuple[str, Numbers]]:
        """Run and numbers of every release of a table before a run's own, oldest first."""
        found: list[tuple[str, Numbers]] = []
        before = ""
        for line, entry in zip(self.lines, self.entries, strict=True):
            if (run and entry["run"] == run) or (tip is not None and before == tip):
                break
            before = _hash(line)
            tables = entry["tables"]
            if isinstance(tables, dict) and table in tables:
                found.append((str(entry["run"]), tables[table]))
        return found

    def check(
        self,
        table: str,
        numbers: Numbers,
        *,
        run: str,
        tip: str | None = None,
        threshold: int = THRESHOLD,
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

        Examples
        --------
        >>> ledger = Ledger(Path("no-such-file.jsonl"))
        >>> ledger.check("lists", {"shelter": 57}, run="r1").held_from
        ''
        """
        past = self.earlier(table, run=run, tip=tip)
        if not past or dict(past[-1][1]) == dict(numbers):
            return Publication(numbers)
        for _, shown in past:
            if _too_near(shown, numbers, threshold):
                return Publication(dict(past[-1][1]), past[-1][0])
        return Publication(numbers)

    def record(self, run: str, tables: Mapping[str, Numbers]) -> None:
        """Append a run's released tables; a run already there is not written twice."""
        if any(entry["run"] == run for entry in self.entries):
            return
        entry: dict[str, object] = {
            "run": run,
            "before": self._tip,
            "tables": {k: dict(v) for k, v in sorted(tables.items())},
        }
        line = json.dumps(entry, ensure_ascii=False)
        make_folder(self.path.parent)
        if self.path.exists() and self.path.stat().st_size > len(self._whole.encode()):
            replace_file(self.path, self._whole)
        with os.fdopen(open_to_append(self.path), "a", encoding="utf-8") as f:
            f.write(line + "\n")
            f.flush()
            os.fsync(f.fileno())
        self._whole += line + "\n"
        self.lines.append(line)
        self.entries.append(entry)
        self._tip = _hash(line)


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
