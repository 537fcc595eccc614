"""Who may come in: names, passwords as scrypt hashes, and the class code, in one file that is always written whole."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SHORTEST_NAME, LONGEST_NAME = 2, 30
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
RESERVED = frozenset(
    ("root", "admin", "hub", "instructor", "teacher", "nobody", "everybody", "kit", "poll", "backup", "cull")
)
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read as another
MOST_WATCHED = 10_000
WORK = {"n": 2**14, "r": 8, "p": 1}


class Refused(ValueError):
    """Why somebody cannot sign up, in a sentence for them."""


def code(groups: int = 2) -> str:
    """A code to write on the board, such as "K7QM-2F4T"."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(groups))


def fit(name: str) -> str:
    """The name as it is kept, in small letters. Raises Refused."""
    plain = name.strip().lower()
    if not NAME.fullmatch(plain) or not SHORTEST_NAME <= len(plain) <= LONGEST_NAME:
        raise Refused(
            f"A name is {SHORTEST_NAME} to {LONGEST_NAME} letters a to z and digits, and begins with a letter. "
            "A hyphen may stand between two of them: ana-lopez."
        )
    return plain


class People:
    """The people of one hub, read anew from the file each time, so that a new password holds at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            found = {}
        return {"code": code(), "instructor": "", "passwords": {}, **found}

    def _write(self, found: dict[str, object]) -> None:
        aside = self.path.with_name(f".{self.path.name}.part")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self.path)

    def _alone(self) -> FileLock:
        return FileLock(self.path.with_name(f".{self.path.name}.lock"))

    def opened(self, instructor: str) -> str:
        """Make the class code and the instructor's account where there are none. Returns the password, if it is new.

        Raises Refused when the name is a learner's.
        """
        with self._alone():
            found = self._read()
            known = _passwords(found)
            before = str(found["instructor"])
            if instructor == before and instructor in known:
                return ""
            if instructor in known:
                raise Refused(f"{instructor} is the name of a learner. Choose another name for the instructor.")
            known.pop(before, None)
            password = code(3)
            known[instructor] = _hashed(password)
            self._write({**found, "instructor": instructor, "passwords": known})
            return password

    @property
    def class_code(self) -> str:
        return str(self._read()["code"])

    @property
    def instructor(self) -> str:
        return str(self._read()["instructor"])

    def learners(self) -> list[str]:
        """Everybody who signed up, in order."""
        found = self._read()
        return sorted({*_passwords(found)} - {str(found["instructor"])})

    def sign_up(self, name: str, password: str, given: str) -> str:
        """Take somebody in who knows the class code. Returns the name as it is kept. Raises Refused."""
        with self._alone():
            found = self._read()
            if not hmac.compare_digest(plain_code(given), plain_code(str(found["code"]))):
                raise WrongCode("That is not the class code. Look at the board.")
            kept = fit(name)
            if kept in RESERVED or kept == found["instructor"]:
                raise Refused(f"The name {kept} is kept for the hub. Choose another one.")
            known = _passwords(found)
            if kept in known:
                raise Refused(
                    f"Somebody has the name {kept} already. If it is you, sign in. If not, choose another name."
                )
            if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
                raise Refused(f"Choose a password of at least {SHORTEST_PASSWORD} signs.")
            if plain_code(password) in (plain_code(kept), plain_code(given)):
                raise Refused("Choose a password that is neither your name nor the class code.")
            known[kept] = _hashed(password)
            self._write({**found, "passwords": known})
            return kept

    def knows(self, name: str, password: str) -> bool:
        """Whether somebody of that name has that password; it takes as long when there is nobody."""
        kept = _passwords(self._read()).get(name)
        right = _same(password[:LONGEST_PASSWORD], kept or NOBODY)
        return right and kept is not None

    def new_password(self, name: str) -> str:
        """Give somebody a new password. Raises Refused."""
        with self._alone():
            found = self._read()
            known = _passwords(found)
            if name not in known:
                raise Refused(f"Nobody of the name {name!r} has signed up.")
            password = code(3)
            known[name] = _hashed(password)
            self._write({**found, "passwords": known})
            return password

    def new_code(self) -> str:
        """Change the class code; whoever signed up stays."""
        with self._alone():
            found = {**self._read(), "code": code()}
            self._write(found)
            return str(found["code"])


class WrongCode(Refused):
    """The class code was wrong."""


def plain_code(text: str) -> bytes:
    """A code without its hyphens, blanks and small letters."""
    return re.sub(r"[\s-]", "", text[:100]).upper().encode()


def _passwords(found: dict[str, object]) -> dict[str, str]:
    kept = found["passwords"]
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def _hashed(password: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, **WORK).hex()}"


def _same(password: str, kept: str) -> bool:
    return hmac.compare_digest(_hashed(password, bytes.fromhex(kept.partition("$")[0])), kept)


NOBODY = _hashed(secrets.token_hex(16))


@dataclass
class Patience:
    """How many wrong tries there may be of one kind within some seconds."""

    most: int
    seconds: float
    wrong: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def over(self, who: str, now: float | None = None) -> bool:
        """Whether `who` has tried too often, and must wait."""
        now = time.monotonic() if now is None else now
        tries = self.wrong[who]
        while tries and now - tries[0] > self.seconds:
            tries.popleft()
        if not tries:
            del self.wrong[who]
        return len(tries) >= self.most

    def note(self, who: str, now: float | None = None) -> None:
        """Count a wrong try."""
        if len(self.wrong) > MOST_WATCHED:
            self.wrong.clear()  # somebody tries made-up names; the memory is worth more
        self.wrong[who].append(time.monotonic() if now is None else now)
