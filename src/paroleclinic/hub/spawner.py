"""Starts people's servers: a learner's in a sandbox of its own, the instructor's in the course's folder."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from jupyterhub.spawner import LocalProcessSpawner, SpawnException
from jupyterhub.utils import wait_for_http_server

from paroleclinic import lab
from paroleclinic.course import Course
from paroleclinic.hub import disk, homes, relay, sandbox
from paroleclinic.hub.activity import every
from paroleclinic.hub.people import fit
from paroleclinic.hub.places import Places, Settings

OWN = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
       "IPYTHONDIR", "JUPYTER_PREFER_ENV_PATH", "JUPYTER_PLATFORM_DIRS")  # fmt: skip
FOR_INSTRUCTORS = "notebooks/instructor/00-for-instructors.ipynb"
KEPT = ("LANG", "LC_ALL", "TZ")


class NotOpened(SpawnException):
    """Why a learner's server does not start, in words for the learner."""

    def __init__(self, words: str, reason: str) -> None:
        super().__init__(words, reason=reason)
        self.jupyterhub_message = words  # the waiting page reads this one


def too_full(name: str, limit: int) -> NotOpened:
    """What a learner reads whose files fill more than twice the limit, in megabytes."""
    return NotOpened(
        f"Your files fill more than {2 * limit:,} MB, so your place does not open. Your answers are safe. Ask your instructor, "
        f"who can make room: paroleclinic hub renew {name}",
        "disk",
    )


def not_up(name: str) -> NotOpened:
    """What a learner reads whose server ended before it answered."""
    return NotOpened(
        "Something went wrong on the way. Your answers are safe. Try again. If it fails twice, tell your instructor, "
        f"who finds why in .hub/logs/{name}.log.",
        "ended",
    )


class RoomSpawner(LocalProcessSpawner):
    """The servers of one room. `places` and `settings` are set when the hub is configured."""

    places: Places
    settings: Settings
    door: asyncio.Server | None = None
    waiting: ClassVar[list[str]] = []
    turns = asyncio.Semaphore((os.cpu_count() or 1) + 1)  # so that thirty who come at once do not all wait for the last

    @property
    def teaches(self) -> bool:
        """Whether it is the instructor's server."""
        return bool(self.user.name == self.settings.instructor)

    @property
    def root(self) -> Path:
        """The folder it shows, as it is called where it runs."""
        return self.places.root if self.teaches else Path(sandbox.HOMES, self.user.name)

    def make_preexec_fn(self, name: str) -> Any:
        """Nothing is done before the server starts; it stays the hub's own user."""
        return None

    def load_state(self, state: dict[str, Any]) -> None:
        """A learner's server never outlives its hub, so that a number of a process kept from before means nothing."""
        super().load_state({**state, "pid": state.get("pid", 0) if self.teaches else 0})

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """The environment of the server: the hub's own is not passed on."""
        scripts = str(Path(sys.executable).parent)
        wanted = lab.environment(self.root)
        settings = self.places.hub / ("teaching" if self.teaches else "learning")
        if self.teaches:
            base = {
                name: value for name, value in os.environ.items() if not name.startswith(("JUPYTERHUB", "CONFIGPROXY"))
            }
        else:
            base = {"HOME": str(self.root), "PATH": f"{scripts}:/usr/bin:/bin", "SHELL": "/bin/sh"}
            base |= {name: os.environ[name] for name in KEPT if name in os.environ}
        hubs = {name: value for name, value in env.items() if name.startswith(("JUPYTERHUB_", "JPY_", "MEM_", "CPU_"))}
        return {
            **base,
            **hubs,
            **{name: wanted[name] for name in OWN},
            "USER": self.user.name,
            "JUPYTERHUB_ACTIVITY_INTERVAL": str(every(self.settings.idle)),
            "PATH": f"{scripts}:{base.get('PATH', '/usr/bin:/bin')}",
            "JUPYTER_CONFIG_PATH": str(settings) if self.teaches else sandbox.SETTINGS,
        }

    def get_args(self) -> list[str]:
        """The options of JupyterLab."""
        settings = str(self.places.hub / "teaching") if self.teaches else sandbox.SETTINGS
        return [
            f"--config={settings}/server_config.py",
            f"--LabApp.app_settings_dir={settings}",
            "--LabApp.expose_app_in_browser=True",
            f"--ServerApp.root_dir={self.root}",
            *(["--allow-root"] if self.teaches and os.geteuid() == 0 else []),
        ]

    async def start(self) -> tuple[str, int]:
        """Start the server; returns its address."""
        self.default_url = self._first_page()
        if self.teaches:
            self.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
            self.popen_kwargs = {"cwd": self.places.root, "stdout": self._log(), "stderr": subprocess.STDOUT}
            found: tuple[str, int] = await super().start()
            return found
        limit = self.settings.disk
        if (await asyncio.to_thread(disk.use, self.places, fit(self.user.name), limit)).far_too_much(limit):
            raise too_full(fit(self.user.name), limit)
        if RoomSpawner.door is None:
            RoomSpawner.door = await relay.serve_unix(Path(self.settings.run, "hub.sock"), self.settings.hub_port)
        async with self._turn():
            address = await self._sandboxed()
            await self._answering(f"http://{address[0]}:{address[1]}/")
        return address

    async def _answering(self, url: str) -> None:
        """Wait until the server answers. Raises NotOpened at once when it has ended instead."""
        answer = asyncio.ensure_future(wait_for_http_server(url, timeout=self.http_timeout))
        while not (await asyncio.wait([answer], timeout=0.5))[0]:
            if self.proc.poll() is not None:
                answer.cancel()
                raise not_up(self.user.name)
        await answer

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        self.waiting.append(self.user.name)
        try:
            await RoomSpawner.turns.acquire()
        finally:
            self.waiting.remove(self.user.name)
        try:
            yield
        finally:
            RoomSpawner.turns.release()

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """What the waiting page says: how many are let in before."""
        before = -1
        while True:
            ahead = self.waiting.index(self.user.name) if self.user.name in self.waiting else 0
            if ahead != before:
                before = ahead
                words = f"Before you: {ahead}." if ahead else "It is your turn."
                yield {"progress": max(10, 80 - 2 * ahead), "message": words}
            await asyncio.sleep(1)

    async def _sandboxed(self) -> tuple[str, int]:
        room = await asyncio.to_thread(self._prepared)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]
            limits = (listening.fileno(), self.settings.hub_port, self.settings.megabytes, self.settings.processes)
            inside = [sys.executable, "-m", "paroleclinic.hub.inside", *map(str, limits), *self.get_args()]
            line = sandbox.words(self.places.root, room, inside)
            with self._log() as log:
                self.proc = subprocess.Popen(
                    [*self.settings.slice, *line], env=self._env(), cwd="/", stdin=subprocess.DEVNULL,
                    stdout=log, stderr=log, pass_fds=[listening.fileno()], start_new_session=True,
                )  # fmt: skip
        self.pid = self.proc.pid
        return "127.0.0.1", self.port

    def _env(self) -> dict[str, str]:
        """The learner's environment; with systemd also what its own program needs to find it, which the sandbox takes away again."""
        found = {name: os.environ[name] for name in sandbox.BUS if name in os.environ} if self.settings.slice else {}
        return {**self.get_env(), **found}

    def _first_page(self) -> str:
        """Where it opens: the learner's home, or the instructor's first page; where there is none, the list of files."""
        root = self.places.root if self.teaches else self.places.kit
        page = FOR_INSTRUCTORS if self.teaches else lab.FIRST_PAGE
        return f"/lab/tree/{page}" if (root / page).is_file() else "/lab"

    def _log(self) -> Any:
        return (self.places.logs / f"{self.user.name}.log").open("wb")

    def _prepared(self) -> sandbox.Room:
        """The learner's own folders, with what is new in the kit."""
        places, name = self.places, fit(self.user.name)
        course = Course(places.root)
        open_units = {unit.id: self._open(unit.id) for unit in course.outline.units}
        if failed := homes.filled(places, name, homes.kit_files(places, open_units)):
            self.log.warning("%s: %d files of the kit could not be put into the home", name, len(failed))
        (places.home(name) / "exercises").mkdir(exist_ok=True)
        for kind in ("inbound", "feedback"):
            places.post(name, kind).mkdir(parents=True, exist_ok=True)
        passwd = Path(self.settings.run, f"{name}.passwd")
        passwd.write_text(
            f"{name}:x:{sandbox.UID}:{sandbox.UID}:{name}:{sandbox.HOMES}/{name}:/bin/sh\n", encoding="utf-8"
        )
        return sandbox.Room(
            name=name, home=places.home(name), inbound=places.post(name, "inbound"), feedback=places.post(name, "feedback"),
            released=places.released, door=Path(self.settings.run, "hub.sock"), settings=places.hub / "learning", passwd=passwd,
        )  # fmt: skip

    def _open(self, unit: str) -> bool:
        return not self.settings.hold or (self.places.released / unit).is_dir()
