"""``python docs/site/build.py``: the pages into ``build/docs``, without a network.

A warning of Sphinx, a public name without words, example or anchor, and anything that would be
loaded from another host each end it with status 1.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from public_face import ROOT, faults, reasons
from site_check import foreign_loads, missing_names
from site_layout import lay_out
from sphinx.cmd.build import build_main

HERE = Path(__file__).parent
SOURCE = ROOT / "build" / "docs-source"
PAGES = ROOT / "build" / "docs"


def main() -> int:
    """Build and check; the exit status."""
    faces = lay_out(SOURCE)
    shutil.rmtree(PAGES, ignore_errors=True)
    quiet = ["-q", "-W", "--keep-going", "-E", "-b", "html"]
    places = ["-c", str(HERE), "-d", str(ROOT / "build" / "docs-doctrees"), str(SOURCE), str(PAGES)]
    if build_main([*quiet, *places]):
        return 1
    wrong = faults(faces, reasons())
    wrong += [f"No anchor for {name}" for name in missing_names(PAGES, [e.target for e in faces])]
    wrong += foreign_loads(PAGES)
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    if not wrong:
        pages = sum(1 for _ in PAGES.rglob("*.html"))
        sys.stdout.write(f"{pages} pages, {len(faces)} public names: build/docs/index.html\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
