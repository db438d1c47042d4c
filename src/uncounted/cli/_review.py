"""`uncounted link --review`: doubtful pairs one by one, at the terminal, with nothing left behind.

On a terminal each pair stands alone on a screen of its own, which is gone, with its names, when the
review ends; a key is enough for an answer. Elsewhere answers are read line by line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from uncounted.core.notes import Note, Number, note, series

if TYPE_CHECKING:
    from uncounted.answers.reviews import Pair, Review, Verdict

__all__ = ["converse"]

VERDICTS: dict[str, Verdict] = {"s": "same", "d": "different", "u": "unsure"}
ALTERNATE, ORDINARY, CLEAR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J\x1b[H"


def converse(review: Review) -> None:
    """Ask about the pairs of a review, one by one.

    Each answer is kept at once, so that a review can be left at any pair and gone on with later.
    """
    if not len(review):
        click.echo(Note("answers.review.none"))
        return
    click.echo(Note("answers.review.names"))
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    answers: dict[int, Verdict] = {}
    at = 0
    try:
        with _own_screen(terminal):
            if terminal:
                click.echo(f"{CLEAR}{Note('answers.review.names')}\n")
                click.pause(str(Note("answers.review.begin")))
            while at < len(review):
                key = _ask(review, at, terminal)
                if key == "q":
                    break
                if key == "b":
                    at = max(at - 1, 0)
                    if at in answers:
                        review.decide(at, "unsure")
                        del answers[at]
                    continue
                answers[at] = VERDICTS[key]
                review.decide(at, VERDICTS[key])
                at += 1
    finally:
        click.echo(_decided(answers, len(review)))


def _decided(answers: dict[int, Verdict], pairs: int) -> Note:
    """Say how many pairs were decided, and how."""
    given = list(answers.values())
    ways = [
        note(f"answers.review.{v}", pairs=Number(given.count(v)))
        for v in VERDICTS.values()
        if v in given
    ]
    found = {"decided": Number(len(given)), "pairs": Number(pairs)}
    if not ways:
        return note("answers.review.decided", **found)
    return note("answers.review.decided-so", **found, ways=series("words.comma", ways))


@contextmanager
def _own_screen(terminal: bool) -> Iterator[None]:
    """Use the terminal's second screen, which leaves nothing in the lines one can scroll back to."""
    if not terminal:
        yield
        return
    click.echo(ALTERNATE, nl=False)
    try:
        yield
    finally:
        click.echo(CLEAR + ORDINARY, nl=False)


def _ask(review: Review, at: int, terminal: bool) -> str:
    """Show one pair and wait for a key that means something."""
    pair = review.pair(at)
    head = note(
        "answers.review.pair",
        number=Number(at + 1),
        pairs=Number(len(review)),
        chance=Number(pair.chance, "share"),
    )
    text, keys = f"{head}\n{_words(pair)}", str(Note("answers.review.keys"))
    click.echo(f"{CLEAR}{text}\n\n{keys}\n" if terminal else f"\n{text}")
    while True:
        if terminal:
            key = click.getchar().casefold()
            if key in {"\x03", "\x04", ""}:
                raise click.Abort
        else:
            key = str(click.prompt(keys, prompt_suffix=": ")).strip().casefold()[:1]
        if key in VERDICTS or key in {"b", "q"}:
            return key
        click.echo("\a" if terminal else Note("answers.review.no-answer"), nl=not terminal)


def _words(pair: Pair) -> str:
    rows = [("", *pair.lists)]
    rows += [(field.title, field.first or "-", field.second or "-") for field in pair.fields]
    width = max(_width(first) for _, first, _ in rows)
    lines = [
        f"  {title:12} {first}{' ' * (width - _width(first) + 3)}{second}"
        for title, first, second in rows
    ]
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns a text takes on a terminal; Hangul, Han and kana take two each."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
