"""Splink 5 on DuckDB: makes the candidate pairs and compares them, field by field.

Only the comparison is asked of Splink. Weights, probabilities, clusters and draws are ours, because
lists of 100 to 10,000 records are too short for weights learned by maximum likelihood alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import MissingExtra
from uncounted.linkage import blocking, levels
from uncounted.linkage.prepare import Columns
from uncounted.linkage.spelling import ask_tables

__all__ = ["Pairs", "compare"]

_SAMPLE = 200_000
"""Random pairs to learn from how often strangers agree."""


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
    columns: Columns, *, within: bool = True, budget: int = 1_500_000, seed: int = 0
) -> Pairs:
    """Compare the pairs of records that share a blocking key, and a random sample of the rest.

    Parameters
    ----------
    columns
        The records.
    within
        Also pairs of one list.
    budget
        Most pairs to compare by blocking.
    seed
        For the random sample.

    Raises
    ------
    MissingExtra
        Without the extra ``link``.
    """
    try:
        import duckdb
        import pyarrow as pa
        from splink import DuckDBAPI, Linker, SettingsCreator
        from splink.blocking_rule_library import CustomRule
    except ImportError as error:
        raise MissingExtra(
            "Linking records needs the extra 'link'.",
            fix="Install it with: pip install 'uncounted[link]'",
        ) from error
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    made = blocking.keys(columns)
    chosen = blocking.plan(columns, made, budget=budget)
    n = columns.n
    total = n * (n - 1) / 2
    buckets = 1 if chosen.everything else max(1, round(total / _SAMPLE))
    bucket = np.random.default_rng(seed).permutation(n) % buckets
    table = pa.table(
        {
            "unique_id": np.arange(n),
            "list_index": columns.member,
            "bucket": bucket,
            "given": pa.array(columns.given, pa.string()),
            "surname": pa.array(columns.surname, pa.string()),
            "sounds_given": pa.array(columns.sounds_given, pa.list_(pa.string())),
            "sounds_surname": pa.array(columns.sounds_surname, pa.list_(pa.string())),
            "birth": pa.array(made["birth"], pa.string()),
            "month": pa.array(columns.month, pa.int32()),
            "day": pa.array(columns.day, pa.int32()),
            "year": pa.array(columns.year, pa.int32()),
            "year_low": pa.array(columns.year_low, pa.int32()),
            "year_high": pa.array(columns.year_high, pa.int32()),
            "monthday": pa.array(made["monthday"], pa.int32()),
            "whole": pa.array(made["whole"], pa.string()),
            "initials": pa.array(made["initials"], pa.string()),
            "sound_pair": pa.array(made["sound_pair"], pa.string()),
            "sounds": pa.array(made["sounds"], pa.list_(pa.string())),
            "tokens": pa.array(made["tokens"], pa.list_(pa.string())),
            "sex": pa.array(columns.sex, pa.string()),
            "citizenship": pa.array(columns.citizenship, pa.string()),
            "area": pa.array(columns.area, pa.string()),
        }
    )
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
    connection = duckdb.connect(":memory:")
    try:
        # Its bar would stand on standard output, which is the command's own.
        connection.execute("SET enable_progress_bar = false").fetchall()
        api = DuckDBAPI(connection)
        registered = api.register(table, dataset_display_name="records")
        linker = Linker(registered, settings, log_level=None, validate_settings=False)
        found = linker.inference.predict(warning_mode="never").as_duckdbpyrelation()
        names = ["unique_id_l", "unique_id_r", *(f"gamma_{c}" for c in levels.COMPARISONS)]
        out = found.select(", ".join([*names, "match_key"])).fetchnumpy()
    finally:
        connection.close()
    left = np.minimum(out["unique_id_l"], out["unique_id_r"]).astype(np.int64)
    right = np.maximum(out["unique_id_l"], out["unique_id_r"]).astype(np.int64)
    order = np.lexsort((right, left))
    gamma = np.stack([out[f"gamma_{c}"].astype(np.int8) for c in levels.COMPARISONS], axis=1)
    last = np.asarray(out["match_key"]).astype(str) == str(len(rules) - 1)
    sampled = bucket[left] == bucket[right]
    blocked = np.full(left.size, True) if chosen.everything else ~last
    possible = sum(int(k) * (int(k) - 1) // 2 for k in np.bincount(bucket))
    left, right, gamma = left[order], right[order], gamma[order]
    return Pairs(
        left,
        right,
        gamma,
        ask_tables(columns, left, right, gamma),
        blocked[order],
        sampled[order],
        possible / total if total else 1.0,
        chosen,
    )
