"""A page as PDF, by the Chromium, Chrome or Edge that is installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-pdf-header-footer",
)  # fmt: skip
LONGEST = 90  # seconds


class CannotPrint(OSError):
    """No PDF was made; the message says why."""


@dataclass(frozen=True)
class Printer:
    """A browser that prints."""

    program: str

    def pdf(self, page: Path) -> Path:
        """Print the page at `page` into a PDF beside it, without a network. Raises CannotPrint."""
        made = page.with_suffix(".pdf")
        made.unlink(missing_ok=True)
        as_root = ["--no-sandbox"] if sys.platform == "linux" and os.geteuid() == 0 else []
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            words = [self.program, *FLAGS, *as_root, f"--user-data-dir={profile}"]
            words += [f"--print-to-pdf={made.resolve()}", page.resolve().as_uri()]
            try:
                done = subprocess.run(words, capture_output=True, text=True, timeout=LONGEST, check=False)
            except (OSError, subprocess.TimeoutExpired) as error:
                raise CannotPrint(f"{self.program} could not print {page.name}: {error}") from error
        if done.returncode or not made.is_file():
            last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
            raise CannotPrint(f"{self.program} could not print {page.name}: {last}")
        return made


def printer() -> Printer | None:
    """The first browser found on this machine that can print, or None."""
    found = next((found for name in NAMES if (found := shutil.which(name))), None)
    found = found or next((place for place in PLACES if Path(place).is_file()), None)
    return Printer(found) if found else None
