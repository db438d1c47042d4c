"""`uncounted link --review`: doubtful pairs one by one, at the terminal, with nothing left behind.

On a terminal each pair stands alone on a screen of its own, which is gone, with its names, when the
review ends; a key is enough for an answer. Elsewhere answers are read line by line, and case numbers are
not shown: what goes through a pipe may be kept.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from uncounted.core.notes import Note, Number, note

if TYPE_CHECKING:
    from uncounted.answers.questions import Answered, Question, Side, Verdict
    from uncounted.answers.reviews import Review

__all__ = ["converse"]

VERDICTS: dict[str, Verdict] = {"s": "same", "d": "different", "n": "unsure"}
OF_MANY: dict[str, Verdict] = {"a": "all-same", "t": "two-people"}
SKIP, QUIT, UNDO = "k", "q", ("u", "b")
ALTERNATE, ORDINARY, CLEAR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J\x1b[H"
NARROW = 100
"""Columns of a terminal that does not tell."""
LITTLE = 0.005
"""Share of the doubt that would be shown as 0%."""


def converse(review: Review) -> None:
    """Ask question after question.

    Each answer is kept at once, so that a review can be left at any question and gone on with later.
    """
    if not len(review):
        _say(note("answers.review.none"))
        return
    warning = note("answers.review.warning")
    _say(warning)
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    told: tuple[Note, ...] = ()
    try:
        with _own_screen(terminal):
            if terminal:
                click.echo(f"{CLEAR}{warning}\n")
                click.pause(str(note("answers.review.start")))
            while (question := review.next()) is not None:
                key = _ask(review, question, told, terminal)
                told = ()
                if key == QUIT:
                    break
                if key in UNDO:
                    if review.undo() is None:
                        told = (note("answers.review.nothing-to-undo"),)
                elif key == SKIP:
                    review.skip(question.number)
                else:
                    told = _answer(review, question, key)
    finally:
        _say(note("answers.review.end", answers=Number(review.answers)))
    if told:
        _say(*told)


def _answer(review: Review, question: Question, key: str) -> tuple[Note, ...]:
    """Give an answer; say what it did, where there is something to say."""
    if review.tells_gain_next:
        click.echo(str(note("answers.review.counting")), err=True)
    done: Answered = review.answer(question.number, (VERDICTS | OF_MANY)[key])
    out: list[Note] = []
    if done.spared:
        out.append(note("answers.review.spared", questions=Number(done.spared)))
    if done.gain is not None:
        out += done.gain.told()
    return tuple(out)


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


def _ask(review: Review, question: Question, told: tuple[Note, ...], terminal: bool) -> str:
    """Show one question and wait for a key that means something."""
    said = "\n".join(
        [*map(str, told), *([""] if told else []), *_words(review, question, terminal)]
    )
    keys = str(note("answers.review.keys-many" if question.of_many else "answers.review.keys"))
    click.echo(f"{CLEAR}{said}\n\n{keys}\n" if terminal else f"\n{said}")
    known = {*VERDICTS, *(OF_MANY if question.of_many else ()), SKIP, QUIT, *UNDO}
    while True:
        if terminal:
            key = click.getchar().casefold()
            if key in {"\x03", "\x04", ""}:
                raise click.Abort
        else:
            key = str(click.prompt(keys, prompt_suffix=": ")).strip().casefold()[:1]
        if key in known:
            return key
        click.echo("\a" if terminal else str(note("answers.review.odd")), nl=not terminal)


def _words(review: Review, question: Question, terminal: bool) -> list[str]:
    first, second = question.sides
    rows = [
        ("", first.list, second.list, ""),
        ("", _place(first, terminal), _place(second, terminal), ""),
    ]
    rows += [
        (f.title, f.first or "-", f.second or "-", "; ".join(map(str, f.said)))
        for f in question.fields
    ]
    asked = note(
        "answers.review.question",
        number=Number(review.answers + 1),
        left=Number(question.left),
        chance=Number(question.chance, "share"),
    )
    worth = Number(min(question.worth, 1.0), "share")
    much = "answers.review.worth" if question.worth >= LITTLE else "answers.review.worth-little"
    lines = [f"{asked} {note(much, worth=worth)}", "", *_grid(rows)]
    if question.kin:
        lines += ["", str(note("answers.review.kin"))]
    codes = ("answers.review.others-first", "answers.review.others-second")
    for code, others in zip(codes, question.others, strict=True):
        if others:
            lines += ["", str(note(code)), *(f"  {_line(side, terminal)}" for side in others)]
    return lines


def _place(side: Side, terminal: bool) -> str:
    row = Number(side.row)
    if side.case and terminal:
        return str(note("answers.review.case", file=side.file, row=row, case=side.case))
    return str(note("answers.review.place", file=side.file, row=row))


def _line(side: Side, terminal: bool) -> str:
    held = ", ".join(value for _, value in side.values)
    return f"{side.list} ({_place(side, terminal)}): {held}"


def _grid(rows: list[tuple[str, str, str, str]]) -> list[str]:
    """Columns side by side; the last goes below where the screen is too narrow."""
    wide = [max(_width(row[k]) for row in rows) for k in range(4)]
    space = shutil.get_terminal_size((NARROW, 24)).columns
    below = sum(wide) + 11 > space
    lines = []
    for title, first, second, why in rows:
        line = (
            f"  {_padded(title, wide[0])}  {_padded(first, wide[1])}   {_padded(second, wide[2])}"
        )
        if not below:
            line += f"   {why}"
        lines.append(line.rstrip())
        if below and why:
            lines.append(f"  {' ' * wide[0]}  ({why})")
    return lines


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _say(*notes: Note) -> None:
    for said in notes:
        click.echo(str(said))


def _width(text: str) -> int:
    """Columns a text takes on a terminal; Hangul, Han and kana take two each."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)
