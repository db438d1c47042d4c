"""Loading the compiler without the libraries that it would like and our kernels never use.

Numba looks for linear algebra of scipy, for cffi, yaml and coverage, and loads what it finds: a quarter of
the time of a short command. No kernel here calls any of them. Only the program does this, never
``import uncounted``: somebody's own compiled code in the same process may want them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType

__all__ = ["load_less"]

_UNUSED = {
    "scipy.linalg": "numba.np.arraymath",
    "cffi": "numba.core.typing.cffi_utils",
    "yaml": "numba.core.config",
    "coverage": "numba.misc.coverage_support",
}
"""Library, and the module of the compiler that can do without it."""


class _Without:
    """Says that a library is not there, to the one module that asks while it is being loaded."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        asking = sys.modules.get(_UNUSED.get(name, ""))
        if getattr(getattr(asking, "__spec__", None), "_initializing", False):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def load_less() -> None:
    """Have the compiler, when it is loaded, load no more than it must."""
    if not any(finder is _Without for finder in sys.meta_path):
        sys.meta_path.insert(0, _Without)
