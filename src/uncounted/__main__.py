"""``python -m uncounted`` is the command line.

Python looks for modules in the working directory first when it is started so. That directory may hold
files of anybody's: a ``numpy.py`` among the lists would run. It is taken out before anything is imported, as
``python -P`` does; ``uncounted_start.pth`` sees to it that ``uncounted`` itself is the installed one.
"""

import sys

if not sys.flags.safe_path and __spec__ is not None and sys.path:
    import os

    if sys.path[0] in ("", os.getcwd()):
        del sys.path[0]

from uncounted.cli import main

if __name__ == "__main__":
    main(prog_name="uncounted")
