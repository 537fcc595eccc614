"""What runs first in a learner's sandbox: sets limits, opens the way to the hub's door, and starts JupyterLab.

Called as `python -m paroleclinic.hub.inside SOCKET HUB_PORT MEGABYTES PROCESSES [options of JupyterLab]`. SOCKET is the number of a
listening socket that the hub made outside: the sandbox has a network of its own, and only this socket reaches in.
"""

from __future__ import annotations

import asyncio
import os
import resource
import socket
import sys
import threading

from paroleclinic.hub.relay import serve_tcp
from paroleclinic.hub.sandbox import DOOR

LARGEST_FILE = 200_000_000  # bytes
OPEN_FILES = 2048


def limit(megabytes: int, processes: int) -> None:
    """Limit this process and all that it starts; no limit can be raised again from inside."""
    wanted = {
        resource.RLIMIT_AS: megabytes * 1_000_000,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in wanted.items():
        hard = resource.getrlimit(what)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))
    os.nice(5)


def only_deeds() -> None:
    """Let requests count as use of this server when they change a file or a kernel.

    A page that is only open asks for news, and saves how it is laid out, every ten seconds.
    """
    from jupyter_server.base.handlers import APIHandler

    noted = APIHandler.update_api_activity

    def note(handler: APIHandler) -> None:
        if handler.request.method not in ("GET", "HEAD", "OPTIONS") and "/lab/api/" not in handler.request.path:
            noted(handler)

    APIHandler.update_api_activity = note  # type: ignore[method-assign,assignment]


def main(words: list[str]) -> None:
    """Start the server of one learner."""
    number, hub_port, megabytes, processes = map(int, words[:4])
    limit(megabytes, processes)
    ready = threading.Event()
    threading.Thread(target=asyncio.run, args=(serve_tcp(hub_port, DOOR, ready),), daemon=True).start()
    ready.wait(10)

    from jupyter_server.serverapp import ServerApp
    from jupyterhub.singleuser import main as served

    def listen(app: ServerApp) -> bool:
        listening = socket.socket(fileno=number)
        listening.setblocking(False)
        app.http_server.add_socket(listening)
        return True

    only_deeds()
    ServerApp._bind_http_server_tcp = listen  # type: ignore[method-assign,assignment]
    os.set_inheritable(number, False)
    sys.argv = ["jupyterhub-singleuser", *words[4:]]
    served()


if __name__ == "__main__":
    main(sys.argv[1:])
