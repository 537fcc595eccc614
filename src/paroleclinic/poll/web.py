"""What the service answers to each request: the page, its state every other second, votes, and the instructor's desk."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, cast

from tornado.web import Application, HTTPError, RequestHandler

from paroleclinic.poll import page
from paroleclinic.poll.door import ByCode, Door
from paroleclinic.poll.kept import Service
from paroleclinic.poll.rounds import Refused, ballot_of

LARGEST = 400_000  # bytes of a request; only the instructor's results are long
LARGEST_VOTE = 2_000  # bytes
SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCRIPT = Path(__file__).parent / "learner.js"
BROKEN = "Something went wrong here. Reload the page; if it comes again, raise a card instead."


class Base(RequestHandler):
    """What all answers share: nothing is cached or framed, and an error is a sentence."""

    def initialize(self, service: Service, door: Door) -> None:
        """The room, and who may come in."""
        self.service, self.door = service, door

    def set_default_headers(self) -> None:
        """Nothing of another origin may run here, and nothing stays in a cache."""
        self.set_header("Content-Security-Policy", SECURITY)
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.clear_header("Server")

    def write_error(self, status_code: int, **more: Any) -> None:
        """An error in one sentence."""
        error = more.get("exc_info", (None, None, None))[1]
        known = isinstance(error, HTTPError) and error.log_message and status_code < 500
        self.finish({"trouble": cast(HTTPError, error).log_message if known else BROKEN})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Nothing for what somebody asked wrongly; a line for the instructor's terminal where the service itself failed."""
        if not isinstance(value, HTTPError) or value.status_code >= 500:
            print(f"A request failed: {typ.__name__}: {value}", file=sys.stderr)

    def refuse(self, error: Refused) -> None:
        """The same for what the room refuses."""
        self.set_status(error.status)
        self.finish({"trouble": str(error)})

    def sent(self, most: int) -> dict[str, Any]:
        """The JSON object of the request. Raises Refused."""
        if self.request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise Refused(415, "That could not be read.")
        if len(self.request.body) > most:
            raise Refused(413, "That is too long.")
        try:
            data = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise Refused(400, "That could not be read.") from None
        if not isinstance(data, dict):
            raise Refused(400, "That could not be read.")
        return data

    async def known(self) -> str:
        """The voter. Raises Refused for a stranger."""
        voter = await self.door.voter(self)
        if voter is None:
            raise Refused(401, "You are not in the room any more. Reload this page.")
        return voter

    def tell(self, voter: str, seen: str = "") -> None:
        """What a person sees now, with a tag that stays the same until it changes; less when they have `seen` it."""
        html = page.learner(self.service.room, self.service.room.cast_by(voter), self.door.tied)
        mark = hashlib.sha256(html.encode()).hexdigest()[:16]
        self.finish({"tag": mark} if seen == mark else {"tag": mark, "html": html})


class Front(Base):
    """The page itself."""

    async def get(self) -> None:
        """The question of the moment, or the way in."""
        voter = await self.door.voter(self)
        if voter is None:
            self.door.stranger(self)
            return
        room = self.service.room
        html = page.learner(room, room.cast_by(voter), self.door.tied)
        xsrf = self.xsrf_token.decode() if self.door.tied == "name" else ""
        self.finish(page.learner_page(html, prefix=self.service.prefix, xsrf=xsrf))

    def post(self) -> None:
        """Join with the code."""
        if not isinstance(self.door, ByCode):
            raise HTTPError(405)
        wrong = self.door.join(self, self.get_body_argument("code", "")[:40])
        if wrong:
            self.set_status(403)
            form = page.join_form(self.service.prefix, wrong)
            self.finish(page.learner_page(form, prefix=self.service.prefix))
            return
        self.redirect(self.service.prefix, status=303)


class State(Base):
    """What the page asks for every other second."""

    async def get(self) -> None:
        """The question of the moment."""
        try:
            self.tell(await self.known(), self.get_query_argument("seen", "")[:40])
        except Refused as error:
            self.refuse(error)


class Vote(Base):
    """Where votes arrive."""

    async def post(self) -> None:
        """Take a vote, or say why not."""
        try:
            voter = await self.known()
            data = self.sent(LARGEST_VOTE)
            self.service.room.cast(voter, data.get("round"), data.get("letters"))
        except Refused as error:
            self.refuse(error)
            return
        self.service.save_soon()
        self.tell(voter)


class Desk(Base):
    """The instructor's side."""

    async def prepare(self) -> None:
        """Nobody but the instructor."""
        if not await self.door.instructor(self):
            self.set_status(403)
            self.finish({"trouble": "Only the instructor's page may do this."})

    def get(self) -> None:
        """How many voted; the counts once the round is closed."""
        self.finish(self._told())

    def post(self) -> None:
        """Ask, close, show or clear."""
        room = self.service.room
        try:
            data = self.sent(LARGEST)
            match data.get("do"):
                case "ask":
                    room.ask(ballot_of(data.get("ballot")), 2 if data.get("vote") == 2 else 1)
                case "close":
                    room.close(data.get("round"))
                case "show":
                    room.show(data.get("round"), data.get("page"))
                case "clear":
                    room.clear()
                case _:
                    raise Refused(400, "That is none of: ask, close, show, clear.")
        except Refused as error:
            self.refuse(error)
            return
        self.service.save()
        self.finish(self._told())

    def _told(self) -> dict[str, Any]:
        return {
            **self.service.room.told(),
            "address": self.service.address,
            "code": self.service.code,
            "prefix": self.service.prefix,
        }


class Asset(Base):
    """The script and the style sheet."""

    def get(self, name: str) -> None:
        """One of the two."""
        if name == "page.js":
            self.set_header("Content-Type", "text/javascript; charset=utf-8")
            self.finish(SCRIPT.read_text(encoding="utf-8"))
        else:
            self.set_header("Content-Type", "text/css; charset=utf-8")
            self.finish(page.sheet())


class Nothing(Base):
    """Any other place."""

    def prepare(self) -> None:
        """It is not there."""
        raise HTTPError(404, "There is nothing here.")


def application(service: Service, door: Door, *more: tuple[str, Any, dict[str, Any]]) -> Application:
    """The whole service under its prefix."""
    at, share = service.prefix, {"service": service, "door": door}
    return Application(
        [
            (at, Front, share),
            (f"{at}api/state", State, share),
            (f"{at}api/vote", Vote, share),
            (f"{at}api/desk", Desk, share),
            (f"{at}(page\\.js|page\\.css)", Asset, share),
            *more,
        ],
        default_handler_class=Nothing,
        default_handler_args=share,
        cookie_secret=service.secret,
        log_function=lambda handler: None,
    )
