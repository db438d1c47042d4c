"""CPU seconds of flows and routes on the full open data: ``python -m benchmarks.patterns_speed``."""

from __future__ import annotations

import time
from pathlib import Path

from uncounted.answers.open_data import places_of
from uncounted.charts.export import to_svg
from uncounted.charts.flow_map import flow_map
from uncounted.flows.estimated import filter_flows
from uncounted.flows.report import flow_rows, open_flows, run_gravity
from uncounted.routes.report import fit_group, gravity_for_routes, put_to_test
from uncounted.sources.route_sets import routes_from_statements
from uncounted.sources.statements import read_statements

RESULT = Path(__file__).parent / "results" / "patterns_speed.md"


def main() -> None:
    steps: list[tuple[str, float]] = []
    clock = [time.process_time()]

    def done(name: str) -> None:
        now = time.process_time()
        steps.append((name, now - clock[0]))
        clock[0] = now

    source = open_flows()
    done("read the UNODC table, 58,769 rows")
    view, _ = run_gravity(
        source.flows,
        distance="distcap",
        covariates=["distance", "contiguity", "language", "colony"],
        imputations=10,
        draws=200,
        seed=0,
    )
    done("gravity, 20,924 pairs: 15 fits, 200 draws, flags")
    shown = filter_flows(source.flows)
    rows, _ = flow_rows(source, shown, view, None, level=0.95, threshold=11)
    done("rows with expectations, 2,356 pairs")
    drawn = [
        {"origin": r.origin, "destination": r.destination,
         "value": (r.detected.lower + r.detected.upper) / 2}
        for r in rows
        if r.detected.lower is not None and r.detected.upper is not None
    ]  # fmt: skip
    spec = flow_map(
        drawn, places_of({c for r in rows for c in (r.origin, r.destination)}), title="t"
    )
    to_svg(spec)
    done("flow map, drawn")
    routes = routes_from_statements(read_statements())
    prior, states = gravity_for_routes(routes)
    done("route statements and their gravity prior")
    fit_group(
        routes,
        prior,
        states,
        origins=list(states),
        draws=400,
        alpha=5.0,
        top=10,
        level=0.95,
        seed=0,
    )
    done("chain of all origins, 196 countries, 400 draws")
    put_to_test(routes, prior, states, when=None, bundled=True, level=0.95, seed=0)
    done("statements about routes tested")
    total = sum(s for _, s in steps)
    lines = [
        "# Flows and routes on the full open data: CPU seconds, one process",
        "",
        "Made by `python -m benchmarks.patterns_speed`. CPU seconds, not wall clock: the machine was shared.",
        "",
        "| step | CPU s |",
        "|---|---:|",
        *(f"| {name} | {s:.1f} |" for name, s in steps),
        f"| **all** | **{total:.1f}** |",
        "",
    ]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(lines), encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
