"""Questions about one person that several rules ask."""

from __future__ import annotations

from datetime import date, timedelta

from paroleclinic.clientfile import DAYS_OF_A_YEAR, DAYS_OF_HALF_A_YEAR, Person, Trip, WorkCard

DELCARMEN_LARA = date(2026, 8, 13)  # since then a trip on advance parole is a departure
HALF_YEAR = timedelta(days=180)
CROSSED = ("without-inspection", "recognizance")
EXTENSION_ENDS = date(2025, 10, 30)  # renewals of work cards filed since then get no general extension
WORK_BY_STATUS = ("h-1b", "l-1", "exchange-visitor", "asylee", "refugee", "resident", "u", "t")
LET_IN = ("admitted", "paroled", "advance-parole", "tps-travel")
ON_ADVANCE_PAROLE = ("advance-parole", "advance-parole-pending")
FEE_EXCEPTIONS = ("medical", "donor", "dying-relative", "funeral", "adoption", "witness")
PAROLE_IN_PLACE = ("parole-in-place", "military-parole-in-place", "keeping-families-together")


def approved_advance_parole(trip: Trip) -> bool:
    """Whether the trip is made on advance parole granted before it begins."""
    return trip.paper == "advance-parole" and (trip.approved is None or trip.approved <= trip.leaves)


def going(person: Person) -> Trip | None:
    """The trip of a person who is inside and has not left yet."""
    return person.trip if person.trip and person.where == "inside" else None


def departing(person: Person, day: date) -> Trip | None:
    """The trip of a person who has not left yet, or who left since a trip on advance parole is a departure."""
    trip = person.trip
    under_way = trip is not None and person.where == "outside" and DELCARMEN_LARA <= trip.leaves <= day
    return trip if under_way else going(person)


def stay_at(person: Person, day: date) -> int:
    """Days of unlawful presence in the stay that a trip would end, or that runs on `day`; none for a person abroad."""
    trip = departing(person, day)
    if trip is not None:
        return person.days_of_stay(max(day, trip.leaves) if person.where == "inside" else trip.leaves)
    return person.days_of_stay(day) if person.where == "inside" else 0


def came_last(person: Person) -> str | None:
    """How the person last came in."""
    return max(person.arrivals, key=lambda arrival: arrival.on).how if person.arrivals else None


def ever_let_in(person: Person) -> bool:
    """Whether the person was ever admitted or paroled."""
    return person.parole is not None or any(arrival.how in LET_IN for arrival in person.arrivals)


def barred_departure(person: Person, day: date) -> bool:
    """Whether the person left after more than 180 days of unlawful presence, and too little time has passed since.

    A departure on advance parole counts since 13 August 2026; one on TPS travel is left out, as the point is open.
    The three years are for those who left by themselves, so a removal needs a year or more.
    """
    removed = person.removals(day)
    left = {d.on for d in person.departures if d.paper in ("none", "visa")} | removed.keys()
    left |= {d.on for d in person.departures if d.paper == "advance-parole" and d.on >= DELCARMEN_LARA}
    for gone in left:
        stay = person.days_of_stay(gone)
        years = 10 if stay >= DAYS_OF_A_YEAR else 3 if stay > DAYS_OF_HALF_A_YEAR and gone not in removed else 0
        if years and gone <= day < years_after(gone, years):
            return True
    return False


def works_without_card(person: Person, day: date) -> bool:
    """Whether the person works with no status that allows it and no card that holds."""
    card = person.card
    if not person.works or person.status in WORK_BY_STATUS or (card is not None and _extended(card, day)):
        return False
    lapsed = card is None or card.until < day
    return lapsed or (card is not None and card.category == "c11" and parole_over(person, day))


def covered_by_filing(person: Person, day: date) -> bool:
    """Whether a pending filing keeps unlawful presence from counting; an asylum case does not for unpermitted work."""
    return pending(person, "i-485", "i-821") or (pending(person, "i-589") and not works_without_card(person, day))


def parole_over(person: Person, day: date) -> bool:
    """Whether the person's parole has run out, been ended, or ended by a departure, by `day`."""
    parole = person.parole
    if parole is None:
        return False
    left = any(parole.since < gone <= day for gone in person.leavings(day))
    return left or parole.until < day or (parole.ended is not None and parole.ended <= day)


def parole_runs(person: Person, day: date) -> bool:
    """Whether the person is on parole on `day`, as far as dates and notices say."""
    return person.parole is not None and person.parole.since <= day and not parole_over(person, day)


def held_program(person: Person, program: str, day: date) -> bool:
    """Whether the person holds parole under the program and its printed date has not passed."""
    parole = person.parole
    return parole is not None and parole.program == program and parole.since <= day <= parole.until


def pending(person: Person, *forms: str) -> bool:
    """Whether one of the forms is pending."""
    return any(f.form in forms and f.state == "pending" for f in person.filings)


def years_after(day: date, years: int) -> date:
    """The same day some years later; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _extended(card: WorkCard, day: date) -> bool:
    """Whether the old automatic extension still carries the card: listed category, renewal filed before its end."""
    if card.category not in ("c8", "c9") or card.renewed is None or card.renewed >= EXTENSION_ENDS:
        return False
    return card.renewed <= card.until and day - card.until <= timedelta(days=540)
