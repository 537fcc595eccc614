"""JupyterHub's settings for a room, made from what `paroleclinic hub` wrote into `.hub/settings.json`."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from paroleclinic.hub.activity import RoomProxy, every
from paroleclinic.hub.authenticator import RoomAuthenticator
from paroleclinic.hub.people import People
from paroleclinic.hub.places import Places, Settings
from paroleclinic.hub.spawner import RoomSpawner

PAGES = Path(__file__).parent / "pages"
POLL = "paroleclinic.poll.service"


def services(places: Places, settings: Settings) -> list[dict[str, Any]]:
    """What runs beside the hub: the culler of idle servers, the backup of answers, and the poll where there is one."""
    found: list[dict[str, Any]] = [
        {
            "name": "cull",
            "command": [
                sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={settings.idle}",
                f"--cull-every={every(settings.idle)}",
            ],
        },
        {
            "name": "backup",
            "command": [
                sys.executable, "-m", "paroleclinic.hub.backups", str(places.root), str(settings.backup_every), str(settings.disk),
            ],
        },
    ]  # fmt: skip
    if poll_there():
        found.append(
            {
                "name": "poll",
                "url": f"http://127.0.0.1:{settings.poll_port}",
                "command": [sys.executable, "-m", POLL],
                "cwd": str(places.root),
                "oauth_no_confirm": True,
                "display": False,
                "environment": {
                    "PAROLECLINIC_COURSE": str(places.root),
                    "PAROLECLINIC_INSTRUCTOR": settings.instructor,
                },
            }
        )
    return found


def poll_there() -> bool:
    """Whether this course has the service that asks the room."""
    try:
        return find_spec(POLL) is not None
    except ModuleNotFoundError:
        return False


def roles(settings: Settings) -> list[dict[str, Any]]:
    """Who may do what. The instructor may stop servers, and may not open learners' servers: their pages are not to be trusted."""
    poll = ["access:services!service=poll"] if poll_there() else []
    return [
        {"name": "user", "scopes": ["self", *poll]},
        {
            "name": "teaching",
            "users": [settings.instructor],
            "scopes": ["admin-ui", "list:users", "read:users:activity", "read:servers", "delete:servers"],
        },
        {
            "name": "culling",
            "services": ["cull"],
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        },
    ]


def first_page(settings: Settings) -> Any:
    """Where somebody goes after signing in: learners to their own server, the instructor to the page of the room."""

    def page(handler: Any) -> str:
        user = handler.current_user
        return f"{handler.hub.base_url}room" if user and user.name == settings.instructor else ""

    return page


def configure(c: Any, places: Places, settings: Settings) -> None:
    """Set JupyterHub up. `c` is a traitlets Config."""
    people = People(places.people)
    secure = not settings.behind_proxy
    c.JupyterHub.bind_url = f"{'https' if secure else 'http'}://{settings.address}:{settings.port}"
    if secure:
        c.JupyterHub.ssl_key = str(places.certificate / "key.pem")
        c.JupyterHub.ssl_cert = str(places.certificate / "certificate.pem")
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.trusted_downstream_ips = ["127.0.0.1"] if settings.behind_proxy else []
    c.JupyterHub.db_url = f"sqlite:///{places.database}"
    c.JupyterHub.cookie_secret_file = str(places.hub / "cookie-secret")
    c.JupyterHub.cookie_max_age_days = 7
    c.JupyterHub.tornado_settings = {
        "cookie_options": {"secure": True}
    }  # behind a web server the hub itself sees plain HTTP
    c.JupyterHub.template_paths = [str(PAGES)]
    c.JupyterHub.template_vars = {"room_instructor": settings.instructor}
    c.JupyterHub.default_url = first_page(settings)
    c.JupyterHub.authenticator_class = RoomAuthenticator
    c.JupyterHub.spawner_class = RoomSpawner
    c.JupyterHub.services = services(places, settings)
    c.JupyterHub.load_roles = roles(settings)
    c.JupyterHub.concurrent_spawn_limit = 0  # nobody is sent away; servers start in turns
    c.JupyterHub.active_server_limit = 40
    c.JupyterHub.shutdown_on_logout = False
    c.JupyterHub.log_level = "INFO"
    c.Authenticator.allow_all = True
    c.Authenticator.admin_users = set()
    c.RoomAuthenticator.delete_invalid_users = True
    RoomAuthenticator.people = people
    RoomAuthenticator.places = places
    RoomAuthenticator.settings = settings
    RoomSpawner.places, RoomSpawner.settings = places, settings
    c.Spawner.http_timeout = 120
    c.Spawner.start_timeout = 600
    c.LocalProcessSpawner.interrupt_timeout = c.LocalProcessSpawner.term_timeout = 5
    c.JupyterHub.proxy_class = RoomProxy
    RoomProxy.instructor = settings.instructor
    c.ConfigurableHTTPProxy.command = [
        settings.node,
        str(places.proxy / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"),
    ]
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_port}"
    c.ConfigurableHTTPProxy.pid_file = str(places.hub / "proxy.pid")
