"""The brief of a finished run in every language and format, in CPU seconds: ``python -m benchmarks.brief_speed``.

User and system seconds of the command's process, the best of three: another process on the machine
can only add to it. ``--run FOLDER`` takes a run that is there; otherwise the example coalition is
made and run first, which is not counted.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

RESULT = Path(__file__).parent / "results" / "brief_speed.md"
COMMAND = [sys.executable, "-c", "from uncounted.cli import main; main()"]
FORMATS = {"html": "html", "pdf": "pdf", "docx": "docx", "card": "png"}
REPEATS = 3


def call(*words: str) -> float:
    """CPU seconds of one command, which must succeed."""
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    return used.ru_utime + used.ru_stime


def best(*words: str) -> float:
    """The least of some repeats."""
    return min(call(*words) for _ in range(REPEATS))


def example(folder: Path) -> Path:
    """Make and run the example coalition."""
    call("new", str(folder / "example"), "--example")
    call("run", str(folder / "example"))
    return next((folder / "example" / "runs").iterdir())


def main() -> None:
    """Time, print and keep."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run = str(given.run or example(folder))
        lines = ["| language | " + " | ".join((*FORMATS, "all four", "`why`")) + " |"]
        lines.append("|---|" + "---:|" * (len(FORMATS) + 2))
        for language in ("en", "es", "ko"):
            paths = {k: f"--{k}={folder / f'{language}.{e}'}" for k, e in FORMATS.items()}
            times = [best("brief", run, "--lang", language, path) for path in paths.values()]
            times.append(best("brief", run, "--lang", language, *paths.values()))
            times.append(best("why", "1", run, "--lang", language))
            lines.append(f"| {language} | " + " | ".join(f"{t:.1f}" for t in times) + " |")
    text = (
        "# The brief of the example coalition's run: CPU seconds of whole commands\n\n"
        f"Made by `python -m benchmarks.brief_speed` on Python {platform.python_version()}, the best of "
        f"{REPEATS}. Asked for: under 10 s.\n\n" + "\n".join(lines) + "\n"
    )
    print(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
