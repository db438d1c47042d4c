"""The example coalition from raw lists to page: ``python -m benchmarks.project_speed``.

Three runs, each a process of its own: with no compiled kernel kept (a fresh machine), with kernels
kept, and again with nothing changed. Seconds are wall clock on this machine, which must be idle.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from uncounted.engine.jobs import available_threads

RESULT = Path(__file__).parent / "results" / "project_speed.md"
STEPS = ("link", "overlap", "estimate", "groups-origin", "groups-sector")
RUN = [sys.executable, "-c", "from uncounted.cli import main; main()"]


def timed(project: Path, cache: Path) -> tuple[float, float, dict[str, float]]:
    """Wall clock and CPU seconds of one `uncounted run`, and the seconds of its steps."""
    before = os.times()
    began = time.perf_counter()
    done = subprocess.run(
        [*RUN, "run", str(project), "--json"],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - began
    after = os.times()
    cpu = (
        after.children_user - before.children_user + after.children_system - before.children_system
    )
    folder = Path(json.loads(done.stdout)["folder"])
    return wall, cpu, json.loads((folder / "timings.json").read_text())["seconds"]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project, cache = Path(scratch) / "chicago", Path(scratch) / "kernels"
        subprocess.run([*RUN, "new", str(project), "--example"], check=True, capture_output=True)
        runs = [("nothing compiled yet", timed(project, cache))]
        for kept in (project / "runs", project / ".uncounted"):
            shutil.rmtree(kept)
        runs += [
            ("kernels kept", timed(project, cache)),
            ("nothing changed", timed(project, cache)),
        ]
    rows = []
    for name, (wall, cpu, seconds) in runs:
        rest = wall - sum(seconds[s] for s in STEPS)
        parts = " | ".join(f"{seconds[s]:.1f}" for s in STEPS)
        rows.append(f"| {name} | {parts} | {rest:.1f} | **{wall:.1f}** | {cpu:.1f} |")
    lines = [
        "# The example coalition, from raw lists to page: seconds",
        "",
        f"Made by `python -m benchmarks.project_speed` on {available_threads()} cores, Python "
        f"{platform.python_version()}. Five lists, 1,280 rows, 200 linkage draws, 20 resamples for "
        "each different table. Asked for: under 60 s on two cores.",
        "",
        "| run | link | overlap | estimate | by origin | by sector | rest | all | CPU |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        "*Rest* is the start of Python, reading the lists, suppression, pictures and the page.",
        "",
    ]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(lines), encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
