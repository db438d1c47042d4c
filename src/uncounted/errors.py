"""Every error Uncounted raises on purpose: what happened, and what to do about it.

Messages name rows by number and columns by name, never by what a record holds.
"""

from __future__ import annotations

__all__ = [
    "InputError",
    "LayoutError",
    "MissingExtra",
    "NoFiniteEstimate",
    "NotConverged",
    "NotIdentifiable",
    "NotSupported",
    "Refusal",
    "TableError",
    "UncountedError",
    "UsageError",
    "VerificationError",
]


class UncountedError(Exception):
    """Root of the family.

    Parameters
    ----------
    said
        What happened, in one plain sentence: a note (`uncounted.core.notes`), or plain text where
        an input is at fault.
    fix
        What the reader can do about it, likewise.

    Notes
    -----
    ``code`` is the word the command line prints in ``error.code``; ``exit_status`` is
    the status a command ends with. ``said`` and ``advice`` stay as they were given, for whoever
    decides on disclosure; ``message`` and ``fix`` are their sentences in the language spoken now.
    This is the lowest room, so a note is known here only as what ``str()`` can say.
    """

    code = "error"
    exit_status = 1

    def __init__(self, said: object, *, fix: object = "") -> None:
        super().__init__(said)
        self.said = said
        self.advice = fix

    @property
    def message(self) -> str:
        """What happened, as a sentence."""
        return str(self.said)

    @property
    def fix(self) -> str:
        """What the reader can do about it, as a sentence."""
        return str(self.advice)

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class InputError(UncountedError):
    """The input cannot be used as it stands (exit status 3)."""

    code = "bad-input"
    exit_status = 3


class LayoutError(InputError):
    """A file has no header row with the columns looked for (exit status 3)."""


class TableError(InputError):
    """An overlap table cannot be read or is not one (exit status 3)."""

    code = "bad-table"


class UsageError(UncountedError):
    """The call asks for something that there is not (exit status 2)."""

    code = "usage"
    exit_status = 2


class MissingExtra(UncountedError):
    """A part of the product is not installed (exit status 2)."""

    code = "missing-extra"
    exit_status = 2


class Refusal(UncountedError):
    """The method refuses: a figure exists in form only (exit status 4)."""

    code = "refused"
    exit_status = 4


class NotIdentifiable(Refusal):
    """More than one population fits the lists equally well under this model."""

    code = "not-identifiable"


class NoFiniteEstimate(Refusal):
    """The likelihood has no finite maximum, or the formula divides by zero."""

    code = "no-finite-estimate"


class NotConverged(Refusal):
    """A sampler or a search did not settle, so it gives no summary."""

    code = "not-converged"


class NotSupported(Refusal):
    """The lists cannot carry the figure that was asked for."""

    code = "not-supported"


class VerificationError(UncountedError):
    """A run repeated does not equal the run recorded (exit status 5)."""

    code = "verification-mismatch"
    exit_status = 5
