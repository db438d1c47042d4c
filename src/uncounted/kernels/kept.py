"""Machine code of kernels: where it is kept, when it may be used, how it is put in place.

A kept file is used where everything it depends on is what it was: Python, numba, llvmlite, the
kernels' source, the processor with its features, the types of the arguments. It must be a file of
the user that nobody else can write, and its checksum must hold. LLVM's linker takes it from there;
what it does not find is an error, never a call to nowhere.
"""

from __future__ import annotations

import builtins
import ctypes
import hashlib
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from uncounted.kernels.trust import is_safe

__all__ = [
    "EXTERNAL", "NEVER", "Entry", "Kept", "conditions", "folder", "keep", "link", "read", "wanted", "writable",
]  # fmt: skip

_MAGIC = b"uncounted kernel 1\n"
EXTERNAL = (
    *(
        "exp",
        "exp2",
        "expm1",
        "log",
        "log10",
        "log1p",
        "log2",
        "pow",
        "fmod",
        "fma",
        "fmin",
        "fmax",
    ),
    *("sqrt", "fabs", "floor", "ceil", "trunc", "rint", "nearbyint", "lgamma", "tgamma"),
    *("sin", "cos", "tan", "tanh", "sinh", "cosh", "erf", "erfc", "memset", "memcpy", "memmove"),
)
"""What a kept kernel may ask of the C library."""
NEVER = "NRT_MemInfo_call_dtor"
"""Numba's end of an array that it counts references to. Arrays of ours are not counted (their counter
is null), so this is never called; a call would end the process."""
_SWITCH = "UNCOUNTED_KEPT_KERNELS"
_INNOCENT = frozenset({"NUMBA_CACHE_DIR", "NUMBA_NUM_THREADS"})
"""Settings of numba's that change no machine code; with any other, numba does it."""
_LARGEST = 1 << 24
_MOST = 24
"""Kept files of a kernel: one for each Python, numba and source that share the folder."""

_names = count()
_linked: list[object] = []
"""Machine code lives as long as these do: as long as the process."""

Entry: TypeAlias = Callable[[list[Any]], None]
CTypes: TypeAlias = Sequence[type[ctypes.c_int64 | ctypes.c_double]]


class Kept(NamedTuple):
    """A kernel's machine code.

    Parameters
    ----------
    symbol
        Name of its function in ``code``.
    external
        What it needs of the C library, among `EXTERNAL`.
    code
        A relocatable object file.
    """

    symbol: str
    external: tuple[str, ...]
    code: bytes


class _Raised(ctypes.Structure):
    """What numba's code leaves where it raises: a pickled class with its arguments."""

    _fields_ = (
        ("pickled", ctypes.c_void_p),
        ("size", ctypes.c_int32),
        ("digest", ctypes.c_void_p),
        ("unpacker", ctypes.c_void_p),
        ("values", ctypes.c_int32),
    )


def wanted() -> bool:
    """Whether kept machine code may be used and written here.

    Only where it is tested: Linux on x86-64. Whoever gives numba settings of their own gets numba.
    """
    if os.environ.get(_SWITCH, "1").strip().lower() in {"0", "no", "off", "false"}:
        return False
    if sys.platform != "linux" or os.uname().machine != "x86_64" or sys.maxsize < 1 << 40:
        return False
    if any(name.startswith("NUMBA_") and name not in _INNOCENT for name in os.environ):
        return False
    numba = sys.modules.get("numba")
    if numba is not None and getattr(getattr(numba, "config", None), "DISABLE_JIT", False):
        return False
    return not Path(".numba_config.yaml").exists()


def folder() -> Path | None:
    """Where machine code is kept: beside numba's, in the order in which numba looks for a place."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    if given:
        return Path(given) / "uncounted" if is_safe(Path(given) / "uncounted") else None
    beside = Path(__file__).parent / "__pycache__"
    if writable(beside) and is_safe(beside):
        return beside
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        return None
    place = home / "uncounted" / "kernels"
    return place if is_safe(place) else None


def writable(place: Path) -> bool:
    """Whether files can be made in a folder, which may have to be made itself."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def conditions(module: str) -> tuple[str, ...]:
    """Everything that machine code of a module depends on, beside its kernel and their arguments."""
    return (*_machine(), _source(module))


@cache
def _machine() -> tuple[str, ...]:
    import llvmlite
    import llvmlite.binding as llvm

    return (
        sys.version,
        _numba_version(),
        llvmlite.__version__,
        str(llvm.llvm_version_info),
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
    )


@cache
def _source(module: str) -> str:
    """SHA-256 of a module of `uncounted.kernels` and of those that it or they speak of."""
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = Path(__file__).with_name(f"{name}.py")
        if name not in found and path.exists():
            found[name] = path.read_bytes()
            waiting += re.findall(r"uncounted\.kernels\.(\w+)", found[name].decode())
    source = hashlib.sha256()
    for name in sorted(found):
        source.update(name.encode() + b"\0" + found[name] + b"\0")
    return source.hexdigest()


def _numba_version() -> str:
    """Numba's version, from its file: importing it is what is spared here."""
    spec = find_spec("numba")
    if spec is None or spec.origin is None:
        return ""
    version = Path(spec.origin).with_name("_version.py")
    return hashlib.sha256(version.read_bytes()).hexdigest() if version.exists() else ""


def read(path: Path, digest: str) -> Kept | None:
    """Read a kept kernel; ``None`` where there is none or it is not sound."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        about = os.fstat(handle)
        # Code that will run: of this user alone, and whole.
        if (
            not stat.S_ISREG(about.st_mode)
            or about.st_uid != os.geteuid()
            or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            or about.st_size > _LARGEST
        ):
            return None
        with open(handle, "rb", closefd=False) as file:
            data = file.read()
    except OSError:
        return None
    finally:
        os.close(handle)
    start = len(_MAGIC) + 32
    body = data[start:]
    if data[: len(_MAGIC)] != _MAGIC or hashlib.sha256(body).digest() != data[len(_MAGIC) : start]:
        return None
    line, _, code = body.partition(b"\n")
    try:
        told = json.loads(line)
        if told["digest"] != digest:
            return None
        return Kept(str(told["symbol"]), tuple(map(str, told["external"])), code)
    except (ValueError, KeyError, TypeError):
        return None


@cache
def _linker() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    return llvm.create_lljit_compiler(machine, suppress_errors=True)


def link(kept: Kept, takes: CTypes) -> Entry | None:
    """Machine code in place and callable; ``None`` where LLVM will not have it."""
    import llvmlite.binding as llvm

    if not set(kept.external) <= {*EXTERNAL, NEVER}:
        return None
    library = llvm.JITLibraryBuilder().add_object_img(kept.code).export_symbol(kept.symbol)
    process = ctypes.CDLL(None)
    try:
        for name in kept.external:
            known = "abort" if name == NEVER else name
            at = ctypes.cast(getattr(process, known), ctypes.c_void_p).value
            library.import_symbol(name, at)
        # What is not found is an error here, never a call to nowhere.
        tracker = library.link(_linker(), f"uncounted{next(_names)}")
    except (AttributeError, RuntimeError):
        return None
    _linked.append(tracker)
    function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, *takes)(
        tracker[kept.symbol]
    )

    def entry(flat: list[Any]) -> None:
        nothing, raised = ctypes.c_void_p(), ctypes.POINTER(_Raised)()
        status = function(ctypes.addressof(nothing), ctypes.addressof(raised), *flat)
        if status not in (0, -2):  # done, and done with None
            raise _error(raised)

    return entry


def _error(raised: Any) -> Exception:
    """Make the exception that numba would raise."""
    if raised:
        told = raised.contents
        if told.pickled and not told.unpacker:
            name, text = _told(ctypes.string_at(told.pickled, told.size))
            kind = getattr(builtins, name, None)
            if isinstance(kind, type) and issubclass(kind, Exception):
                return kind(text) if text else kind()
    return RuntimeError("a compiled kernel stopped")


def _told(data: bytes) -> tuple[str, str]:
    """Name and first words of what was raised, read off the pickle as it stands: nothing in it is run."""
    import pickletools

    texts: list[str] = []
    try:
        for opcode, value, _ in pickletools.genops(data):
            if isinstance(value, str) and "UNICODE" in opcode.name:
                texts.append(value)
            elif len(texts) > 1 and "TUPLE" in opcode.name:
                break
    except ValueError:
        return "", ""
    builtin = texts[:1] == ["builtins"] and len(texts) > 1
    return (texts[1], texts[2] if len(texts) > 2 else "") if builtin else ("", "")


def keep(path: Path, digest: str, made: Kept) -> None:
    """Write machine code so that whoever reads at the same time finds all of it or nothing."""
    told = {"digest": digest, "symbol": made.symbol, "external": made.external}
    body = json.dumps(told).encode() + b"\n" + made.code
    import tempfile

    # A full disk, or a folder that has gone: the next start compiles again.
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".kernel-", dir=path.parent)  # 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_MAGIC + hashlib.sha256(body).digest() + body)
            os.replace(name, path)
        except OSError:
            with suppress(OSError):
                os.unlink(name)
            raise
        _tidy(path)


def _tidy(path: Path) -> None:
    name = path.name.rpartition("-")[0]
    kept = []
    for other in path.parent.glob(f"{name}-*.kernel"):
        with suppress(OSError):
            kept.append((other.stat().st_mtime, other))
    for _, other in sorted(kept, key=lambda k: k[0])[:-_MOST]:
        with suppress(OSError):
            other.unlink()
