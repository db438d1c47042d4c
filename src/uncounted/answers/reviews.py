"""The questions a person should be asked about pairs of records, and what was answered.

A conversation, not one answer. Whoever leads it (the terminal, an app) takes question after question from
`Review.next`, gives each answer to `Review.answer`, which keeps it at once, and may take it back with
`Review.undo`. All that passes is frozen (`uncounted.answers.questions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from uncounted.answers.links import HELP, Linked, LinkRequest, link_lists
from uncounted.answers.questions import (
    Answered,
    Gain,
    Question,
    Verdict,
    fields_of,
    side_of,
)
from uncounted.answers.shape import Say, Stages
from uncounted.core.notes import note
from uncounted.errors import InputError, UsageError
from uncounted.linkage.decisions import Decision, append, read
from uncounted.linkage.decisions import Verdict as Kept
from uncounted.linkage.draws import LinkageDraws
from uncounted.linkage.likeness import Reasons
from uncounted.linkage.questions import Ranges, implied, people_of, ranges_of, worth_of

__all__ = ["Review", "begin"]

Ends = tuple[int, int]
EVERY = 10
"""Answers after which the gain is worked out and the questions are put in order anew."""
_MOST_SHOWN = 6
"""Other records shown on a side."""
_MOST_WEIGHED = 4000
"""Pairs whose worth is worked out, those nearest to an even chance."""


class Review:
    """Questions, those that do most for the figure first, and what was answered.

    Parameters
    ----------
    linked
        The linkage and its records.
    who
        Who decides, kept with every decision.
    most
        Most questions to ask.
    seed
        Of the draws by which questions are weighed.
    """

    __slots__ = (
        "_asked_before", "_before", "_done", "_last", "_people", "_queue", "_reasons", "_said",
        "_skipped", "_worth", "answers", "linked", "most", "seed", "who",
    )  # fmt: skip

    def __init__(self, linked: Linked, who: str, most: int, seed: int = 0) -> None:
        self.linked, self.who, self.most, self.seed = linked, who, most, seed
        self.answers = 0
        self._queue: list[int] = []
        self._skipped: list[int] = []
        self._worth: dict[int, float] = {}
        self._asked_before: set[int] = set()
        self._said: dict[int, int] = {}
        self._done: list[tuple[int, dict[Ends, Kept]]] = []
        self._last: dict[tuple[str, str], Kept] = {}
        self._reasons: Reasons | None = None
        self._people: dict[int, tuple[int, ...]] = {}
        self._before: Ranges | None = None

    def __repr__(self) -> str:
        return f"Review({self.answers} answers, {len(self)} questions left)"

    def __len__(self) -> int:
        """How many questions are left, those put off among them."""
        return min(len(self._queue) + len(self._skipped), max(self.most - self.answers, 0))

    @property
    def tells_gain_next(self) -> bool:
        """Whether the next answer takes a moment, as the gain is worked out after it."""
        return (self.answers + 1) % EVERY == 0

    def next(self) -> Question | None:
        """Return the question to ask now, the same until it is answered or skipped; ``None`` at the end."""
        if not len(self):
            return None
        if not self._queue:
            self._queue, self._skipped = self._skipped, []
        return self.question(self._queue[0])

    def question(self, number: int) -> Question:
        """Return one question by its number."""
        found = self.linked.found
        i, j = int(found.left[number]), int(found.right[number])
        assert self._reasons is not None
        first, second = self._groups(i, j)
        sides = side_of(self.linked, i), side_of(self.linked, j)
        fields = fields_of(*sides, self._reasons.of(number))
        others = tuple(
            tuple(side_of(self.linked, r) for r in group if r not in (i, j))[:_MOST_SHOWN]
            for group in (first, second)
        )
        return Question(
            number,
            float(found.probability[number]),
            self._worth.get(number, 0.0),
            sides,
            fields,
            (others[0], others[1]),
            bool(found.kin[number]),
            len(self),
        )

    def answer(self, number: int, verdict: Verdict) -> Answered:
        """Keep an answer to a question; it stands in the file when this returns.

        Raises
        ------
        InputError
            If there is no such question, or the answer is about a group and there is none.
        """
        if number not in self._queue and number not in self._skipped:
            raise InputError(
                "There is no such question, or it was answered.", fix="Take the next one."
            )
        pairs = self._pairs_of(number, verdict)
        before = {ends: self._last.get(self._names(ends), "open") for ends in pairs}
        for ends, said in pairs.items():
            self._keep(ends, said)
        self._done.append((number, before))
        self.answers += 1
        self._drop(number)
        spared = self._spare()
        gain = None
        if self.answers % EVERY == 0:
            drawn = self._draw()
            gain = self._gain(drawn)
            self._weigh(drawn, self._queue)
            self._fill()
        return Answered(number, verdict, len(pairs), spared, gain)

    def skip(self, number: int) -> None:
        """Put a question off to the end of this review; nothing is kept of that."""
        if number in self._queue:
            self._queue.remove(number)
            self._skipped.append(number)

    def undo(self) -> Question | None:
        """Take the last answer back, as if it had not been given, and return its question; ``None`` if there is none.

        The file keeps both: it is added to, never changed.
        """
        if not self._done:
            return None
        number, before = self._done.pop()
        for ends, said in before.items():
            self._keep(ends, said)
        self.answers -= 1
        self._fill()
        self._drop(number)
        self._queue.insert(0, number)
        return self.question(number)

    def gain(self) -> Gain:
        """Work out what the answers so far did to the doubt; takes as long as the draws do."""
        return self._gain(self._draw())

    # --- what the review keeps to itself ---------------------------------------------------------

    def _begin(self, say: Say) -> None:
        found, hand = self.linked.found, self.linked.hand
        assert hand is not None
        self._last = {(d.first, d.second): d.verdict for d in read(hand)}
        self._reasons = Reasons(found, self.linked.records)
        self._people = people_of(found)
        say(str(note("answers.review.weighing")))
        drawn = self._draw()
        self._before = ranges_of(drawn)
        pairs = [int(p) for p in found.in_doubt(_MOST_WEIGHED)]
        self._weigh(drawn, pairs)
        self._asked_before = {p for p in pairs if self._last.get(found.keys(p), "open") != "open"}
        self._fill()

    def _draw(self) -> LinkageDraws:
        found = self.linked.found.deciding(self._said)
        size = 200 if found.records < 5_000 else 100 if found.records < 50_000 else 50
        return found.draw(size, self.seed)

    def _gain(self, drawn: LinkageDraws) -> Gain:
        assert self._before is not None
        return Gain(self.answers, self._before, ranges_of(drawn))

    def _weigh(self, drawn: LinkageDraws, pairs: Sequence[int]) -> None:
        found = self.linked.found.deciding(self._said)
        self._worth |= dict(zip(pairs, worth_of(found, drawn, pairs).tolist(), strict=True))

    def _drop(self, number: int) -> None:
        for waiting in (self._queue, self._skipped):
            if number in waiting:
                waiting.remove(number)

    def _fill(self) -> None:
        """Queue all questions that are open: the worthiest first, those left as unsure last."""
        done = {number for number, _ in self._done} | set(self._skipped)
        open_ = [p for p in self._worth if p not in done]
        self._queue = sorted(open_, key=lambda p: (p in self._asked_before, -self._worth[p], p))
        self._spare()

    def _spare(self) -> int:
        """Take questions out whose answers are implied; say how many."""
        found = self.linked.found
        answers = [
            (int(found.left[p]), int(found.right[p]), int(v))
            for p, v in (
                *((p, found.decided[p]) for p in np.flatnonzero(found.decided).tolist()),
                *self._said.items(),
            )
            if v and self._said.get(p, v) == v
        ]
        count = 0
        for waiting in (self._queue, self._skipped):
            ends = [(int(found.left[p]), int(found.right[p])) for p in waiting]
            told = implied(answers, ends)
            kept = [p for p, verdict in zip(waiting, told, strict=True) if not verdict]
            count += len(waiting) - len(kept)
            waiting[:] = kept
        return count

    def _groups(self, i: int, j: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Give the records taken for one person with the first and with the second, each group its own."""
        first, second = self._people.get(i, (i,)), self._people.get(j, (j,))
        if first == second:  # the one answer joins them: who goes with whom is the question
            return tuple(r for r in first if r != j), (j,)
        return first, second

    def _pairs_of(self, number: int, verdict: Verdict) -> dict[Ends, Kept]:
        """Which pairs an answer decides, and how."""
        found = self.linked.found
        i, j = int(found.left[number]), int(found.right[number])
        if verdict != "all-same" and verdict != "two-people":
            return {_ends(i, j): verdict}
        shown = tuple(
            (own, *[r for r in group if r not in (i, j)][:_MOST_SHOWN])
            for own, group in zip((i, j), self._groups(i, j), strict=True)
        )
        if len(shown[0]) + len(shown[1]) < 3:
            raise InputError("There are two records only.", fix="Answer same or different.")
        if verdict == "all-same":
            return {_ends(a, b): "same" for a, b in combinations((*shown[0], *shown[1]), 2)}
        out: dict[Ends, Kept] = {
            _ends(a, b): "same" for group in shown for a, b in combinations(group, 2)
        }
        return out | {_ends(a, b): "different" for a, b in product(*shown)}

    def _names(self, ends: Ends) -> tuple[str, str]:
        return self.linked.found.key_pair(*ends)

    def _keep(self, ends: Ends, said: Kept) -> None:
        hand, found = self.linked.hand, self.linked.found
        assert hand is not None
        names = self._names(ends)
        when = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
        append(hand, Decision(*names, said, self.who, when))
        self._last[names] = said
        for pair in np.flatnonzero((found.left == ends[0]) & (found.right == ends[1])):
            self._said[int(pair)] = _SIGN[said]


_SIGN: dict[Kept, int] = {"same": 1, "different": -1, "unsure": 0, "open": 0}


def begin(
    request: LinkRequest,
    *,
    most: int = 20,
    who: str = "",
    progress: Stages | None = None,
    say: Say = lambda text: None,
) -> Review:
    """Link a project's lists and put the doubtful pairs in order.

    Parameters
    ----------
    request
        The project; its draws are not used.
    most
        Most questions to ask.
    who
        Who decides.
    progress
        Hears of the reading.
    say
        Told what is being done.

    Raises
    ------
    UsageError
        If files are given: decisions are kept in a project.
    """
    if not request.of_project:
        raise UsageError("A review keeps its decisions in a project: give its folder.", fix=HELP)
    say(str(note("answers.review.reading")))
    linked = link_lists(request, progress=progress, say=say, review=True)
    made = Review(linked, who, most, request.seed)
    made._begin(say)
    return made


def _ends(i: int, j: int) -> Ends:
    return (i, j) if i < j else (j, i)
