"""Issues of a trip: what leaving does, and with which paper."""

from __future__ import annotations

from datetime import date, timedelta

from paroleclinic.clientfile import DAYS_OF_A_YEAR, DAYS_OF_HALF_A_YEAR, Person
from paroleclinic.spotting.facts import (
    DELCARMEN_LARA,
    ON_ADVANCE_PAROLE,
    approved_advance_parole,
    departing,
    going,
    parole_runs,
    pending,
    stay_at,
)
from paroleclinic.spotting.rulebook import Rulebook

TRAVEL = Rulebook()
rule = TRAVEL.rule
TPS_TRAVEL = date(2022, 7, 1)
FEE_BEGINS = date(2025, 10, 16)


@rule("order-carried-out-by-leaving", "Leaving would carry out a removal order", "danger",
      "order-executed-by-departure", "order-before-travel-sequence")  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = going(p)
    by_tps = trip is not None and p.status == "tps" and trip.paper == "tps-travel"
    return trip is not None and bool(p.open_orders(day)) and not by_tps


@rule("order-outlives-tps-travel", "TPS travel leaves the old removal order as it is", "danger",
      "tps-travel-authorization", since=TPS_TRAVEL)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = going(p)
    return trip is not None and p.status == "tps" and trip.paper == "tps-travel" and bool(p.open_orders(day))


@rule("ten-year-bar-by-advance-parole", "A trip on advance parole may bring the ten-year bar", "danger",
      "advance-parole-is-a-departure", "unlawful-presence-bars", since=DELCARMEN_LARA)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = departing(p, day)
    return trip is not None and trip.paper in ON_ADVANCE_PAROLE and stay_at(p, day) >= DAYS_OF_A_YEAR


@rule("three-year-bar-by-advance-parole", "A trip on advance parole may bring the three-year bar", "danger",
      "three-year-bar-on-advance-parole", "unlawful-presence-bars", since=DELCARMEN_LARA)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = departing(p, day)
    days = stay_at(p, day)
    short = DAYS_OF_HALF_A_YEAR < days < DAYS_OF_A_YEAR and not p.in_proceedings
    return short and trip is not None and trip.paper in ON_ADVANCE_PAROLE


@rule("bar-unsettled-by-tps-travel", "Whether TPS travel brings the unlawful-presence bar is not settled", "danger",
      "tps-travel-authorization", "advance-parole-is-a-departure", since=DELCARMEN_LARA)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = departing(p, day)
    planned = trip is not None and trip.paper == "tps-travel" and stay_at(p, day) > DAYS_OF_HALF_A_YEAR
    taken = [d.on for d in p.departures if d.paper == "tps-travel" and d.on >= DELCARMEN_LARA]
    return planned or any(p.days_of_stay(gone) > DAYS_OF_HALF_A_YEAR for gone in taken)


@rule("bar-by-leaving", "Leaving would bring the three-year or ten-year bar", "danger", "unlawful-presence-bars")
def _(p: Person, day: date) -> bool:
    trip = going(p)
    covered = (*ON_ADVANCE_PAROLE, "tps-travel")
    least = (
        DAYS_OF_A_YEAR - 1 if p.in_proceedings else DAYS_OF_HALF_A_YEAR
    )  # the three years are for before proceedings
    return trip is not None and trip.paper not in covered and stay_at(p, day) > least


@rule("past-advance-parole-trip", "A past trip on advance parole after unlawful presence is to be flagged", "danger",
      "past-trips-flag", "advance-parole-is-a-departure", since=DELCARMEN_LARA)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trips = [d.on for d in p.departures if d.paper == "advance-parole" and d.on < DELCARMEN_LARA]
    if p.where == "outside" and p.trip and p.trip.paper in ON_ADVANCE_PAROLE and p.trip.leaves < DELCARMEN_LARA:
        trips.append(p.trip.leaves)
    return any(p.days_of_stay(gone) > DAYS_OF_HALF_A_YEAR for gone in trips)


@rule("paper-not-approved-yet", "The travel paper must be approved before the person leaves", "danger",
      "approved-before-leaving")  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = p.trip
    late = trip is not None and trip.approved is not None and trip.approved > trip.leaves
    return trip is not None and (trip.paper == "advance-parole-pending" or late)


@rule("green-card-case-abandoned", "Leaving abandons the pending green-card application", "danger",
      "leaving-abandons-adjustment")  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = p.trip
    other_law = p.status in ("asylee", "refugee") or p.path == "cuban-adjustment"
    if trip is None or p.in_proceedings or other_law or not pending(p, "i-485"):
        return False
    return not approved_advance_parole(trip) and not _on_own_work_visa(p)


@rule("visa-without-travel-exception", "The visa gives no travel exception to a green-card applicant", "danger",
      "other-visas-no-travel-exception", "h-l-travel-exception")  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = p.trip
    by_visa = trip is not None and trip.paper in ("h-or-l-visa", "other-visa")
    return by_visa and pending(p, "i-485") and not _on_own_work_visa(p)


@rule("work-visa-exception-has-conditions", "The H and L travel exception holds only on its conditions", "opening",
      "h-l-travel-exception")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return pending(p, "i-485") and _on_own_work_visa(p) and not p.in_proceedings


@rule("leaving-during-proceedings", "Leaving in removal proceedings can lose the case", "danger",
      "departure-in-proceedings-abandons", "advance-parole-in-proceedings")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.in_proceedings and p.trip is not None


@rule("asylum-case-and-trip", "A trip without advance parole, or to the feared country, is presumed to abandon the "
      "asylum case", "danger", "asylum-applicant-travel")  # fmt: skip
def _(p: Person, day: date) -> bool:
    claims = bool(p.filed("i-589", "pending", "planned"))
    return claims and p.trip is not None and (p.trip.home or not approved_advance_parole(p.trip))


@rule("daca-ends-without-paper", "Leaving without advance parole ends DACA", "danger", "daca-leaving-without")
def _(p: Person, day: date) -> bool:
    return p.status == "daca" and p.trip is not None and not approved_advance_parole(p.trip)


@rule("daca-purpose-not-listed", "DACA travel needs one of three purposes", "danger", "daca-travel-purposes")
def _(p: Person, day: date) -> bool:
    trip = going(p)
    return p.status == "daca" and trip is not None and trip.purpose == "other"


@rule("tps-holder-wrong-paper", "A TPS holder uses TPS travel authorization, not advance parole", "danger",
      "tps-travel-authorization", since=TPS_TRAVEL)  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = p.request is not None and p.request.tool == "advance-parole"
    return p.status == "tps" and (asked or (p.trip is not None and p.trip.paper in ON_ADVANCE_PAROLE))


@rule("tps-lost-without-consent", "Leaving without permission can break TPS", "danger", "tps-travel-authorization",
      since=TPS_TRAVEL)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = p.trip
    if trip is None:
        return False
    holder = p.status == "tps" and trip.paper not in ("tps-travel", *ON_ADVANCE_PAROLE)
    first_request = p.status != "tps" and pending(p, "i-821")
    return holder or (first_request and not approved_advance_parole(trip))


@rule("parole-ends-by-leaving", "Leaving ends the parole, whatever date the I-94 shows", "danger",
      "parole-ends-automatically", "advance-parole-current-parolee")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return going(p) is not None and parole_runs(p, day)


@rule("paper-ends-before-return", "The travel paper ends before the planned return", "danger", "advance-parole-trips")
def _(p: Person, day: date) -> bool:
    trip = p.trip
    return trip is not None and None not in (trip.paper_until, trip.returns) and trip.paper_until < trip.returns  # type: ignore[operator]


@rule("grounds-open-on-return", "Every ground of inadmissibility is open again at the port", "danger",
      "grounds-reopen-on-return")  # fmt: skip
def _(p: Person, day: date) -> bool:
    ground = bool(p.crimes) or p.said_citizen or p.misstated or p.helped_others_cross
    return ground and p.trip is not None and p.status != "resident"


@rule("resident-with-charge-at-the-port", "A green card holder with a criminal matter may be paroled, not let in",
      "danger", "returning-resident-paroled")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.status == "resident" and bool(p.crimes) and p.trip is not None


@rule("denied-while-abroad", "The green-card case was denied during the trip, so the paper lost its basis", "danger",
      "adjustment-denied-while-abroad", "advance-parole-revocable")  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = p.trip
    if trip is None or p.where == "inside" or trip.leaves > day:
        return False
    return any(f.decided is not None and trip.leaves <= f.decided <= day for f in p.filed("i-485", "denied"))


@rule("two-year-rule-blocks", "The two-year home rule stands in the way of advance parole", "danger",
      "other-visas-no-travel-exception")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = p.request is not None and p.request.tool == "advance-parole"
    return p.two_year_rule and (asked or (p.trip is not None and p.trip.paper in ON_ADVANCE_PAROLE))


@rule("emergency-paper-needed", "The trip is so near that only emergency advance parole can be in time", "gap",
      "emergency-advance-parole")  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = going(p)
    near = trip is not None and timedelta(0) <= trip.leaves - day <= timedelta(days=15)
    return near and trip is not None and trip.paper == "advance-parole-pending" and trip.purpose == "humanitarian"


@rule("wrong-paper-for-status", "Refugees, asylees and green card holders travel on other papers", "gap",
      "other-travel-documents")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = p.request is not None and p.request.tool == "advance-parole"
    by_paper = p.trip is not None and p.trip.paper in ON_ADVANCE_PAROLE
    return p.status in ("asylee", "refugee", "resident") and (asked or by_paper)


@rule("absence-counts-for-u-or-t", "Days abroad count against a U or T holder's green card", "danger",
      "u-t-absence-limits")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.status in ("u", "t") and p.trip is not None


@rule("fee-on-return", "The parole fee is due on return, with no listed exception", "cost",
      "parole-fee", "parole-fee-advance-parole", since=FEE_BEGINS)  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.trip is not None and p.trip.paper in ON_ADVANCE_PAROLE and not pending(p, "i-485")


@rule("fee-exception-on-return", "An adjustment applicant's return is on the list of fee exceptions", "opening",
      "parole-fee-exceptions", "parole-fee-advance-parole", since=FEE_BEGINS)  # fmt: skip
def _(p: Person, day: date) -> bool:
    trip = p.trip
    in_time = trip is not None and (trip.approved is None or trip.approved <= trip.leaves)
    return (
        in_time
        and trip is not None
        and trip.paper in ON_ADVANCE_PAROLE
        and pending(p, "i-485")
        and not p.in_proceedings
    )


def _on_own_work_visa(p: Person) -> bool:
    """Whether an H or L worker, or that worker's family, comes back on a visa that is valid, to the same employer."""
    trip = p.trip
    if trip is None or trip.paper != "h-or-l-visa" or p.status not in ("h-1b", "h-4", "l-1"):
        return False
    expired = trip.paper_until is not None and trip.paper_until < (trip.returns or trip.leaves)
    return trip.same_employer and not expired
