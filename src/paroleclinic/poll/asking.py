"""A question put to the room with its votes, and a session of them as text, for a page that is loaded anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, get_args

from paroleclinic.course import Course
from paroleclinic.poll.ballot import Ballot, ballots
from paroleclinic.poll.screen import Phase
from paroleclinic.poll.tally import Tally, summed
from paroleclinic.questions import Question
from paroleclinic.reading import Problems

NOBODY = Tally({}, 0)
PHASES: dict[str, Phase] = {phase: phase for phase in get_args(Phase)}


@dataclass
class Vote:
    """One vote on a question: raised cards and own screens. `number` is the service's round, 0 without one."""

    at: datetime
    cards: Tally = NOBODY
    screens: Tally = NOBODY
    number: int = 0
    lost: bool = False  # the service did not answer when the vote was to be closed

    @property
    def tally(self) -> Tally:
        """Both together."""
        return summed(self.cards, self.screens)


@dataclass
class Asking:
    """A question put to the room, with its votes so far. `item` names the item of a `match` question."""

    lesson: str
    question: Question
    item: str
    ballot: Ballot
    phase: Phase = "ready"
    votes: list[Vote] = field(default_factory=list)


class Sitting(NamedTuple):
    """The whole state of the instructor's page. `lesson` is whose questions are listed; the last of `session` is asked now if `asking`."""

    lesson: str
    asking: bool
    session: Sequence[Asking]
    saved: str
    path: Path | None

    def kept(self) -> str:
        """All of it as text, for `sitting_of` to read back."""
        return json.dumps(
            {
                "v": 1,
                "lesson": self.lesson,
                "asking": self.asking,
                "path": str(self.path or ""),
                "saved": self.saved,
                "session": [
                    [one.lesson, one.ballot.name, one.phase, [_vote_kept(vote) for vote in one.votes]]
                    for one in self.session
                ],
            }
        )


def sitting_of(text: str, course: Course) -> Sitting:
    """What `kept` wrote. Raises ValueError when it cannot be read, or names what has left the course."""
    try:
        kept = json.loads(text)
        session = [_asking_of(one, course) for one in kept["session"]]
        lesson = str(kept["lesson"])
        if lesson:
            course.lesson(lesson)
        asking = bool(kept["asking"] and session[-1])
        return Sitting(lesson, asking, session, str(kept["saved"]), Path(kept["path"]) if kept["path"] else None)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, LookupError, StopIteration, Problems) as error:
        raise ValueError("the session cannot be read") from error


def _asking_of(kept: list[Any], course: Course) -> Asking:
    lesson, name, phase, votes = kept
    question_id, _, item = name.partition("/")
    question = course.question(question_id)
    ballot = next(ballot for ballot in ballots(question) if ballot.name == name)
    found = [_vote_of(vote, ballot) for vote in votes]
    return Asking(course.lesson(lesson).id, question, item, ballot, PHASES[phase], found)


def _vote_kept(vote: Vote) -> list[Any]:
    return [
        vote.at.isoformat(),
        [dict(vote.cards.counts), vote.cards.people],
        [dict(vote.screens.counts), vote.screens.people],
        vote.number,
        vote.lost,
    ]


def _vote_of(kept: list[Any], ballot: Ballot) -> Vote:
    at, cards, screens, number, lost = kept
    by_hand, own = (
        Tally({letter: int(counts.get(letter, 0)) for letter in ballot.letters}, int(people))
        for counts, people in (cards, screens)
    )
    return Vote(datetime.fromisoformat(at), by_hand, own, int(number), bool(lost))
