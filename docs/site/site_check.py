"""What the built pages must hold: every public name, and nothing from another host.

A link that a reader may follow is fine. A script, font, style sheet or picture that a browser
fetches by itself is not: it tells a stranger who reads about hidden people, and when.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

ELSEWHERE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.I)
LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping"}
FOLLOWED_ONLY = {"canonical", "next", "prev", "search", "index", "author", "license", "help", "up"}
IN_STYLES = re.compile(r"(?:@import\s+(?:url\()?|url\()\s*[\"']?([^\"')\s;]+)", re.I)
# In a script: an address handed to something that fetches it, or assigned to what loads it.
IN_SCRIPTS = re.compile(
    r"(?:\b(?:fetch|import|importScripts|open|sendBeacon|Worker|EventSource|WebSocket)\s*\(|"
    r"\bfrom\s|\b(?:src|href|action)\s*=|setAttribute\(\s*[\"'](?:src|href)[\"']\s*,)"
    r"\s*[\"'`]((?:[a-z][a-z0-9+.-]*:)?//[^\"'`]+)",
    re.I,
)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name.rpartition(":")[2]: value or "" for name, value in attrs}
        self._inside = tag if tag in {"script", "style"} else ""
        self.anchors |= {values["id"]} if values.get("id") else set()
        self.loads += [v for name, v in values.items() if name in LOADS and name != "srcset"]
        self.loads += [
            part.split()[0] for part in values.get("srcset", "").split(",") if part.strip()
        ]
        self.loads += IN_STYLES.findall(values.get("style", ""))
        # Of a link element all is fetched but what only says where else to go.
        if tag == "link" and not set(values.get("rel", "").lower().split()) & FOLLOWED_ONLY:
            self.loads.append(values.get("href", ""))
        # In a drawing, an image or a used shape is fetched; in a page, <a> is the one that is not.
        if tag in {"image", "use", "feimage", "base"}:
            self.loads.append(values.get("href", ""))
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self.loads.append(values.get("content", "").partition("=")[2])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.loads += IN_STYLES.findall(data)
        elif self._inside == "script":
            self.loads += IN_SCRIPTS.findall(data)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _page(path: Path) -> _Page:
    page = _Page()
    page.feed(_read(path))
    return page


def loads_of(path: Path) -> list[str]:
    """Addresses on other hosts that a browser would fetch because of this file."""
    if path.suffix in {".html", ".svg"}:
        found = _page(path).loads
    elif path.suffix == ".css":
        found = IN_STYLES.findall(_read(path))
    elif path.suffix == ".js":
        found = IN_SCRIPTS.findall(_read(path))
    else:
        found = []
    return [address for address in found if ELSEWHERE.match(address)]


def foreign_loads(folder: Path) -> list[str]:
    """Everything under a folder that would be fetched from another host."""
    return [
        f"{path.relative_to(folder)} loads {address}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for address in loads_of(path)
    ]


def missing_names(folder: Path, targets: Iterable[str]) -> list[str]:
    """Public names that no API page has an anchor for."""
    anchors: set[str] = set()
    for path in (folder / "api").glob("*.html"):
        anchors |= _page(path).anchors
    # Of a namespace Sphinx writes "module-NAME".
    return [t for t in targets if t not in anchors and f"module-{t}" not in anchors]
