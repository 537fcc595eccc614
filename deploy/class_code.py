"""Signing up with a class code, and what sets an instructor's server apart. A file of JupyterHub's configuration.

The hub of the chart loads it from /usr/local/etc/jupyterhub/jupyterhub_config.d. The codes and the gradebook's address are in the
environment of the hub, from the Kubernetes secret `clinic`. The names in CLINIC_INSTRUCTORS sign up with the instructors' code.
"""

import hmac
import os
import re
import time
from collections import deque

from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.handlers import SignUpHandler
from tornado import web

INSTRUCTORS = frozenset(os.environ.get("CLINIC_INSTRUCTORS", "").lower().split())
MOST_WRONG, SECONDS = 60, 60
wrong = deque(maxlen=MOST_WRONG)


def plain(code):
    """A code without hyphens, blanks and small letters."""
    return re.sub(r"[\s-]", "", code[:100]).upper().encode()


def wanted(name):
    """The code that somebody of this name has to know; empty when the hub was given none."""
    return plain(os.environ.get("INSTRUCTOR_CODE" if name in INSTRUCTORS else "CLASS_CODE", ""))


class SignUp(SignUpHandler):
    """The form for whoever is here for the first time; without the code, nobody gets further."""

    async def post(self):
        name = self.authenticator.normalize_username(self.get_body_argument("username", ""))
        now = time.monotonic()
        if len(wrong) == MOST_WRONG and now - wrong[0] < SECONDS:
            raise web.HTTPError(429, "There were too many wrong tries. Wait a minute, then try again.")
        code = wanted(name)
        if not code or not hmac.compare_digest(plain(self.get_body_argument("class_code", "")), code):
            wrong.append(now)
            self.set_status(403)
            says = "That is not the class code. Look at the board."
            self.finish(await self.render_template("signup.html", alert="alert-danger", result_message=says))
            return
        await super().post()


class ClassCode(NativeAuthenticator):
    """NativeAuthenticator, whose form asks for the code."""

    def get_handlers(self, app):
        return [
            (r"/signup", SignUp) if path == r"/signup" else (path, page) for path, page in super().get_handlers(app)
        ]


def as_instructor(spawner):
    """Give an instructor's server the gradebook's address and its role; anybody else's, neither."""
    teaches = spawner.user.name in INSTRUCTORS
    spawner.environment["CLINIC_ROLE"] = "instructor" if teaches else "learner"
    spawner.environment.pop("GRADEBOOK_URL", None)
    if teaches and (address := os.environ.get("GRADEBOOK_URL")):
        spawner.environment["GRADEBOOK_URL"] = address


def labeled(spawner, pod):
    """The pod with its role as a label, which policies.yaml lets through to the gradebook."""
    role = "instructor" if spawner.user.name in INSTRUCTORS else "learner"
    pod.metadata.labels = {**(pod.metadata.labels or {}), "clinic-role": role}
    return pod


c = get_config()  # noqa: F821

c.JupyterHub.authenticator_class = ClassCode
c.Spawner.pre_spawn_hook = as_instructor
c.KubeSpawner.modify_pod_hook = labeled
