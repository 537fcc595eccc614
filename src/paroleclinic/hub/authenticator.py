"""Signing up with the class code, signing in with one's own password, and the instructor's page of the room."""

from __future__ import annotations

import asyncio
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers import BaseHandler
from jupyterhub.handlers.login import LoginHandler
from jupyterhub.utils import url_path_join
from tornado import web

from paroleclinic.hub import disk
from paroleclinic.hub.people import Patience, People, Refused, WrongCode
from paroleclinic.hub.places import Places, Settings

WAIT = "There were too many wrong tries. Wait a minute, then try again."
BY_NAME = Patience(most=10, seconds=60)
BY_ADDRESS = Patience(most=8, seconds=60)
BY_ALL = Patience(most=60, seconds=60)  # an address can be made up by whoever is in a sandbox


class RoomAuthenticator(Authenticator):
    """Lets in whoever is in the people of the room, with their password."""

    people: People
    places: Places
    settings: Settings

    async def authenticate(self, handler: Any, data: dict[str, str] | None) -> str | None:
        """The name, when the password is theirs."""
        name = str((data or {}).get("username", "")).strip().lower()
        password = str((data or {}).get("password", ""))
        if BY_NAME.over(name[:40]):
            raise web.HTTPError(429, WAIT)
        if await asyncio.to_thread(self.people.knows, name, password):
            return name
        BY_NAME.note(name[:40])
        return None

    def get_handlers(self, app: Any) -> list[Any]:
        """The pages that are ours."""
        return [("/login", LoginHandler), ("/signup", SignUp), ("/room", Room)]


def came_from(forwarded: str, behind_proxy: bool) -> str:
    """The address that a request came from, by X-Forwarded-For: what our own proxy put at its end, not what the sender wrote before it.

    Behind a web server the end is that server, and the address it saw stands before. X-Real-IP is never believed: our proxy lets it pass.
    """
    seen = [one.strip() for one in forwarded.split(",")]
    return seen[-2] if behind_proxy and len(seen) > 1 else seen[-1]


class SignUp(BaseHandler):
    """The form for whoever is here for the first time."""

    async def get(self) -> None:
        if self.current_user:
            self.redirect(self.get_next_url(self.current_user))
            return
        await self._form()

    async def post(self) -> None:
        given = {
            field: self.get_body_argument(field, "", strip=field != "password")
            for field in ("username", "code", "password")
        }
        people = self.authenticator.people
        address = came_from(self.request.headers.get("X-Forwarded-For", ""), self.authenticator.settings.behind_proxy)
        if BY_ADDRESS.over(address) or BY_ALL.over("code"):
            await self._form(WAIT, given, 429)
            return
        try:
            name = await asyncio.to_thread(people.sign_up, given["username"], given["password"], given["code"])
        except WrongCode as error:
            BY_ADDRESS.note(address)
            BY_ALL.note("code")
            await self._form(str(error), given, 403)
            return
        except Refused as error:
            await self._form(str(error), given, 400)
            return
        self.log.info("%s signed up", name)
        user = await self.login_user({"username": name, "password": given["password"]})
        if user is None:
            self.redirect(url_path_join(self.hub.base_url, "login"))
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))

    async def _form(self, wrong: str = "", given: dict[str, str] | None = None, status: int = 200) -> None:
        self.set_status(status)
        given = {**(given or {}), "password": ""}
        page = await self.render_template("signup.html", wrong=wrong, given=given, xsrf=self.xsrf_token.decode("ascii"))
        self.finish(page)


class Room(BaseHandler):
    """The instructor's page: who is here, what to open, what to type."""

    @web.authenticated
    async def get(self) -> None:
        own, settings = self.authenticator, self.authenticator.settings
        if self.current_user.name != settings.instructor:
            raise web.HTTPError(404)
        from paroleclinic.hub.config import poll_there

        here = [(name, self._state(name)) for name in own.people.learners()]
        found = await asyncio.to_thread(disk.uses, own.places, settings.disk)
        left = disk.free(own.places)
        user = self.current_user
        self.finish(
            await self.render_template(
                "room.html",
                code=own.people.class_code,
                here=here,
                fills={one.learner: one.megabytes for one in found},
                free=left,
                warnings=disk.warnings(found, left, settings.disk),
                units=settings.units,
                hold=settings.hold,
                server=user.url,
                running=user.active,
                poll=poll_there(),
                released=sorted(path.name for path in own.places.released.iterdir() if path.is_dir()),
            )
        )

    def _state(self, name: str) -> str:
        found = self.find_user(name)
        if found is None or not found.active:
            return "not here now"
        return "here"
