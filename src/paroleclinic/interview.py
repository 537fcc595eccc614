"""Meeting a client before reading the file: what may be asked, what comes out, how it went. No files, no clock, no widgets.

An interview is a list of questions to ask and of facts to uncover. Trust stands from 0 to 5: a client who trusts you little answers
guardedly, and at 0 the talk is over. What was asked, in order, is all there is to know; the rest is replayed from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator

from paroleclinic.reading import Entry, Several

MOST_TRUST = 5
UNCOVERED, ORDER, HARM, STATED = 50, 15, 15, 20  # points, 100 together
DECISIVE = 3  # a decisive fact weighs as much as three others
Standing = Literal["known", "unknown", "needed"]
STANDINGS: dict[Standing, str] = {
    "known": "We know it now",
    "unknown": "We do not know it yet",
    "needed": "A paper must show it",
}


class Ask(Entry):
    """Something to say to the client. `because` says, afterwards, what it was good for.

    `reveals` names the facts that the answer tells. Below `needs_trust` the client says `guarded` instead, and nothing comes out.
    It is offered once everything in `after` has been answered, and no longer once something that `closes` it was said.
    """

    id: str
    text: str
    answer: str
    because: str
    reveals: Several[str] = ()
    trust: int = Field(default=0, ge=-3, le=2)
    needs_trust: int = Field(default=0, ge=0, le=MOST_TRUST)
    guarded: str | None = None
    after: Several[str] = ()
    closes: Several[str] = ()
    harm: bool = False

    @model_validator(mode="after")
    def _guarded(self) -> Self:
        if (self.needs_trust > 0) != (self.guarded is not None):
            raise ValueError("needs_trust and guarded go together")
        if self.harm and self.reveals:
            raise ValueError("what does harm uncovers nothing")
        return self


class Fact(Entry):
    """Something the client can tell: `because` says why it matters, `rules` the law that makes it matter."""

    id: str
    says: str
    because: str
    decisive: bool = False
    rules: Several[str] = ()


class Before(Entry):
    """Two things to ask in this order, and why."""

    first: str
    then: str
    because: str


class Statement(Entry):
    """A line to sort when the talk is over. One about a `fact` is known when the fact came out, and unknown when it did not."""

    id: str
    text: str
    because: str
    fact: str | None = None
    standing: Literal["unknown", "needed"] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.fact is None) == (self.standing is None):
            raise ValueError("a statement names a fact, or its standing")
        return self


N = TypeVar("N", Ask, Fact)


class Interview(Entry):
    """A client to meet. `limit` is how many things may be said; `model` a way to say them that earns everything."""

    minutes: int = 8
    scene: str
    opening: str
    interpreter: str | None = None
    limit: int = Field(ge=4, le=12)
    trust: int = Field(default=3, ge=1, le=MOST_TRUST)
    closed: str
    facts: Several[Fact]
    asks: Several[Ask]
    order: Several[Before] = ()
    statements: Several[Statement]
    model: Several[str]

    @model_validator(mode="after")
    def _named(self) -> Self:
        facts, asks = [fact.id for fact in self.facts], [ask.id for ask in self.asks]
        lines = [line.id for line in self.statements]
        for what, ids in (("facts", facts), ("asks", asks), ("statements", lines)):
            if len(ids) < 3 or len(set(ids)) < len(ids):
                raise ValueError(f"there are three or more {what}, with different ids")
        for ask in self.asks:
            _known(f"the ask {ask.id!r} reveals", ask.reveals, facts)
            _known(f"the ask {ask.id!r} comes after", ask.after, asks)
            _known(f"the ask {ask.id!r} closes", ask.closes, asks)
        for pair in self.order:
            _known("order", (pair.first, pair.then), asks)
        _known("a statement is about", [line.fact for line in self.statements if line.fact], facts)
        _known("the model asks", self.model, asks)
        return self

    def ask(self, ask_id: str) -> Ask:
        """The ask of that id. Raises KeyError."""
        return _by_id(self.asks, ask_id)

    def fact(self, fact_id: str) -> Fact:
        """The fact of that id. Raises KeyError."""
        return _by_id(self.facts, fact_id)


@dataclass(frozen=True)
class Line:
    """One thing asked, and what was said to it."""

    ask: Ask
    said: str
    guarded: bool


@dataclass(frozen=True)
class Talk:
    """Where an interview stands: what was said, the ids of the facts that came out, trust from 0 to 5."""

    interview: Interview
    lines: tuple[Line, ...]
    uncovered: frozenset[str]
    trust: int

    @property
    def left(self) -> int:
        """How many things may still be said."""
        return self.interview.limit - len(self.lines)

    @property
    def broken(self) -> bool:
        """Whether the client has ended the talk."""
        return self.trust <= 0

    @property
    def offered(self) -> tuple[Ask, ...]:
        """What may be said next; empty when the talk is over."""
        if self.left <= 0 or self.broken:
            return ()
        answered = {line.ask.id for line in self.lines if not line.guarded}
        closed = {name for line in self.lines for name in line.ask.closes}
        return tuple(
            ask
            for ask in self.interview.asks
            if ask.id not in answered and ask.id not in closed and answered.issuperset(ask.after)
        )

    def after(self, ask: Ask) -> Talk:
        """The talk once `ask` was said, which must be offered."""
        guarded = self.trust < ask.needs_trust
        line = Line(ask, (ask.guarded or "") if guarded else ask.answer, guarded)
        came_out = self.uncovered if guarded else self.uncovered.union(ask.reveals)
        trust = min(MOST_TRUST, max(0, self.trust + ask.trust))
        return Talk(self.interview, (*self.lines, line), came_out, trust)


@dataclass(frozen=True)
class Outcome:
    """How an interview went, in points: `total` of 100."""

    talk: Talk
    uncovered: float
    order: float
    harm: float
    stated: float
    kept: tuple[tuple[Before, bool], ...]
    sorted: tuple[tuple[Statement, Standing | None, Standing], ...]  # the line, where it was put, where it belongs

    @property
    def total(self) -> int:
        """All points, rounded."""
        return round(self.uncovered + self.order + self.harm + self.stated)

    @property
    def harmful(self) -> tuple[Ask, ...]:
        """What was said that does harm."""
        return tuple(line.ask for line in self.talk.lines if line.ask.harm)


class NotOffered(ValueError):
    """Something was asked that could not be asked at that point."""


def begin(interview: Interview) -> Talk:
    """The talk before anything was said."""
    return Talk(interview, (), frozenset(), interview.trust)


def played(interview: Interview, asked: Sequence[str]) -> Talk:
    """The talk after asking these, in order. Raises NotOffered."""

    def say(talk: Talk, ask_id: str) -> Talk:
        for ask in talk.offered:
            if ask.id == ask_id:
                return talk.after(ask)
        raise NotOffered(ask_id)

    return reduce(say, asked, begin(interview))


def standing(line: Statement, uncovered: frozenset[str]) -> Standing:
    """Where a statement belongs, after these facts came out."""
    if line.standing:
        return line.standing
    return "known" if line.fact in uncovered else "unknown"


def outcome(talk: Talk, placed: Mapping[str, object]) -> Outcome:
    """The marks for a talk and for the statements as sorted: `placed` maps statement ids to standings."""
    interview = talk.interview
    weight = {fact.id: DECISIVE if fact.decisive else 1 for fact in interview.facts}
    place = {line.ask.id: number for number, line in enumerate(talk.lines) if not line.guarded}
    kept = tuple((pair, _in_order(pair, place)) for pair in interview.order)
    lines = []
    for line in interview.statements:
        put = placed.get(line.id)
        lines.append((line, next((one for one in STANDINGS if one == put), None), standing(line, talk.uncovered)))
    harms = sum(line.ask.harm for line in talk.lines)
    return Outcome(
        talk,
        UNCOVERED * sum(weight[fact] for fact in talk.uncovered) / sum(weight.values()),
        ORDER * (sum(fine for _, fine in kept) / len(kept) if kept else min(1, len(talk.lines))),
        0.0 if talk.broken or not talk.lines else HARM * max(0.0, 1 - harms / 2),
        STATED * sum(put == belongs for _, put, belongs in lines) / len(lines),
        kept,
        tuple(lines),
    )


def _in_order(pair: Before, place: Mapping[str, int]) -> bool:
    return pair.first in place and pair.then in place and place[pair.first] < place[pair.then]


def _known(what: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{what} {name!r}, which is not there")


def _by_id(entries: Sequence[N], name: str) -> N:
    for entry in entries:
        if entry.id == name:
            return entry
    raise KeyError(name)
