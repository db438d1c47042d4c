"""Draws out of the house: Parquet for any tool, and ArviZ for those who look at chains with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from uncounted.core.estimate import Estimate
from uncounted.core.shown import Shown
from uncounted.errors import InputError, MissingExtra, UsageError
from uncounted.files.duck import connect

__all__ = ["draws_to_arviz", "write_draws"]


def write_draws(result: Shown, path: str | Path) -> None:
    """Write the draws of a result as Parquet.

    Parameters
    ----------
    result
        An estimate, a comparison, a verdict, replicates, strata, or pooled linkage draws.
    path
        Ending in ``.parquet``. Columns: ``of`` (text: the method or the stratum, ``N`` where there is
        one set), ``draw`` (from 0), ``people`` (N, those on a list and those on none; ``inf`` for a
        resample without a finite estimate).

    Raises
    ------
    InputError
        If it has no draws, or the path another ending.

    Examples
    --------
    >>> import tempfile, uncounted as uc
    >>> found = uc.estimate("uk2013-5", "bic", bootstrap=200)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     uc.write_draws(found, Path(folder) / "draws.parquet")
    ...     import pyarrow.parquet as parquet
    ...
    ...     parquet.read_table(Path(folder) / "draws.parquet").num_rows
    200
    """
    path = Path(path)
    if path.suffix.lower() != ".parquet":
        raise InputError(f"Draws cannot be written as {path.name}.", fix="Choose .parquet.")
    sets = _sets(result)
    whose = np.concatenate([np.full(d.size, k) for k, d in enumerate(sets.values())])
    which = np.concatenate([np.arange(d.size) for d in sets.values()])
    people = np.concatenate(list(sets.values()))
    with connect(files=True) as db:
        db.execute("CREATE TABLE names (k BIGINT, name VARCHAR)")
        db.executemany("INSERT INTO names VALUES (?, ?)", [list(x) for x in enumerate(sets)])
        db.register("drawn", {"k": whose, "draw": which, "people": people})
        target = str(path).replace("'", "''")
        db.execute(
            'COPY (SELECT name AS "of", draw, people FROM drawn JOIN names USING (k) ORDER BY k, draw) '
            f"TO '{target}' (FORMAT parquet)"
        )


def draws_to_arviz(result: Shown) -> Any:
    """Hand the draws of one figure to ArviZ.

    Parameters
    ----------
    result
        An `Estimate`, `Replicates`, `StrataEstimate` or pooled linkage draws. Of a `Comparison` give
        one estimate: methods have different numbers of draws.

    Returns
    -------
    xarray.DataTree
        One variable ``N`` (people in all) with dimensions ``chain`` (one: draws of all chains stand
        together, equally likely), ``draw``, and for strata ``stratum``. The group is ``posterior`` for a
        posterior and ``draws`` for all else: bootstrap resamples, mixtures over linkage draws.

    Raises
    ------
    MissingExtra
        Without the extra ``arviz``.
    InputError
        If it has no draws.
    UsageError
        If it holds several methods.

    Examples
    --------
    >>> import uncounted as uc
    >>> found = uc.DecomposableGraphs(draws=500).estimate("kosovo")
    >>> uc.draws_to_arviz(found)["posterior"]["N"].shape  # doctest: +SKIP
    (1, 500)
    """
    sets = _sets(result)
    if (len(sets) > 1 and len({d.size for d in sets.values()}) > 1) or hasattr(result, "estimates"):
        raise UsageError(
            f"A {type(result).__name__} holds several methods.",
            fix='Give one of its estimates, e.g. draws_to_arviz(comparison["bic"]).',
        )
    try:
        from arviz_base import from_dict
    except ImportError:
        raise MissingExtra(
            "ArviZ is not installed.", fix="Install the extra: uncounted[arviz]."
        ) from None
    names = list(sets)
    group = "posterior" if _posterior(result) else "draws"
    if names == ["N"]:
        return from_dict({group: {"N": sets["N"][None, :]}})
    stacked = np.stack(list(sets.values()), axis=-1)[None, :, :]
    return from_dict({group: {"N": stacked}}, coords={"stratum": names}, dims={"N": ["stratum"]})


def _sets(result: Shown) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
    sets = result.draw_sets()
    if not sets:
        raise InputError(
            f"This {type(result).__name__} has no draws.",
            fix="Use a method that gives draws: bootstrap above 0, or one with a posterior.",
        )
    return sets


def _posterior(result: Shown) -> bool:
    """Whether the draws are one method's posterior, as the kind of interval made of them says."""
    main = getattr(result, "total", result)  # of strata
    interval = main.interval if isinstance(main, Estimate) else None
    return interval is not None and interval.kind in ("posterior", "pool")
