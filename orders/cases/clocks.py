"""How long each side of a case has, and how many late ones one run of the job works."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

BATCH = 100  # one transaction each, as with orders that run out


def answer_time() -> dt.timedelta:
    """Return how long a cooperative, and then the alliance, has to answer."""
    return dt.timedelta(hours=settings.CASE_HOURS)


def window() -> dt.timedelta:
    """Return how long after delivery goods may be given back; a buyer whose turn it is has as long."""
    # The house's own choice: what the law and other markets grant could not be verified yet.
    return dt.timedelta(days=settings.RETURN_DAYS)
