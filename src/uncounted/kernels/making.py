"""Machine code of a kernel, made by numba once, to be kept."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from copy import copy
from typing import Any

from uncounted.kernels.kept import EXTERNAL, NEVER, CTypes, Kept

__all__ = ["make"]

_OTHERWISE = {"minnum": "fmin", "maxnum": "fmax"}
"""LLVM's mathematics that the C library calls by another name."""


def make(function: Callable[..., None], args: tuple[Any, ...], takes: CTypes) -> Kept | None:
    """Compile a kernel for these arguments; ``None`` where it cannot be kept.

    Parameters
    ----------
    function
        As ``numba.njit`` gives it back.
    args
        Of one call; only their types count.
    takes
        C types of the arguments, as the kernel will be called.
    """
    # Much of this is numba's own business and may change with it: whatever goes wrong, the kernel
    # still runs as numba runs it, and a test says that it goes right with the versions we install.
    try:
        return _make(function, args, takes)
    except Exception:
        return None


def _make(function: Any, args: tuple[Any, ...], takes: CTypes) -> Kept | None:
    from numba import typeof, types
    from numba.core.compiler_lock import global_compiler_lock

    # Numba's own settings for the function, but the function alone.
    alone = copy(function._compiler)
    alone._customize_flags = _alone
    with global_compiler_lock:
        made = alone.compile(tuple(typeof(a) for a in args), None)
        code = made.library.serialize_using_object_code()[2][0]
        module = made.library._final_module
    symbol = made.fndesc.llvm_func_name
    taken = [str(a.type) for a in module.get_function(symbol).arguments]
    external = _external(module)
    if made.signature.return_type != types.none or external is None or not _fit(taken, takes):
        return None
    return Kept(symbol, external, bytes(code))


def _alone(flags: Any) -> Any:
    """No way in from Python, no callback: those need numba to be there."""
    flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    return flags


def _external(module: Any) -> tuple[str, ...] | None:
    """Names that the code asks of the C library; ``None`` where it asks more than `EXTERNAL`."""
    # Copying and filling memory may be asked for by the compiler itself.
    names = {"memset", "memcpy", "memmove"}
    for function in module.functions:
        if not function.is_declaration:
            continue
        name = function.name
        if name.startswith("llvm."):
            # LLVM's own; what it has no instructions for, it asks of the C library.
            name = name.split(".")[1]
            name = _OTHERWISE.get(name, name)
            if name not in EXTERNAL:
                continue
        if name not in EXTERNAL and name != NEVER:
            return None
        names.add(name)
    if any(v.is_declaration for v in module.global_variables):
        return None
    return tuple(sorted(names))


def _fit(taken: list[str], takes: CTypes) -> bool:
    """Whether the function takes its arguments as they will be handed over."""
    # First comes where to put what it gives back, and where to say what it raised.
    whole = ["ptr", "i64"]
    return len(taken) == len(takes) + 2 and all(
        t == "double" if c is ctypes.c_double else t in whole
        for t, c in zip(taken[2:], takes, strict=True)
    )
