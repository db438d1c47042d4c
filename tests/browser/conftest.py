"""A real browser: Debian's Chromium, driven by Playwright, with the network cut."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("UNCOUNTED_BROWSER") == "required"
MISSING = (
    "There is no Chromium on this machine, so no page was looked at. "
    "On Debian: apt-get install chromium"
)


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """One Chromium for the session; where there is none the tests say so, and CI fails."""
    if CHROMIUM is None:
        if REQUIRED:
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()
