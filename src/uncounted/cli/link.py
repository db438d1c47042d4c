"""`uncounted link`: who is the same person, with what doubt; and the pairs a person should look at."""

from __future__ import annotations

from pathlib import Path

import click

from uncounted.cli._files import Command
from uncounted.cli._options import outside_option, seed_option, whole_option
from uncounted.cli._output import json_option, note, show, stages


@click.command(cls=Command, epilog="Example: uncounted link shelter.csv police.csv")
@click.argument("where", nargs=-1, type=click.Path(path_type=Path))
@click.option("--review", is_flag=True, help="Show doubtful pairs one by one and ask.")
@whole_option("--most", "Most pairs to show in a review.", default=20)
@click.option("--who", default="", help="Your name or initials, kept with your decisions.")
@click.option(
    "--regime",
    default=None,
    help="Confidentiality rules the files are kept under (vawa by default).",
)
@click.option("--one-per-list", is_flag=True, help="Each list names a person at most once.")
@click.option(
    "--threshold",
    default=None,
    type=float,
    help="Probability from which two records count as one person.",
)
@whole_option("--draws", "Likely answers to draw.", default=300, most=1000)
@seed_option("Root seed of the draws.")
@click.option("--small-cells", is_flag=True, help="Show overlaps under 11 too; not for release.")
@outside_option
@json_option
def link(
    where: tuple[Path, ...], review: bool, most: int, who: str, regime: str | None,
    one_per_list: bool, threshold: float | None, draws: int, seed: int, small_cells: bool,
    outside: bool, as_json: bool,
) -> None:  # fmt: skip
    """Link the lists of a PROJECT (a folder; here by default), or two or more list files.

    Prints how many people the lists name and how many each two lists share, each with the interval
    that the doubt about who is who leaves. No record is printed, but in a review.
    """
    from uncounted.answers import links

    if review and as_json:
        raise click.UsageError("A review is a conversation: it has no --json.")
    request = links.LinkRequest(
        where or (Path(),),
        regime,
        one_per_list or None,
        threshold,
        draws,
        seed,
        small_cells,
        outside,
    )
    with stages(quiet=as_json) as progress:
        if not review:
            found = links.answer(request, progress=progress, say=note)
        else:
            from uncounted.answers import reviews

            pairs = reviews.begin(request, most=most, who=who, progress=progress, say=note)
    if review:
        from uncounted.cli._review import converse

        converse(pairs)
    else:
        show(found, as_json=as_json)
