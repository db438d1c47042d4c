"""A made-up coalition small enough for tests: three lists, unusual names, a linker of its own."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from uncounted.project.linking import Linked

PLANTED = ("Zyxquor", "Wvobbly", "Qatlhu", "Vroomfondel", "QX-99731", "1987-04-13", "13/04/1987")
ORIGINS = ("Korea", "Mexico", "China", "Philippines", "Kiribati")
WORK = ("restaurant", "domestic work", "massage", "construction")


def write(
    folder: Path, *, people: int = 420, seed: int = 3, catch=(0.45, 0.4, 0.35), sent: float = 0.0
) -> None:
    """Three CSV lists and the project file; the third list is under VAWA with some releases.

    ``sent``: share of the clinic's people whom it sends to the hotline; the hotline's list then says so.
    """
    rng = np.random.default_rng(seed)
    (folder / "lists").mkdir(parents=True)
    # Its own key, or which counts are suppressed would change from one test to the next.
    (folder / ".uncounted").mkdir()
    (folder / ".uncounted" / "key").write_text("5" * 64)
    origin = rng.choice(5, people, p=[0.45, 0.3, 0.15, 0.085, 0.015])
    work = rng.choice(4, people, p=[0.4, 0.3, 0.2, 0.1])
    for k, (name, p) in enumerate(zip(("clinic", "hotline", "shelter"), catch, strict=True)):
        on = np.flatnonzero(rng.random(people) < p)
        own = set(on.tolist())
        if k == 0:
            clinic = on
        if k == 1 and sent:
            on = np.union1d(on, clinic[np.random.default_rng(seed + 1).random(clinic.size) < sent])
        rows = []
        for person in on:
            given, family = f"Zyxquor{_letters(person)}", f"Wvobbly{_letters(person * 7)}"
            born = (
                "13/04/1987"
                if person % 5 == 0
                else f"{1 + person % 28}/{1 + person % 12}/{1960 + person % 40}"
            )
            rows.append(
                [f"QX-99731-{k}-{person}", given, family, born, "F" if person % 3 else "M",
                 ORIGINS[origin[person]], WORK[work[person]], "Cook"]
                + ([] if k != 1 or not sent else ["self" if person in own else "Parish Clinic"])
                + (["linkage" if person % 6 else "", "Test coalition", "2031-01-01"] if k == 2 else [])
            )  # fmt: skip
        rows.append([*rows[-1][:1], "Vroomfondel\x07", *rows[-1][2:]])
        header = [
            "case id",
            "first name",
            "last name",
            "dob",
            "sex",
            "nationality",
            "industry",
            "county",
        ]
        if k == 1 and sent:
            header.append("Referral source")
        if k == 2:
            header += ["roi scope", "roi to", "roi expires"]
        with (folder / "lists" / f"{name}.csv").open("w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([header, *rows])
    text = '[project]\nname = "Test coalition"\nas_of = 2026-11-01\n[estimate]\nmethod = "main"\ndraws = 20\nresamples = 10\n'
    for name, regime in (("clinic", "none"), ("hotline", "none"), ("shelter", "vawa")):
        title = 'title = "The parish clinic"\n' if sent and name == "clinic" else ""
        text += (
            f'\n[[lists]]\n{title}name = "{name}"\nfile = "lists/{name}.csv"\nregime = "{regime}"\n'
        )
    (folder / "uncounted.toml").write_text(text, encoding="utf-8")


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(c)] for c in str(number))


def link_all(lists, settings, hand, draws, seed) -> Linked:
    """Same family name, same person, in every draw."""
    return link(lists, settings, hand, draws, seed, missed=0.0)


def link(lists, settings, hand, draws, seed, missed=0.02) -> Linked:
    """Same family name, same person; in each draw a few matches are missed."""
    rng = np.random.default_rng(seed)
    list_of = np.repeat(np.arange(len(lists)), [len(r) for r in lists])
    names = np.concatenate([r.family for r in lists])
    _, person = np.unique(names.astype(str), return_inverse=True)
    clusters = np.tile(person.astype(np.int32), (draws, 1))
    for d in range(draws):
        gone = rng.random(person.size) < missed
        clusters[d, gone] = 100_000 + np.flatnonzero(gone)
    return Linked(tuple(r.list_name for r in lists), list_of, clusters, {}, {"linker": "test"})
