"""The jobs of this floor that only the clock starts."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from marketplace.foundation.actor import Actor
from marketplace.foundation.periodic import take

from . import expiry, overdue, recount
from .cases import complaints, returns


@shared_task(ignore_result=True)
def expire_unpaid() -> int:
    """End orders whose transfer did not come in time. Once a minute, whoever's beat is first."""
    if not take("expire_unpaid", timedelta(minutes=1)):
        return 0
    return expiry.expire_due()


@shared_task(ignore_result=True)
def recount_stock() -> None:
    """Compare every counter of the stock with its rows and report what differs. Once a day, in its first hour."""
    if take("recount_stock", timedelta(days=1)):
        recount.recount()


@shared_task(ignore_result=True)
def look_after_unconfirmed() -> int:
    """Remind of orders that nobody answers, end them after a day. Every five minutes, whoever's beat is first."""
    if not take("look_after_unconfirmed", timedelta(minutes=5)):
        return 0
    return overdue.work(by=Actor.system("cancel_unconfirmed"))


@shared_task(ignore_result=True)
def cases_overdue() -> int:
    """Close cases whose money went, hand those that nobody answered to the alliance. Every five minutes, once."""
    if not take("cases_overdue", timedelta(minutes=5)):
        return 0
    by = Actor.system("cases_overdue")
    return returns.finish_paid(by=by) + returns.escalate_late(by=by) + complaints.run_out_late(by=by)
