"""The message catalogues: compiled (`python -m tests.messages --write`), and what a test asks of them."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import uncounted

LOCALE = Path(uncounted.__file__).parent / "brief" / "locale"


def sources() -> list[Path]:
    """Every ``.po`` file."""
    return sorted(LOCALE.rglob("*.po"))


def compiled(path: Path) -> bytes:
    """The ``.mo`` bytes of a ``.po`` file."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name, abort_invalid=True)
    # Babel would write the hour into the header, and no two compilations would be equal.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def codes(path: Path) -> list[str]:
    """Codes of a ``.po`` file, in order."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name)
    return [m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id]


def sentences() -> dict[str, tuple[str, ...]]:
    """Every English sentence by its code; singular and plural where there are two."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sources():
        if path.parents[1].name != "en":
            continue
        with path.open("rb") as file:
            for m in read_po(file, locale="en"):
                if m.id:
                    code = m.id if isinstance(m.id, str) else m.id[0]
                    found[code] = (m.string,) if isinstance(m.string, str) else tuple(m.string)
    return found


def page_texts() -> list[str]:
    """English texts of the templates' ``trans`` blocks, as gettext looks them up."""
    options = {"trimmed": "true", "silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
    found: list[str] = []
    for path in sorted((LOCALE.parent / "templates").glob("*.j2")):
        with path.open("rb") as file:
            for _, _, text, _ in babel_extract(file, ("gettext", "ngettext"), (), options):
                found += [text] if isinstance(text, str) else [t for t in text if t]
    return sorted(set(found))


if __name__ == "__main__":
    for source in sources():
        if "--write" in sys.argv:
            source.with_suffix(".mo").write_bytes(compiled(source))
        print(f"{source.relative_to(LOCALE)}: {len(codes(source))} sentences")
