"""The typed client file: what a careful reader takes from the papers, as dates and words that a rule can read.

Only what the papers or the story show stands in it; what nobody knows is left out. Days are plain dates.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from pydantic import Field

from paroleclinic.reading import Entry, Several

Status = Literal[
    "none", "visitor", "student", "exchange-visitor", "h-1b", "h-4", "l-1", "k-1", "daca", "tps", "asylee", "refugee",
    "resident", "u", "t",
]  # fmt: skip
Program = Literal["u4u", "chnv", "frp", "cbp-one", "oaw", "cam", "kft"]
GreenCardPath = Literal["immediate-relative", "preference", "employment", "cuban-adjustment"]
FormState = Literal["planned", "pending", "approved", "denied", "withdrawn"]
DAYS_OF_A_YEAR = 365
DAYS_OF_HALF_A_YEAR = 180


class Arrival(Entry):
    """One coming into the United States; `until` is the day on the I-94, `as_` the class of admission."""

    on: date
    how: Literal["admitted", "paroled", "advance-parole", "tps-travel", "without-inspection", "recognizance"]
    as_: str | None = Field(default=None, validation_alias="as")
    until: date | None = None


class Stretch(Entry):
    """Days in the United States that nothing covered: no admission, parole, status or pending filing that counts.

    `to` is the last of them, or left out when they still run.
    """

    since: date = Field(validation_alias="from")
    to: date | None = None


class Departure(Entry):
    """One leaving of the United States in the past, and the paper it was made on."""

    on: date
    paper: Literal["none", "advance-parole", "tps-travel", "visa"] = "none"


class RemovalOrder(Entry):
    """An order to leave. `executed` is the day it was carried out, `undone` the day a judge set it aside."""

    on: date
    kind: Literal["removal", "in-absentia", "expedited", "voluntary-departure"]
    executed: date | None = None
    undone: date | None = None


class Filing(Entry):
    """A form for this person: filed, decided, or only planned. `on` is the filing day."""

    form: Literal[
        "i-131", "i-131-re-parole", "i-131f", "i-134a", "i-130", "i-140", "i-485", "i-539", "i-589", "i-765", "i-821",
        "i-821d", "i-918", "i-212", "i-601",
    ]  # fmt: skip
    state: FormState
    on: date | None = None
    decided: date | None = None


class Parole(Entry):
    """A grant of parole. `until` is the day on the I-94; `ended` the day DHS ended it early, `notice` how it said so."""

    kind: Literal["humanitarian", "public-benefit", "port", "custody", "in-place", "program"]
    program: Program | None = None
    since: date = Field(validation_alias="from")
    until: date
    ended: date | None = None
    notice: Literal["none", "email", "letter", "publication", "notice-to-appear"] = "none"

    @property
    def over(self) -> date:
        """The day printed on the I-94, or the earlier day on which a notice ended this parole."""
        return min(self.until, self.ended or self.until)


class Trip(Entry):
    """A trip that is planned, wished for or under way, and the paper that is to bring the person back.

    `approved` is the day the paper was granted, `home` says that it leads to the country the person fears.
    """

    leaves: date
    returns: date | None = None
    to: str
    paper: Literal[
        "none", "i-94", "advance-parole", "advance-parole-pending", "tps-travel", "h-or-l-visa", "other-visa",
        "refugee-travel-document", "green-card",
    ]  # fmt: skip
    approved: date | None = None
    paper_until: date | None = None
    purpose: Literal["humanitarian", "education", "work", "other"] = "other"
    same_employer: bool = True
    home: bool = False


class Request(Entry):
    """What is asked for, or about to be. `tool` is what the client or a helper has in mind, right or wrong.

    `needed_by` is the day that makes it urgent; `months` are asked for and `months_needed` what the purpose takes, as
    the papers show; `lacks` names papers that the packet still needs.
    """

    tool: Literal[
        "humanitarian-parole", "advance-parole", "military-parole-in-place", "parole-in-place", "re-parole",
        "keeping-families-together", "program-parole", "tps-travel",
    ]  # fmt: skip
    program: Program | None = None
    reason: (
        Literal[
            "medical", "donor", "dying-relative", "funeral", "adoption", "protection", "witness", "civil-case",
            "family-unity", "other",
        ] | None
    ) = None  # fmt: skip
    needed_by: date | None = None
    visa: Literal["refused", "not-possible", "not-tried"] | None = None
    support: Literal["shown", "thin", "none"] | None = None
    individual_proof: bool = True
    months: int | None = None
    months_needed: int | None = None
    end_plan: bool = True
    people: int = 1
    forms: int = 1
    lacks: Several[str] = ()


class MilitaryTie(Entry):
    """The relative who serves or served, and that relative's own standing."""

    who: Literal["spouse", "parent", "child"]
    service: Literal["active", "selected-reserve", "veteran", "dishonorable", "enlisting"]
    standing: Literal["citizen", "resident", "other"]


class Relative(Entry):
    """A close relative in the United States who may count for a petition or a waiver."""

    who: Literal["spouse", "parent", "child", "sibling", "other"]
    standing: Literal["citizen", "resident", "other"]


class CriminalMatter(Entry):
    """An arrest, charge or plea. `certified` says that a certified record of its end is in the file."""

    what: str
    outcome: Literal["convicted", "plea-then-dismissed", "charged", "arrested-only"]
    certified: bool = False


class WorkCard(Entry):
    """A work card: its category, such as c11, the day printed on it, and the day a renewal was filed."""

    category: Literal["a5", "a12", "c8", "c9", "c11", "c14", "c19", "c33"]
    until: date
    renewed: date | None = None


class Person(Entry):
    """One person of the file, as the papers show them on the day of the case.

    `turned_back` says that a port refused the person and nobody has read the papers; `draft_untrue` says that a form not
    yet filed holds an untrue statement, `misstated` that one was made to the government.
    """

    id: str
    born: date | None = None
    country: str | None = None
    where: Literal["inside", "outside"]
    status: Status = "none"
    arrivals: Several[Arrival] = ()
    departures: Several[Departure] = ()
    uncovered: Several[Stretch] = ()
    orders: Several[RemovalOrder] = ()
    in_proceedings: bool = False
    detained: bool = False
    filings: Several[Filing] = ()
    parole: Parole | None = None
    trip: Trip | None = None
    request: Request | None = None
    path: GreenCardPath | None = None
    wants: Several[Literal["green-card", "work", "benefits", "status-change", "more-time", "protection"]] = ()
    works: bool = False
    card: WorkCard | None = None
    military: MilitaryTie | None = None
    relatives: Several[Relative] = ()
    crimes: Several[CriminalMatter] = ()
    turned_back: bool = False
    draft_untrue: bool = False
    said_citizen: bool = False
    misstated: bool = False
    helped_others_cross: bool = False
    fears_return: bool = False
    two_year_rule: bool = False
    moved_unreported: bool = False
    helper: Literal["none", "notario", "imitation-site"] = "none"

    def filed(self, form: str, *states: FormState) -> tuple[Filing, ...]:
        """The filings of that form, in any of the states; all states when none is named."""
        return tuple(f for f in self.filings if f.form == form and (not states or f.state in states))

    def adult_on(self, day: date) -> bool:
        """Whether the person is 18 or older on `day`; a person of unknown age counts as an adult."""
        return self.born is None or day >= self.eighteenth

    @property
    def eighteenth(self) -> date:
        """The eighteenth birthday; date.min when the day of birth is not known."""
        if self.born is None:
            return date.min
        born = self.born
        return date(born.year + 18, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=born.year + 18)

    def carried_out(self, order: RemovalOrder, day: date) -> date | None:
        """The day by which the order was carried out: by the government, or by leaving other than on TPS travel."""
        if order.undone is not None and order.undone <= day:
            return None
        left = [d.on for d in self.departures if d.paper != "tps-travel"]
        if self.trip is not None and self.where == "outside" and self.trip.paper != "tps-travel":
            left.append(self.trip.leaves)
        days = [gone for gone in (*left, order.executed) if gone is not None and order.on <= gone <= day]
        return min(days, default=None)

    def open_orders(self, day: date) -> tuple[RemovalOrder, ...]:
        """The orders that stand on `day`: made, not carried out and not set aside."""
        made = [o for o in self.orders if o.on <= day and not (o.undone is not None and o.undone <= day)]
        return tuple(order for order in made if self.carried_out(order, day) is None)

    def removals(self, day: date) -> dict[date, RemovalOrder]:
        """Day of removal -> order, for the orders carried out by `day`; a voluntary departure is no removal."""
        done = {self.carried_out(order, day): order for order in self.orders if order.kind != "voluntary-departure"}
        return {gone: order for gone, order in done.items() if gone is not None}

    def leavings(self, day: date) -> tuple[date, ...]:
        """The days up to `day` on which the person left the country, for whatever reason, in order."""
        return tuple(sorted({d.on for d in self.departures if d.on <= day} | self.removals(day).keys()))

    def days_of_stay(self, last: date) -> int:
        """Days of unlawful presence as an adult in the stay that runs to `last`, counting the day of leaving.

        Stretches of one stay are added; earlier stays, which a departure ended, are not.
        """
        before = max((gone for gone in self.leavings(last) if gone < last), default=date.min)
        return sum(_days(max(s.since, self.eighteenth), s.to, last) for s in self.uncovered if s.since > before)

    def total_stay(self, day: date) -> int:
        """Days of all uncovered stretches up to `day`, childhood included, as the permanent bar counts them."""
        return sum(_days(s.since, s.to, day) for s in self.uncovered)


class ClientFile(Entry):
    """The people of a client file. Each is read alone, so that no one's facts hide another's danger."""

    people: Several[Person]

    def changed(self, changes: dict[str, dict[str, Any]]) -> ClientFile:
        """The same file with some facts of some people replaced, as on another day. Raises pydantic's ValidationError.

        `changes` maps a person's id to facts in the form of the YAML file. Raises KeyError for an unknown person.
        """
        unknown = changes.keys() - {person.id for person in self.people}
        if unknown:
            raise KeyError(", ".join(sorted(unknown)))
        people = [
            {**{k: v for k, v in person if k in person.model_fields_set}, **changes.get(person.id, {})}
            for person in self.people
        ]
        return ClientFile.model_validate({"people": people})


def _days(since: date, to: date | None, day: date) -> int:
    last = min(to or day, day)
    return max(0, (last - since) // timedelta(days=1) + 1)
