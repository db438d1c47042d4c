"""A project run to its page, and a run repeated: the orders of `project` with pages written."""

from __future__ import annotations

from functools import partial

from uncounted.answers.run_page import write_page
from uncounted.project import run, verify

__all__ = ["run_project", "verify_run"]

run_project = partial(run.run_project, write_page=write_page)
verify_run = partial(verify.verify_run, write_page=write_page)
