"""Splink 5 on DuckDB: makes the candidate pairs; DuckDB then compares them, field by field.

Weights, probabilities, clusters and draws are ours, because lists of 100 to 10,000 records are too
short for weights learned by maximum likelihood alone.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError, MissingExtra
from uncounted.files.duck import connect, is_out_of_memory
from uncounted.linkage import blocking, levels
from uncounted.linkage.fields import NamePart
from uncounted.linkage.prepare import Coded, Columns
from uncounted.linkage.spelling import ask_tables

__all__ = ["Pairs", "compare"]

_SAMPLE = 200_000
"""Random pairs to learn from how often strangers agree, or half as many as records if that is more."""
_BUDGET = 1_000_000
_PER_RECORD = 5


@dataclass(frozen=True, slots=True)
class Pairs:
    """Compared pairs.

    Parameters
    ----------
    left, right
        Shape (pairs,), record numbers, ``left < right``, sorted.
    gamma
        Shape (pairs, comparisons), int8: level of agreement, -1 where it cannot be told; columns in
        the order of `levels.COMPARISONS`.
    rules
        Shape (pairs,), int8: what the names tables say of the whole names (`spelling.ask_tables`).
    blocked
        Shape (pairs,): the pair shares a blocking key. The others are random pairs, compared only
        to learn how strangers agree.
    sampled
        Shape (pairs,): the pair is in the random sample (it may be blocked as well).
    share
        Share of all pairs that the random sample holds.
    plan
        The blocking.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    gamma: NDArray[np.int8]
    rules: NDArray[np.int8]
    blocked: NDArray[np.bool_]
    sampled: NDArray[np.bool_]
    share: float
    plan: blocking.Plan

    def keep(self, which: NDArray[np.bool_]) -> Pairs:
        """Keep some of the pairs."""
        return Pairs(
            self.left[which],
            self.right[which],
            self.gamma[which],
            self.rules[which],
            self.blocked[which],
            self.sampled[which],
            self.share,
            self.plan,
        )


def compare(
    columns: Columns, *, within: bool = True, budget: int | None = None, seed: int = 0
) -> Pairs:
    """Compare the pairs of records that share a blocking key, and a random sample of the rest.

    Parameters
    ----------
    columns
        The records.
    within
        Also pairs of one list.
    budget
        Most pairs to compare by blocking; by default a million, or five a record if that is more.
    seed
        For the random sample.

    Raises
    ------
    MissingExtra
        Without the extra ``link``.
    """
    try:
        import duckdb
        from splink import DuckDBAPI, Linker, SettingsCreator
        from splink.blocking_rule_library import CustomRule
    except ImportError as error:
        raise MissingExtra(
            "Linking records needs the extra 'link'.",
            fix="Install it with: pip install 'uncounted[link]'",
        ) from error
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    n = columns.n
    budget = max(_BUDGET, _PER_RECORD * n) if budget is None else budget
    connection = connect(files=False)
    try:
        # Its bar would stand on standard output, which is the command's own.
        # In a notebook without widgets it refuses the setting, and draws none.
        with contextlib.suppress(duckdb.InvalidInputException):
            connection.execute("SET enable_progress_bar = false").fetchall()
        connection.register("raw", _arrow(columns))

        def cost(rule: blocking.Rule) -> int:
            return int(connection.execute(blocking.cost_of(rule, "keyed")).fetchall()[0][0])

        connection.execute(f"create table keyed as select {blocking.KEYS} from raw").fetchall()
        connection.unregister("raw")
        chosen = blocking.plan(n, cost, budget=budget)
        total = n * (n - 1) / 2
        buckets = 1 if chosen.everything else max(1, round(total / max(_SAMPLE, n / 2)))
        bucket = np.random.default_rng(seed).integers(buckets, size=n)
        connection.register("buckets", _buckets(bucket))
        apart = "" if within else " and l.list_index <> r.list_index"
        rules: list[Any] = [
            CustomRule(
                " and ".join(f"l.{k} = r.{k}" for k in rule.keys) + apart,
                arrays_to_explode=[rule.explode] if rule.explode else None,
            )
            for rule in chosen.rules
        ]
        rules.append(CustomRule("l.bucket = r.bucket" + apart))
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=levels.comparisons(),
            blocking_rules_to_generate_predictions=rules,
            retain_matching_columns=True,
            retain_intermediate_calculation_columns=False,
        )
        api = DuckDBAPI(connection)
        table = connection.sql("select * from keyed join buckets using (unique_id)")
        registered = api.register(table, dataset_display_name="records")
        linker = Linker(registered, settings, log_level=None, validate_settings=False)
        found = linker.inference.compute_blocked_pairs_for_predict()
        query = _compared(found.physical_name, last=str(len(rules) - 1))
        out = connection.execute(query).fetchnumpy()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        raise InputError(
            "Comparing the records takes more memory than this machine has free; nothing of them was written to disk.",
            fix="Close other programs, set a smaller `budget` under [linkage] in uncounted.toml, "
            "or use a machine with more memory.",
        ) from None
    finally:
        connection.close()
    left, right = out["low"].astype(np.int64), out["high"].astype(np.int64)
    order = np.argsort(left * n + right, kind="stable")
    left, right = left[order], right[order]
    gamma = np.stack([out[c].astype(np.int8)[order] for c in levels.COMPARISONS], axis=1)
    blocked = np.full(left.size, True) if chosen.everything else ~out["last"][order]
    possible = sum(int(k) * (int(k) - 1) // 2 for k in np.bincount(bucket))
    return Pairs(
        left,
        right,
        gamma,
        ask_tables(columns, left, right, gamma),
        blocked,
        bucket[left] == bucket[right],
        possible / total if total else 1.0,
        chosen,
    )


def _compared(blocked: str, *, last: str) -> str:
    """Query that compares blocked pairs, field by field.

    Splink's own prediction keeps what it compared beside every pair: 4 GB for a million records.
    """
    sides = ", ".join(f"{side}.{c} as {c}_{side}" for c in levels.USED for side in ("l", "r"))
    gammas = ", ".join(f"{sql} as {name}" for name, sql in levels.gammas_of_measured().items())
    return f"""
        with pairs as (
            select least(join_key_l, join_key_r) as low, greatest(join_key_l, join_key_r) as high,
                match_key = '{last}' as last, {sides}
            from {blocked}
            join keyed l on l.unique_id = join_key_l join keyed r on r.unique_id = join_key_r
        ), measured as (select *, {levels.measured()} from pairs)
        select low, high, last, {gammas} from measured
    """


def _arrow(columns: Columns) -> Any:
    """Give the records as an Arrow table, before blocking keys are made."""
    import pyarrow as pa

    def text(coded: Coded[str]) -> Any:
        return _taken(coded, pa.array(coded.values, pa.string()))

    def parts(coded: Coded[NamePart], what: Callable[[NamePart], Any], kind: Any) -> Any:
        return _taken(coded, pa.array([what(v) for v in coded.values], kind))

    def number(values: NDArray[np.int16]) -> Any:
        return pa.array(values.astype(np.int32), mask=values < 0)

    one, many = pa.string(), pa.list_(pa.string())
    made = {
        "unique_id": pa.array(np.arange(columns.n, dtype=np.int32)),
        "list_index": pa.array(columns.member.astype(np.int32)),
    }
    for side in ("given", "surname"):
        part: Coded[NamePart] = getattr(columns, side)
        classes: Coded[tuple[str, ...]] = getattr(columns, f"classes_{side}")
        made[side] = parts(part, lambda v: v.folded, one)
        made[f"first_{side}"] = parts(part, lambda v: v.sounds[0], one)
        made[f"words_{side}"] = parts(part, lambda v: v.words, many)
        made[f"own_{side}"] = parts(part, lambda v: v.sounds, many)
        made[f"classes_{side}"] = _taken(classes, pa.array(list(classes.values), many))
    for name in ("year", "month", "day", "year_low", "year_high"):
        made[name] = number(getattr(columns, name))
    for name in ("sex", "citizenship", "area"):
        made[name] = text(getattr(columns, name))
    return pa.table(made)


def _buckets(bucket: NDArray[np.int64]) -> Any:
    import pyarrow as pa

    numbers = np.arange(bucket.size, dtype=np.int32)
    return pa.table({"unique_id": numbers, "bucket": bucket.astype(np.int32)})


def _taken(coded: Coded[Any], values: Any) -> Any:
    """Spread an Arrow array of a column's values over the records."""
    import pyarrow as pa

    return values.take(pa.array(coded.code, mask=coded.code < 0))
