"""The room of a service and where it is kept while the service runs, so that a restart goes on with the open question."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from paroleclinic import whole
from paroleclinic.poll.rounds import Room, room_of
from paroleclinic.poll.tally import many

FILE = "room.json"
SAVE_AFTER = 0.5  # seconds after a vote
GONE = "The round that was open before could not be read and is gone: ask the question again."


@dataclass
class Service:
    """The room and where it is kept. Without a hub `code` lets people in, and `secret` makes their cookies."""

    folder: Path
    prefix: str = "/"
    room: Room = field(default_factory=Room)
    code: str = field(default_factory=lambda: f"{secrets.randbelow(90_000) + 10_000}")
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    address: str = ""
    says: str = ""  # what came of an earlier room, in a sentence
    waiting: asyncio.TimerHandle | None = None

    @property
    def path(self) -> Path:
        """Where the room is kept while the service runs."""
        return self.folder / FILE

    def take_up(self) -> None:
        """Go on with the room that an earlier run left, when there is one."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            room = room_of(kept["room"])
            self.code, self.secret = str(kept["code"]), str(kept["secret"])
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError):
            self.says = GONE
            return
        self.room = room
        if room.open:
            self.says = f"Going on with the open question; {many(room.answers)} voted so far."

    def save(self) -> None:
        """Keep the room, whole or not at all. Where that fails the room goes on, and is gone after a restart."""
        if self.waiting:
            self.waiting.cancel()
            self.waiting = None
        text = json.dumps({"code": self.code, "secret": self.secret, "room": self.room.saved()})
        try:
            whole.write(self.path, text, private=True)
        except OSError as error:
            print(f"The room cannot be kept for a restart: {error.strerror}.", file=sys.stderr)

    def save_soon(self) -> None:
        """The same in a moment, once for many votes."""
        if not self.waiting:
            self.waiting = asyncio.get_running_loop().call_later(SAVE_AFTER, self.save)

    def done(self) -> None:
        """Leave nothing behind but an open round."""
        self.save()
        if not self.room.open:
            self.path.unlink(missing_ok=True)
