"""``python -m uncounted`` looks for nothing in the working directory, as ``python -P -m uncounted``.

Loaded by ``uncounted_start.pth`` when Python starts with ``-m uncounted``, and then only. Python puts the
working directory in front of all other places after that, so an ``uncounted.py`` there would run in the
program's stead. The directory is taken out when ``uncounted`` is looked for; what Python itself needs until
then is loaded here, where the directory is not yet in front.
"""

import importlib.machinery
import importlib.util
import os
import runpy
import sys

_BEFORE = (importlib.machinery, importlib.util, runpy)


class _First:
    """Asked before any other finder, once."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Find nothing; take the working directory out as soon as it stands in front."""
        if name.partition(".")[0] == "uncounted":
            if _First in sys.meta_path:
                sys.meta_path.remove(_First)
            if sys.path and sys.path[0] in ("", os.getcwd()):
                del sys.path[0]


def _meant():
    """Whether Python was started as ``-m uncounted`` (or ``-m uncounted.something``)."""
    words = iter(sys.orig_argv[1:])
    for word in words:
        if word in ("-W", "-X", "--check-hash-based-pycs"):  # the next word belongs to it
            next(words, "")
            continue
        short = word[:1] == "-" and word[1:2] != "-"
        before, m, rest = word.partition("m") if short else ("", "", "")
        if m and not any(c in before for c in "cWX"):
            return (rest or next(words, "")).partition(".")[0] == "uncounted"
        if not word.startswith("-") or word == "-c":
            return False
    return False


if not sys.flags.safe_path and _meant():
    sys.meta_path.insert(0, _First)
