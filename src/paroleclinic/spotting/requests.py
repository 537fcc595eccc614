"""Issues of a request: whether the tool fits, and what the packet lacks."""

from __future__ import annotations

from datetime import date, timedelta

from paroleclinic.clientfile import Person, Request
from paroleclinic.spotting.facts import FEE_EXCEPTIONS, PAROLE_IN_PLACE, barred_departure, came_last, ever_let_in
from paroleclinic.spotting.rulebook import Rulebook
from paroleclinic.spotting.travel import FEE_BEGINS

REQUESTS = Rulebook()
rule = REQUESTS.rule
SOON = timedelta(days=90)


def _abroad(p: Person) -> Request | None:
    return p.request if p.request and p.request.tool == "humanitarian-parole" else None


def _in_place(p: Person) -> Request | None:
    return p.request if p.request and p.request.tool in PAROLE_IN_PLACE else None


def _grants(p: Person) -> Request | None:
    """A request that may end in a grant of parole, other than for a trip or under a program."""
    granted = ("humanitarian-parole", "military-parole-in-place", "parole-in-place", "re-parole")
    return p.request if p.request and p.request.tool in granted else None


@rule("no-urgency", "Nothing in the request is urgent or dated", "gap", "urgent-meaning", "not-a-visa-shortcut")
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.needed_by is None and asked.reason != "witness"


@rule("visa-not-tried", "No visa was tried, and nothing says why", "gap", "no-other-way-in-time")
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.visa == "not-tried"


@rule("support-not-shown", "Nobody has shown the means to support the person", "gap", "financial-support-evidence")
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.support in ("thin", "none")


@rule("one-form-for-several", "Each person needs a request of their own", "gap", "one-request-each")
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.forms < asked.people


@rule("asked-from-inside", "Humanitarian parole from abroad is not for a person who is inside", "danger",
      "humanitarian-parole-outside-only")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _abroad(p) is not None and p.where == "inside"


@rule("no-proof-about-the-person", "The protection request proves nothing about the person", "gap",
      "protection-high-bar", "protection-evidence")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.reason == "protection" and not asked.individual_proof


@rule("refugee-channel-first", "A refugee is not paroled in place of the refugee process", "gap",
      "refugees-not-paroled-instead")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.reason == "protection"


@rule("removal-history-goes-to-ice", "A removal history brings ICE into the request", "danger",
      "prior-removal-goes-to-ice")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _abroad(p) is not None and bool(p.open_orders(day) or p.removals(day) or p.in_proceedings)


@rule("ground-to-disclose", "A ground of inadmissibility stays, and the request has to tell it", "danger",
      "inadmissible-may-be-paroled", "parole-never-waives")  # fmt: skip
def _(p: Person, day: date) -> bool:
    past = bool(p.removals(day)) or barred_departure(p, day) or bool(p.crimes)
    return _abroad(p) is not None and (past or p.said_citizen or p.misstated or p.helped_others_cross)


@rule("presence-not-shown-needed", "Nothing shows that the person must be here in person", "gap",
      "witness-requests", "public-benefit-meaning")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.reason == "civil-case"


@rule("witness-belongs-to-the-agency", "A witness request belongs to the agency that needs the witness", "danger",
      "witness-requests")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and asked.reason == "witness"


@rule("no-end-plan", "Nothing says how the stay will end", "gap", "departure-plan")
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    return asked is not None and not asked.end_plan


@rule(
    "asks-for-too-long",
    "The time asked for is more than a year, or more than the purpose takes",
    "gap",
    "humanitarian-parole-length",
)
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    most = min(12, asked.months_needed or 12) if asked else 12
    return asked is not None and (asked.months or 0) > most


@rule("ask-to-expedite", "The day is so near that the request should ask for a faster decision", "gap",
      "expedite-request")  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _abroad(p)
    near = asked is not None and asked.needed_by is not None and day <= asked.needed_by <= day + SOON
    return near and p.where == "outside"


@rule("work-comes-after-parole", "A work permit can be asked for only after parole is granted", "gap",
      "work-permit-after-parole")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _abroad(p) is not None and "work" in p.wants


@rule("papers-missing", "Papers that the packet needs are missing or stale", "gap", "humanitarian-core-package",
      "advance-parole-purpose")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.request is not None and bool(p.request.lacks)


@rule("denial-without-asking", "A thin first filing may be denied with no request for more", "danger",
      "denial-without-rfe", since=date(2026, 8, 5), earlier=((date(2018, 9, 11), date(2021, 6, 8)),))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.request is not None and bool(p.request.lacks)


@rule("admitted-so-no-parole-in-place", "A person who was admitted cannot be paroled in place", "danger",
      "no-parole-in-place-after-admission", "applicant-for-admission")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _in_place(p) is not None and came_last(p) == "admitted"


@rule("dishonorable-discharge", "A dishonorable discharge takes the relatives out of military parole in place",
      "danger", "military-parole-in-place", since=date(2016, 11, 23))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _in_place(p) is not None and p.military is not None and p.military.service == "dishonorable"


@rule("military-tie-counts", "The military tie may weigh heavily in the decision", "opening",
      "military-tie-weighs-heavily", since=date(2013, 11, 15))  # fmt: skip
def _(p: Person, day: date) -> bool:
    fits = p.military is not None and p.military.service in ("active", "selected-reserve", "veteran")
    return fits and _in_place(p) is not None and came_last(p) == "without-inspection"


@rule("preference-relative-barred", "Parole in place does not carry a preference relative to a green card", "danger",
      "preference-relatives-barred")  # fmt: skip
def _(p: Person, day: date) -> bool:
    in_place = _in_place(p) is not None or (p.parole is not None and p.parole.kind == "in-place")
    return p.path == "preference" and in_place


@rule("filing-before-parole", "The green-card application must not go in before parole in place is granted", "danger",
      "parole-in-place-before-filing")  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _in_place(p) is not None and bool(p.filed("i-485", "planned", "pending")) and not ever_let_in(p)


@rule("court-or-order-and-parole-in-place", "With a court case or an old order, ICE is in the matter", "danger",
      "parole-in-place-in-proceedings")  # fmt: skip
def _(p: Person, day: date) -> bool:
    past = bool(p.open_orders(day) or p.removals(day)) or p.in_proceedings
    return _in_place(p) is not None and past


@rule("grounds-survive-parole-in-place", "Parole in place takes away one ground and leaves the others", "danger",
      "parole-in-place-leaves-grounds")  # fmt: skip
def _(p: Person, day: date) -> bool:
    ground = p.said_citizen or p.misstated or bool(p.crimes) or bool(p.removals(day)) or p.helped_others_cross
    return _in_place(p) is not None and ground


@rule("families-program-blocked", "Keeping Families Together cannot be granted while the court's order stands",
      "danger", "keeping-families-together", since=date(2024, 8, 26), until=date(2024, 11, 6))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.request is not None and p.request.tool == "keeping-families-together"


@rule("families-program-over", "Keeping Families Together is over", "danger", "keeping-families-together",
      since=date(2024, 11, 7))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.request is not None and p.request.tool == "keeping-families-together"


@rule("fee-when-granted", "The parole fee is due when parole is granted, with no listed exception", "cost",
      "parole-fee", "parole-fee-exceptions", since=FEE_BEGINS)  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _grants(p)
    fits = not (_in_place(p) and came_last(p) == "admitted") and not (_abroad(p) and p.where == "inside")
    return asked is not None and fits and asked.reason not in FEE_EXCEPTIONS


@rule("fee-exception-to-show", "A listed fee exception may fit, and has to be shown", "opening",
      "parole-fee-exceptions", since=FEE_BEGINS)  # fmt: skip
def _(p: Person, day: date) -> bool:
    asked = _grants(p)
    return asked is not None and asked.reason in FEE_EXCEPTIONS
