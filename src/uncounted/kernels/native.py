"""Kernels called as machine code that was kept, without importing the compiler.

Importing numba and letting it read its own cache costs three quarters of a CPU second, more than
a bootstrap of a thousand resamples. What numba makes of a kernel is an object file that needs
nothing but the C library's mathematics. It is kept (`uncounted.kernels.kept`), and the next process
hands it to LLVM's linker, which takes 0.05 s, and calls it through ctypes, which releases the GIL.
Where it is missing or does not fit, numba compiles as ever, and the file is written for the next
time. ``UNCOUNTED_KEPT_KERNELS=0`` turns this off: numba then does all of it.

A kernel that can be kept gives nothing back and allocates nothing: results and room to work in
come in as arguments, arrays and small NamedTuples of them, whole numbers and floats.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import json
from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from uncounted.kernels.kept import (
    CTypes,
    Entry,
    conditions,
    folder,
    keep,
    link,
    read,
    wanted,
    writable,
)

__all__ = ["Kernel", "ctypes_of", "lay"]

_lock = RLock()


class _UnfitError(Exception):
    """Arguments that only numba takes."""


class Kernel:
    """A compiled function, from kept machine code where there is some.

    Parameters
    ----------
    module
        Name of the module, of `uncounted.kernels`, that defines it by numba.
    name
        Of the function.
    """

    __slots__ = ("_entries", "_plain", "module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name
        self._entries: dict[str, Entry | None] = {}
        self._plain: Callable[..., None] | None = None

    def __call__(self, *args: Any) -> None:
        """Run it: arrays, whole numbers, floats and tuples of them; results are among them."""
        types: list[str] = []
        flat: list[Any] = []
        try:
            lay(args, types, flat)
            types_ = ",".join(types)
            if types_ not in self._entries:
                self._prepare(types_, args)
            entry = self._entries[types_]
        except _UnfitError:
            entry = None
        if entry is None:
            self.plain(*args)
        else:
            entry(flat)

    @property
    def loaded(self) -> bool:
        """Whether a call costs nothing but its work."""
        return bool(self._entries) or self._plain is not None

    @property
    def kept(self) -> bool:
        """Whether calls so far went to kept machine code."""
        return any(entry is not None for entry in self._entries.values())

    @property
    def plain(self) -> Callable[..., None]:
        """The function as numba (or, with its compiler turned off, Python) knows it."""
        if self._plain is None:
            module = importlib.import_module(f"uncounted.kernels.{self.module}")
            self._plain = getattr(module, self.name)
        return self._plain

    def path(self, types: str) -> Path | None:
        """Where machine code for these types of arguments is kept; ``None`` for nowhere."""
        place = folder()
        if place is None:
            return None
        return place / f"{self.module}.{self.name}-{self.digest(types)[:32]}.kernel"

    def digest(self, types: str) -> str:
        """SHA-256 of everything its machine code depends on."""
        depends = [self.module, self.name, types, *conditions(self.module)]
        return hashlib.sha256(json.dumps(depends).encode()).hexdigest()

    def _prepare(self, types: str, args: tuple[Any, ...]) -> None:
        with _lock:
            if types not in self._entries:
                self._entries[types] = self._entry(types, args) if wanted() else None

    def _entry(self, types: str, args: tuple[Any, ...]) -> Entry | None:
        path = self.path(types)
        if path is None:
            return None
        digest = self.digest(types)
        found = read(path, digest)
        entry = None if found is None else link(found, ctypes_of(types))
        if entry is not None or not writable(path.parent):
            return entry
        from uncounted.kernels import making

        made = making.make(self.plain, args, ctypes_of(types))
        if made is None:
            return None
        entry = link(made, ctypes_of(types))
        if entry is not None:
            keep(path, digest, made)
        return entry


def lay(value: Any, types: list[str], flat: list[Any]) -> None:
    """Lay an argument out as numba's functions take it, with a word for its type."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        if not (flags.c_contiguous and flags.aligned and flags.writeable):
            raise _UnfitError
        kind = value.dtype.str
        if kind[0] not in "<|" or kind[1] not in "fiub" or type(value) is not np.ndarray:
            raise _UnfitError
        types.append(f"{kind}{value.ndim}")
        at = value.__array_interface__["data"][0]
        flat += (0, 0, value.size, value.itemsize, at, *value.shape, *value.strides)
    elif isinstance(value, tuple):
        types.append(type(value).__name__)
        for part in value:
            lay(part, types, flat)
        types.append("end")
    elif isinstance(value, float):
        types.append("float")
        flat.append(float(value))
    elif isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        types.append("int")
        flat.append(int(value))
    else:
        raise _UnfitError


def ctypes_of(types: str) -> CTypes:
    """C types of a kernel's arguments, laid out by `lay`; addresses are whole numbers."""
    out: list[type[ctypes.c_int64 | ctypes.c_double]] = []
    for word in types.split(","):
        if word == "float":
            out.append(ctypes.c_double)
        elif word == "int":
            out.append(ctypes.c_int64)
        elif word[0] in "<|":
            out += [ctypes.c_int64] * (5 + 2 * int(word[3:]))
    return out
