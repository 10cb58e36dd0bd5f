"""The jobs of this floor that only the clock starts."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from marketplace.foundation.periodic import take

from . import log, partitions, stream

SCANS_KEPT = timedelta(days=90)


@shared_task(ignore_result=True)
def sign_log() -> None:
    """Sign the log if it grew. Every ten minutes, whoever's beat is first."""
    if take("sign_log", timedelta(minutes=10)):
        log.sign()


@shared_task(ignore_result=True)
def send_checkpoint() -> None:
    """Give a line to events that were missed, sign, and send the checkpoint out. Once a day, in its first hour."""
    if take("send_checkpoint", timedelta(days=1)):
        log.write_missing()
        log.sign()
        log.send_checkpoint()


@shared_task(ignore_result=True)
def keep_scans() -> None:
    """Make room for the scans of the next weeks and drop those of more than 90 days. Once a day, in its first hour."""
    if take("keep_scans", timedelta(days=1)):
        partitions.make_ahead()
        partitions.drop_before(timezone.now() - SCANS_KEPT)
        stream.forget_the_dead()
