"""What a coalition knows of its own lists, as priors of the models: `Knowledge`.

The data say how often people are on several lists; they cannot say why. Those who keep the lists often
can. Each statement changes the model in one stated way, and nothing else:

* *A refers to B*: the log odds ratio of the two lists is normal about 1.1 (three times the odds) with
  standard deviation 0.6; graphs without an edge between them are left out;
* *A takes people out of reach*: who is on A and on any other list is fewer by 1.2 on the log scale than two
  unconnected lists would give, once, on however many others; each pair of A may differ from that with
  standard deviation 0.6;
* *lists serve separate areas or groups*: 1.5 less for each further group on whose lists somebody is (0.8 for
  each pair of lists), and 0.7 more for two lists of one group (0.8);
* *some people are much harder to find*: nobody easier to find has a prior probability of 0.05, or of 0.95
  where it is said that none are;
* *a known group*: of ``size`` people known from elsewhere ``met`` are on a list. Their share is a binomial
  sample of the share of all people who are, whose log odds may differ by a normal with standard deviation
  0.3: a known group is hardly ever quite like the rest.

How strongly lists keep people from each other no table tells: the second and third statement are taken at
0.4, 0.8, 1.2 and 1.6 of the strength above, each as likely.

Graphs know no sign. Where lists keep people from each other, or some are harder to find, no graph says so, and the
shrinkage member stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.notes import Note, note, series
from uncounted.errors import InputError

__all__ = ["HardToFind", "Knowledge", "KnownGroup", "Told"]

HardToFind = Literal["no", "yes", "unknown"]
REFERS = (1.1, 0.6)
TAKES_OUT = (-1.2, 0.6)
APART = (-1.5, 0.8)
TOGETHER = (0.7, 0.8)
STRENGTHS = (0.4, 0.8, 1.2, 1.6)
"""Strengths at which lists may keep people from each other, over those stated."""
HOMOGENEOUS = {"yes": 0.05, "no": 0.95}
UNLIKE = 0.3
"""Standard deviation of the log odds by which a known group may differ from the rest."""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group whose number is known from elsewhere.

    Parameters
    ----------
    size
        People in it.
    met
        Of them, people on at least one list.
    """

    size: int
    met: int

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 <= self.met <= self.size or self.size < 1:
            raise InputError(
                note("estimators.knowledge.group"), fix=note("estimators.knowledge.group.fix")
            )


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Knowledge as the members of the consensus take it, in the order of a table's lists.

    Parameters
    ----------
    offset
        Shape (2**lists,): what a capture history is expected to gain or lose on the log scale; entry 0 and
        single lists 0.
    sd
        Shape (pairs,), pairs in the order (0,1), (0,2), ..., (1,2), ...: prior standard deviation of the log
        odds ratio about that; not a number where nothing is known.
    keeping
        Likewise by what keeps people from each other: multiplied by each of `STRENGTHS` in turn.
    edges
        Pairs of lists that depend on each other in every graph.
    signed
        Whether something is known that graphs cannot say.
    homogeneous
        Prior probability that nobody is easier to find; ``None`` where nothing is known.
    """

    offset: NDArray[np.float64]
    sd: NDArray[np.float64]
    keeping: NDArray[np.float64] | None = None
    edges: tuple[tuple[int, int], ...] = ()
    signed: bool = False
    homogeneous: float | None = None

    @classmethod
    def nothing(cls, t: int) -> Told:
        """Nothing known of ``t`` lists."""
        return cls(np.zeros(1 << t), np.full(t * (t - 1) // 2, math.nan))

    def strengths(self) -> list[Told]:
        """Itself at every strength, each as likely; itself alone where nothing keeps people apart."""
        if self.keeping is None:
            return [self]
        return [
            replace(self, offset=self.offset + s * self.keeping, keeping=None) for s in STRENGTHS
        ]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known about the lists, besides what is on them.

    Parameters
    ----------
    refers
        Pairs (from, to) of lists: people on the first are sent on to the second.
    takes_out
        Lists whose people are hardly met by others afterwards.
    separate
        Each a division of lists into groups that serve separate areas or people.
    hard_to_find
        Whether some people are much harder to find than others on every list.
    known_groups
        Groups of known size.

    Examples
    --------
    >>> known = Knowledge.read(refers=["hotline -> shelter"], separate=["north + clinic, south"])
    >>> known.refers, known.separate
    ((('hotline', 'shelter'),), ((('north', 'clinic'), ('south',)),))
    >>> known.pair_prior("shelter", "hotline")
    (1.1, 0.6)
    """

    refers: tuple[tuple[str, str], ...] = ()
    takes_out: tuple[str, ...] = ()
    separate: tuple[tuple[tuple[str, ...], ...], ...] = ()
    hard_to_find: HardToFind = "unknown"
    known_groups: tuple[KnownGroup, ...] = field(default=())

    @classmethod
    def read(
        cls,
        *,
        refers: Sequence[str] = (),
        takes_out: Sequence[str] = (),
        separate: Sequence[str] = (),
        hard_to_find: HardToFind = "unknown",
        known_groups: Sequence[tuple[int, int]] = (),
    ) -> Knowledge:
        """Read statements as people write them: ``"A -> B"``; ``"A + B, C"`` for two groups.

        Raises
        ------
        InputError
            If a statement is none.
        """
        return cls(
            tuple(_referral(text) for text in refers),
            tuple(name.strip() for name in takes_out),
            tuple(_division(text) for text in separate),
            hard_to_find,
            tuple(KnownGroup(size, met) for size, met in known_groups),
        )

    @property
    def anything(self) -> bool:
        """Whether anything is known."""
        return self != Knowledge()

    @property
    def only_groups(self) -> bool:
        """Whether groups of known size are all that is known."""
        return bool(self.known_groups) and replace(self, known_groups=()) == Knowledge()

    @property
    def keeps_apart(self) -> bool:
        """Whether it says which lists keep people from each other."""
        return bool(self.takes_out or self.separate)

    def lists(self) -> tuple[str, ...]:
        """Names of lists that are spoken of, each once."""
        named = [name for pair in self.refers for name in pair]
        named += self.takes_out
        named += [name for groups in self.separate for group in groups for name in group]
        return tuple(dict.fromkeys(named))

    def check(self, lists: Sequence[str]) -> None:
        """Refuse names that no list has.

        Raises
        ------
        InputError
            Naming the lists there are.
        """
        for name in self.lists():
            if name not in lists:
                raise InputError(
                    note("estimators.knowledge.no-list", name=repr(name[:40])),
                    fix=note(
                        "estimators.knowledge.no-list.fix", lists=series("words.comma", lists)
                    ),
                )

    def pair_prior(self, a: str, b: str) -> tuple[float, float] | None:
        """Mean and standard deviation of the log odds ratio of two lists, if on no other.

        What several statements say of one pair adds up, and their variances; ``None`` where nothing is
        known.
        """
        said = [REFERS for pair in self.refers if set(pair) == {a, b}]
        said += [TAKES_OUT for name in self.takes_out if name in (a, b)]
        for groups in self.separate:
            places = [k for name in (a, b) for k, group in enumerate(groups) if name in group]
            if len(places) == 2:
                said.append(TOGETHER if places[0] == places[1] else APART)
        if not said:
            return None
        return math.fsum(m for m, _ in said), math.sqrt(math.fsum(s * s for _, s in said))

    def told(self, lists: Sequence[str]) -> Told:
        """Put what is known in the order of a table's lists; lists it has not are left out."""
        pairs = list(combinations(range(len(lists)), 2))
        priors = [self.pair_prior(lists[i], lists[j]) for i, j in pairs]
        referred = {frozenset(pair) for pair in self.refers}
        keeping = any(name in lists for name in self.takes_out) or any(
            len(groups) > 1 for groups in self._present(lists)
        )
        return Told(
            self._offset(lists),
            np.array([math.nan if p is None else p[1] for p in priors]),
            self._keeping(lists) if keeping else None,
            tuple((i, j) for i, j in pairs if frozenset((lists[i], lists[j])) in referred),
            keeping or self.hard_to_find == "yes",
            HOMOGENEOUS.get(self.hard_to_find),
        )

    def _present(self, lists: Sequence[str]) -> list[list[list[int]]]:
        """Divisions by the places of lists that are there, without groups of none."""
        at = {name: i for i, name in enumerate(lists)}
        found = (
            [[at[n] for n in group if n in at] for group in groups] for groups in self.separate
        )
        return [[group for group in groups if group] for groups in found]

    def _offset(self, lists: Sequence[str]) -> NDArray[np.float64]:
        masks = np.arange(1 << len(lists))
        on = [(masks >> i & 1).astype(np.bool_) for i in range(len(lists))]
        at = {name: i for i, name in enumerate(lists)}
        out = np.zeros(masks.size)
        for a, b in self.refers:
            if a in at and b in at:
                out += REFERS[0] * (on[at[a]] & on[at[b]])
        for groups in self._present(lists):
            for group in groups:
                for i, j in combinations(group, 2):
                    out += TOGETHER[0] * (on[i] & on[j])
        return out

    def _keeping(self, lists: Sequence[str]) -> NDArray[np.float64]:
        masks = np.arange(1 << len(lists))
        on = [(masks >> i & 1).astype(np.bool_) for i in range(len(lists))]
        at = {name: i for i, name in enumerate(lists)}
        out = np.zeros(masks.size)
        for name in self.takes_out:
            if name in at:
                out += TAKES_OUT[0] * (on[at[name]] & (masks != 1 << at[name]))
        for groups in self._present(lists):
            touched = sum(np.any([on[i] for i in group], axis=0).astype(int) for group in groups)
            out += APART[0] * np.maximum(touched - 1, 0) if groups else 0.0
        return out

    def log_likelihood(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log probability of what is known of the groups at log odds unseen/seen ``y``, same shape."""
        total = np.zeros_like(y)
        shifts = np.linspace(-3.0, 3.0, 25)
        weights = np.exp(-0.5 * shifts**2)
        weights /= weights.sum()
        for group in self.known_groups:
            odds = -y[None, :] + UNLIKE * shifts[:, None]  # log odds of being met
            lines = -group.met * np.logaddexp(0.0, -odds)
            lines -= (group.size - group.met) * np.logaddexp(0.0, odds)
            top = lines.max(axis=0)
            total += top + np.log(weights @ np.exp(lines - top))
        return total

    def statements(self) -> Iterator[tuple[Note, Knowledge]]:
        """Yield each statement in words, and alone."""
        for a, b in self.refers:
            yield note("estimators.knowledge.refers", a=a, b=b), Knowledge(refers=((a, b),))
        for name in self.takes_out:
            yield note("estimators.knowledge.takes-out", list=name), Knowledge(takes_out=(name,))
        for groups in self.separate:
            each = series("words.semicolon", [series("words.and", group) for group in groups])
            yield note("estimators.knowledge.separate", each=each), Knowledge(separate=(groups,))
        if self.hard_to_find != "unknown":
            hard = self.hard_to_find == "yes"
            yield (
                note("estimators.knowledge.hard-yes" if hard else "estimators.knowledge.hard-no"),
                Knowledge(hard_to_find=self.hard_to_find),
            )
        for group in self.known_groups:
            yield note("estimators.knowledge.known-group"), Knowledge(known_groups=(group,))


def _referral(text: str) -> tuple[str, str]:
    ends = [part.strip() for part in text.split("->")]
    if len(ends) != 2 or not all(ends) or ends[0] == ends[1]:
        raise InputError(
            note("estimators.knowledge.no-referral", text=repr(text[:60])),
            fix=note("estimators.knowledge.no-referral.fix"),
        )
    return ends[0], ends[1]


def _division(text: str) -> tuple[tuple[str, ...], ...]:
    groups = tuple(tuple(name.strip() for name in group.split("+")) for group in text.split(","))
    names = [name for group in groups for name in group]
    if len(groups) < 2 or not all(names) or len(set(names)) < len(names):
        raise InputError(
            note("estimators.knowledge.no-division", text=repr(text[:60])),
            fix=note("estimators.knowledge.no-division.fix"),
        )
    return groups
