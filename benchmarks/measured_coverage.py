"""How often each method's interval held the truth in the calibration study, as shipped beside its figures.

    python -m benchmarks.measured_coverage

Reads benchmarks/results/ways_study_methods.csv (`python -m benchmarks.ways_study`) and writes src/uncounted/verdict/measured.json; a test holds the two
against each other, so a new study must be shipped too.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

STUDY = Path(__file__).parent / "results" / "ways_study_methods.csv"
SHIPPED = Path(__file__).parents[1] / "src" / "uncounted" / "verdict" / "measured.json"


def measured(study: Path = STUDY) -> dict[str, object]:
    """Mean and lowest coverage over the designs in which everyone can be met, method by method."""
    with study.open(newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    methods: dict[str, dict[str, float]] = {}
    for name in dict.fromkeys(r["method"] for r in rows):
        held = [float(r["coverage"]) for r in rows if r["method"] == name and r["coverage"]]
        methods[name] = {
            "mean": round(sum(held) / len(held), 4),
            "lowest": min(held),
        }
    designs = {r["design"]: int(r["tables"]) for r in rows if r["method"] == "consensus"}
    return {
        "source": "benchmarks/results/ways_study.md: simulated lists, everyone within reach of some list",
        "level": 0.95,
        "designs": len(designs),
        "tables": sum(designs.values()),
        "methods": methods,
    }


def main() -> None:
    """Write the file that is shipped."""
    SHIPPED.write_text(json.dumps(measured(), indent=2) + "\n", encoding="utf-8")
    print(SHIPPED.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
