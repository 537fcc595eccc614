"""The page where people vote on their own screens: a small web service that knows the question and never its key.

As a service of a JupyterHub (`python -m paroleclinic.poll.service`) people sign in there; without a hub (`paroleclinic poll`)
they join with a code, and each browser has one vote. The instructor's page says what is asked and when the result is shown.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlparse

from filelock import FileLock, Timeout
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from paroleclinic.poll import page
from paroleclinic.poll.private import write_private
from paroleclinic.poll.rounds import Refused, Room, ballot_of, room_of
from paroleclinic.poll.tally import many

FOLDER = "reports/poll"  # from the course's root
ROOM_FILE, PLACE_FILE, LOCK_FILE = "room.json", "service.json", ".lock"
COURSE = "PAROLECLINIC_COURSE"  # the course's root, told by the hub; else the folder that the service runs in
LARGEST = 400_000  # bytes of a request; only the instructor's results are long
LARGEST_VOTE = 2_000  # bytes
SAVE_AFTER = 0.5  # seconds after a vote
WRONG_CODES = 30  # a minute, from one address
SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCRIPT = Path(__file__).parent / "learner.js"
GONE = "The round that was open before could not be read and is gone: ask the question again."
BROKEN = "Something went wrong here. Reload the page; if it comes again, raise a card instead."


class Running(Exception):
    """A poll is running for this course already."""


class Door(Protocol):
    """Who may come in: how a voter and the instructor are known, and what a stranger sees."""

    tied: str  # what a vote is tied to while the round is open

    async def voter(self, handler: RequestHandler) -> str | None:
        """Something that is the same each time for the same voter, and nobody else's; None for a stranger."""

    async def instructor(self, handler: RequestHandler) -> bool:
        """Whether the request comes from the instructor's page."""

    def stranger(self, handler: RequestHandler) -> None:
        """Answer a stranger who opens the page."""


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
        return self.folder / ROOM_FILE

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
            write_private(self.path, text)
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


def listen(app: Application, address: str, port: int) -> HTTPServer:
    """Serve the application. Raises OSError when the port is taken."""
    logging.getLogger("tornado.general").setLevel(logging.ERROR)  # no line for each request that is malformed
    server = HTTPServer(
        app, max_body_size=LARGEST, max_header_size=16_000, idle_connection_timeout=120, body_timeout=20,
        chunk_size=16_000, no_keep_alive=False,
    )  # fmt: skip
    found = socket.create_server((address, port), backlog=256)  # closed at once where it cannot be had
    found.setblocking(False)
    server.add_socket(found)
    return server


async def until_stopped(service: Service) -> None:
    """Wait for Ctrl-C or a polite signal, then tidy up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in ("SIGINT", "SIGTERM"):
        with suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(getattr(signal, name), stop.set)
    try:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)
    finally:
        service.done()


def in_the_room(folder: Path, address: str, port: int, ready: Callable[[Service], None]) -> bool:
    """Run without a hub until stopped; `ready(service)` is called once people can join. Whether an open round was kept.

    Raises Running when one runs for this course, and OSError when the port cannot be had.
    """
    everywhere = address in ("0.0.0.0", "")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK_FILE, timeout=0):
            service = Service(folder)
            service.take_up()

            async def run() -> None:
                server = listen(application(service, ByCode(service)), address, port)
                service.address = f"http://{lan_address() if everywhere else address}:{port}/"
                own = f"http://{'127.0.0.1' if everywhere else address}:{port}/"
                write_private(folder / PLACE_FILE, json.dumps({"url": own, "token": service.token}))
                service.save()
                ready(service)
                try:
                    await until_stopped(service)
                finally:
                    server.stop()
                    (folder / PLACE_FILE).unlink(missing_ok=True)

            with suppress(KeyboardInterrupt):
                asyncio.run(run())
            return service.room.open
    except Timeout:
        raise Running("A poll is running for this course already. Stop it first, or use it.") from None


def lan_address() -> str:
    """The address that others in the network most likely reach this machine by. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation: only the route is looked up
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def on_the_hub() -> int:
    """Run as a managed service of a JupyterHub until stopped, as its variables say; returns an exit code."""
    url, prefix = os.environ.get("JUPYTERHUB_SERVICE_URL"), os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    if not url or not prefix:
        print("A JupyterHub starts this. Without one, run: paroleclinic poll", file=sys.stderr)
        return 2
    from paroleclinic.poll.hubdoor import ByHub, hub_routes

    where = urlparse(url)
    folder = Path(os.environ.get(COURSE, "")) / FOLDER / "hub"
    service = Service(folder, prefix)
    service.take_up()
    service.code = ""  # people sign in at the hub
    if service.says:
        print(service.says, flush=True)

    async def run() -> None:
        listen(
            application(service, ByHub(prefix), *hub_routes(prefix)), where.hostname or "127.0.0.1", where.port or 80
        )
        own = f"{where.scheme}://{where.netloc}{prefix}"
        try:
            write_private(folder / PLACE_FILE, json.dumps({"url": own}))
        except OSError as error:
            print(f"The instructor's page may not find the poll: {folder}: {error.strerror}.", file=sys.stderr)
        try:
            await until_stopped(service)
        finally:
            (folder / PLACE_FILE).unlink(missing_ok=True)

    with suppress(KeyboardInterrupt):
        asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(on_the_hub())
