"""The page where people vote on their own screens: a small web service that knows the question and never its key.

As a service of a JupyterHub (`python -m paroleclinic.poll.service`) people sign in there; without a hub (`paroleclinic poll`)
they join with a code, and each browser has one vote. The instructor's page says what is asked and when the result is shown.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlparse

from filelock import FileLock, Timeout
from tornado.httpserver import HTTPServer
from tornado.web import Application

from paroleclinic import whole
from paroleclinic.poll.door import ByCode
from paroleclinic.poll.kept import Service
from paroleclinic.poll.web import LARGEST, application

FOLDER = "reports/poll"  # from the course's root
PLACE_FILE, LOCK_FILE = "service.json", ".lock"
COURSE = "PAROLECLINIC_COURSE"  # the course's root, told by the hub; else the folder that the service runs in


class Running(Exception):
    """A poll is running for this course already."""


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
                whole.write(folder / PLACE_FILE, json.dumps({"url": own, "token": service.token}), private=True)
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
            whole.write(folder / PLACE_FILE, json.dumps({"url": own}), private=True)
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
