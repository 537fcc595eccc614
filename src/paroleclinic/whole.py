"""Files written whole or not at all: a reader, or a run that stops half-way, never meets half a file."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Write UTF-8 text in place of what was there, line ends as they are; if `private`, only the owner can read it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(4)}.tmp")
    mode = 0o600 if private else 0o666  # less the umask
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
