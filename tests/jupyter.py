"""JupyterLab served from a copy of the course, for tests and benchmarks in a browser."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import CONTENT, ROOT
from paroleclinic import lab
from paroleclinic.answers import FILE_NAME

WIDE = {"width": 1300, "height": 1000}


def copy_course(root: Path) -> None:
    """The course as a learner has it, without answers of anybody."""
    root.mkdir()
    for name in CONTENT:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(FILE_NAME))
    for name in ("course.yaml", "README.md", "nbgrader_config.py"):
        shutil.copy(ROOT / name, root)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop(server: subprocess.Popen) -> None:
    """End a JupyterLab. A signal that comes before its loop turns is lost, so it is asked again; a busy one is killed."""
    for _ in range(2):
        server.terminate()
        try:
            server.communicate(timeout=10)
            return
        except subprocess.TimeoutExpired:
            continue
    server.kill()
    server.wait()


@contextmanager
def served(root: Path, *more: str, base: str = "") -> Iterator[str]:
    """The address of a JupyterLab started as `make lab` starts it; `base` is where a hub would serve it, such as /user/ana."""
    port = free_port()
    words = lab.command(
        root,
        "--allow-root",
        f"--ServerApp.port={port}",
        "--no-browser",
        "--IdentityProvider.token=",
        *([f"--ServerApp.base_url={base}/"] if base else []),
        *more,
        page=next(root.glob("notebooks/*.ipynb")).relative_to(root).as_posix(),
    )
    log = (root / "lab.log").open("w")
    server = subprocess.Popen(words, cwd=root, env=lab.environment(root), stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}{base}"
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
                break
            except OSError:
                assert server.poll() is None, (root / "lab.log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        stop(server)
        log.close()
