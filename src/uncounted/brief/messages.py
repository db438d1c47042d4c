"""Notes turned into sentences: the message catalogue, its languages, and how numbers are written.

Catalogues are gettext files, ``locale/<language>/LC_MESSAGES/<room>.po``, one for each first word of a
code, keyed by the code and compiled to ``.mo`` by ``make messages``. A sentence names its numbers and words in braces,
``{shared}``, and may ask how one is written there, ``{list:은}`` (see `uncounted.brief.speech`). A code
with a plural has the first number of the note decide, by the catalogue's own plural rule. A note of
which a number is held back is said by the sentence of its code with ``.held`` behind it, which names no
such number. What a catalogue lacks is said in English; the tests let no catalogue lack anything.
"""

from __future__ import annotations

import gettext
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from uncounted.brief import speech
from uncounted.core.notes import Note, Number, note

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = [
    "LANGUAGES",
    "MissingMessage",
    "error_line",
    "joined",
    "language",
    "name_of",
    "ordinal",
    "say",
    "speak",
    "speaking",
    "translated",
    "write",
    "written_line",
]

LANGUAGES = ("en", "es", "ko")
"""Languages with a complete catalogue: English, Spanish as the United States write it, Korean."""

_language: ContextVar[str] = ContextVar("language", default="en")
_disguise: ContextVar[Callable[[str], str] | None] = ContextVar("disguise", default=None)


class MissingMessage(LookupError):
    """A note has a code that the catalogue does not know: a fault of ours."""


@contextmanager
def speaking(name: str, *, disguise: Callable[[str], str] | None = None) -> Iterator[None]:
    """Say everything in this block in a language.

    Parameters
    ----------
    name
        Of `LANGUAGES`.
    disguise
        Applied to every sentence of the catalogues and templates before anything is put in: the
        pseudo-language of the tests, which shows that no figure hangs on a wording and that no
        text stands outside. It lets holes (``{n}``, ``%(n)s``) and marks (``<b>``) be.
    """
    before = _language.get(), _disguise.get()
    speak(name)
    _disguise.set(disguise)
    try:
        yield
    finally:
        _language.set(before[0])
        _disguise.set(before[1])


def speak(name: str) -> None:
    """Say everything from here on in a language, of `LANGUAGES`.

    Raises
    ------
    MissingMessage
        If there is no catalogue of it.
    """
    if name not in LANGUAGES:
        msg = f"no catalogue for {name!r}"
        raise MissingMessage(msg)
    _language.set(name)


def language() -> str:
    """Name the language spoken now."""
    return _language.get()


@cache
def _catalogue(name: str, room: str) -> gettext.NullTranslations:
    path = resources.files("uncounted.brief").joinpath("locale", name, "LC_MESSAGES", f"{room}.mo")
    if not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def say(note: Note) -> str:
    """Turn a note into a sentence of the language spoken now.

    Raises
    ------
    MissingMessage
        If the catalogue has no sentence for its code.

    Examples
    --------
    >>> from uncounted.core.notes import note
    >>> say(note("verdict.overlap.none"))
    '0 people are on two lists or more: nothing ties the lists to each other.'
    """
    key = f"{note.code}.held" if note.held else note.code
    first = next((n.as_written.value for _, n in note.numbers if n.value is not None), None)
    sentence = _sentence(language(), key, first) or _sentence("en", key, first)
    if sentence is None:
        raise MissingMessage(key)
    disguise = _disguise.get()
    if disguise is not None:
        sentence = disguise(sentence)
    parts = {k: speech.Part(write(n), n.value) for k, n in note.numbers if not n.held}
    for k, word in note.words:
        parts[k] = speech.Part(
            say(word) if isinstance(word, Note) else word if isinstance(word, str) else joined(word)
        )
    if note.code == "places.country":
        from uncounted.places.countries import country_name

        parts["country"] = speech.Part(country_name(parts["country"], language()))
    return sentence.format(**parts)


def _sentence(name: str, key: str, first: float | None) -> str | None:
    """Sentence of a code in a language, one or many by the first number; none where it has none."""
    found = _catalogue(name, key.partition(".")[0])
    if first is not None:
        sentence = found.ngettext(key, key, speech.plural_count(first))
        if sentence != key:
            return sentence
    sentence = found.gettext(key)
    return None if sentence == key else sentence


def name_of(code: str, otherwise: str) -> str:
    """Say a code that needs no numbers, or something else where the catalogue lacks it.

    Examples
    --------
    >>> name_of("words.no-figure", "none"), name_of("words.of-a-list", "Harbor shelter")
    ('no figure', 'Harbor shelter')
    """
    try:
        return say(Note(code))
    except MissingMessage:
        return otherwise


def written_line(path: object) -> str:
    """Say that a file was written."""
    return say(note("terms.written", path=str(path)))


def error_line(message: str) -> str:
    """Say that something is an error."""
    return say(note("terms.error", said=message))


def translated(environment: Environment) -> None:
    """Let a template's ``{% trans %}`` blocks speak the language spoken when it is rendered.

    English stands in the template. Other languages have it in ``pages.po``, keyed by the English text
    as gettext has it everywhere; ``pybabel extract`` with jinja2's extractor collects it.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.globals["language"] = language
    install = getattr(environment, "install_gettext_callables")  # noqa: B009 (added by the extension)
    install(
        lambda text: _page_text(_catalogue(language(), "pages").gettext(text)),
        lambda one, many, n: _page_text(_catalogue(language(), "pages").ngettext(one, many, n)),
        newstyle=True,
    )


def _page_text(text: str) -> str:
    disguise = _disguise.get()
    return text if disguise is None else disguise(text)


def write(number: Number) -> str:
    """Write a number as its kind is written.

    Examples
    --------
    >>> (
    ...     write(Number(25311.3, "estimate")),
    ...     write(Number(0.95, "level")),
    ...     write(Number(2.64, "factor", digits=1)),
    ... )
    ('25,311', '95%', '2.6')
    """
    value = number.value
    if value is None:
        msg = "a number that is held back is not written"
        raise ValueError(msg)
    if not math.isfinite(value):
        counted = number.counts in ("estimate", "people", "records")
        return say(Note("number.unbounded")) if counted else f"{value}"
    if number.counts in ("share", "level"):
        return f"{value:.{number.digits}%}"
    if number.counts in ("years", "resamples", "draws"):
        return f"{value:.0f}"
    if number.counts == "rank":
        return ordinal(round(value))
    if number.counts == "change":
        return f"{value:+,.{number.digits}f}"
    if number.counts == "number" and number.digits == 0 and value != int(value):
        return f"{value:g}"
    return f"{value:,.{number.digits}f}"


def ordinal(rank: int) -> str:
    """Write a rank as the language spoken now does: 1st, 2nd, 3rd, 4th.

    Examples
    --------
    >>> [ordinal(r) for r in (1, 2, 3, 4, 11, 22, 112)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '112th']
    """
    return speech.ordinal(rank, language())


def joined(words: tuple[str, ...]) -> str:
    """Join names as a list is read aloud.

    Examples
    --------
    >>> joined(("police", "shelter", "clinic"))
    'police, shelter and clinic'
    """
    if len(words) < 2:
        return "".join(words)
    return say(Note("words.and", (), (("first", ", ".join(words[:-1])), ("last", words[-1]))))
