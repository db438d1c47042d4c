"""Compiled kernels: arrays in, arrays out. Nothing else in the project is compiled.

Every kernel is serial, releases the GIL and has a plain twin that the tests run against it. Arrays
that belong together come as one NamedTuple. Kernels that commands start with are in two modules:
``x`` has their types and their Python side and imports no compiler, ``x_loops`` what is compiled
(`uncounted.kernels.native` says why).
"""

from uncounted.kernels.trust import only_safe_caches

only_safe_caches()
