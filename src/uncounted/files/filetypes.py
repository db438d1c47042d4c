"""What a file is by its content: text, a workbook, Parquet, or something a list is not kept in."""

from __future__ import annotations

import zipfile

from uncounted.core.notes import Note
from uncounted.errors import InputError
from uncounted.files.documents import looks_like_json
from uncounted.files.encodings import find_encoding
from uncounted.files.source import Source

__all__ = ["HEAD", "kind_of"]

HEAD = 1 << 18
"""Bytes of the beginning that tell what a file is and how it is written."""
_AGAIN = Note("files.fix.save-again")

_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "is compressed"),
    (b"BZh", "is compressed"),
    (b"\xfd7zXZ", "is compressed"),
    (b"7z\xbc\xaf", "is compressed"),
    (b"Rar!", "is compressed"),
    (b"\x28\xb5\x2f\xfd", "is compressed"),
    (b"%PDF", "is a PDF"),
    (b"\x89PNG\r\n", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"GIF8", "is a picture"),
    (b"{\\rtf", "is a text document"),
    (b"SQLite format 3\x00", "is a database"),
)


def kind_of(source: Source, head: bytes) -> str:
    """Tell what a file is: ``"excel"``, ``"parquet"``, ``"json"`` or ``"text"``.

    Parameters
    ----------
    source
        The file.
    head
        Its first `HEAD` bytes.

    Raises
    ------
    InputError
        If it is something else, with what to do.
    """
    if head.startswith(b"PK"):
        return _zipped(source)
    if head.startswith(b"PAR1") or source.ending in {".parquet", ".pq"}:
        return "parquet"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if _contains(source, "EncryptedPackage".encode("utf-16-le")):
            raise InputError(
                f"{source.name} is locked with a password.",
                fix="Open it, take the password off (File, Info, Protect Workbook) and save it.",
            )
        raise InputError(f"{source.name} is an Excel 97-2003 workbook.", fix=_AGAIN)
    for sign, what in _SIGNS:
        if head.startswith(sign):
            fix = Note("files.fix.unpack") if what == "is compressed" else _AGAIN
            raise InputError(f"{source.name} {what}.", fix=fix)
    start = head[:2048].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head")):
        raise InputError(f"{source.name} is a web page, as some systems export.", fix=_AGAIN)
    if start.startswith(b"<?xml"):
        raise InputError(f"{source.name} is an XML file.", fix=_AGAIN)
    if _is_binary(head):
        raise InputError(f"{source.name} is not a text file.", fix=_AGAIN)
    return "json" if looks_like_json(source, head) else "text"


def _zipped(source: Source) -> str:
    try:
        with source.open() as f, zipfile.ZipFile(f) as archive:
            names = set(archive.namelist())
            mime = b""
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    mime = part.read(100)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        raise InputError(
            f"{source.name} is damaged, or is not an Excel workbook: it cannot be unpacked.",
            fix="Open it in a spreadsheet program and save it again as .xlsx.",
        ) from None
    if b"opendocument" in mime:
        raise InputError(f"{source.name} is an OpenDocument file.", fix=_AGAIN)
    if "xl/workbook.bin" in names:
        raise InputError(f"{source.name} is a binary workbook (.xlsb).", fix=_AGAIN)
    if any(n.startswith("Index/") and n.endswith(".iwa") for n in names):
        raise InputError(f"{source.name} is a Numbers file.", fix="Export it as Excel or CSV.")
    if any(n.startswith("xl/") for n in names) or source.ending in {".xlsx", ".xlsm"}:
        return "excel"
    raise InputError(f"{source.name} is compressed.", fix="Unpack it and name the file inside.")


def _contains(source: Source, needle: bytes) -> bool:
    with source.open() as f:
        tail = b""
        while chunk := f.read(1 << 20):
            if needle in tail + chunk:
                return True
            tail = chunk[-len(needle) :]
    return False


def _is_binary(head: bytes) -> bool:
    """Whether control characters make up more than one in a hundred."""
    encoding = find_encoding(head).name
    if encoding.startswith(("utf-16", "utf-32")):
        text = head[: len(head) // 4 * 4].decode(encoding, errors="replace")
        bad = sum(c == "\ufffd" or (c < " " and c not in "\t\n\r") for c in text)
        return bad * 100 > len(text)
    bad = len(head) - len(head.translate(None, _CONTROLS))
    return bad * 100 > len(head)


_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\x0b\x0c\r\x1a\x1b")
