"""Issues of the named programs: closed to new people, ended, blocked, protected."""

from __future__ import annotations

from datetime import date

from paroleclinic.clientfile import Person
from paroleclinic.spotting.facts import held_program, pending
from paroleclinic.spotting.rulebook import Rulebook

PROGRAMS = Rulebook()
rule = PROGRAMS.rule
AT_USCIS = ("i-131", "i-131-re-parole", "i-485", "i-539", "i-765", "i-821")
FRP_FILED_BY = date(2025, 12, 15)  # the notice spares those whose green-card application was filed by then
ON_BOTH_LISTS = ("Afghanistan", "Cuba", "Haiti", "Venezuela")  # of the listed countries, those that our sources name


def _asks(p: Person, program: str) -> bool:
    return p.request is not None and p.request.tool == "program-parole" and p.request.program == program


@rule("u4u-closed", "Uniting for Ukraine takes nobody new", "danger", "uniting-for-ukraine", "supporter-form-i-134a",
      since=date(2025, 1, 28))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _asks(p, "u4u")


@rule("chnv-closed", "The CHNV program takes nobody new", "danger", "chnv-parole", "supporter-form-i-134a",
      since=date(2025, 1, 28))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _asks(p, "chnv")


@rule("frp-closed", "Family Reunification Parole takes nobody new", "danger", "family-reunification-parole",
      "supporter-form-i-134a", since=date(2025, 1, 28))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return _asks(p, "frp")


@rule("chnv-end-on-hold", "A court order keeps CHNV parole alive for now", "opening", "chnv-parole",
      "ending-for-a-group", since=date(2025, 4, 14), until=date(2025, 5, 29))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return held_program(p, "chnv", day)


@rule("chnv-ended-early", "CHNV parole is to end early, and no court order holds that back", "danger", "chnv-parole", "ending-for-a-group",
      since=date(2025, 5, 30), earlier=((date(2025, 3, 25), date(2025, 4, 13)),))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return held_program(p, "chnv", day)


@rule("cbp-one-ended-by-email", "An e-mail says that this CBP One parole is over", "danger", "cbp-one-judgment",
      since=date(2025, 4, 7), until=date(2026, 3, 30))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return held_program(p, "cbp-one", day) and p.parole is not None and p.parole.notice == "email"


@rule("cbp-one-ending-unlawful", "A court held the CBP One e-mails unlawful", "opening", "cbp-one-judgment",
      since=date(2026, 3, 31))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return held_program(p, "cbp-one", day) and p.parole is not None and p.parole.notice == "email"


@rule("cbp-one-second-round", "A second round of CBP One endings went out, and its outcome is not known", "danger",
      "cbp-one-judgment", since=date(2026, 4, 24))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return held_program(p, "cbp-one", day)


@rule("frp-ending-by-notice", "The notice of December 2025 ends this family parole early", "danger",
      "family-reunification-parole", "frp-injunction", since=date(2025, 12, 15), until=date(2026, 1, 9))  # fmt: skip
def _(p: Person, day: date) -> bool:
    excepted = any(f.on is not None and f.on <= FRP_FILED_BY for f in p.filed("i-485", "pending"))
    return held_program(p, "frp", day) and not excepted


@rule("frp-end-on-hold", "A court order keeps family reunification parole alive for now", "opening",
      "family-reunification-parole", "frp-injunction", since=date(2026, 1, 10))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return held_program(p, "frp", day)


@rule("requests-frozen", "USCIS froze the requests of people who came under a program", "danger", "freeze-order-2025",
      since=date(2025, 2, 14), until=date(2025, 5, 27))  # fmt: skip
def _(p: Person, day: date) -> bool:
    return p.parole is not None and p.parole.program is not None and pending(p, *AT_USCIS, "i-589")


@rule("country-hold", "USCIS holds the requests of nationals of this country", "danger", "country-hold",
      since=date(2025, 12, 2), until=date(2026, 6, 4))  # fmt: skip
def _(p: Person, day: date) -> bool:
    asylum = pending(p, "i-589") and not p.in_proceedings  # every asylum case at USCIS was held
    return asylum or (p.country in ON_BOTH_LISTS and pending(p, *AT_USCIS))


@rule("approval-may-be-reviewed", "USCIS may look again at an approval of nationals of this country", "danger",
      "country-hold", since=date(2026, 8, 14))  # fmt: skip
def _(p: Person, day: date) -> bool:
    recent = any(arrival.on >= date(2021, 1, 20) for arrival in p.arrivals)
    return p.country in ON_BOTH_LISTS and recent and any(f.state == "approved" for f in p.filings)
