"""Periodic jobs run once a period, however many beats tick."""

from datetime import datetime, timedelta

from django.utils import timezone

from .models import PeriodRun


def period_start(at: datetime, every: timedelta) -> datetime:
    """Return the start of the period of length ``every`` that holds ``at``; days begin at local midnight.

    >>> from datetime import UTC
    >>> period_start(datetime(2026, 11, 21, 20, 5, tzinfo=UTC), timedelta(days=1)).isoformat()
    '2026-11-22T00:00:00+07:00'
    """
    local = timezone.localtime(at, timezone.get_default_timezone())
    wall = local.replace(tzinfo=None)
    epoch = datetime(2001, 1, 1)  # noqa: DTZ001  a Monday on the wall clock, so weeks begin on Mondays
    return (epoch + (wall - epoch) // every * every).replace(tzinfo=local.tzinfo)


def take(job: str, every: timedelta) -> bool:
    """Take the running period of ``job``; True for the first caller in it, False for everybody after.

    Call it before the work. In one transaction with the work, a failure gives the period back; outside of
    one, a failed period is not tried again and the next one makes up for it.
    """
    period = period_start(timezone.now(), every)
    return PeriodRun.objects.get_or_create(job=job, period=period)[1]


def prune(days: int = 30) -> int:
    """Delete the record of periods older than ``days``; return how many."""
    before = timezone.now() - timedelta(days=days)
    return PeriodRun.objects.filter(period__lt=before).delete()[0]
