"""Makes the n-th operation on files or the database fail, for any n: as a full disk, a broken one, or a sudden end."""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

OPERATIONS = ("open", "mkdir", "rename", "replace", "unlink", "remove", "rmdir", "chmod", "scandir", "listdir", "sendfile", "fsync", "truncate", "utime", "link", "symlink")  # fmt: skip
ON_HANDLES = ("sendfile", "fsync", "truncate")
SAYS = {errno.ENOSPC: "database or disk is full", errno.EIO: "disk I/O error"}


class Killed(BaseException):
    """The process ended here; nothing that it would have done afterwards happens."""


class Faults:
    """Counts operations under `root`, and makes number `at` fail, by an error number or, when that is None, by an end."""

    def __init__(self, root: str, at: int = 0, error: int | None = None) -> None:
        self.root, self.at, self.error = root, at, error
        self.seen: list[str] = []
        self.dead = False

    def met(self, what: str) -> bool:
        """Whether this operation is to fail."""
        self.seen.append(what)
        return self.dead or len(self.seen) == self.at

    def fail(self, path: object) -> OSError | Killed:
        if self.error is None or self.dead:
            self.dead = True
            return Killed()
        return OSError(self.error, os.strerror(self.error), str(path))

    def mine(self, path: object, named: dict[str, Any]) -> bool:
        if named.get("dir_fd") is not None:
            return True
        if isinstance(path, int):
            return False
        with suppress(TypeError, ValueError):
            return os.fsdecode(os.fspath(path)).startswith(self.root)
        return False


class Unwritable:
    """An open file that takes no byte."""

    def __init__(self, file: Any, fail: Callable[[], BaseException]) -> None:
        self._file, self._fail = file, fail

    def write(self, _: object) -> int:
        raise self._fail()

    def __enter__(self) -> Unwritable:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def injected(faults: Faults) -> Iterator[Faults]:
    """While this lasts, every operation goes by `faults`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in OPERATIONS:
            patch.setattr(os, name, _watched(faults, name, getattr(os, name)))
        opened = _opened(faults, io.open)
        patch.setattr(io, "open", opened)
        patch.setattr(builtins, "open", opened)

        def statement(*args: Any) -> None:
            _database(faults, args[2])

        def commit(*_: Any) -> None:
            _database(faults, "commit")

        event.listen(Engine, "before_cursor_execute", statement)
        event.listen(Engine, "commit", commit)
        try:
            yield faults
        finally:
            event.remove(Engine, "before_cursor_execute", statement)
            event.remove(Engine, "commit", commit)


def _watched(faults: Faults, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    def operation(*args: Any, **named: Any) -> Any:
        path = args[0] if args else ""
        if (name in ON_HANDLES or faults.mine(path, named)) and faults.met(name):
            raise faults.fail(path)
        return original(*args, **named)

    return operation


def _opened(faults: Faults, original: Callable[..., Any]) -> Callable[..., Any]:
    def open_(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        if not faults.mine(file, {}):
            return original(file, mode, *args, **named)
        if faults.met(f"open {mode}"):
            raise faults.fail(file)
        found = original(file, mode, *args, **named)
        if set(mode) & set("wax+") and faults.met("write"):
            return Unwritable(found, lambda: faults.fail(file))
        return found

    return open_


def _database(faults: Faults, statement: str) -> None:
    if faults.met(f"database: {statement[:40]}"):
        found = faults.fail("")
        if isinstance(found, Killed):
            raise found
        raise OperationalError(statement, {}, sqlite3.OperationalError(SAYS[found.errno]))
