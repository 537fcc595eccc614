"""Starts the hub of a course: looks that all it needs is there, writes its settings, and runs JupyterHub until it is stopped."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree, which
from tempfile import mkdtemp

import psutil  # type: ignore[import-untyped]
from filelock import FileLock, Timeout

from paroleclinic import lab
from paroleclinic.course import Course
from paroleclinic.hub import certificate, homes, proxy, sandbox
from paroleclinic.hub.people import People, Refused
from paroleclinic.hub.places import Places, Settings
from paroleclinic.hub.released import released
from paroleclinic.kit import CannotMake

HERE = Path(__file__).parent
PATIENCE = 90  # seconds for JupyterHub to answer
UP = b"JupyterHub is now running"
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
FAREWELL = 60  # seconds for it to stop everything
NOT_FOR_LEARNERS = ("formgrader", "course-list", "create-assignment", "validate-assignment")

Say = Callable[[str], object]


class CannotStart(RuntimeError):
    """The hub does not start; the message says why and what to do."""


@dataclass(frozen=True)
class Wish:
    """What somebody asked for. `idle` in seconds; `megabytes` of memory, `processes` and megabytes of `disk` for each learner."""

    port: int = 8000
    instructor: str = "instructor"
    behind_proxy: bool = False
    as_root: bool = False
    hold: bool = False
    idle: int = 3600
    megabytes: int = 2048
    processes: int = 200
    disk: int = 500


@dataclass(frozen=True)
class Ready:
    """A hub that may be run: what to write on the board, and how to start it. `password` is there on the first start only."""

    places: Places
    settings: Settings
    address: str
    code: str
    fingerprint: str
    password: str
    people: int
    sliced: bool


def prepared(course: Course, wish: Wish, say: Say) -> Ready:
    """Everything made ready. Raises CannotStart with a sentence, and starts nothing."""
    try:
        _allowed(wish)
        sandbox.seen(course.root)
        sandbox.tried()
        node = proxy.node()
        places = Places(course.root).made()
        if not proxy.installed(places.proxy):
            say(f"Fetching the hub's proxy ({proxy.NAME} {proxy.version()}), once …")
            proxy.fetch(places.proxy, node)
        say("Making the learner kit, if the course has changed …")
        homes.kit_made(course, places)
        _settings_for_servers(places, wish)
        for unit in () if wish.hold else course.outline.units:
            released(places, course, unit.id)
        people = People(places.people)
        password = people.opened(wish.instructor)
    except (sandbox.NoSandbox, proxy.NoProxy, CannotMake, Refused) as error:
        raise CannotStart(str(error)) from None
    here = certificate.addresses() or ["127.0.0.1"]
    mark = ""
    if not wish.behind_proxy:
        names = [*here, socket.gethostname(), "localhost", "127.0.0.1"]
        made = certificate.made(places.certificate, [name for name in names if name], datetime.now(UTC))
        mark = certificate.fingerprint(made)
    hub_port, proxy_port, poll_port = _free(3)
    sliced = _slice(wish)
    settings = Settings(
        address="127.0.0.1" if wish.behind_proxy else "0.0.0.0", port=wish.port, hub_port=hub_port, proxy_port=proxy_port,
        poll_port=poll_port, instructor=wish.instructor, units=tuple(unit.id for unit in course.outline.units),
        node=str(node), run="", behind_proxy=wish.behind_proxy, hold=wish.hold, as_root=wish.as_root, idle=wish.idle,
        megabytes=wish.megabytes, processes=wish.processes, disk=wish.disk, slice=sliced,
    )  # fmt: skip
    scheme = "http" if wish.behind_proxy else "https"
    where = f"{scheme}://{'127.0.0.1' if wish.behind_proxy else here[0]}:{wish.port}"
    return Ready(places, settings, where, people.class_code, mark, password, len(people.learners()), bool(sliced))


def _allowed(wish: Wish) -> None:
    if not sys.platform.startswith("linux"):
        raise CannotStart(
            "The hub runs on Linux only: elsewhere learners cannot be kept apart. Give them the kit: paroleclinic kit"
        )
    if os.geteuid() == 0 and not wish.as_root:
        raise CannotStart("Do not start the hub as root. Start it as an ordinary user, or add --as-root if you must.")
    address = "127.0.0.1" if wish.behind_proxy else "0.0.0.0"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, wish.port))
        except PermissionError:
            raise CannotStart(
                f"Port {wish.port} is not for ordinary users. Choose one from 1024 up: --port 8000"
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {wish.port} is busy: a hub or another program has it. Stop that, or choose another: --port {wish.port + 1}"
            ) from None


def _free(number: int) -> list[int]:
    """Ports that nobody uses."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _slice(wish: Wish) -> tuple[str, ...]:
    """The words that put a sandbox into a control group with limits for all its processes together; none where there is no systemd."""
    words = (
        "systemd-run", "--user", "--scope", "--quiet", "--collect", f"--property=MemoryMax={wish.megabytes}M",
        "--property=MemorySwapMax=0", "--property=CPUWeight=50", f"--property=TasksMax={wish.processes}",
    )  # fmt: skip
    if not which("systemd-run"):
        return ()
    try:
        done = subprocess.run([*words, "true"], capture_output=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return words if done.returncode == 0 else ()


def _settings_for_servers(places: Places, wish: Wish) -> None:
    """Write the settings that people's servers read: `learning` is bound into sandboxes, `teaching` is for the instructor."""
    page = json.loads((lab.HERE / "page_config.json").read_text(encoding="utf-8"))
    overrides = (lab.HERE / "overrides.json").read_bytes()
    common = (lab.HERE / "server_config.py").read_text(encoding="utf-8")
    cull = f"c.MappingKernelManager.cull_idle_timeout = {wish.idle}\nc.MappingKernelManager.cull_interval = 60\n"
    shell = f"c.ServerApp.terminado_settings = {{'shell_command': [{which('bash') or '/bin/sh'!r}]}}\n"  # a login shell forgets our PATH
    off = ("formgrader", "validate_assignment", "course_list")
    extensions = {f"nbgrader.server_extensions.{name}": False for name in off} | dict.fromkeys(
        ("jupyter_server_terminals", "jupyter_lsp", "notebook", "notebook_shim"), False
    )
    learning = {
        "server_config.py": f"{common}\n{cull}c.ServerApp.jpserver_extensions = {extensions!r}\n",
        "nbgrader_config.py": (HERE / "learner_nbgrader.py").read_text(encoding="utf-8"),
    }
    teaching = {"server_config.py": f"{common}\n{cull}c.ServerApp.terminals_enabled = True\n{shell}"}
    hidden = {f"@jupyter/nbgrader:{name}": True for name in NOT_FOR_LEARNERS}
    for kind, files, more in (("learning", learning, hidden), ("teaching", teaching, {})):
        folder = places.hub / kind
        rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shown = {**page, "disabledExtensions": {**page["disabledExtensions"], **more}}
        (folder / "page_config.json").write_text(json.dumps(shown, indent=1), encoding="utf-8")
        (folder / "overrides.json").write_bytes(overrides)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")


@contextmanager
def running(ready: Ready) -> Iterator[subprocess.Popen[bytes]]:
    """JupyterHub, answering; all it started is stopped at the end. Raises CannotStart."""
    places = ready.places
    lock = FileLock(places.hub / ".running")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise CannotStart("The hub of this course is running already, in another window.") from None
    run = Path(mkdtemp(prefix="clinic-"))  # a short path, as sockets need
    try:
        settings = Settings(**{**vars(ready.settings), "run": str(run)})
        settings.written(places.settings)
        scripts = str(Path(sys.executable).parent)
        env = {
            **os.environ,
            "PAROLECLINIC_HUB": str(places.root),
            "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")]),
        }
        begun = places.log.stat().st_size if places.log.exists() else 0
        with places.log.open("ab") as log:
            hub = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", f"--config={HERE / 'hub_config.py'}"], cwd=places.hub, env=env,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=_ends_with_its_parent,  # noqa: PLW1509  (there is one thread)
            )  # fmt: skip
        try:
            _answering(hub, places, begun)
            yield hub
        finally:
            _stopped(hub)
    finally:
        rmtree(run, ignore_errors=True)
        lock.release()


def _answering(hub: subprocess.Popen[bytes], places: Places, begun: int) -> None:
    """Wait until JupyterHub says that it runs, with all beside it; sooner it does not hear a signal. Raises CannotStart."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and hub.poll() is None:
        with places.log.open("rb") as log:
            log.seek(begun)
            if UP in log.read():
                return
        time.sleep(0.2)
    raise CannotStart(f"The hub did not start. The end of {places.log} says why:\n{last_lines(places.log)}")


def last_lines(path: Path, most: int = 8) -> str:
    """The end of a log."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(f"  {line[:200]}" for line in lines[-most:])


def _stopped(hub: subprocess.Popen[bytes]) -> None:
    """End the hub and all it started, first with a word, then without."""
    try:
        below = psutil.Process(hub.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    for what, patience in ((signal.SIGTERM, FAREWELL), (signal.SIGKILL, 10)):
        if hub.poll() is None:
            hub.send_signal(what)
            with suppress(subprocess.TimeoutExpired):
                hub.wait(patience)
    for one in below:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def _ends_with_its_parent() -> None:
    """Ask Linux to end this process when the one that started it dies in whatever way."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ignored, where a shell started it in the background
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)
