"""Starts people's servers: a learner's in a sandbox of its own, the instructor's in the course's folder."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import wait_for_http_server

from paroleclinic import lab
from paroleclinic.course import Course
from paroleclinic.hub import homes, relay, sandbox
from paroleclinic.hub.people import fit
from paroleclinic.hub.places import Places, Settings

OWN = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR",
       "IPYTHONDIR", "JUPYTER_PREFER_ENV_PATH", "JUPYTER_PLATFORM_DIRS")  # fmt: skip
FOR_INSTRUCTORS = "notebooks/instructor/00-for-instructors.ipynb"
KEPT = ("LANG", "LC_ALL", "TZ")


class RoomSpawner(LocalProcessSpawner):
    """The servers of one room. `places` and `settings` are set when the hub is configured."""

    places: Places
    settings: Settings
    door: asyncio.Server | None = None
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
        if RoomSpawner.door is None:
            RoomSpawner.door = await relay.serve_unix(Path(self.settings.run, "hub.sock"), self.settings.hub_port)
        async with RoomSpawner.turns:
            address = await self._sandboxed()
            await wait_for_http_server(f"http://{address[0]}:{address[1]}/", timeout=self.http_timeout)
        return address

    async def _sandboxed(self) -> tuple[str, int]:
        room = await asyncio.to_thread(self._prepared)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]
            limits = (listening.fileno(), self.settings.hub_port, self.settings.megabytes, self.settings.processes)
            inside = [sys.executable, "-m", "paroleclinic.hub.inside", *map(str, limits), *self.get_args()]
            line = sandbox.words(self.places.root, room, inside)
            with self._log() as log:
                self.proc = subprocess.Popen(
                    [*self.settings.slice, *line], env=self.get_env(), cwd="/", stdin=subprocess.DEVNULL,
                    stdout=log, stderr=log, pass_fds=[listening.fileno()], start_new_session=True,
                )  # fmt: skip
        self.pid = self.proc.pid
        return "127.0.0.1", self.port

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
