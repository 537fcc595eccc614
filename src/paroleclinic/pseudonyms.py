"""Names that say nothing: the same learner has the same one in every report of a course, and only who teaches it can tell whose.

They are made from the learner's id and a secret in `.pseudonyms` beside course.yaml. Whoever has that file and the roster
can turn names back; without the file nobody can, and with it gone all get new ones.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FILE_NAME = ".pseudonyms"
LENGTH = 8  # letters and digits, of 32 different ones: of 10,000 learners two share a name once in about 22,000 courses
SHORTEST = 32  # bytes of a secret


class Pseudonyms:
    """The pseudonyms of a course; the secret is made when it is first needed. Raises OSError when it cannot be kept."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE_NAME
        self._secret = b""

    def of(self, learner: str) -> str:
        """Such as "L-7KQ2MFXA"."""
        if not self._secret:
            self._secret = self._kept()
        code = base64.b32encode(hmac.digest(self._secret, learner.encode("utf-8", "surrogatepass"), hashlib.sha256))
        return f"L-{code.decode()[:LENGTH]}"

    def whose(self, code: str, learners: Iterable[str]) -> list[str]:
        """Those of the learners whose pseudonym it is, in any letters, with `L-` or without; one, none, or (by chance) more."""
        wanted = code.strip().upper().removeprefix("L-")
        return [one for one in learners if self.of(one).removeprefix("L-") == wanted]

    def _kept(self) -> bytes:
        if not self._path.exists():
            self._make()
        found = self._path.read_bytes().strip()
        if len(found) < SHORTEST:
            raise OSError(0, f"{FILE_NAME} holds no secret; delete it, and all get new pseudonyms", str(self._path))
        return found

    def _make(self) -> None:
        """Put a secret there, whole or not at all; one that another process has put there meanwhile stays."""
        part = self._path.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}.part")
        try:
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
            try:
                os.link(part, self._path)
            except FileExistsError:
                pass
            except OSError:  # a file system without links, such as that of a memory stick
                if not self._path.exists():
                    part.replace(self._path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
