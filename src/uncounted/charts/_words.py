"""Words of a picture, said in the language spoken when it is drawn."""

from __future__ import annotations

from uncounted.core.notes import Note, Number, note

__all__ = ["said"]


def said(code: str, **parts: Number | str | tuple[str, ...] | Note) -> str:
    """Say a note of this room.

    Examples
    --------
    >>> said("upset.title")
    'Who is on which lists'
    """
    return str(note(f"charts.{code}", **parts))
