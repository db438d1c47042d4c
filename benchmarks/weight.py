"""What each extra adds to an installation, in MB and seconds: ``python -m benchmarks.weight``.

For every extra of pyproject.toml an environment of its own in a temporary folder: first Uncounted
as it is, then the extra on top, with the versions of constraints.txt where it has one. MB are of the
files on disk without what Python compiles on first use. Seconds are processor seconds of the
installer, with its cache filled by an unmeasured first round: they are about unpacking, and neither
about the network nor about what else the machine does. uv where it is on the PATH, pip otherwise.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from uncounted.engine.jobs import available_threads

RESULT = Path(__file__).parent / "results" / "weight.md"
HERE = Path(__file__).parents[1]
PINS = re.compile(r"^([A-Za-z0-9._-]+==[^\s\\]+(?:\s*;[^\\]*)?)", re.M)
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Weight:
    """What an installation adds to the one below it."""

    name: str
    needs: tuple[str, ...]
    mb: float
    seconds: float
    packages: int


def extras() -> dict[str, list[str]]:
    """Extra -> what it asks for, in the order of pyproject.toml."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = tomllib.loads(text)["project"]["optional-dependencies"]
    return found


def pins() -> str:
    """The versions of constraints.txt, without hashes (an installer wants all hashes or none)."""
    return "\n".join(PINS.findall((HERE / "constraints.txt").read_text(encoding="utf-8"))) + "\n"


def _spent() -> float:
    """Processor seconds of all that this process has run and seen end."""
    used = os.times()
    return used.children_user + used.children_system


class Environment:
    """A fresh virtual environment."""

    def __init__(self, folder: Path, constraints: Path) -> None:
        self.folder = folder
        self.constraints = constraints
        self.uv = shutil.which("uv")
        if self.uv:
            command = [self.uv, "venv", "--quiet", "--python", sys.executable, str(folder)]
        else:
            command = [sys.executable, "-m", "venv", str(folder)]
        subprocess.run(command, check=True)

    def install(self, what: str) -> float:
        """Install a wheel, with ``[extra]`` behind it or not; the processor seconds."""
        python = str(self.folder / "bin" / "python")
        front = (
            [str(self.uv), "pip", "install", "--quiet", "--python", python]
            if self.uv
            else [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        )
        began = _spent()
        command = [*front, "-c", str(self.constraints), what]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(
                f"{what.rpartition('/')[2]} cannot be installed:\n{done.stderr[-2000:]}"
            )
        return _spent() - began

    @property
    def bytes(self) -> int:
        """Bytes of all files, each counted once however many names it has."""
        seen: dict[tuple[int, int], int] = {}
        for root, folders, files in os.walk(self.folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in files:
                info = (Path(root) / name).lstat()
                seen[info.st_dev, info.st_ino] = info.st_size
        return sum(seen.values())

    @property
    def packages(self) -> int:
        """Distributions installed."""
        return sum(1 for _ in self.folder.glob("lib/python*/site-packages/*.dist-info"))


def wheel(scratch: Path) -> str:
    """Uncounted built once, so that no installation is charged for building it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(scratch)]
    subprocess.run(command, cwd=HERE, check=True, capture_output=True)
    return str(next(scratch.glob("*.whl")))


def measure(names: list[str], scratch: Path) -> list[Weight]:
    """The core, then each extra on top of the core."""
    constraints = scratch / "pins.txt"
    constraints.write_text(pins(), encoding="utf-8")
    built = wheel(scratch)
    wanted = extras()
    found = []
    for name in ["", *names]:
        # The first round fills the installer's cache.
        for measured in (False, True):
            place = Environment(scratch / "environment", constraints)
            if name:
                place.install(built)
            before, had = place.bytes, place.packages
            took = place.install(f"{built}[{name}]" if name else built)
            if measured:
                needs = tuple(re.split(r"[<>=!~; ]", need)[0] for need in wanted.get(name, ()))
                added = (place.bytes - before) / MB, took, place.packages - had
                found.append(Weight(name, needs, *added))
            shutil.rmtree(place.folder)
        last = found[-1]
        print(
            f"{name or 'core'}: {last.mb:.0f} MB, {last.seconds:.1f} s", file=sys.stderr, flush=True
        )
    return found


def report(rows: list[Weight], installer: str) -> str:
    """The table, in the words of the other results."""
    lines = [
        "# What each extra adds to an installation",
        "",
        f"Made by `python -m benchmarks.weight` on {available_threads()} cores, Python {platform.python_version()}, {installer}, "
        "versions of `constraints.txt`. Each extra alone on top of the core, in an environment of its own; MB without what "
        "Python compiles on first use, processor seconds with the installer's cache filled.",
        "",
        "| what | asks for | packages | MB | CPU s |",
        "|---|---|---:|---:|---:|",
    ]
    for row in rows:
        name = f"`[{row.name}]`" if row.name else "Uncounted itself"
        lines.append(
            f"| {name} | {', '.join(row.needs)} | {row.packages} | **{row.mb:.0f}** | {row.seconds:.1f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.weight")
    parser.add_argument("--only", action="append", help="an extra to weigh instead of all")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        rows = measure(given.only or list(extras()), Path(scratch))
    text = report(rows, "uv" if shutil.which("uv") else "pip")
    print(text)
    if not given.only:
        RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
