"""``python -m benchmarks``: the timings that take seconds to a few minutes, one after another."""

from __future__ import annotations

import importlib
import sys

QUICK = ("loglinear_speed", "verdict_speed", "latent_speed", "ranks_speed", "patterns_speed")


def main() -> None:
    """Run the named benchmarks, or all the quick ones."""
    wanted = sys.argv[1:] or QUICK
    sys.argv = sys.argv[:1]
    for name in wanted:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
