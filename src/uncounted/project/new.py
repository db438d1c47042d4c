"""`uncounted new`: the folder of a project, empty or with the made-up example coalition."""

from __future__ import annotations

from pathlib import Path

from uncounted.core.private import make_folder, replace_file
from uncounted.engine.kept import digest
from uncounted.errors import InputError
from uncounted.project.guard import writable, write_key
from uncounted.project.settings import FILE

__all__ = ["new_project"]

_IGNORE = """# Lists and decisions hold people's data: they stay on this machine.
lists/
hand/
.uncounted/
"""

_PLAIN = """# Uncounted: settings of this project. `uncounted check` reads the lists, `uncounted run` makes the page.
# Every setting is explained in docs/project.md. Unknown settings are errors.

[project]
name = "{name}"
title = "{name}: how many people?"
counts = "trafficked people"      # whom the figure counts
where = ""                        # e.g. "Cook County"
when = ""                         # e.g. "2025"
recipients = ["{name}"]           # how releases of information call this coalition

# Two questions that no list can answer: only people who know the members' work can. Answer "no" or "yes";
# left at "unknown" the page says what that means and no figure is called supported without caution.
#
# Is there a group that none of these lists could meet? For example domestic workers where every member
# works with sex workers and farm hands, or people who speak a language no member speaks. If yes, the figure
# does not count that group: the true number is higher.
unreachable_group = "unknown"
#
# Does being met by one list keep people from the others, or do lists serve separate areas or groups? For
# example people taken into custody or flown home by the police whom no shelter can then meet, or one shelter
# a county. If yes, fewer people are on two lists than otherwise would be, and the figure is too high.
leaves_reach = "unknown"
#
# (A third question, how sure it is who is the same person on two lists, this program answers itself: the
# figure holds its doubt.)

[estimate]
method = "bic"                    # shown beside the figure, under the details; the figure is always the consensus
draws = 200

# What members know of their own lists narrows the figure more than any statistics. Take away the # where one is true;
# the page shows the figure with and without. A statement that is not true costs more than it brings.
# [knowledge]
# refers = ["hotline -> shelter"]             # people on the hotline's list are sent on to the shelter
# takes_out = ["police"]                      # hardly met by others afterwards: in custody, removed
# separate = ["north-shelter, south-shelter"] # lists that serve separate areas or groups
# hard_to_find = "yes"                        # some people are much harder to find than others; or "no"
# known_groups = [{{ size = 150, met = 60 }}]   # of 150 people known from elsewhere 60 are on a list

[publish]
threshold = 11                    # counts from 1 to 10 are not shown

# One section per member list. The regime decides what may be linked:
#   vawa, fvpsa, voca, privileged   only records with a valid, written, time-limited release
#   none                            all records but those withdrawn, expired or excluded
# Leave it out where in doubt: the strictest applies.
# Put files in lists/ and name them here:

[[lists]]
name = "shelter"
file = "lists/shelter.csv"
regime = "vawa"

[[lists]]
name = "hotline"
file = "lists/hotline.csv"
regime = "vawa"
"""

_EXAMPLE = """# The example coalition: made-up people, made-up members. No real person's data.

[project]
name = "{name}"
title = "Example coalition: how many people?"
counts = "trafficked people"
where = "a made-up county"
when = "January 2024 to June 2026"
recipients = ["{recipient}"]
as_of = {as_of}

[estimate]
method = "bic"
draws = 200
seed = 1

[publish]
threshold = 11
"""


def new_project(
    folder: Path, *, example: bool = False, seed: int = 1, errors: str = "medium"
) -> Path:
    """Make a project's folder.

    Parameters
    ----------
    folder
        Where; it must not exist or be empty.
    example
        Write the example coalition's five lists too.
    seed, errors
        Of the example: root seed, and ``low``, ``medium`` or ``high``.

    Returns
    -------
    Path
        The project file.

    Raises
    ------
    InputError
        If there is something in the folder already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"There is something at {folder.name or 'this place'} already.",
            fix="Choose another name.",
        )
    name = folder.resolve().name.replace('"', "'")
    if not name.isprintable() or "\\" in name:
        raise InputError("That name cannot be a project's.", fix="Use letters and digits.")
    with writable("run.disk.project"):
        make_folder(folder)
        make_folder(folder / "lists")
        make_folder(folder / "hand")
        text = _PLAIN.format(name=name)
        if example:
            text = _write_example(folder, name, seed, errors)
            # Nobody stands behind made-up people: the same example gives the same page everywhere.
            write_key(folder / ".uncounted", digest(["example", seed, errors]))
        replace_file(folder / ".gitignore", _IGNORE)
        path = folder / FILE
        replace_file(path, text)
    return path


def _write_example(folder: Path, name: str, seed: int, errors: str) -> str:
    from uncounted.synthetic import AS_OF, RECIPIENT, example_coalition
    from uncounted.synthetic.writing import write_coalition

    coalition = example_coalition(seed, error_level=errors)
    paths = write_coalition(coalition, folder / "lists")
    text = _EXAMPLE.format(name=name, recipient=RECIPIENT, as_of=AS_OF)
    for member, path in zip(coalition.members, paths, strict=True):
        text += (
            f'\n[[lists]]\nname = "{member.name}"\ntitle = "{member.title}"\n'
            f'file = "lists/{path.name}"\nregime = "{member.regime}"\n'
        )
    return text
