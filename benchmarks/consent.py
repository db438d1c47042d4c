"""Column names and cells about sharing, run through the reader: ``python -m benchmarks.consent FILE.csv [FILE.csv ...]``.

A file has a header with ``name`` (of a column), one or more columns whose name begins with ``cell`` (what stands in it, a person
each), and ``expected``: ``grant``, ``refusal``, ``end``, ``asking``, ``other``, ``date`` or ``unrelated``; see
tests/reference/consent/README.md. Each line becomes a list of its own, under the regime ``none``, where everybody is used whom nothing
forbids: a case number, a name, a birth date, and the column; read as any list is. Prints what went wrong and a table. The status is 1
where somebody is used who must not be. Without a file it runs those of tests/reference/consent and writes
``benchmarks/results/consent.md``.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from uncounted.errors import InputError
from uncounted.records.consent.column_names import judge
from uncounted.records.reading import ListSpec, read_list

ROOT = Path(__file__).parents[1]
SETS = (
    "written_before.csv",
    "ordinary.csv",
    "harder.csv",
    "ordinary_more.csv",
    "blind.csv",
    "kin.csv",
)
NEVER = {"refusal", "end", "asking"}
"""What may never be used."""
NO_RELEASE = {"other", "date"}
"""What may never be taken for a release."""


@dataclass(frozen=True)
class Outcome:
    """What the reader made of one line: who was used, which columns stopped the list, and what a name was taken for."""

    used: int
    people: int
    stopped: bool
    target: str

    def wrong(self, expected: str) -> str:
        """Say what is wrong with it; ``""`` where nothing is."""
        if expected in NEVER and self.used:
            return "LINKED"
        if (
            expected in NO_RELEASE
            and self.used
            and self.target in {"release_given", "release_scope"}
        ):
            return "TAKEN FOR A RELEASE"
        if expected == "unrelated" and self.stopped:
            return "false stop"
        if expected == "unrelated" and self.used < self.people:
            return "false hold"
        return ""


def run(name: str, cells: list[str], folder: Path) -> Outcome:
    """Read a list with that column."""
    path = folder / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as f:
        out = csv.writer(f)
        out.writerow(["case id", "first name", "last name", "dob", name])
        for k, cell in enumerate(cells, 1):
            out.writerow(
                [f"Z{k}", "Ana" if k % 2 else "Eva", "Ruiz", f"1990-03-{k % 28 + 1:02}", cell]
            )
    spec = ListSpec("a", path, "none")
    try:
        report = read_list(spec, as_of="2026-11-01", recipients=["us"]).report
    except InputError:
        return Outcome(0, len(cells), True, "")
    return Outcome(report.used, len(cells), bool(report.stops), judge(name).target)


def measure(path: Path) -> tuple[Counter[tuple[str, str]], list[str]]:
    """Outcomes of a file by what was expected, and the lines that went wrong."""
    table: Counter[tuple[str, str]] = Counter()
    faults = []
    with path.open(encoding="utf-8-sig", newline="") as f, tempfile.TemporaryDirectory() as folder:
        for line in csv.DictReader(f):
            keys = [k for k in line if k and k.strip().casefold().startswith("cell")]
            given = [line[k] or "" for k in keys]
            cells = [c for c in given if c] or [""]
            expected = line["expected"].strip().casefold()
            made = run(line["name"], cells, Path(folder))
            wrong = made.wrong(expected)
            how = "stopped" if made.stopped else "used" if made.used else "held back"
            table[expected, how] += 1
            table[expected, wrong or "right"] += 1
            if wrong:
                faults.append(f"{wrong}: {line['name']!r} {cells} is {expected}")
    return table, faults


def shown(table: Counter[tuple[str, str]]) -> str:
    """Table of outcomes."""
    kinds = sorted({k for k, _ in table})
    heads = ("used", "held back", "stopped", "right")
    lines = [
        "| expected | lines | " + " | ".join(heads) + " |",
        "|---|---:|" + "---:|" * len(heads),
    ]
    for kind in kinds:
        size = sum(table[kind, h] for h in heads[:3])
        lines.append(
            f"| {kind} | {size} | " + " | ".join(str(table[kind, h]) for h in heads) + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the files named, or our own."""
    own = ROOT / "tests" / "reference" / "consent"
    files = [Path(a) for a in sys.argv[1:]] or [own / name for name in SETS]
    told, status = [], 0
    for path in files:
        table, faults = measure(path)
        text = f"## {path.name}\n\n{shown(table)}\n\n{len(faults)} lines went wrong.\n"
        print(text)
        print("\n".join(faults))
        told.append(text + "".join(f"\n- {fault}" for fault in faults) + ("\n" if faults else ""))
        status |= any(fault.startswith(("LINKED", "TAKEN")) for fault in faults)
    if not sys.argv[1:]:
        head = "# Consent as it is written\n\nMade by `python -m benchmarks.consent`; see tests/reference/consent/README.md.\n\n"
        (ROOT / "benchmarks" / "results" / "consent.md").write_text(head + "\n".join(told), "utf-8")
    sys.exit(status)


if __name__ == "__main__":
    main()
