"""`link`: lists of records to a `Linkage`, and `Linkage.draw` to equally likely overlap tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Number, note
from uncounted.core.table import MAX_LISTS, OverlapTable
from uncounted.engine.jobs import stream
from uncounted.errors import InputError, Refusal
from uncounted.linkage.assign import clusters
from uncounted.linkage.blocking_recall import reach_of
from uncounted.linkage.chain import MANY, Chain, Graph, graph_of
from uncounted.linkage.copies import Copies, copies_of
from uncounted.linkage.decisions import Decision, apply, contradicting, keys_of
from uncounted.linkage.draws import LinkageDraws
from uncounted.linkage.missed import add_missed, draw_share, lost_given_hidden
from uncounted.linkage.prepare import Columns, prepare
from uncounted.linkage.splink_engine import Pairs, compare
from uncounted.linkage.weights import Weighed, Weights, weigh
from uncounted.records.schema import Records

__all__ = ["Linkage", "LinkageSettings", "link", "link_columns"]

Array = NDArray[np.float64]
_BURN = 40
_CALIBRATION = 160
_TELLS = 0.35
"""Mean chance of a match with a list below which it says too little: made-up lists of given names, with
sex or citizenship, are below it and their overlaps wrong; family name and area are above, and hold."""
_TELLS_FITTED = 0.2
"""The same by the fitted prior."""
_NAMED = 0.2
"""Share of a list's records with a given and a family name from which it is not refused."""
_MOST_SAMPLED = 200_000
"""Candidate pairs beyond which chances are those of the pairs alone: a sampler would take minutes."""


@dataclass(frozen=True, slots=True)
class LinkageSettings:
    """How to link.

    Parameters
    ----------
    one_per_list
        Whether each list names a person at most once. Otherwise duplicates within a list are
        looked for as well.
    threshold
        Chance from which a pair is taken for one person where one answer is needed.
    budget
        Most pairs to compare by blocking, by default a million or, if more, five a record; where
        all pairs fit, all are compared.
    strength
        Matches the shipped weights are worth against the lists' own; by default as many as their
        training says, factor by factor.
    lost
        Share of links that leave no trace, beyond what blocking does not reach: mean and standard
        deviation. By default it follows from how surely matches would be found (`missed`).
    weights
        Other weights than the shipped ones.
    """

    one_per_list: bool = False
    threshold: float = 0.5
    budget: int | None = None
    strength: float | None = None
    lost: tuple[float, float] | None = None
    weights: Weights | None = None

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0.0 < self.threshold < 1.0:
            raise InputError("The threshold is a chance.", fix="Give a number between 0 and 1.")
        mean, sd = self.lost or (0.0, 0.0)
        if not (0.0 <= mean < 0.5 and 0.0 <= sd < 0.5) or (mean and sd**2 >= mean * (1 - mean)):
            raise InputError(
                "The share of links lost has no such prior.",
                fix="Give a mean below 0.5 and a standard deviation that a share can have.",
            )


@dataclass(frozen=True, slots=True, repr=False)
class Linkage:
    """Who may be the same person: candidate pairs with their chances.

    It holds record numbers only, no field of a record.

    Parameters
    ----------
    lists
        Names of the lists.
    member, row
        Shape (records,), list of each record and its position in it, from 0. Records of all lists
        are numbered one after the other.
    left, right
        Shape (pairs,), record numbers of the candidate pairs.
    probability
        Shape (pairs,), calibrated chance that the two are one person: how often the sampler finds
        them so, given everyone else.
    weight
        Shape (pairs,), match weight: log2 of P(levels | one person) / P(levels | two people).
    decided
        Shape (pairs,), +1 where a person said same, -1 different, 0 otherwise.
    factors
        Shape (pairs, factors), levels of agreement (`levels.FACTORS`).
    settings
        As given.
    reach
        Share of true links that the blocking can find, by the fitted weights.
    lost
        Share of links that leave no trace beside: mean and standard deviation.
    diagnostics
        JSON-ready: what was compared, fields filled, fitted weights, blocking in words.
    """

    lists: tuple[str, ...]
    member: NDArray[np.int64]
    row: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    probability: Array
    weight: Array
    decided: NDArray[np.int8]
    factors: NDArray[np.int16]
    settings: LinkageSettings
    reach: float
    lost: tuple[float, float]
    diagnostics: Mapping[str, Any]
    _weighed: Weighed
    _graph: Graph
    _keys: Sequence[str] = field(default=())
    _copies: Copies | None = None

    def __repr__(self) -> str:
        return (
            f"Linkage({len(self.lists)} lists, {self.member.size} records, "
            f"{self.left.size} candidate pairs)"
        )

    @property
    def records(self) -> int:
        """Records in all lists."""
        return int(self.member.size)

    def keys(self, pair: int) -> tuple[str, str]:
        """Keyed hashes of a candidate pair's two records, as decisions name them, in order."""
        return self.key_pair(int(self.left[pair]), int(self.right[pair]))

    def key_pair(self, one: int, other: int) -> tuple[str, str]:
        """Keyed hashes of two records, as decisions name them, in order."""
        first, second = self._keys[one], self._keys[other]
        return (first, second) if first <= second else (second, first)

    def clusters(self, threshold: float | None = None) -> NDArray[np.int32]:
        """One answer to who is who: the number of a cluster per record, shape (records,).

        Pairs at or above the threshold, likeliest first, join unless a person's decision or the
        rule of one record per list forbids it.
        """
        least = self.settings.threshold if threshold is None else threshold
        label = clusters(
            self.left,
            self.right,
            self.probability,
            self.member,
            least=least,
            one_per_list=self.settings.one_per_list,
            decided=self.decided,
        )
        return label if self._copies is None else label[self._copies.first]

    def table(self, threshold: float | None = None) -> OverlapTable:
        """Overlap table of the one answer at a threshold. It carries no doubt: see `draw`."""
        from uncounted.kernels.partitions import histories

        _enough_lists(self.lists)
        label = self.clusters(threshold).astype(np.int64)
        return OverlapTable.from_histories(
            self.lists, histories(label, self.member, len(self.lists))
        )

    def in_doubt(self, most: int = 50) -> NDArray[np.int64]:
        """Pairs a person should look at, most informative first: nearest to an even chance."""
        open_ = np.flatnonzero(self.decided == 0)
        p = self.probability[open_]
        order = np.lexsort((open_, -p * (1 - p)))
        chosen = open_[order]
        doubtful = self.probability[chosen]
        return np.asarray(chosen[(doubtful > 0.01) & (doubtful < 0.99) | self.kin[chosen]][:most])

    @property
    def kin(self) -> NDArray[np.bool_]:
        """Which pairs agree in much but have plainly two given names, such as twins."""
        out: NDArray[np.bool_] = self._weighed.kin[self._graph.edge]
        return out

    def deciding(self, verdicts: Mapping[int, int]) -> Linkage:
        """Return the linkage with further answers, its chances as they were: for what `draw` gives then.

        Parameters
        ----------
        verdicts
            Candidate pair to +1 (same), -1 (different) or 0 (open).
        """
        decided = self.decided.copy()
        for pair, verdict in verdicts.items():
            decided[pair] = verdict
        return replace(self, decided=decided, _graph=replace(self._graph, decided=decided))

    def draw(self, size: int = 500, seed: int = 0) -> LinkageDraws:
        """Equally likely answers to who is who, each with its overlap table.

        Parameters
        ----------
        size
            Number of draws, 200 to 1,000 are usual.
        seed
            Root seed.

        Returns
        -------
        LinkageDraws
        """
        if size < 1:
            raise InputError("There must be at least one draw.", fix="Ask for 200 or more.")
        rng = stream(seed, "linkage/draws")
        chain = self._chain(rng, None if self._too_many else self.probability)
        member, graph = self._linked, self._graph
        different = np.flatnonzero(graph.decided < 0)
        apart = [
            (int(graph.nodes[graph.left[e]]), int(graph.nodes[graph.right[e]])) for e in different
        ]
        # Sure links are seldom wrong, but there are many: visited seldom they would err in step.
        seldom = 1 if graph.nodes.size <= MANY else 8
        label = np.empty((size, self.records), dtype=np.int32)
        missed = np.zeros(size, dtype=np.int64)
        for d in range(size):
            chain.sweep(all_records=d % seldom == 0)
            chain.learn()
            drawn = chain.labels(member.size)
            missed[d] = add_missed(
                drawn,
                member,
                len(self.lists),
                share=draw_share(self.lost, self.reach, rng),
                one_per_list=self.settings.one_per_list,
                rng=rng,
                apart=apart,
            )
            label[d] = drawn if self._copies is None else self._copies.spread(drawn)
        return LinkageDraws(self.lists, self.member, self.row, label, missed, seed)

    def _calibrated(self, seed: int) -> Array:
        """Chance of each pair: how often the sampler finds the two together."""
        if self._too_many:
            return self.probability
        chain = self._chain(stream(seed, "linkage/calibration"))
        together = np.zeros(self.left.size)
        steps = self._fewer(_CALIBRATION)
        for step in range(steps):
            chain.sweep(all_records=step % 10 == 0)
            chain.sweep()
            chain.learn()
            together += chain.linked()
        # The fit's own chance counts as one draw, so that no chance is exactly 0 or 1.
        out: Array = (together + self.probability) / (steps + 1)
        return out

    @property
    def _linked(self) -> NDArray[np.int64]:
        """List of each record that is linked: all but copies."""
        return self.member if self._copies is None else self.member[self._copies.kept]

    @property
    def _too_many(self) -> bool:
        return self.left.size > _MOST_SAMPLED

    def _chain(self, rng: np.random.Generator, sampled: Array | None = None) -> Chain:
        chain = Chain(
            self._weighed,
            self._graph,
            self._linked,
            one_per_list=self.settings.one_per_list,
            unseen=float(np.log(max(1.0 - self.reach, 0.01))),
            rng=rng,
            sampled=sampled,
        )
        chain.warm(self._fewer(_BURN))
        return chain

    def _fewer(self, steps: int) -> int:
        """Fewer steps of a chain over many records: they teach the weights in fewer, and each costs more."""
        return max(int(steps * min(MANY / max(self._graph.nodes.size, 1), 1.0)), steps // 4)


def link(
    lists: Mapping[str, Sequence[object] | Records] | Sequence[Records],
    settings: LinkageSettings | None = None,
    *,
    decisions: Sequence[Decision] = (),
    salt: str = "",
    seed: int = 0,
) -> Linkage:
    """Find who is the same person, within and across lists.

    Parameters
    ----------
    lists
        `Records`, one per list, or rows by list name (see `prepare`).
    settings
        How to link.
    decisions
        What people decided about pairs (`decisions.read`).
    salt
        The project's secret under which decisions name records.
    seed
        Root seed.

    Returns
    -------
    Linkage

    Raises
    ------
    InputError
        If nothing can be compared.
    Refusal
        Naming a list that says too little of people to tell them apart.
    MissingExtra
        Without the extra ``link``.

    Examples
    --------
    >>> rows = [{"given": "Ana", "surname": "Diaz", "dob": "1990-02-03"}]
    >>> more = [*rows, {"given": "Li", "surname": "Wei", "dob": "1980-05-09"}]
    >>> link({"shelter": rows, "clinic": more}).records
    3
    """
    chosen = settings or LinkageSettings()
    columns = prepare(lists)
    # Only decisions need them, those made and those about to be made.
    keys = keys_of(lists, salt) if decisions or salt else []
    copies = None if chosen.one_per_list else copies_of(columns, decisions, keys)
    if copies is None:
        pairs = compare(columns, budget=chosen.budget, seed=seed)
        return link_columns(columns, pairs, chosen, decisions=decisions, keys=keys, seed=seed)
    kept = copies.kept
    some = columns.take(kept)
    found = link_columns(
        some,
        compare(some, budget=chosen.budget, seed=seed),
        chosen,
        decisions=decisions,
        keys=[keys[i] for i in kept] if keys else (),
        seed=seed,
    )
    sizes = dict(zip(columns.lists, columns.sizes.tolist(), strict=True))
    return replace(
        found,
        member=columns.member,
        row=columns.row,
        left=kept[found.left],
        right=kept[found.right],
        diagnostics={
            **found.diagnostics,
            "records": columns.n,
            "records_per_list": sizes,
            "copies": columns.n - kept.size,
        },
        _keys=keys,
        _copies=copies,
    )


def link_columns(
    columns: Columns,
    pairs: Pairs,
    settings: LinkageSettings,
    *,
    decisions: Sequence[Decision] = (),
    keys: Sequence[str] = (),
    seed: int = 0,
) -> Linkage:
    """`link` from the compared pairs on: for studies that compare once and cut many times."""
    weighed = weigh(
        columns,
        pairs,
        one_per_list=settings.one_per_list,
        weights=settings.weights,
        strength=settings.strength,
    )
    _tell_apart(columns, weighed)
    weighed, decided = apply(weighed, decisions, keys)
    graph = graph_of(weighed, decided)
    reach = reach_of(columns, weighed, pairs.plan)
    kept = graph.edge
    before = weighed.probability[kept]
    bare = Linkage(
        columns.lists,
        columns.member,
        columns.row,
        weighed.left[kept],
        weighed.right[kept],
        before,
        weighed.log_ratio[kept] / np.log(2.0),
        graph.decided,
        weighed.factors[kept],
        settings,
        reach,
        (0.0, 0.0),
        {},
        weighed,
        graph,
        keys,
    )
    chance = bare._calibrated(seed)
    lost = settings.lost
    if lost is None:
        lost = lost_given_hidden(weighed.detection.hidden)
    diagnostics = {
        "records": columns.n,
        "records_per_list": dict(zip(columns.lists, columns.sizes.tolist(), strict=True)),
        "fields_filled": columns.filled(),
        "names_taken_for_none": [
            name
            for k, name in enumerate(columns.lists)
            if columns.spiked[columns.member == k].any()
        ],
        "default_births": [
            {
                "list": columns.lists[d.member],
                "records": d.records,
            }
            for d in columns.default_births
        ],
        "pairs_compared": int(pairs.blocked.sum()),
        "candidate_pairs": int(kept.size),
        "expected_links": float(chance.sum()),
        "expected_links_before_calibration": float(before.sum()),
        "blocking": str(pairs.plan.said),
        "blocking_reach": reach,
        "links_lost": lost[0],
        "match_doubt": weighed.detection.doubt,
        "matches_hidden": weighed.detection.hidden,
        "decisions_used": int((graph.decided != 0).sum()),
        "decisions_contradicting": contradicting(
            bare.left, bare.right, graph.decided, columns.member, settings.one_per_list
        ),
        "em_rounds": weighed.rounds,
    }
    return replace(bare, probability=chance, lost=lost, diagnostics=diagnostics)


def _tell_apart(columns: Columns, weighed: Weighed) -> None:
    """Refuse lists that say too little of people to tell them apart.

    Any number of links would do for them, and what came out would be the prior's.
    """
    if len(columns.lists) < 2:
        return
    sizes, detection = columns.sizes, weighed.detection
    # Where hardly anything is told apart the fit finds nobody shared, and then tells nobody apart.
    tells = np.where(detection.fitted < _TELLS_FITTED, detection.fitted, detection.by_list)
    # Where some of a list's people have both names, these can be told apart, whatever the others lack.
    both = columns.given.known & columns.surname.known
    named = np.bincount(columns.member[both], minlength=len(columns.lists)) / np.maximum(sizes, 1)
    little = [
        m for m, share in enumerate(tells) if share < _TELLS and sizes[m] and named[m] < _NAMED
    ]
    if not little:
        return
    # A list that says little spoils what is told of lists beside it: name the one that says least.
    worst = min(little, key=lambda m: (round(float(tells[m]), 2), _filled(columns, m)))
    raise Refusal(
        note(
            "linkage.refuse.tells-little",
            list=columns.lists[worst],
            share=Number(float(tells[worst]), "share"),
        ),
        fix=note("linkage.refuse.tells-little.fix", list=columns.lists[worst]),
    )


def _filled(columns: Columns, member: int) -> float:
    """How many fields the records of a list fill, on average."""
    of = columns.member == member
    fields = (columns.given, columns.surname, columns.sex, columns.citizenship, columns.area)
    known = [field.known[of].mean() for field in fields]
    return float(sum(known) + (columns.year_low[of] >= 0).mean())


def _enough_lists(lists: tuple[str, ...]) -> None:
    if not 2 <= len(lists) <= MAX_LISTS:
        raise InputError(
            f"An overlap table has 2 to {MAX_LISTS} lists; there are {len(lists)}.",
            fix="Give two lists or more; merge lists of the same kind if there are too many.",
        )
