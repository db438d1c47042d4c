"""Everything `uncounted flows` says, as data: detected flows, what gravity expects, what is flagged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError, NotSupported, Refusal
from uncounted.flows.estimated import EstimatedFlows, detected_flows, filter_flows
from uncounted.flows.gravity import Fit, Gravity, fit_gravity, implausible_cells
from uncounted.places.covariates import DISTANCES
from uncounted.sources.detect import Recognised, recognise
from uncounted.sources.detected_flows import DetectedFlows

if TYPE_CHECKING:
    from uncounted.sources.sheets import Quarantined

__all__ = ["FlowSource", "coefficients", "flow_rows", "open_flows", "run_gravity"]

DETECTED = (
    "Detected people, as reported: who is found depends on who looks. Not an estimate of how many "
    "there are."
)
NOT_LISTED = "A pair that is not here is not listed, which is not zero."


@dataclass(frozen=True, slots=True)
class FlowSource:
    """Flows of one source before any filter, internal ones included.

    Parameters
    ----------
    flows
        All cells.
    accounting
        Rows in = rows used + rows quarantined.
    quarantine
        The log.
    rows_in, rows_used
        Of the file.
    confidential
        Case data of a coalition: small cells are suppressed.
    caveats
        Sentences that travel with every figure.
    """

    flows: DetectedFlows
    accounting: str
    quarantine: tuple[Quarantined, ...]
    rows_in: int
    rows_used: int
    confidential: bool
    caveats: tuple[str, ...]


def open_flows(
    path: str | Path | None = None, *, wide: bool = False, form: str | None = None
) -> FlowSource:
    """Read detected flows from the bundled table or from a file in any known layout.

    Parameters
    ----------
    path
        File; the bundled UNODC table by default.
    wide
        See `read_unodc`.
    form
        Keep one form of exploitation, where the layout crosses it with place.

    Raises
    ------
    NotSupported
        ``form`` asked of a table that does not cross form with origin.
    InputError
        The file cannot be used.
    """
    from uncounted.sources.ctdc import read_ctdc
    from uncounted.sources.htcds_events import read_htcds_events
    from uncounted.sources.legs import read_legs
    from uncounted.sources.unodc import read_unodc

    seen = recognise(path) if path is not None else Recognised("unodc", ())
    layout = seen.layout
    if layout == "unodc":
        if form is not None:
            raise NotSupported(
                "The UNODC table does not cross form of exploitation with citizenship.",
                fix="Drop --form, or see `uncounted shares` for forms without origins.",
            )
        table = read_unodc(path, wide=wide)
        flows = detected_flows(table, cross_border=False)
        return FlowSource(
            flows, table.accounting(), table.quarantine, table.rows_in, table.rows_used, False,
            (DETECTED, NOT_LISTED, "Citizenship stands in for origin.",
             'A count published as "<5" is an interval from 1 to 4.', *seen.notes),
        )  # fmt: skip
    assert path is not None
    if layout == "ctdc":
        records = read_ctdc(path)
        return FlowSource(
            records.to_flows(form=form), records.accounting(), records.quarantine,
            records.rows_in, len(records), False,
            (DETECTED, NOT_LISTED, "Citizenship stands in for origin, and the place of "
             "exploitation or identification for the destination.", *seen.notes),
        )  # fmt: skip
    if layout == "statements":
        raise InputError(
            "These are route statements: they count mentions, not people.",
            fix="Use `uncounted routes` with this file.",
        )
    journeys = read_htcds_events(path) if layout == "htcds" else read_legs(path)
    if form is not None:
        journeys = journeys.with_form(form.casefold())
    return FlowSource(
        journeys.to_flows(), journeys.accounting(), journeys.quarantine, journeys.rows_in,
        journeys.rows_used, True,
        (DETECTED, "Journeys without a first or a last country are not in these flows.",
         *seen.notes),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class GravityView:
    """A gravity model with draws of what it expects, and the cells it finds implausible."""

    model: Gravity
    draws: NDArray[np.float64]
    flagged: tuple[Any, ...]
    refused: str = ""


def run_gravity(
    flows: DetectedFlows, *, distance: str, covariates: list[str], imputations: int, draws: int,
    seed: int,
) -> tuple[GravityView | None, str]:  # fmt: skip
    """Fit gravity to cross-border flows; a refusal comes back as its reason."""
    cells = filter_flows(flows)
    try:
        model = fit_gravity(
            cells, covariates=covariates, distance=distance, imputations=imputations, seed=seed
        )
    except Refusal as refusal:
        return None, str(refusal)
    return GravityView(model, model.draws(draws, seed=seed), implausible_cells(cells, model)), ""


def coefficients(view: GravityView, *, level: float) -> dict[str, Any]:
    """Give both fits side by side, JSON-ready, and the difference in words."""
    model = view.model

    def fit(f: Fit) -> dict[str, Any]:
        return {
            c.name: {
                "estimate": c.estimate,
                "se": c.se,
                "lower": c.interval(level)[0],
                "upper": c.interval(level)[1],
            }
            for c in f.coefficients
        }

    out: dict[str, Any] = {
        "pairs": model.pairs,
        "destinations": len(model.destinations),
        "origins": len(model.origins),
        "pairs_left_out": model.left_out,
        "distance": model.distance,
        "distance_is": DISTANCES[model.distance],
        "clustered_by": ["destination", "origin"],
        "midpoint": fit(model.midpoint),
        "imputed": None if model.imputed is None else fit(model.imputed),
        "imputations": model.imputations,
        "dispersion": model.dispersion,
        "warnings": list(model.warnings),
    }
    if model.imputed is not None:
        name = model.midpoint.coefficients[0].name
        a, b = model.midpoint[name], model.imputed[name]
        out["difference"] = (
            f"With censored counts imputed, {name} is {b.estimate:.2f} ({b.se:.2f}); with them at "
            f"their midpoint, {a.estimate:.2f} ({a.se:.2f}): a difference of "
            f"{b.estimate - a.estimate:+.2f}."
        )
    return out


def flow_rows(
    source: FlowSource,
    shown: DetectedFlows,
    view: GravityView | None,
    estimated: EstimatedFlows | None,
    *,
    level: float,
    threshold: int,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Give one row a pair, largest first, and the total; small cells of case data suppressed.

    Returns
    -------
    rows, total
        A row's ``detected`` is ``{"lower", "upper"}`` or ``{"suppressed": true}``; ``expected``
        (gravity) and ``estimated`` are objects of their own.
    """
    from uncounted.core.draws import summarise_draws
    from uncounted.disclosure import Total, protect
    from uncounted.places.countries import country_name

    pairs = shown.by_pair()
    years: dict[tuple[str, str], list[int]] = {}
    for d, o, y in zip(
        shown.destination.tolist(), shown.origin.tolist(), shown.year.tolist(), strict=True
    ):
        years.setdefault((d, o), []).append(y)
    order = np.argsort(-(pairs.lower + pairs.upper), kind="stable")
    lower, upper = pairs.lower[order].tolist(), pairs.upper[order].tolist()
    total: dict[str, Any] = {"lower": sum(lower), "upper": sum(upper)}
    open_cells: list[bool] = [True] * len(lower)
    if source.confidential:
        if len(lower) <= 200:
            found = protect(lower, [Total("all", tuple(range(len(lower))))], threshold=threshold)
            open_cells = [c is not None for c in found.cells]
            if found.totals["all"] is None:
                total = {"suppressed": True}
        else:
            open_cells = [n >= threshold for n in lower]
            total = total if all(open_cells) else {"suppressed": True}
    flagged = {(f.destination, f.origin) for f in view.flagged} if view else set()
    rows = []
    for rank, i in enumerate(order.tolist()):
        d, o = str(pairs.destination[i]), str(pairs.origin[i])
        seen = open_cells[rank]
        row: dict[str, Any] = {
            "origin": o,
            "destination": d,
            "origin_name": country_name(o),
            "destination_name": country_name(d),
            "detected": {"lower": lower[rank], "upper": upper[rank]}
            if seen
            else {"suppressed": True},
            "years": sorted(set(years[d, o])),
            "flagged": (d, o) in flagged,
            "expected": None,
            "estimated": None,
        }
        if view is not None and d in view.model.destinations and o in view.model.origins:
            a, b = view.model.destinations.index(d), view.model.origins.index(o)
            if view.model.used[a, b]:
                median, interval = summarise_draws(view.draws[:, a, b], level=level)
                row["expected"] = {"median": median, "interval": interval.to_dict()}
        if estimated is not None and o in estimated.origins:
            median, interval = estimated.interval(o, level=level)
            row["estimated"] = {"median": median, "interval": interval.to_dict()}
        rows.append(row)
    return rows, total
