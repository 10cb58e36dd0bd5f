"""The Celery app and the one timetable of the market.

A message carries no payload: tasks find their work in the database (DESIGN 6), so a lost or doubled message
is harmless. Every periodic job takes a (job, period) row before it works, so two beats are harmless too.
"""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["marketplace.foundation", "marketplace.accounts", "catalog", "traceability", "orders"]
)

app.conf.beat_schedule = {
    # Holds end on the minute that the buyer was told; a minute late is the most anybody sees.
    "expire-unpaid-orders": {"task": "orders.tasks.expire_unpaid", "schedule": 60},
    "look-after-unconfirmed-orders": {"task": "orders.tasks.look_after_unconfirmed", "schedule": 300},
    "cases-overdue": {"task": "orders.tasks.cases_overdue", "schedule": 300},
    # Hourly, but it works once a day: a machine that is off at night still gets its turn.
    "prune-outbox": {"task": "marketplace.foundation.tasks.prune", "schedule": 3600},
    "keep-scans": {"task": "traceability.tasks.keep_scans", "schedule": 3600},
    # The same; it works on the first tick after midnight.
    "recount-stock": {"task": "orders.tasks.recount_stock", "schedule": 3600},
    "send-checkpoint": {"task": "traceability.tasks.send_checkpoint", "schedule": 3600},
    "sign-log": {"task": "traceability.tasks.sign_log", "schedule": 600},
}


@setup_logging.connect
def _keep_logging(**_: object) -> None:
    """Leave logging to Django's settings, in workers and beat as well; a receiver keeps Celery's own away."""
