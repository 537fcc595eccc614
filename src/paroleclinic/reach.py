"""Files in a folder that somebody else may write to at any moment: no link is followed, nothing that is no plain file is read.

Each step goes through the folder that is open already, so that what a name stands for cannot be changed on the way.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotPlain(OSError):
    """What lies there is no plain file, or larger than it may be."""


@contextmanager
def folder(root: Path, *names: str, make: bool = False) -> Iterator[int]:
    """The folder `names` lead to under `root`, open. Raises OSError for a link, for what is no folder, and for what is missing."""
    here = os.open(root, FOLDER)
    try:
        for name in names:
            if name in ("", ".", "..") or "/" in name:
                raise NotPlain(f"{name!r} is no name of a folder")
            if make:
                with suppress(FileExistsError):
                    os.mkdir(name, 0o755, dir_fd=here)
            there = os.open(name, FOLDER, dir_fd=here)
            os.close(here)
            here = there
        yield here
    finally:
        os.close(here)


def names(root: Path, *parts: str, most: int = 1000) -> list[str]:
    """What lies in a folder under `root`, in order, up to `most` names; nothing when it cannot be reached."""
    try:
        with folder(root, *parts) as here, os.scandir(here) as found:
            return sorted(entry.name for entry, _ in zip(found, range(most), strict=False))
    except OSError:
        return []


def read(root: Path, path: str, most: int) -> bytes:
    """The bytes of a plain file of `most` bytes at most. Raises OSError."""
    *above, name = PurePosixPath(path).parts
    with folder(root, *above) as here:
        handle = os.open(name, PLAIN, dir_fd=here)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode) or about.st_size > most:
                raise NotPlain(f"{name!r} is no plain file of at most {most:,} bytes")
            data = file.read(most + 1)
    if len(data) > most:
        raise NotPlain(f"{name!r} grew past {most:,} bytes while it was read")
    return data


def changed(root: Path, path: str) -> float:
    """When a file was changed, in seconds since 1970; 0 when there is none."""
    *above, name = PurePosixPath(path).parts
    try:
        with folder(root, *above) as here:
            return os.stat(name, dir_fd=here, follow_symlinks=False).st_mtime
    except OSError:
        return 0.0


def write(root: Path, path: str, data: bytes) -> None:
    """Put a file there, whole or not at all, with the folders above it. A link in its place is replaced. Raises OSError."""
    *above, name = PurePosixPath(path).parts
    with folder(root, *above, make=True) as here:
        aside = f".{secrets.token_hex(8)}.part"
        handle = os.open(aside, NEW, 0o644, dir_fd=here)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.rename(aside, name, src_dir_fd=here, dst_dir_fd=here)
        except BaseException:
            with suppress(OSError):
                os.unlink(aside, dir_fd=here)
            raise


def keep_aside(root: Path, path: str, other: str) -> None:
    """Give a file another name in the same folder. Raises OSError."""
    *above, name = PurePosixPath(path).parts
    with folder(root, *above) as here:
        os.rename(name, other, src_dir_fd=here, dst_dir_fd=here)
