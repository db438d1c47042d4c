"""Every reader on files made to break it: no traceback, no hang, bounded memory.

python -m benchmarks.reader_fuzz --inputs 20000 --state STATE.json

Files are made by mutating small good ones (cells, rows, marks, bytes, encodings, zip parts) and by
grammars of their own; each is read as a case list, an overlap table, shares, ranks, journeys,
a project file and a ledger, as its kind allows. An input is fine where the reader reads it or
refuses it with an error of ours that has a fix. The seed and the number of an input make it again:
``--only N``. A run goes on where the state file says it stopped.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.files.fuzzing import READERS, SLOWEST, Hang, attempt, make


def main() -> None:
    """Run the inputs, keep the state, print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--inputs", type=int, default=20_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--state", type=Path, default=Path("reader_fuzz.json"))
    ask.add_argument("--only", type=int)
    ask.add_argument("--folder", type=Path, default=Path("reader_fuzz_files"))
    given = ask.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGALRM, _hang)
    state = {"done": 0, "outcomes": {}, "faults": [], "slowest": 0.0}
    if given.only is None and given.state.exists():
        state = json.loads(given.state.read_text())
    outcomes = Counter(state["outcomes"])
    numbers = range(state["done"], given.inputs) if given.only is None else [given.only]
    for number in numbers:
        path, reader = make(random.Random(f"{given.seed}/{number}"), given.folder)
        began = time.monotonic()
        signal.alarm(SLOWEST)
        try:
            outcome = attempt(reader, path)
        except Hang:
            outcome = "hang"
            state["faults"].append([number, reader, "hang"])
        except Exception:
            outcome = "traceback"
            last = traceback.format_exc().strip().splitlines()
            state["faults"].append([number, reader, last[-1][:200]])
            if given.only is not None:
                print("\n".join(last))
        finally:
            signal.alarm(0)
        took = time.monotonic() - began
        if took > state["slowest"]:
            state["slowest"], state["slowest_input"] = took, number
        outcomes[f"{reader}: {outcome}"] += 1
        path.unlink(missing_ok=True)
        state["done"] = number + 1
        if given.only is None and (number % 500 == 499 or number + 1 == given.inputs):
            state["outcomes"] = dict(outcomes)
            given.state.write_text(json.dumps(state, indent=1))
            print(f"{number + 1:,} inputs, {len(state['faults'])} faults", file=sys.stderr)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| reader | {' | '.join(('read', 'refused', 'traceback', 'hang'))} |")
    print("|---|---|---|---|---|")
    for reader in READERS:
        cells = (outcomes[f"{reader}: {o}"] for o in ("read", "refused", "traceback", "hang"))
        print(f"| {reader} | {' | '.join(f'{c:,}' for c in cells)} |")
    print(f"\n{sum(outcomes.values()):,} inputs, seed {given.seed}; slowest {state['slowest']:.1f} s (input {state.get('slowest_input', 0):,}); peak memory {peak:,.0f} MiB")  # fmt: skip
    for fault in state["faults"]:
        print(fault)


def _hang(*_: object) -> None:
    raise Hang


if __name__ == "__main__":
    main()
