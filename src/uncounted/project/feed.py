"""Published briefs in the project's folder, and an Atom feed of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from uncounted.core.json_types import JSONObject
from uncounted.engine.kept import digest, write_json
from uncounted.errors import InputError
from uncounted.project.guard import replace_folder, writable

__all__ = ["BRIEFS", "FEED", "publish_brief"]

BRIEFS = "briefs"
FEED = "feed.xml"
ABOUT = "about.json"


def publish_brief(
    project: Path, run: str, files: Mapping[str, bytes], about: JSONObject, title: str
) -> Path:
    """Write a run's brief into ``briefs/<run>`` and the feed anew.

    Parameters
    ----------
    project
        Its folder.
    run
        Id of the run.
    files
        Content by name.
    about
        What the feed says of it: ``name`` (the coalition's), ``title``, ``summary``, ``day`` (of
        the last approval), ``approved`` (names), ``content`` (hash).
    title
        Of the feed.

    Returns
    -------
    Path
        Its folder.
    """
    briefs = project / BRIEFS
    folder = briefs / run
    with writable("run.disk.briefs"):
        partial = briefs / f".{run}.partial"
        if partial.exists():
            shutil.rmtree(partial)
        partial.mkdir(parents=True)
        for name, data in files.items():
            (partial / name).write_bytes(data)
        write_json(partial / ABOUT, {**about, "run": run, "files": sorted(files)})
        replace_folder(partial, folder)
        temporary = briefs / f".{FEED}.partial"
        temporary.write_text(_feed(briefs, title), encoding="utf-8")
        temporary.replace(briefs / FEED)
    return folder


def _feed(briefs: Path, title: str) -> str:
    """Atom 1.0 (RFC 4287). Ids are hashes: no address is known here, and none is asked for."""
    entries = []
    for path in sorted(briefs.glob(f"*/{ABOUT}")):
        entries.append(_about(path))
    entries.sort(key=lambda a: (a["day"], a["run"]), reverse=True)
    newest = max((a["day"] for a in entries), default="1970-01-01")
    who = entries[0]["name"] if entries else title
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(title)}</title>",
        f"<id>{_urn([who])}</id>",
        f"<updated>{newest}T00:00:00Z</updated>",
        f"<author><name>{escape(who)}</name></author>",
        '<link rel="self" href="feed.xml"/>',
    ]
    for a in entries:
        lines += [
            "<entry>",
            f"<title>{escape(a['title'])}</title>",
            f"<id>{_urn([a['run'], a['content']])}</id>",
            f"<updated>{a['day']}T00:00:00Z</updated>",
            *(f"<author><name>{escape(name)}</name></author>" for name in a["approved"]),
            f"<summary>{escape(a['summary'])}</summary>",
            *(
                f"<link rel={quoteattr(_rel(n))} type={quoteattr(_kind(n))} hreflang={quoteattr(n.split('.')[0])} href={quoteattr(a['run'] + '/' + n)}/>"
                for n in a["files"]
                if n.endswith((".html", ".pdf"))
            ),
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _rel(name: str) -> str:
    return "alternate" if name.endswith(".html") else "enclosure"


def _kind(name: str) -> str:
    return "text/html" if name.endswith(".html") else "application/pdf"


def _urn(parts: object) -> str:
    found = digest(parts)[:32]
    cut = (0, 8, 12, 16, 20, 32)
    return "urn:uuid:" + "-".join(found[a:b] for a, b in pairwise(cut))


def _about(path: Path) -> dict[str, str]:
    import json

    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        keys = ("name", "title", "summary", "day", "content", "run", "files", "approved")
        return {k: made[k] for k in keys}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{BRIEFS}/{path.parent.name}/{ABOUT} was changed by hand and cannot be read.",
            fix="Delete that folder and publish the brief again.",
        ) from None
