"""What the commands on open data share: options, words turned into years and countries, outputs."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from uncounted.cli._files import OutputFile, save_picture, write_text
from uncounted.cli._output import json_option, note, screen, stages, tell, write_json

if TYPE_CHECKING:
    from uncounted.answers.open_data import PagedAnswer
    from uncounted.answers.shape import Told

__all__ = [
    "Asked",
    "code",
    "codes",
    "continent",
    "filter_options",
    "give",
    "output_options",
    "page_options",
    "place_command",
    "years_of",
]

F = TypeVar("F", bound=Callable[..., object])


def filter_options(command: F) -> F:
    """Add --year, --origin, --destination, --region, --form."""
    for option in reversed((
        click.option(
            "--year", "--years", "years", multiple=True, metavar="YEARS",
            help="2008, 2008-2014 or 2008,2010; may be repeated.",
        ),
        click.option(
            "--origin", "origins", multiple=True, metavar="COUNTRY",
            help="ISO code or English name; may be repeated.",
        ),
        click.option(
            "--destination", "destinations", multiple=True, metavar="COUNTRY",
            help="ISO code or English name; may be repeated.",
        ),
        click.option(
            "--region",
            type=click.Choice(["Africa", "America", "Asia", "Europe", "Pacific"], case_sensitive=False),
            help="Only what touches this continent.",
        ),
        click.option("--form", help="Form of exploitation, where the source crosses it with place."),
    )):  # fmt: skip
        command = option(command)
    return command


class Asked(TypedDict):
    """What flows and routes ask alike, as `answers.open_data.PlaceRequest` has it."""

    file: Path | None
    years: tuple[int, ...] | None
    origins: tuple[str, ...] | None
    destinations: tuple[str, ...] | None
    region: str | None
    form: str | None
    threshold: int
    top: int
    level: float
    seed: int
    log: bool


def place_command(
    *, suppressed: str, top: int, rows: str, most: int | None = None
) -> Callable[[Callable[..., tuple[object, Callable[..., PagedAnswer]]]], Callable[..., None]]:
    """Make a command on open data about places: FILE, filters, how it is shown, and where to.

    The function it stands on takes `Asked` and its own options, and gives the request and who
    answers it.

    Parameters
    ----------
    suppressed
        What of case data is suppressed below the threshold.
    top
        Rows shown unless asked otherwise.
    rows
        What these rows are.
    most
        Most rows that may be asked for.
    """

    def made(ask: Callable[..., tuple[object, Callable[..., PagedAnswer]]]) -> Callable[..., None]:
        @functools.wraps(ask)
        def command(
            csv_path: Path | None,
            html_path: Path | None,
            picture: Path | None,
            as_json: bool,
            **given: Any,
        ) -> None:
            asked = Asked(
                file=given.pop("file"),
                years=years_of(given.pop("years")),
                origins=codes(given.pop("origins")),
                destinations=codes(given.pop("destinations")),
                region=continent(given.pop("region")),
                form=given.pop("form"),
                threshold=given.pop("threshold"),
                top=given.pop("top"),
                level=given.pop("level"),
                seed=given.pop("seed"),
                log=given.pop("log"),
            )
            request, answer = ask(asked, **given)
            with stages(quiet=as_json) as progress:
                found = answer(request, progress=progress)
            give(found, as_json=as_json, csv_path=csv_path, html_path=html_path, picture=picture)

        own = getattr(command, "__click_params__", [])
        command.__click_params__ = []  # type: ignore[attr-defined]
        tail = (
            json_option,
            output_options,
            click.option("--log", is_flag=True, help="Show the quarantine log label by label."),
            click.option(
                "--seed", type=click.IntRange(0), default=0, show_default=True,
                help="Root of all random draws; the same seed gives the same figures.",
            ),
            click.option(
                "--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True,
                help="Nominal coverage of every interval.",
            ),
            click.option(
                "--top", type=click.IntRange(1, most), default=top, show_default=True, help=rows,
            ),
            click.option(
                "--threshold", type=click.IntRange(5), default=11, show_default=True,
                help=f"Suppress {suppressed}.",
            ),
        )  # fmt: skip
        for option in tail:
            command = option(command)
        command.__click_params__ += own  # type: ignore[attr-defined]
        file = click.argument("file", required=False, type=click.Path(path_type=Path))
        return file(filter_options(command))

    return made


def page_options(command: F) -> F:
    """Add --csv, --html."""
    for option in (
        click.option(
            "--csv", "csv_path", type=OutputFile(dash=True),
            help="Write a CSV file; - for standard output.",
        ),
        click.option("--html", "html_path", type=OutputFile(), help="Write a page."),
    ):  # fmt: skip
        command = option(command)
    return command


def output_options(command: F) -> F:
    """Add --csv, --html, --picture."""
    picture = click.option("--picture", type=OutputFile(), help="Write .svg, .png, .pdf or .html.")
    return picture(page_options(command))


def years_of(words: Sequence[str]) -> tuple[int, ...] | None:
    """Read years: ``2008``, ``2008-2014``, ``2008,2010``."""
    if not words:
        return None
    found: set[int] = set()
    for part in ",".join(words).split(","):
        match = re.fullmatch(r"\s*(\d{4})(?:\s*[-:]\s*(\d{4}))?\s*", part)
        if match is None or int(match[2] or match[1]) < int(match[1]):
            raise click.UsageError(
                f"{part!r} is no year or span of years; write 2008 or 2008-2014."
            )
        found.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(sorted(found))


def codes(words: Iterable[str]) -> tuple[str, ...] | None:
    """Read countries; ``None`` for none."""
    from uncounted.places.countries import to_iso3

    return tuple(to_iso3(w) for w in words) or None


def code(word: str | None) -> str | None:
    """Read one country, where there is one."""
    found = codes([word] if word else [])
    return None if found is None else found[0]


def continent(region: str | None) -> str | None:
    """Write a continent as the table of countries does."""
    return region.capitalize() if region else None


def give(
    answer: PagedAnswer,
    *,
    as_json: bool,
    csv_path: Path | None,
    html_path: Path | None,
    picture: Path | None = None,
) -> None:
    """Give an answer in every form asked for; what is about the work goes to standard error."""
    from uncounted.answers.open_data import DrawnAnswer, said
    from uncounted.answers.shape import Line
    from uncounted.brief.pages import render

    told = answer.told()
    tell(tuple(p for p in told if isinstance(p, Line) and p.aside))
    if csv_path is not None:
        write_text(csv_path, answer.rows().to_csv())
    spec = answer.picture() if picture is not None and isinstance(answer, DrawnAnswer) else None
    page = answer.page() if html_path is not None else None
    if (picture is not None and spec is None) or (html_path is not None and page is None):
        note(said("answers.nothing-to-draw"))
    if picture is not None and spec is not None:
        save_picture(spec, picture)
    if html_path is not None and page is not None:
        write_text(html_path, render(page))
    if as_json:
        write_json({"ok": True, **answer.to_dict()})
    elif csv_path is None or str(csv_path) != "-":
        _read_out(tuple(p for p in told if not (isinstance(p, Line) and p.aside)))


def _read_out(told: Told) -> None:
    """Print an answer; its sentences are broken between words at the width of the screen."""
    from rich.text import Text

    from uncounted.answers.shape import Line

    out = screen()
    for part in told:
        if isinstance(part, Line):
            out.print(Text(str(part.text), style="bold" if part.strong else ""))
        else:
            tell((part,))
