"""Issues of the past: old orders, bars, crimes and false statements, whatever is asked for today."""

from __future__ import annotations

from datetime import date

from paroleclinic.clientfile import DAYS_OF_A_YEAR, DAYS_OF_HALF_A_YEAR, Person
from paroleclinic.spotting.facts import (
    CROSSED,
    barred_departure,
    came_last,
    ever_let_in,
    going,
    stay_at,
    years_after,
)
from paroleclinic.spotting.rulebook import Rulebook

BARS = Rulebook()
rule = BARS.rule


@rule("order-in-the-record", "A removal order stands in the record", "danger", "old-removal-order-lasts")
def _(p: Person, day: date) -> bool:
    return bool(p.open_orders(day))


@rule("missed-hearing-bar", "A missed hearing can bar a person for five years after leaving", "danger",
      "failure-to-attend-bar")  # fmt: skip
def _(p: Person, day: date) -> bool:
    recent = [order for gone, order in p.removals(day).items() if day < years_after(gone, 5)]
    return any(order.kind == "in-absentia" for order in (*p.open_orders(day), *recent))


@rule("removed-before", "An earlier removal bars a later visa or green card until consent is given", "danger",
      "removal-bar")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return bool(p.removals(day))


@rule("turned-back-at-a-port", "A night at a port that ended on a plane back may have been a removal", "danger",
      "turned-back-at-the-airport", "prior-removal-goes-to-ice")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.turned_back


@rule("order-may-be-reinstated", "Coming back without permission after a removal revives the old order", "danger",
      "reinstated-removal-order")  # fmt: skip
def _(p: Person, day: date) -> bool:
    back = [a.on for a in p.arrivals if a.how in CROSSED and a.on <= day]
    return p.where == "inside" and any(one > gone for one in back for gone in p.removals(day))


@rule("permanent-bar", "A second crossing after a year of unlawful presence or a removal is the permanent bar",
      "danger", "permanent-bar", "advance-parole-never-cured-permanent-bar")  # fmt: skip
def _(p: Person, day: date) -> bool:
    gone = [*p.removals(day), *(one for one in p.leavings(day) if p.total_stay(one) > DAYS_OF_A_YEAR)]
    back = [a.on for a in p.arrivals if a.how in CROSSED and a.on <= day]
    return any(one > other for one in back for other in gone)


@rule("bar-asleep-until-departure", "Unlawful presence sleeps until the person leaves", "danger",
      "unlawful-presence-bars", "unlawful-presence-counted")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.where == "inside" and going(p) is None and stay_at(p, day) > DAYS_OF_HALF_A_YEAR


@rule("bar-running", "The three-year or ten-year bar is running since an earlier departure", "danger",
      "unlawful-presence-bars")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return barred_departure(p, day)


@rule("waiver-needs-spouse-or-parent", "The waiver of the bar needs a citizen or resident spouse or parent", "danger",
      "unlawful-presence-waiver")  # fmt: skip
def _(p: Person, day: date) -> bool:
    barred = stay_at(p, day) > DAYS_OF_HALF_A_YEAR or barred_departure(p, day)
    counted = any(r.who in ("spouse", "parent") and r.standing in ("citizen", "resident") for r in p.relatives)
    return barred and bool(p.relatives) and not counted


@rule("criminal-matter", "A criminal matter has to be read under the grounds of inadmissibility", "danger",
      "criminal-grounds")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return bool(p.crimes)


@rule("certified-record-missing", "The certified record of the criminal matter is not in the file", "gap",
      "criminal-grounds")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return any(not crime.certified for crime in p.crimes)


@rule("false-claim", "A false claim to U.S. citizenship has almost no cure", "danger", "false-claim-to-citizenship")
def _(p: Person, day: date) -> bool:
    return p.said_citizen


@rule("misrepresentation", "An untrue statement to the government may be a ground of its own", "danger",
      "fraud-or-misrepresentation")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.misstated


@rule("untrue-draft", "A form that is not filed yet says something untrue", "danger", "fraud-or-misrepresentation")
def _(p: Person, day: date) -> bool:
    return p.draft_untrue


@rule("smuggling", "Helping others cross, even one's own child, is a ground of its own", "danger", "smuggling-ground")
def _(p: Person, day: date) -> bool:
    return p.helped_others_cross


@rule("nothing-to-adjust-on", "There is no admission or parole to build a green-card application on", "danger",
      "parole-opens-adjustment")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return "green-card" in p.wants and p.where == "inside" and p.parole is None and came_last(p) in CROSSED


@rule("tps-is-no-admission", "TPS by itself is not an admission", "danger", "tps-not-an-admission")
def _(p: Person, day: date) -> bool:
    return p.status == "tps" and "green-card" in p.wants and not ever_let_in(p)


@rule("recognizance-is-not-parole", "Release on recognizance is not parole", "danger", "conditional-parole-is-not-parole",
      "four-releases")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return any(arrival.how == "recognizance" for arrival in p.arrivals)


@rule("fast-removal-exposure", "A recent entry without inspection can meet fast-track removal", "danger",
      "expedited-removal-inside", since=date(2026, 7, 17), earlier=((date(2025, 1, 21), date(2025, 8, 28)),))  # fmt: skip
def _(p: Person, day: date) -> bool:
    last = max((arrival.on for arrival in p.arrivals), default=None)
    recent = last is not None and last <= day < years_after(last, 2)
    return p.where == "inside" and recent and p.parole is None and came_last(p) in CROSSED


@rule("bond-depends-on-the-place", "After an entry without inspection, bond from a judge is in doubt and may depend on the place", "danger",
      "bond-after-entry-without-inspection", since=date(2025, 9, 5))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.detained and came_last(p) in CROSSED


@rule("notario", "Somebody who may not give legal advice is giving it", "danger", "who-may-give-advice",
      "unauthorized-practice")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.helper == "notario"


@rule("imitation-site", "The page only looks like the government's", "danger", "imitation-sites")
def _(p: Person, day: date) -> bool:
    return p.helper == "imitation-site"
