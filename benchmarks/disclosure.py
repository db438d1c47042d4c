"""Random releases attacked by a reader who takes everything from the files (issue: safe release).

Each case is a made-up project of two to four lists that is run, then run again after one person came,
went, withdrew from one list or was recorded otherwise. Of both releases every file is read back. Counted are

- small counts (1 to 10) that an integer program over all tables of the release knows to within less than 11;
- files of the second release, of any kind, that are not byte for byte those of the first;
- counts that differ between the two by 1 to 10.

Run it with ``python -m benchmarks.disclosure``; ``--cases 6`` is a quick look.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
from pathlib import Path

import numpy as np
from tests.disclosure import made, reader

RESULT = Path(__file__).parent / "results" / "disclosure.md"
PARTS = Path(tempfile.gettempdir()) / "uncounted-disclosure.jsonl"
"""Cases done, so that an interruption costs one: delete it to begin anew."""
CHANGES = ("came", "went", "withdrew from one list", "recorded otherwise", "two at once")


def case(seed: int, folder: Path) -> dict[str, int | str]:
    """Make one project, run it twice, attack."""
    rng = np.random.default_rng([20261127, seed])
    lists = int(rng.choice([2, 3, 3, 3, 4]))
    mean = rng.choice([2.0, 6.0, 14.0, 40.0, 90.0], (1 << lists) - 1)
    counts = [0, *rng.poisson(mean).tolist()]
    counts[1] += 20
    counts[2] += 15
    counts[3] += 12
    if seed % 4 == 3:  # groups large enough for figures of their own
        lists = int(rng.choice([2, 3]))
        counts = [0, *rng.integers(150, 500, (1 << lists) - 1).tolist()]
    who = made.people(counts, rng)
    more = {
        "lists": lists,
        "twice": int(rng.integers(0, 9)),
        "unreleased": int(rng.integers(0, 14)),
    }
    more["key"] = f"{seed:064d}"
    first = made.release(made.write(folder, who, **more))
    seen = reader.see(first.folder)
    found = reader.ranges(seen)
    small = narrow = 0
    for what, (low, high) in found.items():
        kind, name = what
        if kind == "cell":
            true = counts[name]
        elif kind in ("origin", "sector"):
            true = truth(first, kind, name)
        elif kind == "held":
            true = more["unreleased"] if name == made.LISTS[lists - 1] else 0
        else:
            masks = range(1, 1 << lists)
            on = {"all": masks, reader.SHARED: [m for m in masks if m.bit_count() > 1]}
            on |= {n: [m for m in masks if m >> i & 1] for i, n in enumerate(made.LISTS[:lists])}
            true = sum(counts[m] for m in on[name])
        if 0 < true < 11:
            small += 1
            narrow += high - low < 11
        assert low <= true <= high
    change = CHANGES[seed % len(CHANGES)]
    after = changed(who, change, lists, rng)
    second = made.release(made.write(folder, after, **more))
    one, two = made.written(first.folder), made.written(second.folder)
    # The page says which tables stand as released, and nothing else may differ.
    differ = [f for f in sorted({*one, *two} - {"index.html"}) if one.get(f) != two.get(f)]
    return {
        "lists": lists, "change": change, "hidden": len(found), "small": small, "narrow": narrow,
        "figure": int(first.estimate.point is not None),
        "groups": sum(g.point is not None for n in ("origin", "sector") for g in first.shown.group_values(n)),
        "pictures": sum(f.endswith(".svg") for f in one),
        "differ": len(differ), "near": near(seen, reader.see(second.folder)),
        "held": int(bool(second.held)),
    }  # fmt: skip


def truth(result, kind: str, label: str) -> int:
    """People of a group, from what the run knows inside."""
    with np.load(
        next(iter((result.folder.parents[1] / ".uncounted" / "steps").glob("overlap-*.npz")))
    ) as kept:
        labels = json.loads(bytes(kept["labels"]).decode())[kind]
        return int(kept[f"group_{kind}"][0][labels.index(label)].sum())


def changed(who, change: str, lists: int, rng):
    """Change one person, or two."""
    out = list(who)
    at = int(rng.integers(len(out)))
    mask, origin, work = out[at]
    if change == "came":
        return [*out, (int(rng.integers(1, 1 << lists)), origin, work)]
    if change == "went":
        return out[:at] + out[at + 1 :]
    if change == "withdrew from one list":
        several = [i for i, (m, _, _) in enumerate(out) if m.bit_count() > 1]
        at = int(rng.choice(several)) if several else at
        mask, origin, work = out[at]
        left = mask & (mask - 1)
        return (
            [*out[:at], (left, origin, work), *out[at + 1 :]] if left else out[:at] + out[at + 1 :]
        )
    if change == "recorded otherwise":
        out[at] = (mask, "Mexico" if origin != "Mexico" else "China", work)
        return out
    return [*out[:at], *out[at + 1 :], (int(rng.integers(1, 1 << lists)), origin, work)]


def near(one: reader.Seen, two: reader.Seen) -> int:
    """Shown counts of two releases that differ by 1 to 10."""
    pairs = [*zip(one.cells, two.cells, strict=True)]
    pairs += [(one.totals[k], two.totals.get(k)) for k in one.totals]
    pairs += [p for k in one.rows for p in zip(one.rows[k], two.rows.get(k, ()), strict=False)]
    pairs += [(one.groups[b][k], two.groups[b].get(k)) for b in one.groups for k in one.groups[b]]
    return sum(a is not None and b is not None and 0 < abs(a - b) < 11 for a, b in pairs)


def main() -> None:
    """Run all cases and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=250)
    parser.add_argument("--from", type=int, default=0, dest="first")
    chosen = parser.parse_args()
    rows = []
    for seed in range(chosen.first, chosen.first + chosen.cases):
        with tempfile.TemporaryDirectory() as scratch:
            rows.append(case(seed, Path(scratch) / "project"))
        with PARTS.open("a", encoding="utf-8") as f:
            f.write(json.dumps({"seed": seed, **rows[-1]}) + "\n")
    kept = {r["seed"]: r for r in map(json.loads, PARTS.read_text(encoding="utf-8").splitlines())}
    RESULT.write_text(report(list(kept.values())), encoding="utf-8")


def report(rows) -> str:
    """Write what was found."""
    lines = ["# Releases attacked", "", "Made by `python -m benchmarks.disclosure`. " + (__doc__ or "").split("\n\n")[1].replace("\n", " "), "",
             "| lists | releases | with a figure | group figures | pictures | suppressed numbers | small ones | known to within 10 | files changed by one person | counts 1 to 10 apart |",
             "|---|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for lists in (*sorted({r["lists"] for r in rows}), "all"):
        some = [r for r in rows if lists in (r["lists"], "all")]
        total = {
            k: sum(r[k] for r in some)
            for k in ("figure", "groups", "pictures", "hidden", "small", "narrow", "differ", "near")
        }
        lines.append(
            f"| {lists} | {2 * len(some)} | " + " | ".join(str(v) for v in total.values()) + " |"
        )
    cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    cpu += resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    return "\n".join([*lines, "", f"Processor time: {cpu / 60:.0f} minutes.", ""])


if __name__ == "__main__":
    main()
