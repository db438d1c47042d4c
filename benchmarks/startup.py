"""Whole commands, warm, in CPU seconds: ``python -m benchmarks.startup [--against CHECKOUT]``.

User and system seconds of the command's process and of what it starts (``os.wait4``), the best of
several runs: another process on the machine can only add to it. Kernels are compiled and files
read before the clock starts. Against an earlier state the two take turns, so that a machine that
slows down slows both.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from uncounted.engine.jobs import available_threads

RESULT = Path(__file__).parent / "results" / "startup.md"
HERE = Path(__file__).parents[1]
COMMANDS = (
    "--help",
    "published",
    "estimate uk2013-5 --method main --bootstrap 0",
    "estimate uk2013-5 --method bic --bootstrap 1000",
    "estimate uk2013-5 --method stepwise --bootstrap 1000",
    "estimate uk2013-5 --method graphs",
    "assess uk2013-5",
)
RUN = [sys.executable, "-c", "from uncounted.cli import main; main()"]
FINE = {0, 4}
"""A command may refuse (4); anything else would time a failure."""


@dataclass(frozen=True, slots=True)
class State:
    """A checkout and the place of its compiled kernels."""

    checkout: Path
    cache: Path

    @property
    def name(self) -> str:
        """Its commit, with a word where files differ from it."""
        git = ["git", "-C", str(self.checkout)]
        commit = subprocess.run(
            [*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True
        )
        if commit.returncode:
            return "no commit"
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "src"]).returncode
        return commit.stdout.strip() + (" and changes" if changed else "")

    def environment(self) -> dict[str, str]:
        """Its own package and its own kernels, whatever is installed."""
        kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        # Installed packages have their bytecode kept; a machine that forbids it would time compiling.
        return {
            **kept,
            "PYTHONPATH": str(self.checkout / "src"),
            "NUMBA_CACHE_DIR": str(self.cache),
        }

    def check(self) -> None:
        """Refuse to time another package than the one in the checkout."""
        found = subprocess.run(
            [sys.executable, "-c", "import uncounted; print(uncounted.__file__)"],
            env=self.environment(), capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        if not Path(found).resolve().is_relative_to(self.checkout.resolve()):
            raise SystemExit(f"{self.checkout} has no src/uncounted that can be imported.")

    def seconds(self, command: str, folder: Path) -> float:
        """CPU seconds of one run."""
        process = subprocess.Popen(
            [*RUN, *command.split()], cwd=folder, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in FINE:
            raise SystemExit(f"`uncounted {command}` ended with status {process.returncode}.")
        return used.ru_utime + used.ru_stime


def measure(states: list[State], commands: list[str], runs: int, folder: Path) -> list[list[float]]:
    """Best CPU seconds, a row for each command and a column for each state."""
    rows = []
    for command in commands:
        for state in states:
            state.seconds(command, folder)
        taken: list[list[float]] = [[] for _ in states]
        for _ in range(runs):
            for place, state in enumerate(states):
                taken[place].append(state.seconds(command, folder))
        rows.append([min(t) for t in taken])
        print(f"{command}: " + ", ".join(f"{s:.2f}" for s in rows[-1]), file=sys.stderr, flush=True)
    return rows


def report(commands: list[str], rows: list[list[float]], names: list[str], runs: int) -> str:
    """The table, in the words of the other results."""
    how = " --against CHECKOUT" if len(names) > 1 else ""
    head = ["command", "seconds"] if len(names) == 1 else ["command", *names, "ratio"]
    lines = [
        "# Whole commands, warm: CPU seconds",
        "",
        f"Made by `python -m benchmarks.startup{how}` on {available_threads()} cores, Python "
        f"{platform.python_version()}, {' and '.join(names)}. User and system seconds, best of {runs} runs, kernels kept.",
        "",
        "| " + " | ".join(head) + " |",
        "|---|" + "---:|" * (len(head) - 1),
    ]
    for command, row in zip(commands, rows, strict=True):
        cells = [f"{s:.2f}" for s in row]
        if len(row) > 1:
            cells.append(f"**{row[0] / row[1]:.2f}**")
        lines.append(f"| `uncounted {command}` | " + " | ".join(cells) + " |")
    if len(names) > 1:
        lines += ["", "*Ratio*: now over earlier; the two took turns in one run."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup")
    parser.add_argument("--against", type=Path, help="a checkout of an earlier state")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the best counts")
    parser.add_argument("--only", action="append", help="a command to time instead of all")
    given = parser.parse_args()
    commands = given.only or list(COMMANDS)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        checkouts = [HERE, given.against.resolve()] if given.against else [HERE]
        states = [State(c, folder / f"kernels-{i}") for i, c in enumerate(checkouts)]
        for state in states:
            state.check()
        text = report(
            commands,
            measure(states, commands, given.runs, folder),
            [f"{when} ({s.name})" for when, s in zip(("now", "earlier"), states, strict=False)],
            given.runs,
        )
    print(text)
    if not given.only:
        RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
