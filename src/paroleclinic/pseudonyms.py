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
from pathlib import Path

FILE_NAME = ".pseudonyms"
LENGTH = 6  # letters and digits, of 32 different ones


class Pseudonyms:
    """The pseudonyms of a course; the secret is made when it is first needed. Raises OSError when it cannot be kept."""

    def __init__(self, root: Path) -> None:
        self._path = root / FILE_NAME
        self._secret = b""

    def of(self, learner: str) -> str:
        """Such as "L-7KQ2MF"."""
        if not self._secret:
            self._secret = self._kept()
        code = base64.b32encode(hmac.digest(self._secret, learner.encode("utf-8", "surrogatepass"), hashlib.sha256))
        return f"L-{code.decode()[:LENGTH]}"

    def _kept(self) -> bytes:
        try:
            with os.fdopen(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        except FileExistsError:
            pass
        found = self._path.read_bytes().strip()
        if len(found) < 32:
            raise OSError(0, f"{FILE_NAME} holds no secret; delete it, and all get new pseudonyms", str(self._path))
        return found
