"""Doubly robust estimation with covariates, from cases rather than counts.

Two lists independent given covariates: Das, Kennedy & Jewell (2023, arXiv 2104.14091). More
lists, no highest-order interaction given covariates among people on none of the other lists:
Dulce Rubio & Kennedy (2024, arXiv 2407.03539).
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.cases import CaseTable
from uncounted.core.estimate import Estimate, Interval
from uncounted.core.notes import Note, Number, note, series
from uncounted.engine.jobs import stream
from uncounted.errors import (
    InputError,
    MissingExtra,
    NoFiniteEstimate,
    NotConverged,
    NotSupported,
    TableError,
)
from uncounted.estimators._settings import HoldsSettings

__all__ = ["DoublyRobust", "Influence", "influence", "target"]

Form = Literal["one-step", "targeted", "plug-in"]
Learner = Literal["logistic", "forest", "boosting"]

_MARGIN, _MARGIN_TREES, _GROUPS = 0.0005, 0.005, 20
_MOST_ERROR = 0.4
"""With three lists or more, error over the hidden count above which intervals did not hold."""
_ASSUMES = {
    (True, False): "estimators.doubly-robust.assumes-pair",
    (True, True): "estimators.doubly-robust.assumes-pair-rest",
    (False, False): "estimators.doubly-robust.assumes",
    (False, True): "estimators.doubly-robust.assumes-rest",
}
"""What the formula assumes: whether it speaks of two lists, and whether there are others."""


@dataclass(frozen=True, slots=True)
class Influence:
    """Per person, what the estimate is made of.

    Parameters
    ----------
    odds
        Odds of being on no list against being observed, given covariates, shape (people,).
    values
        Uncentred influence values of the inverse observation probability, shape (people,).
    """

    odds: NDArray[np.float64]
    values: NDArray[np.float64]


def influence(
    probabilities: NDArray[np.float64], held: NDArray[np.int64], signs: NDArray[np.float64]
) -> Influence:
    """Odds of being unseen and uncentred influence values.

    With q_w(x) the probability of history w given covariates and being observed, and s_w = +1 for
    an odd number of lists, -1 for an even one, 0 for histories outside the assumption, the odds of
    being unseen are r(x) = product of q_w(x)^s_w and the values are 1 + s_Y r(x) / q_Y(x). For two
    lists this equals (q1 q2/q12)(Y1/q1 + Y2/q2 - Y1 Y2/q12), q_i the probability of list i.

    Parameters
    ----------
    probabilities
        q_w(x), shape (people, histories), rows adding to 1.
    held
        Column of each person's own history, shape (people,).
    signs
        s_w, shape (histories,); they add to 1.

    Examples
    --------
    >>> q = np.array([[0.5, 0.25, 0.25]])  # on A only, on B only, on both
    >>> influence(q, np.array([0]), np.array([1.0, 1.0, -1.0])).values
    array([2.])
    """
    odds = np.exp(np.log(probabilities) @ signs)
    own = probabilities[np.arange(held.size), held]
    return Influence(odds, 1.0 + signs[held] * odds / own)


def target(
    probabilities: NDArray[np.float64], held: NDArray[np.int64], signs: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Shift the probabilities until the plug-in solves the influence equation (TMLE).

    The path is q_w(x) exp(e s_w), normalised: one number e moves everybody's odds of being unseen
    the same way. It is set where the mean of s_Y r(x)/q_Y(x) - r(x) is zero, so that the plug-in
    equals the one-step estimate of the shifted probabilities. (The reference's own fluctuation
    has one logistic regression per list; its covariates r/q have no bound, and on lists with a
    small overlap the likelihood along them runs away.)

    Parameters
    ----------
    probabilities, held, signs
        As in `influence`.

    Returns
    -------
    ndarray, shape (people, histories)

    Raises
    ------
    NotConverged
        If no shift between a tenth and ten times solves the equation.

    References
    ----------
    van der Laan & Rubin (2006); Das, Kennedy & Jewell (2023), section 4.3.
    """
    from scipy.optimize import brentq

    def shifted(e: float) -> NDArray[np.float64]:
        weights = probabilities * np.exp(e * signs)
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))

    def gap(e: float) -> float:
        now = influence(shifted(e), held, signs)
        return float(np.mean(now.values - 1.0 - now.odds) / np.mean(now.odds))

    reach = 0.05
    limit = math.log(10.0)
    while gap(-reach) * gap(reach) > 0:
        reach *= 2
        if reach > limit:
            raise NotConverged(
                note("estimators.doubly-robust.no-solution"),
                fix=note("estimators.doubly-robust.no-solution.fix"),
            )
    return shifted(float(brentq(gap, -reach, reach, xtol=1e-12)))


@dataclass(frozen=True, slots=True)
class DoublyRobust(HoldsSettings):
    """Population size from cases with covariates, by machine learning with an honest interval.

    Heterogeneity that the covariates explain is taken out; what is assumed is that, given the
    covariates, the lists have no highest-order interaction (two lists: they are independent). The
    estimate errs by the *product* of the errors of the learner, not by the errors themselves.

    Parameters
    ----------
    lists
        Lists of the assumption, two or more; all by default.
    learner
        ``"logistic"`` (multinomial), ``"forest"`` or ``"boosting"``: predicts the capture history
        from the covariates.
    form
        ``"one-step"`` (doubly robust), ``"targeted"`` (TMLE: never below the observed count) or
        ``"plug-in"`` (not doubly robust, for comparison).
    others
        What to do with lists outside ``lists``: ``"condition"`` (the assumption holds among people
        on none of them: Dulce Rubio & Kennedy 2024) or ``"ignore"`` (people on them alone leave
        the table: Das, Kennedy & Jewell 2023 for each pair).
    folds
        Cross-fitting: each person's probabilities come from a fit that never saw that person.
    margin
        Probabilities below this are raised to it; ``None`` for 0.0005 with ``"logistic"`` and 0.005
        with trees, whose probabilities reach 0. (At 0.005 the rarest histories of three lists are
        raised far above what they are, and the estimate with them.)
    groups
        Parts of the people, each left out once (jackknife), for the error that the learner adds;
        ``None`` for 20 with ``"logistic"`` and 0, the formula alone, with trees.
    interval
        ``"log-normal"`` on the hidden count or ``"wald"``; same variance.
    level
        Nominal coverage.
    draws
        Draws of N.

    References
    ----------
    Variance: n var(values) + n psi (psi - 1), psi the inverse observation probability (Das,
    Kennedy & Jewell 2023, section 4). It leaves out what the learner adds, and its intervals held
    91 of 100; the jackknife's variance leans the other way (Efron & Stein 1981). The mean of both
    is used: benchmarks/results/doubly_robust.md.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> x = rng.normal(size=4000)
    >>> on = rng.random((4000, 2)) < 1 / (1 + np.exp(-(x[:, None] - 0.5)))
    >>> seen = on.any(axis=1)
    >>> cases = CaseTable(("A", "B"), on[seen].astype(np.uint8), x[seen, None], ("x",))
    >>> got = DoublyRobust().estimate(cases)
    >>> got.interval.lower < 4000 < got.interval.upper
    True
    """

    lists: tuple[str, ...] | None = None
    learner: Learner = "logistic"
    form: Form = "one-step"
    others: Literal["condition", "ignore"] = "condition"
    folds: int = 5
    margin: float | None = None
    groups: int | None = None
    interval: Literal["log-normal", "wald"] = "log-normal"
    level: float = 0.95
    draws: int = 4000

    @property
    def method(self) -> str:
        """Name in output."""
        return "doubly-robust"

    @property
    def floor(self) -> float:
        """The margin used."""
        if self.margin is not None:
            return self.margin
        return _MARGIN if self.learner == "logistic" else _MARGIN_TREES

    @property
    def parts(self) -> int:
        """Groups of the jackknife used."""
        if self.groups is not None:
            return self.groups
        return _GROUPS if self.learner == "logistic" else 0

    def __post_init__(self) -> None:
        """Check the settings."""
        HoldsSettings.__post_init__(self)
        choices = (
            ("learner", self.learner, ("logistic", "forest", "boosting")),
            ("form", self.form, ("one-step", "targeted", "plug-in")),
            ("others", self.others, ("condition", "ignore")),
            ("interval", self.interval, ("log-normal", "wald")),
        )
        for key, value, allowed in choices:
            if value not in allowed:
                raise InputError(f"{key} cannot be {value!r}.", fix=f"Choose {', '.join(allowed)}.")
        if not 0 < self.level < 1 or not 0 <= self.floor < 0.5 or self.draws < 1:
            raise InputError(
                "The level lies between 0 and 1, the margin between 0 and 0.5, draws above 0.",
                fix="Leave them at their defaults.",
            )
        if self.parts not in (0, *range(5, 201)):
            raise InputError("A jackknife needs 5 to 200 groups.", fix="Leave groups out, or 0.")
        if self.folds < 2:
            raise InputError("Cross-fitting needs two folds or more.", fix="Leave folds at 5.")
        if self.lists is not None and len(set(self.lists)) < 2:
            raise InputError("The assumption speaks of two lists or more.", fix="Name them.")

    def estimate(self, table: CaseTable, *, seed: int = 0) -> Estimate:
        """Estimate N from cases.

        Parameters
        ----------
        table
            Cases with covariates.
        seed
            Root seed: folds, learner and draws.

        Raises
        ------
        MissingExtra
            Without scikit-learn.
        NoFiniteEstimate
            If a capture history of the assumption has nobody: the formula divides by zero.
        NotSupported
            With too few people to learn from, where the formula falls far below the observed, or,
            with three lists or more, where its error is above 0.4 of the hidden count.
        """
        if not isinstance(table, CaseTable):
            raise TableError(
                "This method needs cases with covariates, not a table of counts.",
                fix="Read them with uncounted.read_cases(FILE, lists=[...]).",
            )
        _require_sklearn()
        problem = _problem(table, self)
        fitted, parts, inverse = self._inverse(problem, stream(seed, f"doubly-robust/{table.name}"))
        again = self._without_groups(problem, stream(seed, f"doubly-robust/groups/{table.name}"))
        return _summary(self, table, problem, fitted, parts, inverse, again, seed)

    def _inverse(
        self, problem: _Problem, rng: np.random.Generator
    ) -> tuple[_Fitted, Influence, float]:
        """Fit, and give the inverse of the chance of being observed."""
        fitted = _cross_fit(problem, self, rng)
        q = fitted.probabilities
        if self.form == "targeted":
            q = target(q, problem.held, problem.signs)
        parts = influence(q, problem.held, problem.signs)
        inverse = float(np.mean(parts.values if self.form == "one-step" else 1.0 + parts.odds))
        return fitted, parts, inverse

    def _without_groups(self, problem: _Problem, rng: np.random.Generator) -> NDArray[np.float64]:
        """Inverse of the chance of being observed without each group, shape (groups,)."""
        group = rng.permutation(problem.held.size) % self.parts if self.parts else None
        found = []
        for g in range(self.parts):
            keep = group != g
            left = replace(problem, covariates=problem.covariates[keep], held=problem.held[keep])
            found.append(self._inverse(left, rng)[2])
        return np.array(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    covariates: NDArray[np.float64]
    held: NDArray[np.int64]
    signs: NDArray[np.float64]
    smallest: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fitted:
    probabilities: NDArray[np.float64]
    clipped: float
    unsettled: bool


def _problem(table: CaseTable, settings: DoublyRobust) -> _Problem:
    names = table.lists if settings.lists is None else settings.lists
    unknown = [x for x in names if x not in table.lists]
    if unknown:
        raise InputError(
            f"The table has no list {unknown[0]!r}.", fix=f"Its lists: {', '.join(table.lists)}."
        )
    chosen = sorted({table.lists.index(x) for x in names})
    k = len(chosen)
    inside = table.on[:, chosen].astype(np.int64) @ (1 << np.arange(k, dtype=np.int64))
    rest = [i for i in range(table.t) if i not in chosen]
    elsewhere = table.on[:, rest].any(axis=1) if rest else np.zeros(table.n, dtype=np.bool_)
    keep = np.ones(table.n, dtype=np.bool_)
    bits = np.bitwise_count(np.arange(1 << k, dtype=np.uint32))
    signs = np.where(bits % 2 == 1, 1.0, -1.0)[1:]
    held = inside - 1
    if settings.others == "ignore":
        keep = inside > 0
    elif rest:
        # People on another list form one more class, on which the assumption says nothing.
        held = np.where(elsewhere, signs.size, held)
        signs = np.append(signs, 0.0)
    counts = np.bincount(held[keep], minlength=signs.size)
    empty = [m for m in range((1 << k) - 1) if counts[m] == 0]
    if empty:
        first = "+".join(table.lists[chosen[i]] for i in range(k) if (empty[0] + 1) >> i & 1)
        raise NoFiniteEstimate(
            note(
                "estimators.doubly-robust.empty",
                empty=Number(len(empty)),
                histories=Number((1 << k) - 1),
                first=first,
            ),
            fix=note("estimators.doubly-robust.empty.fix"),
        )
    people = int(keep.sum())
    if people < 20 * settings.folds:
        raise NotSupported(
            note("estimators.doubly-robust.few", people=Number(people, "people", of="assumption")),
            fix=note("estimators.doubly-robust.few.fix", fewest=Number(20 * settings.folds)),
        )
    return _Problem(
        table.covariates[keep],
        held[keep],
        signs,
        int(counts[: (1 << k) - 1].min()),
        tuple(table.lists[i] for i in chosen),
    )


def _cross_fit(problem: _Problem, settings: DoublyRobust, rng: np.random.Generator) -> _Fitted:
    from sklearn.exceptions import ConvergenceWarning

    n, classes = problem.held.size, problem.signs.size
    fold = np.empty(n, dtype=np.int64)
    for c in range(classes):
        members = rng.permutation(np.flatnonzero(problem.held == c))
        fold[members] = (np.arange(members.size) + rng.integers(settings.folds)) % settings.folds
    q = np.zeros((n, classes))
    unsettled = False
    for k in range(settings.folds):
        learn, predict = fold != k, fold == k
        model = _learner(settings.learner, int(rng.integers(2**31 - 1)))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            model.fit(problem.covariates[learn], problem.held[learn])
            found = model.predict_proba(problem.covariates[predict])
        unsettled |= any(issubclass(w.category, ConvergenceWarning) for w in told)
        q[np.ix_(np.flatnonzero(predict), model.classes_.astype(np.int64))] = found
    low = q[:, problem.signs != 0] < max(settings.floor, 1e-12)
    q = np.maximum(q, max(settings.floor, 1e-12))
    q /= q.sum(axis=1, keepdims=True)
    return _Fitted(q, float(low.any(axis=1).mean()), unsettled)


def _learner(kind: Learner, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if kind == "logistic":
        # C = 100 on standardised covariates: close to no penalty, finite where classes separate.
        return make_pipeline(StandardScaler(), LogisticRegression(C=100.0, max_iter=2000))
    if kind == "forest":
        return RandomForestClassifier(
            n_estimators=300, min_samples_leaf=10, random_state=seed, n_jobs=1
        )
    # Shallow, slow and shrunk: a probability driven to the margin ruins the ratio it stands in.
    return HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.05,
        max_depth=2,
        min_samples_leaf=30,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )


def _summary(
    settings: DoublyRobust,
    table: CaseTable,
    problem: _Problem,
    fitted: _Fitted,
    parts: Influence,
    inverse: float,
    again: NDArray[np.float64],
    seed: int,
) -> Estimate:
    n = problem.held.size
    point = n * inverse
    variance = n * float(parts.values.var(ddof=1)) + n * max(inverse * (inverse - 1), 0.0)
    hidden = point - n
    if again.size and hidden > 0:
        variance = (variance + hidden**2 * _jackknife(again, hidden / n)) / 2.0
    error = math.sqrt(variance)
    if len(problem.names) > 2 and error > _MOST_ERROR * max(hidden, 0.0):
        raise NotSupported(
            note(
                "estimators.doubly-robust.open",
                share=Number(error / max(hidden, 1.0), "share", of="hidden"),
                most=Number(_MOST_ERROR, "share"),
            ),
            fix=note("estimators.doubly-robust.open.fix"),
        )
    caveats: list[Note] = []
    rng = stream(seed, f"doubly-robust/draws/{table.name}")
    normal = rng.standard_normal(settings.draws)
    z = _normal_quantile(0.5 + settings.level / 2)
    kind = settings.interval
    if hidden <= 0:
        if error > n / 10:
            raise NotSupported(
                note("estimators.doubly-robust.below"),
                fix=note("estimators.doubly-robust.below.fix"),
            )
        kind, point = "wald", float(n)
        caveats.append(note("estimators.doubly-robust.set"))
    if kind == "log-normal":
        spread = math.sqrt(math.log1p(variance / hidden**2))
        low, high = n + hidden * math.exp(-z * spread), n + hidden * math.exp(z * spread)
        draws = n + hidden * np.exp(spread * normal)
    else:
        low, high = max(float(n), point - z * error), max(float(n), point + z * error)
        draws = np.maximum(float(n), point + error * normal)
    if not again.size:
        caveats.append(note("estimators.doubly-robust.formula"))
    if settings.form == "plug-in":
        caveats.append(note("estimators.doubly-robust.plug-in"))
    if problem.smallest < 20:
        caveats.append(
            note(
                "estimators.doubly-robust.rare",
                people=Number(problem.smallest, "people", of="rarest"),
            )
        )
    if fitted.clipped > 0.05:
        caveats.append(
            note(
                "estimators.doubly-robust.clipped",
                clipped=Number(fitted.clipped, "share"),
                margin=Number(settings.floor),
            )
        )
    if error > max(hidden, 0.0) / 2:
        caveats.append(note("estimators.doubly-robust.error", error=Number(error, "estimate")))
    if fitted.unsettled:
        caveats.append(note("estimators.doubly-robust.unsettled"))
    others = problem.signs.size > (1 << len(problem.names)) - 1
    assumes = _ASSUMES[len(problem.names) == 2, others]
    caveats.append(note(assumes, lists=series("words.and", problem.names)))
    return Estimate(
        settings.method,
        table.n,
        point,
        Interval(kind, settings.level, low, high),
        draws,
        draws_are="interval",
        standard_error=error,
        caveats=tuple(caveats),
        diagnostics={
            "form": settings.form,
            "learner": settings.learner,
            "folds": settings.folds,
            "margin": settings.floor,
            "groups": settings.parts,
            "lists": list(problem.names),
            "people_used": n,
            "inverse_observation_probability": inverse,
            "share_clipped": fitted.clipped,
            "rarest_history": problem.smallest,
        },
    )


def _jackknife(again: NDArray[np.float64], odds: float) -> float:
    """Variance of the log of the odds of being hidden; odds below a tenth count as a tenth of the whole's."""
    logs = np.log(np.maximum(again - 1.0, odds / 10.0))
    return float((again.size - 1) / again.size * np.square(logs - logs.mean()).sum())


def _require_sklearn() -> None:
    try:
        import sklearn  # noqa: F401
    except ImportError:
        raise MissingExtra(
            "Doubly robust estimation needs scikit-learn, which is not installed.",
            fix="Install it with: pip install 'uncounted[covariates]'.",
        ) from None


def _normal_quantile(p: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)
