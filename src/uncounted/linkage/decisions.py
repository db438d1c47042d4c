"""What people decided about pairs: same, different, unsure. Append-only, replayable, without names.

A decision names each record by a keyed hash of its list and pseudonymous reference. The key (salt)
stays with the project, so that the file alone says nothing about anyone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.errors import InputError
from uncounted.linkage.weights import Weighed
from uncounted.records.schema import Records

__all__ = [
    "Decision",
    "append",
    "apply",
    "contradicting",
    "keys_of",
    "project_salt",
    "read",
]

Verdict = Literal["same", "different", "unsure"]
_VERDICTS = ("same", "different", "unsure")
_FILE = "decisions.jsonl"
_SALT = "salt"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Parameters
    ----------
    first, second
        Keyed hashes of the two records, in alphabetical order.
    verdict
        ``"same"``, ``"different"`` or ``"unsure"``.
    who
        Who decided, as they wish to be called.
    when
        ISO time, UTC.
    """

    first: str
    second: str
    verdict: Verdict
    who: str = ""
    when: str = ""


def keys_of(lists: Mapping[str, Any] | Sequence[Records], salt: str) -> list[str]:
    """Keyed hash of every record, in the order `prepare` numbers them.

    ``Records`` are named by their reference (where there is none, by their row); rows of other
    shapes and of data frames by ``reference`` or ``id`` if they have one, else by their position. Where a list gives a
    reference more than once, the later records are numbered: a decision is about one record.
    """
    named: Mapping[str, Any] = (
        lists if isinstance(lists, Mapping) else {r.list_name: r for r in lists}
    )
    out: list[str] = []
    for name, records in named.items():
        if isinstance(records, Records):
            refs = [
                str(ref) or f"row {row}"
                for ref, row in zip(records.reference, records.row, strict=True)
            ]
        else:
            refs = [
                str(row.get("reference") or row.get("id") or f"row {i}")
                for i, row in enumerate(_rows(records))
            ]
        times: dict[str, int] = {}
        for ref in refs:
            times[ref] = times.get(ref, 0) + 1
            again = "" if times[ref] == 1 else f"\x1f{times[ref]}"
            out.append(_hash(salt, name, ref + again))
    return out


def _rows(records: Any) -> Iterator[Mapping[str, Any]]:
    """Rows of a data frame or of any sequence, as far as they name their record."""
    import narwhals as nw

    known = nw.from_native(records, eager_only=True, pass_through=True)
    if not isinstance(known, nw.DataFrame):
        yield from (row if isinstance(row, Mapping) else {} for row in records)
        return
    names = [name for name in ("reference", "id") if name in known.columns]
    if not names:
        yield from ({} for _ in range(len(known)))
    for values in zip(*(known[name].to_list() for name in names), strict=True):
        yield {k: v for k, v in zip(names, values, strict=True) if v == v}  # not NaN


def _hash(salt: str, name: str, reference: str) -> str:
    text = f"{name}\x1f{reference}".encode()
    return hmac.new(salt.encode(), text, hashlib.sha256).hexdigest()[:32]


def project_salt(folder: Path, *, make: bool = False) -> str:
    """Secret of a project's ``hand`` folder, made on first need where ``make``; else ``""``."""
    path = folder / _SALT
    if path.exists():
        return path.read_text("utf-8").strip()
    if not make:
        return ""
    import secrets

    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(secrets.token_hex(16) + "\n", "utf-8")
    path.chmod(0o600)
    return path.read_text("utf-8").strip()


def append(folder: Path, decision: Decision) -> None:
    """Write one decision at the end of the folder's file; nothing is ever changed or taken out."""
    folder.mkdir(parents=True, exist_ok=True)
    line = json.dumps(dataclasses.asdict(decision), ensure_ascii=False)
    with (folder / _FILE).open("a", encoding="utf-8") as out:
        out.write(line + "\n")


def read(folder: Path) -> tuple[Decision, ...]:
    """All decisions of a ``hand`` folder in the order they were made; none where there is no file.

    Raises
    ------
    InputError
        Naming the line that is not a decision.
    """
    path = folder / _FILE
    if not path.exists():
        return ()
    out = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            held = json.loads(line)
            decision = Decision(
                str(held["first"]),
                str(held["second"]),
                held["verdict"],
                str(held.get("who", "")),
                str(held.get("when", "")),
            )
        except (ValueError, KeyError, TypeError):
            decision = None
        if decision is None or decision.verdict not in _VERDICTS:
            raise InputError(
                f"{path.name}, line {number}: this is not a decision.",
                fix="Take the line out, or write first, second and verdict"
                " (same, different or unsure).",
            )
        out.append(decision)
    return tuple(out)


def apply(
    weighed: Weighed, decisions: Sequence[Decision], keys: Sequence[str]
) -> tuple[Weighed, NDArray[np.int8]]:
    """Set decided pairs, adding those that were never compared.

    Of two decisions about one pair the later counts. "Unsure" leaves the pair to its evidence.

    Returns
    -------
    weighed, decided
        ``decided`` of shape (pairs,): +1 same, -1 different, 0 open.
    """
    none = np.zeros(weighed.left.size, dtype=np.int8)
    if not decisions or not keys:
        return weighed, none
    where = {key: i for i, key in enumerate(keys)}
    last: dict[tuple[int, int], str] = {}
    for decision in decisions:
        i, j = where.get(decision.first), where.get(decision.second)
        if i is not None and j is not None and i != j:
            last[(min(i, j), max(i, j))] = decision.verdict
    settled = {pair: v for pair, v in last.items() if v != "unsure"}
    if not settled:
        return weighed, none
    place = {
        (int(a), int(b)): k
        for k, (a, b) in enumerate(zip(weighed.left, weighed.right, strict=True))
    }
    new = [pair for pair in settled if pair not in place]
    if new:
        weighed = _with_pairs(weighed, new)
        place |= {pair: none.size + k for k, pair in enumerate(new)}
    decided = np.zeros(weighed.left.size, dtype=np.int8)
    probability = weighed.probability.copy()
    for pair, verdict in settled.items():
        decided[place[pair]] = 1 if verdict == "same" else -1
        probability[place[pair]] = 1.0 if verdict == "same" else 0.0
    return dataclasses.replace(weighed, probability=probability), decided


def contradicting(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    decided: NDArray[np.int8],
    member: NDArray[np.int64],
    one_per_list: bool,
) -> int:
    """Count decisions that cannot all hold.

    Parameters
    ----------
    left, right
        Shape (pairs,), record numbers.
    decided
        Shape (pairs,), +1 same, -1 different, 0 open.
    member
        Shape (records,), list of each record.
    one_per_list
        Whether a person is on a list at most once.

    Returns
    -------
    int
        Pairs told apart whose records other decisions make one person; and where a person is on a list at
        most once, records that decisions would put there beside another of the same person.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    same, apart = decided > 0, decided < 0
    if not same.any():
        return 0
    n = member.size
    joins = coo_array((np.ones(int(same.sum())), (left[same], right[same])), shape=(n, n))
    person = connected_components(joins, directed=False)[1]
    count = int((person[left[apart]] == person[right[apart]]).sum())
    if one_per_list:
        count += n - np.unique(person.astype(np.int64) * (int(member.max()) + 1) + member).size
    return count


def _with_pairs(weighed: Weighed, new: list[tuple[int, int]]) -> Weighed:
    """Add pairs without evidence: every field unknown."""
    count = len(new)
    added = np.array(new, dtype=np.int64)
    blank = np.full((count, weighed.factors.shape[1]), -1, dtype=np.int16)
    return dataclasses.replace(
        weighed,
        left=np.concatenate([weighed.left, added[:, 0]]),
        right=np.concatenate([weighed.right, added[:, 1]]),
        factors=np.concatenate([weighed.factors, blank]),
        log_u=np.concatenate([weighed.log_u, np.zeros(count)]),
        log_ratio=np.concatenate([weighed.log_ratio, np.zeros(count)]),
        probability=np.concatenate([weighed.probability, np.zeros(count)]),
        kin=np.concatenate([weighed.kin, np.zeros(count, dtype=np.bool_)]),
    )
