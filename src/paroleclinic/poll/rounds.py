"""The room as the service knows it: one question without its key, and a vote a person while it is open. Pure.

Nobody is named: a voter is a hash with a salt that is thrown away when the round closes, together with all single votes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from paroleclinic.poll.ballot import LETTERS, Ballot, Choice
from paroleclinic.poll.tally import MOST, Tally, of_votes

LONGEST = 4_000  # characters of a prompt or a choice
LONGEST_PAGE = 200_000  # characters of a result


class Refused(Exception):
    """What was asked for cannot be done; `status` is the HTTP status, the message is for the person who asked."""

    def __init__(self, status: int, says: str) -> None:
        super().__init__(says)
        self.status = status


@dataclass
class Room:
    """What is asked now. `number` counts the rounds, `vote` is 2 when the same question is asked again."""

    number: int = 0
    vote: int = 1
    ballot: Ballot | None = None
    open: bool = False
    shown: str = ""  # the result as the instructor's page drew it; empty until it is shown
    tally: Tally | None = None  # of the round, once it is closed
    votes: dict[str, str] = field(default_factory=dict)  # voter's hash -> letters
    salt: str = ""

    def ask(self, ballot: Ballot, vote: int = 1) -> int:
        """Open a round and return its number; an earlier one is over, its single votes are gone."""
        self.number += 1
        self.vote, self.ballot, self.open, self.shown, self.tally = vote, ballot, True, "", None
        self.votes, self.salt = {}, secrets.token_hex(16)
        return self.number

    def cast(self, voter: str, number: object, letters: object) -> None:
        """Take a person's vote, in place of an earlier one of theirs. Raises Refused."""
        if number != self.number or isinstance(number, bool) or self.ballot is None:
            raise Refused(409, "That question is over. Look at the one that is shown now.")
        if not self.open:
            raise Refused(409, "Voting on this question is closed. Your vote was not changed.")
        known = self.ballot.letters
        if not isinstance(letters, list) or not all(isinstance(letter, str) and letter in known for letter in letters):
            raise Refused(400, "That is not one of the answers to this question.")
        if len(letters) > 1 and not self.ballot.several:
            raise Refused(400, "Choose one answer only.")
        who = self._hash(voter)
        if letters and who not in self.votes and len(self.votes) >= MOST:
            raise Refused(409, f"{MOST} people have voted already; the room is full.")
        if letters:
            self.votes[who] = "".join(letter for letter in known if letter in letters)
        else:
            self.votes.pop(who, None)

    def cast_by(self, voter: str) -> str:
        """The letters that a person has chosen in the open round; empty when none, or when the round is closed."""
        return self.votes.get(self._hash(voter), "") if self.open else ""

    def close(self, number: object) -> Tally:
        """End the voting and forget who chose what; asked again, the same counts. Raises Refused."""
        if number != self.number or isinstance(number, bool) or self.ballot is None:
            raise Refused(409, "Another question is being asked now.")
        if self.tally is None:
            self.tally = of_votes(self.votes.values(), self.ballot.letters)
            self.open, self.votes, self.salt = False, {}, ""
        return self.tally

    def show(self, number: object, page: object) -> None:
        """Let everybody see the result, given as HTML that the instructor's page drew. Raises Refused."""
        if number != self.number or isinstance(number, bool) or self.ballot is None or self.open:
            raise Refused(409, "Close this question first.")
        if not isinstance(page, str) or len(page) > LONGEST_PAGE:
            raise Refused(400, "That is no result to show.")
        self.shown = page

    def clear(self) -> None:
        """Take the question away; people wait for the next one."""
        self.ballot, self.open, self.shown, self.tally, self.votes, self.salt = None, False, "", None, {}, ""

    @property
    def answers(self) -> int:
        """How many people have voted in this round."""
        return self.tally.people if self.tally else len(self.votes)

    def told(self) -> dict[str, Any]:
        """What the instructor's page may know: while a round is open, how many voted, and not what."""
        closed = {"counts": dict(self.tally.counts), "people": self.tally.people} if self.tally else {}
        return {"round": self.number, "open": self.open, "answers": self.answers, **closed}

    def saved(self) -> str:
        """The room as text, for a restart."""
        return json.dumps(
            {
                "v": 1,
                "number": self.number,
                "vote": self.vote,
                "ballot": public(self.ballot) if self.ballot else None,
                "open": self.open,
                "shown": self.shown,
                "tally": [dict(self.tally.counts), self.tally.people] if self.tally else None,
                "votes": self.votes,
                "salt": self.salt,
            },
            ensure_ascii=False,
        )

    def _hash(self, voter: str) -> str:
        return hashlib.sha256(f"{self.salt}/{voter}".encode()).hexdigest()[:32]


def public(ballot: Ballot) -> dict[str, Any]:
    """A ballot as it travels to the service."""
    return {
        "name": ballot.name,
        "prompt": ballot.prompt,
        "several": ballot.several,
        "choices": [[choice.letter, choice.text] for choice in ballot.choices],
    }


def ballot_of(data: object) -> Ballot:
    """The ballot in what was sent. Raises Refused; what else was sent with it is left out, such as a key."""
    if not isinstance(data, Mapping):
        raise Refused(400, "That is no question.")
    name, prompt, choices = data.get("name"), data.get("prompt"), data.get("choices")
    if not _text(name) or not _text(prompt) or not isinstance(choices, Sequence) or not 2 <= len(choices) <= 10:
        raise Refused(400, "A question needs a name, a text, and two to ten answers.")
    found = [
        Choice(letter, one[1])
        for letter, one in zip(LETTERS, choices, strict=False)
        if isinstance(one, list) and len(one) == 2 and one[0] == letter and _text(one[1])
    ]
    if len(found) < len(choices):
        raise Refused(400, "The answers of a question are lettered A, B, C and so on, each with a text.")
    return Ballot(str(name), str(prompt), data.get("several") is True, tuple(found))


def room_of(text: str) -> Room:
    """The room that `saved` wrote. Raises ValueError when it is not readable."""
    try:
        data = json.loads(text)
        ballot = ballot_of(data["ballot"]) if data["ballot"] else None
        tally = (
            Tally({str(k): int(n) for k, n in data["tally"][0].items()}, int(data["tally"][1]))
            if data["tally"]
            else None
        )
        votes = {str(who): str(letters) for who, letters in data["votes"].items()}
        return Room(
            int(data["number"]),
            int(data["vote"]),
            ballot,
            data["open"] is True,
            str(data["shown"]),
            tally,
            votes,
            str(data["salt"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, Refused) as error:
        raise ValueError("the saved room cannot be read") from error


def _text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST
