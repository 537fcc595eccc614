"""Who may come in: a door, as the service sees it, and the one that opens with a code."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import deque
from typing import Protocol

from tornado.web import RequestHandler

from paroleclinic.poll import page
from paroleclinic.poll.kept import Service

WRONG_CODES = 30  # a minute, from one address


class Door(Protocol):
    """Who may come in: how a voter and the instructor are known, and what a stranger sees."""

    tied: str  # what a vote is tied to while the round is open

    async def voter(self, handler: RequestHandler) -> str | None:
        """Something that is the same each time for the same voter, and nobody else's; None for a stranger."""

    async def instructor(self, handler: RequestHandler) -> bool:
        """Whether the request comes from the instructor's page."""

    def stranger(self, handler: RequestHandler) -> None:
        """Answer a stranger who opens the page."""


class ByCode:
    """People of the room's network, let in by the code; a random cookie is their vote."""

    tied = "browser"

    def __init__(self, service: Service) -> None:
        self.service = service
        self.wrong: dict[str, deque[float]] = {}

    async def voter(self, handler: RequestHandler) -> str | None:
        """The number in the cookie, when this room gave it."""
        device, _, seal = (handler.get_cookie("poll") or "").partition(".")
        return device if device and hmac.compare_digest(seal.encode(), self._seal(device).encode()) else None

    async def instructor(self, handler: RequestHandler) -> bool:
        """Whether the request bears this run's token."""
        given = handler.request.headers.get("Authorization", "").removeprefix("token ")
        return hmac.compare_digest(given.encode(), self.service.token.encode())

    def stranger(self, handler: RequestHandler) -> None:
        """Ask for the code."""
        handler.finish(page.learner_page(page.join_form(self.service.prefix), prefix=self.service.prefix))

    def join(self, handler: RequestHandler, code: str) -> str:
        """Give the browser its cookie when the code is right; otherwise what to say."""
        now = time.monotonic()
        if len(self.wrong) > 1000:
            self.wrong.clear()
        tries = self.wrong.setdefault(str(handler.request.remote_ip), deque(maxlen=WRONG_CODES))
        if len(tries) == WRONG_CODES and now - tries[0] < 60:
            return "Too many wrong codes from your network. Wait a minute, then look at the big screen again."
        if not hmac.compare_digest(code.strip().encode(), self.service.code.encode()):
            tries.append(now)
            return "That is not the code. Look at the big screen again."
        device = secrets.token_urlsafe(16)
        handler.set_cookie(
            "poll", f"{device}.{self._seal(device)}", path=self.service.prefix, httponly=True, samesite="Lax"
        )
        return ""

    def _seal(self, device: str) -> str:
        return hmac.new(self.service.secret.encode(), device.encode(), hashlib.sha256).hexdigest()[:32]
