"""Which Chromium drives the page in tests and pictures, and how it is started."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The browser on PATH; None means playwright's own, which needs no path."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def arguments() -> list[str]:
    """Quiet on the network: only the page under test is asked for. Root has no sandbox."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return quiet + (["--no-sandbox"] if os.geteuid() == 0 else [])
