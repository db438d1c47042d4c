"""Steps whose inputs have not changed are not done again; hashes and the manifest.

What a step keeps lies in the project's ``.uncounted/steps`` folder under the hash of everything it
depends on: numbers only, never a name, a date of birth or a reference.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.metadata
import io
import json
import math
import time
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from uncounted._version import __version__
from uncounted.core.private import make_folder, replace_file

__all__ = [
    "Arrays",
    "Steps",
    "digest",
    "file_hash",
    "from_array",
    "jsonable",
    "to_array",
    "versions",
    "write_json",
]

Arrays = dict[str, NDArray[Any]]
"""What a step keeps: arrays of any kind of number, by name."""
KEPT = 20


def file_hash(path: Path, key: bytes = b"") -> str:
    """SHA-256 of a file, read in pieces; with a key, a hash that nobody can make without it.

    A plain hash of a file that holds people confirms a guess of what stands in it: a birth date, a
    sex and a nationality are a second's work.
    """
    found = hmac.new(key, digestmod="sha256") if key else hashlib.sha256()
    with path.open("rb") as f:
        while chunk := f.read(1 << 20):
            found.update(chunk)
    return found.hexdigest()


def digest(value: object, key: bytes = b"") -> str:
    """SHA-256 of a JSON-ready value; with a key as in `file_hash`."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=_listed).encode()
    if key:
        return hmac.new(key, text, "sha256").hexdigest()
    return hashlib.sha256(text).hexdigest()


def _listed(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else str(value)


def write_json(path: Path, value: object) -> None:
    """Write JSON that two equal values write equally."""
    text = json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


@cache
def source_hash() -> str:
    """SHA-256 of the package's own source: a changed program is a changed input."""
    root = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".toml", ".csv", ".json", ".j2", ".mo"} and path.is_file():
            found.update(path.relative_to(root).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def versions() -> dict[str, str]:
    """Versions of this product and of what its numbers rest on."""
    out = {"uncounted": __version__, "source": source_hash()}
    for name in (
        "numpy",
        "scipy",
        "numba",
        "duckdb",
        "splink",
        "openpyxl",
        "altair",
        "vl-convert-python",
    ):
        try:
            out[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            out[name] = "not installed"
    return out


class Steps:
    """Does steps, or finds them done.

    Parameters
    ----------
    folder
        Where results are kept.
    fresh
        Do every step again, whatever is kept.
    secret
        Key of the hash that each file carries in its name: a file that somebody changed is not used.
    """

    def __init__(self, folder: Path, *, fresh: bool = False, secret: bytes = b"") -> None:
        self.folder, self.fresh, self.secret = folder, fresh, secret
        self.keys: dict[str, str] = {}
        self.skipped: dict[str, bool] = {}
        self.seconds: dict[str, float] = {}

    def do(
        self,
        name: str,
        depends: Mapping[str, object],
        work: Callable[[], Arrays],
        *,
        part: bool = False,
    ) -> Arrays:
        """Arrays of a step: those kept for the same dependencies, or made now and kept.

        Parameters
        ----------
        name
            Of the step.
        depends
            Everything the result depends on, JSON-ready; the program's source is added.
        work
            Makes the arrays.
        part
            Whether it is a part of another step, kept only until `forget`: an interruption
            then costs a part and not the whole.
        """
        key = digest({"step": name, "source": source_hash(), **depends})
        if not part:
            self.keys[name] = key
        stem = f"{name}-{key[:24]}"
        began = time.perf_counter()
        found = None if self.fresh else self._kept(stem)
        if part:
            return found if found is not None else self._keep(stem, work())
        self.skipped[name] = found is not None
        if found is not None:
            self.seconds[name] = time.perf_counter() - began
            return found
        made = self._keep(stem, work())
        self._tidy(name)
        self.seconds[name] = time.perf_counter() - began
        return made

    def forget(self, pattern: str) -> None:
        """Take away kept parts by a pattern of their names."""
        for path in self.folder.glob(f"{pattern}-*.npz"):
            path.unlink(missing_ok=True)

    def _keep(self, stem: str, made: Arrays) -> Arrays:
        make_folder(self.folder)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **made)
        data = buffer.getvalue()
        replace_file(self.folder / f"{stem}-{self._seal(stem, data)}.npz", data)
        return made

    def _seal(self, stem: str, data: bytes) -> str:
        """Hash of what a file holds and of what it is kept for."""
        text = stem.encode() + b"\0" + data
        return hmac.new(self.secret or b"-", text, "sha256").hexdigest()[:32]

    def _kept(self, stem: str) -> Arrays | None:
        """Read kept arrays; ``None`` where there are none, or they are not as they were written."""
        for path in sorted(self.folder.glob(f"{stem}-*.npz")):
            try:
                data = path.read_bytes()
                if path.stem == f"{stem}-{self._seal(stem, data)}":
                    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                        return {k: kept[k] for k in kept.files}
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                pass
            path.unlink(missing_ok=True)
        return None

    def _tidy(self, name: str) -> None:
        kept = sorted(self.folder.glob(f"{name}-*.npz"), key=lambda p: p.stat().st_mtime)
        for path in kept[:-KEPT]:
            path.unlink(missing_ok=True)


def jsonable(value: object) -> Any:
    """Numbers that JSON cannot hold become ``None``; numpy's become Python's."""
    if isinstance(value, Mapping):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(v) for v in value]
    if isinstance(value, np.generic):
        return jsonable(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def to_array(value: object) -> NDArray[np.uint8]:
    """Keep a JSON-ready value as an array of bytes."""
    # In its own order: the first number of a note decides between singular and plural.
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)


def from_array(kept: NDArray[np.generic]) -> Any:
    """Give back what `to_array` kept."""
    return json.loads(kept.tobytes().decode())
