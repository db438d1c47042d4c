"""Whose folder a cache of compiled code is: what lies there runs, so it must be nobody else's.

Numba's own cache is a pickle beside the machine code, read from wherever ``NUMBA_CACHE_DIR`` or a
``.numba_config.yaml`` of the working directory says. A folder that another user owns, or that others may
write to, is not used: code is then compiled again, or kept where numba keeps it by itself.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

__all__ = ["is_safe", "only_safe_caches"]

_NAME = "NUMBA_CACHE_DIR"
_SYSTEM = 0
"""User who owns what comes with the machine."""


def is_safe(folder: Path) -> bool:
    """Whether a folder, there or to be made, is this user's (or the system's) and no other's to write.

    Folders above it count too: whoever may rename them may put another in their place, but in one like
    /tmp, where only owners may.
    """
    if not hasattr(os, "geteuid"):
        return True
    mine = {_SYSTEM, os.geteuid()}
    try:
        place = Path(os.path.realpath(folder))
        there = place
        while not there.exists():
            there = there.parent
        for k, above in enumerate((there, *there.parents)):
            about = above.stat()
            # A group of the same number as its user is that user's alone: many systems give each one.
            private = about.st_gid in (0, about.st_uid)
            shared = about.st_mode & (stat.S_IWOTH | (0 if private else stat.S_IWGRP))
            # The folder itself may not be shared at all, unless it has still to be made inside one.
            sticky = about.st_mode & stat.S_ISVTX and (k > 0 or above != place)
            if about.st_uid not in mine or (shared and not sticky):
                return False
    except (OSError, ValueError):
        return False
    return True


def only_safe_caches() -> None:
    """Have numba keep nothing in, and read nothing from, a folder that is not safe."""
    given = os.environ.get(_NAME)
    elsewhere = not given and os.path.lexists(".numba_config.yaml")
    if (given and not is_safe(Path(given))) or elsewhere:
        # Empty and not gone: what the environment says goes before what the working directory's file says.
        os.environ[_NAME] = ""
        config = getattr(sys.modules.get("numba"), "config", None)
        if config is not None:
            config.CACHE_DIR = ""
