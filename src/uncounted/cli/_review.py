"""`uncounted link --review`: doubtful pairs one by one, at the terminal, with nothing left behind.

On a terminal each pair stands alone on a screen of its own, which is gone, with its names, when the
review ends; a key is enough for an answer. Elsewhere answers are read line by line.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from uncounted.linkage.decisions import Decision, append, read

if TYPE_CHECKING:
    from uncounted.linkage import Linkage
    from uncounted.records.schema import Records

__all__ = ["review"]

Verdict = Literal["same", "different", "unsure"]
VERDICTS: dict[str, Verdict] = {"s": "same", "d": "different", "u": "unsure"}
KEYS = "s same   d different   u unsure   b back   q quit"
FIELDS = (
    ("given", "given name"),
    ("family", "family name"),
    ("birth", "birth"),
    ("gender", "gender"),
    ("citizenship", "citizenship"),
    ("area", "area"),
)
ALTERNATE, ORDINARY, CLEAR = "\x1b[?1049h", "\x1b[?1049l", "\x1b[2J\x1b[H"


def review(found: Linkage, records: list[Records], hand: Path, who: str, most: int) -> None:
    """Ask about doubtful pairs, those nearest to an even chance first.

    Each answer is written at once, so that a review can be left at any pair and gone on with
    later. Pairs somebody was unsure about come last. What both records leave empty, and what is
    not compared, is not shown.

    Parameters
    ----------
    found, records
        The linkage, and the records of its lists as they were read.
    hand
        The project's folder of decisions.
    who
        Who decides, kept with every decision.
    most
        Most pairs to ask about.
    """
    queue = _queue(found, hand, most)
    if not queue:
        click.echo("No pair is in doubt.")
        return
    click.echo("You will see names. Make sure nobody else does.")
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    answers: dict[int, Verdict] = {}
    at = 0
    try:
        with _own_screen(terminal):
            if terminal:
                click.echo(CLEAR + "You will see names. Make sure nobody else does.\n")
                click.pause("Press any key to begin.")
            while at < len(queue):
                key = _ask(found, records, queue, at, answers, terminal)
                if key == "q":
                    break
                if key == "b":
                    at = max(at - 1, 0)
                    if at in answers:
                        _keep(found, hand, queue[at], "unsure", who)
                        del answers[at]
                    continue
                answers[at] = VERDICTS[key]
                _keep(found, hand, queue[at], VERDICTS[key], who)
                at += 1
    finally:
        told = ", ".join(
            f"{list(answers.values()).count(v)} {v}"
            for v in VERDICTS.values()
            if v in answers.values()
        )
        click.echo(
            f"{len(answers)} of {len(queue)} pairs decided{f': {told}' if told else ''}. "
            "Decisions are kept and are used from the next run on."
        )


def _queue(found: Linkage, hand: Path, most: int) -> list[int]:
    """Pairs to ask about: those never asked about first, then those left as unsure."""
    last = {(d.first, d.second): d.verdict for d in read(hand)}
    pairs = [int(p) for p in found.in_doubt(found.left.size)]
    open_ = [p for p in pairs if _names(found, p) not in last]
    return (open_ + [p for p in pairs if _names(found, p) in last])[:most]


def _names(found: Linkage, pair: int) -> tuple[str, str]:
    first, second = sorted(
        (found._keys[int(found.left[pair])], found._keys[int(found.right[pair])])
    )
    return first, second


def _keep(found: Linkage, hand: Path, pair: int, verdict: Verdict, who: str) -> None:
    when = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    append(hand, Decision(*_names(found, pair), verdict, who, when))


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


def _ask(
    found: Linkage,
    records: list[Records],
    queue: list[int],
    at: int,
    answers: dict[int, Verdict],
    terminal: bool,
) -> str:
    """Show one pair and wait for a key that means something."""
    pair = queue[at]
    i, j = int(found.left[pair]), int(found.right[pair])
    lines = [f"Pair {at + 1} of {len(queue)}, chance {found.probability[pair]:.0%}"]
    rows = [("", *(str(found.lists[int(found.member[k])]) for k in (i, j)))]
    for name, title in FIELDS:
        a, b = (_value(found, records, k, name) for k in (i, j))
        if a or b:
            rows.append((title, a or "-", b or "-"))
    width = max(_width(row[1]) for row in rows)
    for title, a, b in rows:
        lines.append(f"  {title:12} {a}{' ' * (width - _width(a) + 3)}{b}")
    if terminal:
        click.echo(CLEAR + "\n".join(lines) + f"\n\n{KEYS}\n")
    else:
        click.echo("\n" + "\n".join(lines))
    while True:
        if terminal:
            key = click.getchar().casefold()
            if key in {"\x03", "\x04", ""}:
                raise click.Abort
        else:
            key = str(click.prompt(KEYS, prompt_suffix=": ")).strip().casefold()[:1]
        if key in VERDICTS or key in {"b", "q"}:
            return key
        if terminal:
            click.echo("\a", nl=False)
        else:
            click.echo("That is no answer.")


def _width(text: str) -> int:
    """Columns a text takes on a terminal; Hangul, Han and kana take two each."""
    import unicodedata

    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _value(found: Linkage, records: list[Records], record: int, name: str) -> str:
    """One field of one record as text, control characters taken out.

    A name in another script has its reading in Latin letters, which is what was compared, after it.
    """
    from uncounted.linkage.latin import family_in_latin, given_in_latin

    held = records[int(found.member[record])]
    row = int(found.row[record])
    if name == "birth":
        precision = int(held.birth_precision[row])
        text = str(held.birth_date[row])[: (0, 4, 7, 10)[precision]]
        if not text and int(held.stated_age[row]) >= 0:
            text = f"age {int(held.stated_age[row])}"
    else:
        text = str(getattr(held, name)[row])
        if name in {"given", "family"} and not text.isascii():
            read_as = (given_in_latin if name == "given" else family_in_latin)(text)
            if read_as != text:
                text = f"{text} ({read_as})"
    return "".join(c for c in text[:60] if c.isprintable())
