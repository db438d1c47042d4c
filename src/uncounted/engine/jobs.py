"""Many independent jobs over the cores of this machine, with results that do not depend on them.

A job is a name and its arguments. Its random stream comes from the root seed and the hash of its
name, so adding a job or a core changes no other job's draws.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from uncounted.core.private import make_folder, replace_file
from uncounted.core.progress import Progress
from uncounted.engine.plain import from_text, to_text

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["Job", "available_threads", "map_jobs", "stream", "telling"]

T = TypeVar("T")


_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


@contextmanager
def telling(progress: Progress) -> Iterator[None]:
    """Let ``progress`` hear of all jobs started in this block by this thread.

    Estimators keep their one method and never print; whoever shows a bar listens here.
    """
    token = _listener.set(progress)
    try:
        yield
    finally:
        _listener.reset(token)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: a name (its seed and its file when resuming) and arguments."""

    name: str
    args: tuple[object, ...] = ()


def stream(root: int, name: str) -> np.random.Generator:
    """Random stream of a named job under a root seed.

    Parameters
    ----------
    root
        Root seed of the run, a non-negative integer.
    name
        Name of the job, e.g. ``"bootstrap/uk2013"``.

    Examples
    --------
    >>> stream(1, "a").integers(1000) == stream(1, "a").integers(1000)
    np.True_
    >>> stream(1, "a").integers(1 << 30) == stream(1, "b").integers(1 << 30)
    np.False_
    """
    digest = hashlib.sha256(name.encode()).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    return np.random.default_rng(np.random.SeedSequence(root, spawn_key=key))


def available_threads() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_jobs(
    function: Callable[..., T],
    jobs: Iterable[Job],
    *,
    workers: int | None = None,
    kind: Literal["threads", "processes"] = "threads",
    progress: Progress | None = None,
    resume: Path | None = None,
    pack: Callable[[T], object] | None = None,
    unpack: Callable[[Any], T] | None = None,
) -> list[T]:
    """Run ``function(*job.args)`` for every job and return the results in the order of the jobs.

    Parameters
    ----------
    function
        Work to do. With ``kind="processes"`` it must be importable, and so must its arguments.
    jobs
        Jobs with distinct names.
    workers
        How many at a time; ``None`` for all cores of this machine, 1 to run in this thread.
    kind
        Threads for work inside compiled kernels (they release the GIL), processes for the rest.
    progress
        Called with (jobs done, jobs in all) as each ends; by default whoever listens by
        `telling`.
    resume
        Folder that keeps each job's result under the hash of its name; results found there are
        read, not made again. Use a folder of its own for each version of the work: what is
        found there is taken for a result, but it is read as data and cannot run (`plain`); what
        is damaged is made again.
    pack, unpack
        A result as plain data and back; needed for results that are not (`plain.to_text`).

    Returns
    -------
    list
        Results, ``results[i]`` of ``jobs[i]``.
    """
    progress = progress or _listener.get()
    todo = list(jobs)
    if len({job.name for job in todo}) != len(todo):
        msg = "jobs must have distinct names"
        raise ValueError(msg)
    results: dict[int, T] = {}
    if resume is not None:
        make_folder(resume)
        for i, job in enumerate(todo):
            with suppress(OSError, ValueError, TypeError, KeyError):  # none there, or damaged
                found = from_text(_kept(resume, job).read_text("utf-8"))
                results[i] = found if unpack is None else unpack(found)
    waiting = [i for i in range(len(todo)) if i not in results]
    _tell(progress, len(results), len(todo))

    def done(i: int, result: T) -> None:
        results[i] = result
        if resume is not None:
            plain = result if pack is None else pack(result)
            replace_file(_kept(resume, todo[i]), to_text(plain))
        _tell(progress, len(results), len(todo))

    workers = min(workers or available_threads(), max(len(waiting), 1))
    if workers == 1:
        for i in waiting:
            done(i, function(*todo[i].args))
    else:
        _run(function, todo, waiting, done, workers, kind)
    return [results[i] for i in range(len(todo))]


def _run(
    function: Callable[..., T],
    todo: Sequence[Job],
    waiting: Sequence[int],
    done: Callable[[int, T], None],
    workers: int,
    kind: str,
) -> None:
    # Pools are slow to import, and one worker needs none.
    from concurrent.futures import as_completed

    pool: Executor
    if kind == "threads":
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(workers)
    else:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    with pool:
        futures = {pool.submit(function, *todo[i].args): i for i in waiting}
        try:
            for future in as_completed(futures):
                done(futures[future], future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _kept(folder: Path, job: Job) -> Path:
    return folder / (hashlib.sha256(job.name.encode()).hexdigest()[:32] + ".json")


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
