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

if TYPE_CHECKING:
    from uncounted.answers.reviews import Pair, Review, Verdict

__all__ = ["converse"]

VERDICTS: dict[str, Verdict] = {"s": "same", "d": "different", "u": "unsure"}
KEYS = "s same   d different   u unsure   b back   q quit"
WARNING = "You will see names. Make sure nobody else does."
ALTERNATE, ORDINARY, CLEAR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J\x1b[H"


def converse(review: Review) -> None:
    """Ask about the pairs of a review, one by one.

    Each answer is kept at once, so that a review can be left at any pair and gone on with later.
    """
    if not len(review):
        click.echo("No pair is in doubt.")
        return
    click.echo(WARNING)
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    answers: dict[int, Verdict] = {}
    at = 0
    try:
        with _own_screen(terminal):
            if terminal:
                click.echo(f"{CLEAR}{WARNING}\n")
                click.pause("Press any key to begin.")
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
        told = ", ".join(
            f"{list(answers.values()).count(v)} {v}"
            for v in VERDICTS.values()
            if v in answers.values()
        )
        click.echo(
            f"{len(answers)} of {len(review)} pairs decided{f': {told}' if told else ''}. "
            "Decisions are kept and are used from the next run on."
        )


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
    text = f"Pair {at + 1} of {len(review)}, {_words(review.pair(at))}"
    click.echo(f"{CLEAR}{text}\n\n{KEYS}\n" if terminal else f"\n{text}")
    while True:
        if terminal:
            key = click.getchar().casefold()
            if key in {"\x03", "\x04", ""}:
                raise click.Abort
        else:
            key = str(click.prompt(KEYS, prompt_suffix=": ")).strip().casefold()[:1]
        if key in VERDICTS or key in {"b", "q"}:
            return key
        click.echo("\a" if terminal else "That is no answer.", nl=not terminal)


def _words(pair: Pair) -> str:
    rows = [("", *pair.lists)]
    rows += [(field.title, field.first or "-", field.second or "-") for field in pair.fields]
    width = max(_width(first) for _, first, _ in rows)
    lines = [
        f"  {title:12} {first}{' ' * (width - _width(first) + 3)}{second}"
        for title, first, second in rows
    ]
    return "\n".join([f"chance {pair.chance:.0%}", *lines])


def _width(text: str) -> int:
    """Columns a text takes on a terminal; Hangul, Han and kana take two each."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
