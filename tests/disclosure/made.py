"""Projects made from overlap tables: every record is made up, and who is the same person is certain.

Certainty is the worst case: a figure is then a function of one table, which a reader who has the
program can compute for every table that may be behind a page.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from uncounted.answers.runs import run_project
from uncounted.project.linking import Linked
from uncounted.project.settings import load_project

LISTS = ("ark", "bell", "cove", "dune")
ORIGINS = ("Mexico", "China", "Nepal", "Ghana", "Peru")
WORK = ("restaurant", "construction", "massage", "domestic work")
KEY = "k" * 64
HEAD = ("case id", "first name", "last name", "dob", "sex", "nationality", "industry", "roi scope",
        "roi to", "roi expires")  # fmt: skip


def people(counts: Sequence[int], rng: np.random.Generator) -> list[tuple[int, str, str]]:
    """One (capture history, origin, work) for each person of a table, entry 0 of which is not read."""
    out = []
    for mask, count in enumerate(counts):
        for _ in range(int(count) if mask else 0):
            origin = ORIGINS[int(rng.choice(5, p=[0.45, 0.3, 0.18, 0.05, 0.02]))]
            out.append((mask, origin, WORK[int(rng.choice(4, p=[0.4, 0.3, 0.2, 0.1]))]))
    return out


def write(
    folder: Path,
    who: Sequence[tuple[int, str, str]],
    *,
    names: Sequence[str] = LISTS,
    lists: int = 3,
    twice: int = 0,
    unreleased: int = 0,
    settings: str = "",
    key: str = KEY,
) -> Path:
    """Write the lists and the settings of a project.

    Parameters
    ----------
    folder
        Of the project.
    who
        People, as `people` gives them.
    names, lists
        Names of lists, and how many there are.
    twice
        People of the first list who have a second row there.
    unreleased
        Rows of the last list that are not released; their people are on no other.
    settings
        More of the ``[estimate]`` section.
    key
        The project's key.
    """
    (folder / "lists").mkdir(parents=True, exist_ok=True)
    (folder / ".uncounted").mkdir(exist_ok=True)
    (folder / ".uncounted" / "key").write_text(key + "\n")
    text = '[project]\nname = "Made coalition"\nas_of = 2026-11-01\n[estimate]\nmethod = []\n'
    text += f"draws = 20\nresamples = 0\n{settings}"
    for k in range(lists):
        rows = [
            _row(k, n, origin, work) for n, (mask, origin, work) in enumerate(who) if mask >> k & 1
        ]
        if k == 0:
            rows += rows[:twice]
        last = k == lists - 1
        if last:
            rows = [[*r, "linkage", "Made coalition", "2031-01-01"] for r in rows]
            rows += [
                [*_row(k, 10_000 + n, "Mexico", "massage"), "total", "Made coalition", "2031-01-01"]
                for n in range(unreleased)
            ]
        with (folder / "lists" / f"{LISTS[k]}.csv").open("w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([HEAD if last else HEAD[:7], *rows])
        text += f'\n[[lists]]\nname = "{names[k]}"\nfile = "lists/{LISTS[k]}.csv"\n'
        text += f'regime = "{"vawa" if last else "none"}"\n'
    (folder / "uncounted.toml").write_text(text, encoding="utf-8")
    return folder


def _row(k: int, n: int, origin: str, work: str) -> list[str]:
    return [f"R{k}-{n}", f"Given{_letters(n)}", f"Family{_letters(n)}",
            f"{1 + n % 28}/{1 + n % 12}/{1960 + n % 40}", "F" if n % 2 else "M", origin, work]  # fmt: skip


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(c)] for c in str(number))


def link(lists, settings, hand, draws, seed) -> Linked:
    """Same family name, same person, in every draw; with a sweep and one answer, as the real one has."""
    list_of = np.repeat(np.arange(len(lists)), [len(r) for r in lists])
    names = np.concatenate([r.family for r in lists]).astype(str)
    person = np.unique(names, return_inverse=True)[1].astype(np.int32)
    masks = np.zeros(person.max() + 1, dtype=np.int64)
    np.bitwise_or.at(masks, person, np.left_shift(1, list_of))
    counts = np.bincount(masks, minlength=1 << len(lists))
    links = float(person.size - counts.sum())
    facts = {
        "expected_links": links,
        "candidate_pairs": int(links) + 3,
        "blocking": f"{int(links)} pairs",
        "blocking_reach": 0.98 + links / 1e5,
        "decisions_used": 0,
    }
    return Linked(
        tuple(r.list_name for r in lists),
        list_of,
        np.tile(person, (draws, 1)),
        {"threshold": np.array([0.2, 0.5]), "counts": np.stack([counts, counts])},
        facts,
        person,
    )


def release(folder: Path, **more):
    """Run a project as it stands."""
    return run_project(load_project(folder), link=link, **more)


def written(
    folder: Path, *, but: Sequence[str] = ("manifest.json", "timings.json")
) -> dict[str, bytes]:
    """Every byte a run wrote, by file, with its own name taken out."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes().replace(folder.name.encode(), b"RUN")
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in but
    }


def tables_that_agree(
    cells: Sequence[int | None], sums: Mapping[str, tuple[tuple[int, ...], int | None]]
) -> list[list[int]]:
    """Every table of whole numbers with these cells and sums; a suppressed cell is 1 or more."""
    hidden = [i for i, c in enumerate(cells) if c is None]
    known = [(cs, s) for cs, s in sums.values() if s is not None]
    most = [
        min((s - sum(cells[c] or 0 for c in cs) for cs, s in known if i in cs), default=60)
        for i in hidden
    ]
    out = []

    def walk(k: int, made: list[int | None]) -> None:
        if k == len(hidden):
            if all(sum(made[c] for c in cs) == s for cs, s in known):
                out.append([int(x) for x in made])
            return
        for v in range(1, most[k] + 1):
            made[hidden[k]] = v
            if all(sum(made[c] or 0 for c in cs) <= s for cs, s in known):
                walk(k + 1, made)
        made[hidden[k]] = None

    walk(0, list(cells))
    return out


def histories(t: int) -> list[tuple[int, ...]]:
    """Capture histories in the order of a table's cells."""
    return [tuple(m >> i & 1 for i in range(t)) for m in range(1, 1 << t)]
