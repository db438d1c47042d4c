"""Text into whole numbers, bounded: the one place where digits of a file become a number."""

from __future__ import annotations

__all__ = ["LARGEST", "whole_number"]

LARGEST = 2**53
"""Beyond it whole numbers are no longer exact as floats."""


def whole_number(text: str, largest: int = LARGEST) -> int | None:
    """Whole number, 0 or more, that a text writes in digits alone.

    Parameters
    ----------
    text
        As a cell holds it, without blanks at its ends.
    largest
        Every greater number comes back as ``largest + 1``, however many digits it has: Python
        refuses to turn more than some thousands of digits into a number, and a count of that
        size is an error of the file anyway.

    Returns
    -------
    int or None
        ``None`` where the text is not digits alone.

    Examples
    --------
    >>> whole_number("0042"), whole_number("9" * 6000, largest=100), whole_number("²")
    (42, 101, None)
    """
    if not text.isdecimal():
        return None
    if len(text) > len(str(largest)):
        # leading zeros, of whichever script's digits, do not count
        kept = "".join(str(int(c)) for c in text).lstrip("0")
        if len(kept) > len(str(largest)):
            return largest + 1
        text = kept or "0"
    return min(int(text), largest + 1)
