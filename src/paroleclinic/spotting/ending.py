"""Issues of living on parole: its end, work, asylum, the green card from inside."""

from __future__ import annotations

from datetime import date, timedelta

from paroleclinic.clientfile import Person
from paroleclinic.spotting.facts import (
    EXTENSION_ENDS,
    HALF_YEAR,
    came_last,
    covered_by_filing,
    ever_let_in,
    parole_over,
    parole_runs,
    pending,
    works_without_card,
    years_after,
)
from paroleclinic.spotting.rulebook import Rulebook

ENDING = Rulebook()
rule = ENDING.rule
SOON = timedelta(days=60)
YEAR = timedelta(days=365)
AT_A_PORT = ("port", "program", "humanitarian", "public-benefit")


@rule("parole-expired", "The parole has run out by its date", "danger", "parole-ends-automatically",
      "after-parole-ends")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.parole is not None and p.parole.until < day


@rule("parole-ending-soon", "The parole ends within half a year, so another basis has to be looked for now", "danger",
      "bridges-before-parole-ends")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.parole is not None and parole_runs(p, day) and p.parole.over - day <= HALF_YEAR


@rule("parole-ended-early", "A notice says that the parole was ended before its date", "danger",
      "parole-ends-on-notice")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.parole is not None and p.parole.ended is not None and p.parole.ended <= day


@rule("notice-not-to-the-person", "The notice did not come to the person as a letter", "opening",
      "parole-ends-on-notice", "agencies-follow-own-rules")  # fmt: skip
def _(p: Person, day: date) -> bool:
    parole = p.parole
    return parole is not None and parole.ended is not None and parole.notice in ("none", "email", "publication")


@rule("custody-after-parole", "After parole from the border, detention may come with no bond from a judge", "danger",
      "custody-after-parole", since=date(2025, 5, 15))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return (
        p.where == "inside"
        and parole_over(p, day)
        and p.parole is not None
        and p.parole.kind in (*AT_A_PORT, "custody")
    )


@rule("parolee-order-on-fast-removal", "A court order shields port parolees from fast-track removal, as last confirmed",
      "opening", "expedited-removal-parolees", since=date(2025, 8, 1))  # fmt: skip
def _(p: Person, day: date) -> bool:
    at_port = p.parole is not None and p.parole.kind in AT_A_PORT
    return p.where == "inside" and at_port and parole_over(p, day)


@rule("admitted-stay-ends-soon", "The stay of a visitor or student ends soon, and nothing is filed to go on", "danger",
      "unlawful-presence-counted")  # fmt: skip
def _(p: Person, day: date) -> bool:
    dates = [arrival.until for arrival in p.arrivals if arrival.how == "admitted" and arrival.until]
    soon = bool(dates) and timedelta(0) <= max(dates) - day <= SOON
    return p.where == "inside" and soon and p.parole is None and not pending(p, "i-485", "i-539", "i-589", "i-821")


@rule("presence-counts-again", "Unlawful presence may be counted again since the parole ended", "danger",
      "unlawful-presence-counted", "after-parole-ends")  # fmt: skip
def _(p: Person, day: date) -> bool:
    covered = covered_by_filing(p, day) or p.status != "none" or not p.adult_on(day)
    return p.where == "inside" and parole_over(p, day) and not covered


@rule("asylum-case-stops-the-count", "A pending asylum case keeps unlawful presence from counting, unless the person "
      "works without permission", "opening", "unlawful-presence-not-counted", "asylum-pending")  # fmt: skip
def _(p: Person, day: date) -> bool:
    dates = [arrival.until for arrival in p.arrivals if arrival.how == "admitted" and arrival.until]
    visit_over = p.status == "none" and p.parole is None and bool(dates) and max(dates) < day
    counts = works_without_card(p, day) or not pending(p, "i-589")
    return p.where == "inside" and (parole_over(p, day) or visit_over) and not counts


@rule("re-parole-pending-is-not-parole", "A pending re-parole request is not parole", "danger", "re-parole")
def _(p: Person, day: date) -> bool:
    return pending(p, "i-131-re-parole")


@rule("work-card-outlives-parole", "The work card shows a later date than the parole that carried it", "danger",
      "work-permit-ends-with-parole")  # fmt: skip
def _(p: Person, day: date) -> bool:
    card, parole = p.card, p.parole
    return card is not None and parole is not None and card.category == "c11" and card.until > parole.over


@rule("no-automatic-extension", "A renewal filed since 30 October 2025 does not extend the old card", "danger",
      "work-permit-auto-extension", since=EXTENSION_ENDS)  # fmt: skip
def _(p: Person, day: date) -> bool:
    card = p.card
    lapsed = card is not None and card.category not in ("c11", "a12", "c19") and card.until < day
    return lapsed and card is not None and card.renewed is not None and card.renewed >= EXTENSION_ENDS


@rule("parole-card-never-extended", "A parole work card was never on the list for automatic extension", "danger",
      "work-permit-auto-extension")  # fmt: skip
def _(p: Person, day: date) -> bool:
    card = p.card
    return card is not None and card.category == "c11" and card.renewed is not None and card.until < day


@rule("working-without-permission", "The person works with no card that holds", "danger", "unauthorized-work",
      "parolee-work-permit")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return works_without_card(p, day)


@rule("added-work-card-fee", "A parolee's work card costs an added fee", "cost", "work-permit-fee-first",
      "work-permit-fee-renewal", since=date(2025, 7, 22))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return "work" in p.wants and p.where == "inside" and parole_runs(p, day)


@rule("asylum-year-running", "The year to ask for asylum is running", "danger", "asylum-one-year-deadline")
def _(p: Person, day: date) -> bool:
    deadline = _asylum_deadline(p)
    claims = p.fears_return or bool(p.filed("i-589", "planned"))
    return claims and deadline is not None and day <= deadline and not p.filed("i-589", "pending", "approved")


@rule("asylum-year-passed", "The year to ask for asylum has passed, so an exception has to carry the claim", "danger",
      "asylum-one-year-deadline")  # fmt: skip
def _(p: Person, day: date) -> bool:
    deadline = _asylum_deadline(p)
    claims = p.fears_return or bool(p.filed("i-589", "planned"))
    return claims and deadline is not None and day > deadline and not p.filed("i-589", "pending", "approved")


@rule("yearly-asylum-fee", "A pending asylum case owes a yearly fee", "cost", "asylum-fees",
      since=date(2026, 2, 2), earlier=((date(2025, 7, 22), date(2025, 10, 29)),))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return any(f.on is not None and day - f.on >= YEAR for f in p.filed("i-589", "pending"))


@rule("green-card-after-parole", "An immediate relative may still adjust after parole has ended", "opening",
      "adjusting-after-parole-ended")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.where == "inside" and p.path == "immediate-relative" and parole_over(p, day)


@rule("no-green-card-after-parole", "A preference or employment applicant usually cannot adjust after parole has ended",
      "danger", "adjusting-after-parole-ended")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.where == "inside" and p.path in ("preference", "employment") and parole_over(p, day)


@rule("parole-is-no-work-status", "For an employment green card, parole is not the lawful status that is asked for",
      "danger", "parole-and-lawful-status")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.path == "employment" and p.parole is not None


@rule("green-card-as-discretion", "Since May 2026 officers are told to treat a green card from inside as exceptional", "danger",
      "adjustment-as-discretion", since=date(2026, 5, 21))  # fmt: skip
def _(p: Person, day: date) -> bool:
    asks = "green-card" in p.wants or bool(p.filed("i-485", "planned", "pending"))
    return asks and p.where == "inside" and ever_let_in(p)


@rule("no-change-of-status", "A parolee cannot change to a visitor or student status", "danger", "no-change-of-status")
def _(p: Person, day: date) -> bool:
    return "status-change" in p.wants and came_last(p) in ("paroled", "advance-parole")


@rule("benefits-turn-on-a-year", "Federal benefits turn on a parole of at least a year, and on the day", "danger",
      "benefits-for-parolees")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return "benefits" in p.wants and p.parole is not None


@rule("move-not-reported", "A move has not been reported", "danger", "change-of-address")
def _(p: Person, day: date) -> bool:
    return p.moved_unreported


def _asylum_deadline(p: Person) -> date | None:
    """The day on which a year is full since the last arrival of a person who is inside."""
    if p.where == "outside" or not p.arrivals:
        return None
    return years_after(max(arrival.on for arrival in p.arrivals), 1)
