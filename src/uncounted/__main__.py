"""``python -m uncounted`` is the command line."""

from uncounted.cli import main

if __name__ == "__main__":
    main(prog_name="uncounted")
