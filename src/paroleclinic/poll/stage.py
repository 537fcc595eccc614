"""What the instructor does, step by step: choose, open, close, show, explain, ask again, next. The key stays on this side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from paroleclinic.course import Course, NoSuchEntry
from paroleclinic.poll import screen
from paroleclinic.poll.asking import NOBODY, Asking, Sitting, Vote, sitting_of
from paroleclinic.poll.ballot import ballots, besides, reasons
from paroleclinic.poll.link import Link, NoAnswer
from paroleclinic.poll.page import charts, explained
from paroleclinic.poll.record import free, save
from paroleclinic.poll.screen import Entry, Row
from paroleclinic.poll.tally import of_cards
from paroleclinic.questions import Memo
from paroleclinic.teaching import Poll

GO_ON = "Press Close voting again to go on with the cards alone."


class Stage:
    """The instructor's page while its kernel lives. `link()` finds the service for own screens, if there is one."""

    def __init__(
        self,
        course: Course,
        link: Callable[[], Link | None],
        now: Callable[[], datetime],
        keep: Callable[[str], None] = lambda kept: None,
    ) -> None:
        self.course, self.link, self.now, self.keep = course, link, now, keep
        self.lesson = ""  # whose questions are listed
        self.asking: Asking | None = None
        self.session: list[Asking] = []
        self.saved = ""
        self.path: Path | None = None
        self.trouble = ""

    def hear(self, message: Mapping[str, Any]) -> dict[str, object]:
        """Answer one message of the page: a new drawing, or only the count."""
        do = message.get("do")
        self.trouble = ""
        if do == "cards":
            self._cards(message)
            self.keep(self.kept())
            return {"answers": self._answers()}
        if do == "tick":
            return self._tick()
        step = {
            "list": self._list, "lesson": self._lesson, "poll": self._poll, "pick": self._pick, "open": self._open,
            "close": self._close, "show": self._show, "explain": self._explain, "again": self._open, "next": self._next,
            "save": self._save, "anew": self._anew,
        }.get(str(do))  # fmt: skip
        if step:
            step(message)
            self.keep(self.kept())
        focus = "#result" if do in ("show", "explain") else "#stage"
        if do == "lesson" and self.lesson:
            focus = f"#all-{self.lesson}"
        return {"html": self.page(), "focus": focus, "trouble": self.trouble}

    def page(self) -> str:
        """The page as it stands now."""
        join = self._join()
        one = self.asking
        if one is None:
            return screen.questions(
                self._rows(),
                self.lesson,
                self._entries(),
                join,
                len([1 for asked in self.session if asked.votes]),
                self.saved,
            )
        guide = self._guided(one)
        return screen.stage(
            one.ballot,
            one.phase,
            title=self.course.lesson(one.lesson).title,
            vote=max(len(one.votes), 1),
            answers=self._answers(),
            cards=one.votes[-1].cards if one.votes else NOBODY,
            join=join,
            result=self._result(one),
            notes=screen.for_you(guide.why, guide.when_split) if guide else "",
            following="Next: poll 2" if self._following(one) else "",
        )

    def kept(self) -> str:
        """All of it as text: a page that is loaded anew has a new kernel, and must not lose a vote."""
        return Sitting(self.lesson, self.asking is not None, self.session, self.saved, self.path).kept()

    def take_up(self, text: str) -> None:
        """Go on where an earlier kernel was; with anything that cannot be read, or has left the course, begin anew."""
        try:
            found = sitting_of(text, self.course)
        except ValueError:
            return
        self.lesson, self.session, self.saved, self.path = found.lesson, [*found.session], found.saved, found.path
        self.asking = self.session[-1] if found.asking else None

    # Choosing

    def _list(self, _: Mapping[str, Any]) -> None:
        if self.asking and self.asking.phase == "open":
            return  # a click that came late; the vote goes on
        self._leave()

    def _lesson(self, message: Mapping[str, Any]) -> None:
        self.lesson = str(message.get("lesson", ""))

    def _poll(self, message: Mapping[str, Any]) -> None:
        lesson, number = str(message.get("lesson")), str(message.get("number"))
        polls = self.course.guide(lesson).polls
        if number.isdigit() and 0 < int(number) <= len(polls):
            self._put(lesson, polls[int(number) - 1].question)

    def _pick(self, message: Mapping[str, Any]) -> None:
        self._put(str(message.get("lesson")), str(message.get("name")))

    def _put(self, lesson: str, name: str) -> None:
        question_id, _, item = name.partition("/")
        question = self.course.question(question_id)
        found = [ballot for ballot in ballots(question) if ballot.name == name or not item]
        if not found:
            raise NoSuchEntry("question for the room", name, [ballot.name for ballot in ballots(question)])
        self._leave()
        self.lesson = self.course.lesson(lesson).id
        self.asking = Asking(lesson, question, found[0].name.partition("/")[2], found[0])
        self.session.append(self.asking)

    def _next(self, message: Mapping[str, Any]) -> None:
        following = self._following(self.asking) if self.asking else ""
        if self.asking and following:
            self._put(self.asking.lesson, following)
        else:
            self._list(message)

    def _leave(self) -> None:
        if self.asking:
            self._on_screens(lambda link: link.clear())
        self.session = [asked for asked in self.session if asked.votes]
        self.asking = None

    # Voting

    def _open(self, _: Mapping[str, Any]) -> None:
        one = self.asking
        if one is None or one.phase in ("open", "explained") or len(one.votes) > 1:
            return
        one.votes.append(Vote(self.now(), of_cards({}, 0, one.ballot.letters, one.ballot.several)))
        one.phase, self.saved = "open", ""
        self._ask_screens(one)

    def _ask_screens(self, one: Asking) -> None:
        def ask(link: Link) -> None:
            one.votes[-1].number = link.ask(one.ballot, len(one.votes))

        self._on_screens(ask)

    def _cards(self, message: Mapping[str, Any]) -> None:
        one = self.asking
        if one and one.phase == "open":
            one.votes[-1].cards = of_cards(
                message.get("counts"), message.get("people"), one.ballot.letters, one.ballot.several
            )

    def _tick(self) -> dict[str, object]:
        one = self.asking
        if one is None or one.phase != "open":
            return {}
        if not one.votes[-1].number and self.link():
            self._ask_screens(one)  # the service was started after the vote
            return {"html": self.page(), "trouble": self.trouble}
        return {"answers": self._answers(), "trouble": self.trouble}

    def _close(self, _: Mapping[str, Any]) -> None:
        one = self.asking
        if one is None or one.phase != "open":
            return
        vote, link = one.votes[-1], self.link()
        if vote.number and not vote.lost:
            try:
                if link is None:
                    raise NoAnswer("The page for people's own screens is gone.")
                vote.screens = link.close(vote.number)
            except NoAnswer as error:
                vote.lost, self.trouble = True, f"{error} {GO_ON}"
                return
        one.phase = "closed"

    def _show(self, _: Mapping[str, Any]) -> None:
        one = self.asking
        if one and one.phase == "closed":
            one.phase = "shown"
            self._send(one)

    def _explain(self, _: Mapping[str, Any]) -> None:
        one = self.asking
        if one and one.phase in ("closed", "shown"):
            one.phase = "explained"
            self._send(one)

    def _send(self, one: Asking) -> None:
        vote = one.votes[-1]
        if vote.number and not vote.lost:
            self._on_screens(lambda link: link.show(vote.number, self._result(one)))

    def _anew(self, _: Mapping[str, Any]) -> None:
        self._leave()
        self.session, self.saved, self.path = [], "", None

    def _save(self, _: Mapping[str, Any]) -> None:
        at = self.now()
        self.path = self.path or free(
            self.course.root, at
        )  # saved again, the session takes the place of its earlier state
        save(self.path, self.course.outline.title, self.session, at)
        self.saved = f"Saved: {self.course.shown(self.path)}, and the same as CSV. Counts only, no names."

    # What there is to show

    def _result(self, one: Asking) -> str:
        if one.phase not in ("shown", "explained"):
            return ""
        tallies = [vote.tally for vote in one.votes]
        drawn = charts(one.ballot, tallies)
        if one.phase == "explained":
            day = one.question.on or self.course.outline.as_of
            drawn += explained(
                reasons(one.question, one.item),
                tallies,
                besides(one.question, one.item),
                one.question.rules,
                self.course.law,
                day,
            )
        return drawn

    def _answers(self) -> int:
        one = self.asking
        if one is None or not one.votes:
            return 0
        vote = one.votes[-1]
        if one.phase != "open" or not vote.number:
            return vote.tally.people
        try:
            link = self.link()
            told = link.told() if link else {}
            same = told.get("round") == vote.number
            return vote.cards.people + (int(told["answers"]) if same else 0)
        except NoAnswer as error:
            self.trouble = self.trouble or str(error)  # what the step itself met is said first
            return vote.cards.people

    def _join(self) -> str:
        if self.asking and self.asking.phase not in ("ready", "open"):
            return ""
        link = self.link()
        if link is None:
            return screen.join_line(None) if self.asking is None else ""
        try:
            return screen.join_line(link.told())
        except NoAnswer as error:
            return screen.join_line(None, str(error))

    def _on_screens(self, act: Callable[[Link], None]) -> None:
        link = self.link()
        if link is None:
            return
        try:
            act(link)
        except NoAnswer as error:
            self.trouble = str(error)

    def _rows(self) -> list[Row]:
        guided = self.course.guide_paths
        return [Row(lesson.id, lesson.title, 2 if lesson.id in guided else 0) for lesson in self.course.outline.lessons]

    def _entries(self) -> list[Entry]:
        if not self.lesson:
            return []
        lesson = self.course.lesson(self.lesson).id
        polls = [poll.question for poll in self.course.guide(lesson).polls] if lesson in self.course.guide_paths else []
        done = {asked.ballot.name for asked in self.session if asked.votes}
        questions = [self.course.question(name) for name in dict.fromkeys((*polls, *self.course.quizzed(lesson)))]
        return [
            Entry(ballot.name, ballot.prompt, polls.index(q.id) + 1 if q.id in polls else 0, ballot.name in done)
            for q in questions
            if not isinstance(q, Memo)
            for ballot in ballots(q)
        ]

    def _guided(self, one: Asking) -> Poll | None:
        if one.lesson not in self.course.guide_paths:
            return None
        return next((poll for poll in self.course.guide(one.lesson).polls if poll.question == one.question.id), None)

    def _following(self, one: Asking) -> str:
        if one.lesson not in self.course.guide_paths:
            return ""
        first, second = self.course.guide(one.lesson).polls
        done = {asked.question.id for asked in self.session if asked.votes}
        return second.question if one.question.id == first.question and second.question not in done else ""
