"""nbgrader's exchange in a room: where the course has a hub, its buttons Collect and Release Feedback go through `inbox`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback

from paroleclinic.collecting import Refused
from paroleclinic.course import Course
from paroleclinic.filing import file_away
from paroleclinic.holding import Stopped
from paroleclinic.inbox import HUB, handed_in, learners, send


def configure_room(c: Any, course: Course) -> None:
    """Point nbgrader to the exchange of the course's hub, when it has one. `c` is a traitlets Config."""
    exchange = course.root / HUB / "exchange"
    if exchange.is_dir():
        c.Exchange.root = str(exchange)
        c.ExchangeFactory.collect = CollectFromRoom
        c.ExchangeFactory.release_feedback = SendToRoom


class CollectFromRoom(ExchangeCollect):
    """Takes in what learners of the room handed in, of one unit; and with it their test results, which have no button of their own."""

    def start(self) -> None:
        """Collect."""
        course = Course(Path(self.coursedir.root))
        unit = str(self.coursedir.assignment_id)
        units = {case: one.id for one in course.outline.units for case in one.cases}
        owned = []
        for learner, found in handed_in(course.root, units, datetime.now(UTC)):
            if isinstance(found, Refused):
                self.log.warning("refused %s: %s", found.where, found.why)
            elif found.unit == unit or found.tests:
                owned.append((found, learner))
        try:
            filed = file_away(course.root, owned) if owned else []
        except Stopped as error:
            self.fail(f"Nothing was taken in: {error}.")
        for done in filed:
            self.log.info("%s, %s: %s", done.learner, done.found.unit, done.did)


class SendToRoom(ExchangeReleaseFeedback):
    """Sends pages of feedback of one unit to their own learners."""

    def start(self) -> None:
        """Send."""
        root, unit = Path(self.coursedir.root), str(self.coursedir.assignment_id)
        asked = str(self.coursedir.student_id)
        for learner in learners(root):
            if asked in ("*", "", learner) and (pages := send(root, learner, unit)):
                self.log.info("%s, %s: %d pages sent", learner, unit, pages)
