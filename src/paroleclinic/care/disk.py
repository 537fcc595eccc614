"""Files that are on the disk when they are said to be there: made for their owner only, replaced whole, names and all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

BLOCK = 1 << 20


@contextmanager
def private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner can read, on the disk when it is closed."""
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def digest_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        seen = sha256()
        size = 0
        while block := file.read(BLOCK):
            seen.update(block)
            size += len(block)
    return size, seen.hexdigest()


def replace(path: Path, data: bytes) -> None:
    """Write a file anew, whole or not at all, with the permissions that it had."""
    part = path.with_name(f".{path.name.lstrip('.')}.part")
    part.unlink(missing_ok=True)
    with private(part) as file:
        file.write(data)
    if path.exists():
        part.chmod(path.stat().st_mode & 0o777)
    part.replace(path)
    on_disk(path.parent)


def on_disk(folder: Path) -> None:
    """See that the names in a folder are on the disk, where the system has a way to."""
    if os.name == "posix":
        there = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(there)
        finally:
            os.close(there)
