"""The cellar's Celery tasks; both carry no payload."""

from datetime import timedelta

from celery import shared_task

from . import outbox, periodic


@shared_task(name=outbox.HINT, ignore_result=True)
def drain() -> int:
    """Work the outbox for two seconds; return how many rows were worked."""
    return outbox.drain()


@shared_task(ignore_result=True)
def prune() -> None:
    """Once a day, delete done outbox rows and records of periods older than 30 days."""
    if periodic.take("prune", timedelta(days=1)):
        outbox.prune()
        periodic.prune()
