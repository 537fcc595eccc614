"""People who sign in at the JupyterHub. The only module that knows its way of signing in."""

from __future__ import annotations

import os
from typing import Any

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from tornado.web import RequestHandler, authenticated

INSTRUCTOR = "PAROLECLINIC_INSTRUCTOR"  # a name, or several with commas between them
GROUP = "instructors"


class ByHub:
    """Known by the hub: one vote a name, and the instructor by name, by group or as an admin."""

    tied = "name"

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.hub = HubOAuth.instance()
        self.names = {name.strip() for name in os.environ.get(INSTRUCTOR, "").split(",") if name.strip()}

    async def voter(self, handler: RequestHandler) -> str | None:
        """The name, of those who may use this service."""
        user: dict[str, Any] | None = await self.hub.get_user(handler, sync=False)
        if not user or not self.hub.check_scopes(self.hub.access_scopes, user):
            return None
        return f"{user.get('kind', 'user')}/{user['name']}"

    async def instructor(self, handler: RequestHandler) -> bool:
        """Whether the token in the request's head is the instructor's; a cookie is not enough."""
        token = self.hub.get_token(handler, in_cookie=False)
        user = await self.hub.user_for_token(token, sync=False) if token else None
        if not user or user.get("kind", "user") != "user":
            return False
        return user["name"] in self.names or user.get("admin") is True or GROUP in user.get("groups", ())

    def stranger(self, handler: RequestHandler) -> None:
        """Send them to sign in."""
        handler.redirect(f"{self.prefix}login")


class Login(HubOAuthenticated, RequestHandler):
    """The way through the hub's page to sign in, and back."""

    @authenticated
    def get(self) -> None:
        """To the poll, once signed in."""
        self.redirect(os.environ["JUPYTERHUB_SERVICE_PREFIX"])


def hub_routes(prefix: str) -> list[tuple[str, Any, dict[str, Any]]]:
    """Where people sign in."""
    return [(f"{prefix}login", Login, {}), (f"{prefix}oauth_callback", HubOAuthCallbackHandler, {})]
