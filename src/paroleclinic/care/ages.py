"""Which backups are kept as they grow older."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import datetime, timedelta

ALL = timedelta(days=1)
DAILY = timedelta(days=30)
WEEKLY = timedelta(days=365)


def kept(ats: Collection[datetime], now: datetime, sure: Collection[datetime]) -> set[datetime]:
    """The times of the backups to keep: all of the last day, one a day for 30 days, one a week for a year, then one a month.

    The last of each day, week or month is the one that stays. So do the newest of all, the newest of those that are `sure`
    to be whole, and what a wrong clock put into the future.
    """
    last: dict[Hashable, datetime] = {}
    for at in sorted(ats):
        last[_period(at, now)] = at
    newest = {max(some) for some in (ats, sure) if some}
    return {*last.values(), *newest}


def _period(at: datetime, now: datetime) -> Hashable:
    age = now - at
    if age <= ALL:
        return at
    if age <= DAILY:
        return "day", at.date()
    if age <= WEEKLY:
        return "week", at.isocalendar()[:2]
    return "month", at.year, at.month
