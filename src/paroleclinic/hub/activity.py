"""What counts as using a server: what a person does in it. A page that is only open asks it for news all day, and does not count."""

from __future__ import annotations

from typing import Any

from jupyterhub.proxy import ConfigurableHTTPProxy


def every(idle: int) -> int:
    """The seconds between two words of a server to the hub, and between two looks of the culler; far fewer than `idle`."""
    return max(1, min(60, idle // 5))


class RoomProxy(ConfigurableHTTPProxy):
    """The proxy. Its own count of what passed is believed for the instructor alone: learners' servers tell what was done in them."""

    instructor = ""

    async def get_all_routes(self) -> dict[str, Any]:
        """Every route, as the proxy knows it."""
        routes: dict[str, Any] = await super().get_all_routes()
        for route in routes.values():
            if route["data"].get("user") != self.instructor:
                route["data"].pop("last_activity", None)
        return routes
