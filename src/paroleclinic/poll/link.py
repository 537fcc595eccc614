"""How the instructor's page talks to the service where people vote on their own screens."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from paroleclinic.poll.ballot import Ballot
from paroleclinic.poll.rounds import public
from paroleclinic.poll.tally import Tally

PLACES = (
    "reports/poll/service.json",
    "reports/poll/hub/service.json",
)  # of `paroleclinic poll`, and of a hub's service
WAIT = 3  # seconds
URL, TOKEN = "PAROLECLINIC_POLL_URL", "JUPYTERHUB_API_TOKEN"


class NoAnswer(OSError):
    """The service does not answer, or refuses; the message is a sentence for the instructor."""


class Link(NamedTuple):
    """The service's address and the instructor's token."""

    url: str
    token: str

    def told(self) -> dict[str, Any]:
        """How many voted; counts once the round is closed. Raises NoAnswer."""
        return self._call(None)

    def ask(self, ballot: Ballot, vote: int) -> int:
        """Open a round, and return its number. No key is sent. Raises NoAnswer."""
        return int(self._call({"do": "ask", "ballot": public(ballot), "vote": vote})["round"])

    def close(self, number: int) -> Tally:
        """End a round and return its counts. Raises NoAnswer."""
        told = self._call({"do": "close", "round": number})
        return Tally({str(letter): int(n) for letter, n in told["counts"].items()}, int(told["people"]))

    def show(self, number: int, page: str) -> None:
        """Let everybody see a result. Raises NoAnswer."""
        self._call({"do": "show", "round": number, "page": page})

    def clear(self) -> None:
        """Take the question away. Raises NoAnswer."""
        self._call({"do": "clear"})

    def _call(self, body: dict[str, Any] | None) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}api/desk",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # it is on this machine or beside it
        try:
            with direct.open(request, timeout=WAIT) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise NoAnswer(_says(error)) from None
        except (OSError, ValueError):
            raise NoAnswer("The page for people's own screens does not answer. Raised cards still work.") from None
        if not isinstance(told, dict):
            raise NoAnswer("The page for people's own screens does not answer as expected.")
        return told


def found(root: Path, env: Mapping[str, str] = os.environ) -> Link | None:
    """The service that `paroleclinic poll` started for this course, or else the hub's; None without either.

    The hub's knows the instructor by the token that the hub gave to the notebook's server.
    """
    for place in PLACES:
        try:
            told = json.loads((root / place).read_text(encoding="utf-8"))
            return Link(str(told["url"]), str(told.get("token") or env[TOKEN]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    if env.get(URL) and env.get(TOKEN):
        return Link(env[URL].rstrip("/") + "/", env[TOKEN])
    return None


def _says(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["trouble"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"The page for people's own screens refused (HTTP {error.code})."
