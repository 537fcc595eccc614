"""The sandbox of a learner's server, made by bubblewrap: what it sees, what it may write, what it may use.

It sees the system and the Python installation read-only, and of the course nothing but the learner's own home, which was filled
from a kit without keys. It has users, processes, files, a network and a host name of its own: there is no way out but the hub's
own door, `/run/hub.sock`.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import paroleclinic

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
OF_ETC = (
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "ssl/certs", "localtime", "timezone",
    "mime.types", "nsswitch.conf", "locale.conf", "default/locale",
)  # fmt: skip
UID = 1000
BUS = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")  # how systemd's programs find it
DOOR = "/run/hub.sock"
HOMES = "/srv/homes"  # not /home: Python may lie there, in the folder of somebody who is called as a learner is
EXCHANGE = "/srv/exchange"
SETTINGS = "/srv/settings"
TMP = 256_000_000  # bytes that /tmp may hold; they are memory, and no limit of a process counts them
SHARED = 64_000_000  # the same, for /dev/shm
LITTLE = 1_000_000
INSTALL = {
    "apt-get": "sudo apt-get install bubblewrap",
    "dnf": "sudo dnf install bubblewrap",
    "pacman": "sudo pacman -S bubblewrap",
    "zypper": "sudo zypper install bubblewrap",
}


class NoSandbox(RuntimeError):
    """Learners cannot be kept apart on this machine; the message says what to do."""


@dataclass(frozen=True)
class Room:
    """What one learner's sandbox is made of: a name, a home, a post box in and out, the units released, the door, settings."""

    name: str
    home: Path
    inbound: Path
    feedback: Path
    released: Path
    door: Path
    settings: Path
    passwd: Path


def installation() -> list[Path]:
    """The folders that Python and the package are in, and nothing else of where they lie."""
    package = Path(paroleclinic.__file__).resolve().parent
    wanted = [Path(sys.prefix), Path(sys.base_prefix), *map(Path, sysconfig.get_paths().values()), package]
    real = [*map(Path.absolute, wanted), *(path.resolve() for path in wanted if path.exists())]
    return _outermost(path for path in real if path.exists() and path != Path("/"))


def _outermost(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in sorted({*paths}, key=lambda path: len(path.parts)):
        if not any(path.is_relative_to(outer) for outer in found):
            found.append(path)
    return found


def seen(root: Path) -> list[Path]:
    """What every sandbox sees of this machine. Raises NoSandbox when the course lies in it, since its keys would be seen too."""
    found = _outermost([*(Path(path) for path in SYSTEM if Path(path).is_dir()), *installation()])
    if around := next((path for path in found if root.is_relative_to(path)), None):
        raise NoSandbox(f"The course lies in {around}, which learners can read. Move its folder to your home folder.")
    return found


def words(root: Path, room: Room, command: Sequence[str]) -> list[str]:
    """The command line that runs `command` in a learner's sandbox."""
    able = _able()
    line = [
        "bwrap", "--unshare-user", "--unshare-all", "--uid", str(UID), "--gid", str(UID), "--hostname", "clinic",
        "--die-with-parent", "--new-session", "--cap-drop", "ALL",
        *(word for name in BUS for word in ("--unsetenv", name)),
        *(["--disable-userns"] if "--disable-userns" in able else []),
    ]  # fmt: skip
    line += [*_small(TMP), "--tmpfs", "/tmp", "--dir", "/run"]
    for path in seen(root):  # after /tmp, where Python may lie
        line += (
            ["--symlink", str(path.readlink()), str(path)] if path.is_symlink() else ["--ro-bind", str(path), str(path)]
        )
    for name in OF_ETC:
        if Path("/etc", name).exists():
            line += ["--ro-bind", f"/etc/{name}", f"/etc/{name}"]
    line += ["--ro-bind", str(room.passwd), "/etc/passwd", "--proc", "/proc", "--dev", "/dev"]
    line += [
        *_small(SHARED), "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
        *_small(LITTLE), "--tmpfs", EXCHANGE,  # nbgrader wants to be able to write here, and writes nothing
        "--bind", str(room.home), f"{HOMES}/{room.name}",
        "--ro-bind", str(room.released), f"{EXCHANGE}/paroleclinic/outbound",
        "--bind", str(room.inbound), f"{EXCHANGE}/paroleclinic/inbound",
        "--ro-bind", str(room.feedback), f"{EXCHANGE}/paroleclinic/feedback",
        "--ro-bind", str(room.settings), SETTINGS,
        "--ro-bind", str(room.door), DOOR,
        "--remount-ro", "/", "--chdir", f"{HOMES}/{room.name}", "--", *command,
    ]  # fmt: skip
    return line


def _small(most: int) -> list[str]:
    """The words that limit the next folder in memory to `most` bytes, where bubblewrap can."""
    return ["--size", str(most)] if "--size" in _able() else []


@functools.cache
def _able() -> str:
    return subprocess.run(["bwrap", "--help"], capture_output=True, text=True, check=False).stdout


def tried() -> None:
    """Make a sandbox once. Raises NoSandbox, with a sentence that says what to install or allow."""
    if not shutil.which("bwrap"):
        how = next((words for tool, words in INSTALL.items() if shutil.which(tool)), "your system's package bubblewrap")
        raise NoSandbox(
            "Learners cannot be kept apart on this machine, so the hub does not start: the program `bwrap` is missing.\n"
            f"  Install it once: {how}"
        )
    line = [
        "bwrap",
        "--unshare-user",
        "--unshare-all",
        "--uid",
        str(UID),
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "true",
    ]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or ["no reason was given"]
        raise NoSandbox(
            "Learners cannot be kept apart on this machine, so the hub does not start: `bwrap` is not allowed to make a sandbox.\n"
            f"  It says: {said[0][:200]}\n"
            "  In Docker or LXC this has to be allowed for the container. On Ubuntu 24.04 and later, allow bwrap in AppArmor;\n"
            "  docs/hub.md says how."
        )
