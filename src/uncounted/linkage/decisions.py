"""What people decided about pairs: same, different, unsure. Append-only, replayable, without names.

A decision names each record by a keyed hash of its list and pseudonymous reference. The key (salt)
stays with the project, so that the file alone says nothing about anyone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from uncounted.core.private import close_off, make_folder, open_to_append, replace_file
from uncounted.errors import InputError
from uncounted.linkage.weights import Weighed
from uncounted.records.schema import Records

__all__ = [
    "FILE",
    "Decision",
    "Kept",
    "Verdict",
    "append",
    "apply",
    "contradicting",
    "keys_of",
    "project_salt",
    "read",
    "read_kept",
]

Verdict = Literal["same", "different", "unsure", "open"]
_VERDICTS = ("same", "different", "unsure", "open")
FILE = "decisions.jsonl"
_SALT = "salt"
_SEALS = "s"
"""First letter of a key whose project has sealed every decision from the first on."""
_WRITTEN = ("first", "second", "verdict", "who", "when", "seal")
_TEXT = re.compile(r'(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*')
_ESCAPED = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?")


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision.

    Parameters
    ----------
    first, second
        Keyed hashes of the two records, in alphabetical order.
    verdict
        ``"same"``, ``"different"``, ``"unsure"``, or ``"open"``: an answer taken back, as if none had
        been given.
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
        close_off(path)
        return path.read_text("utf-8").strip()
    if not make:
        return ""
    import secrets

    make_folder(folder)
    replace_file(path, _SEALS + secrets.token_hex(16) + "\n")
    return path.read_text("utf-8").strip()


def append(folder: Path, decision: Decision) -> None:
    """Write one decision at the end of the folder's file; nothing is ever changed or taken out.

    The line is on the disk when this returns. With the folder's key it carries a seal, by which a line
    that somebody changed is known.
    """
    make_folder(folder)
    salt = project_salt(folder)
    line = dataclasses.asdict(decision)
    if salt:
        line["seal"] = _seal(salt, decision)
    path = folder / FILE
    whole = (json.dumps(line, ensure_ascii=False) + "\n").encode()
    handle = open_to_append(path)
    try:
        if not _ends_whole(
            path
        ):  # what an interruption left is a line of its own, and not this one's
            whole = b"\n" + whole
        while whole:
            whole = whole[os.write(handle, whole) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as held:
        if held.seek(0, os.SEEK_END) == 0:
            return True
        held.seek(-1, os.SEEK_END)
        return held.read(1) == b"\n"


def _seal(salt: str, decision: Decision) -> str:
    told = "\x1f".join(
        (decision.first, decision.second, decision.verdict, decision.who, decision.when)
    )
    return hmac.new(salt.encode(), b"decision\x1f" + told.encode(), hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a folder's file of decisions holds.

    Parameters
    ----------
    decisions
        In the order they were made.
    halves
        Numbers of the lines that an interruption left half written; they decide nothing.
    """

    decisions: tuple[Decision, ...]
    halves: tuple[int, ...] = ()


def read(folder: Path) -> tuple[Decision, ...]:
    """All decisions of a ``hand`` folder, as `read_kept` has them."""
    return read_kept(folder).decisions


def read_kept(folder: Path) -> Kept:
    """All decisions of a ``hand`` folder in the order they were made; none where there is no file.

    Raises
    ------
    InputError
        Naming the line that is not a decision, or is not as it was written: half a line, as a power cut
        leaves it, is passed over and named in what is returned.
    """
    path = folder / FILE
    if not path.exists():
        return Kept(())
    salt = project_salt(folder)
    decisions, halves = [], []
    sealed = salt.startswith(_SEALS)
    for number, raw in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not raw.strip():
            continue
        line = _line(raw)
        if line is None:
            if _is_half(raw):
                halves.append(number)
                continue
            raise InputError(
                f"{path.name}, line {number}: this is not a decision.",
                fix="Restore the file from a backup, or take the line out and decide about the pair again "
                "with --review.",
            )
        decision, seal = line
        # Lines of earlier versions have no seal. Where the project's key or an earlier line says that
        # lines are sealed, one without was not written here.
        if salt and (seal or sealed) and not hmac.compare_digest(seal, _seal(salt, decision)):
            raise InputError(
                f"{path.name}, line {number}: this decision is not as it was written.",
                fix="Somebody changed it, or it comes from another project. Restore the file from a backup, "
                "or take the line out and decide about the pair again with --review.",
            )
        sealed = sealed or bool(seal)
        decisions.append(decision)
    return Kept(tuple(decisions), tuple(halves))


def _line(raw: bytes) -> tuple[Decision, str] | None:
    """Decision and seal of a line; ``None`` where it is none."""
    try:
        held = json.loads(raw.decode())
        texts = [held["first"], held["second"], held["verdict"]]
        more = [held.get("who", ""), held.get("when", ""), held.get("seal", "")]
        if not all(isinstance(t, str) for t in (*texts, *more)) or texts[2] not in _VERDICTS:
            return None
        return Decision(texts[0], texts[1], texts[2], more[0], more[1]), more[2]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_half(raw: bytes) -> bool:
    """Whether a line is the beginning of one that `append` writes, cut off, or what a disk put in its place."""
    text = raw.rstrip(b"\x00\r").decode("utf-8", errors="replace")
    if not text:
        return True  # nothing but zeros: a block that was promised and never written
    rest = text
    for k, name in enumerate(_WRITTEN):
        before = ("{" if k == 0 else ", ") + f'"{name}": "'
        if not rest.startswith(before):
            return before.startswith(rest)
        value = _TEXT.match(rest, len(before))
        assert value is not None
        end = value.end()
        if end == len(rest):
            return True
        if rest[end] != '"':  # a sign that stands in no text, or half of an escaped one at the end
            return rest[end] == "\\" and _ESCAPED.fullmatch(rest, end) is not None
        rest = rest[end + 1 :]
        if not rest:
            return True
    return False


def apply(
    weighed: Weighed, decisions: Sequence[Decision], keys: Sequence[str]
) -> tuple[Weighed, NDArray[np.int8]]:
    """Set decided pairs, adding those that were never compared.

    Of two decisions about one pair the later counts. "Unsure" and "open" leave the pair to its evidence.

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
    settled = {pair: v for pair, v in last.items() if v in ("same", "different")}
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
