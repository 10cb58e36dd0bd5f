"""Tables without foreign keys: the outbox, the ledger of periodic jobs; what every case has."""

import datetime as dt

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CaseSide(models.TextChoices):
    """Whose turn it is in a case, and who said what."""

    BUYER = "buyer", _("Người mua")
    SELLER = "seller", _("Hợp tác xã")
    OFFICER = "officer", _("Liên minh")


class Case(models.Model):
    """Something that somebody must answer by an hour that everybody sees.

    ``owner`` is the side whose turn it is and ``due_at`` the end of its clock; both stand still once it is closed.
    ``escalated_at``: when it first came to the alliance, which may read it from then on.
    """

    owner = models.CharField(max_length=10, choices=CaseSide.choices)
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_late(self) -> bool:
        """True once the owner let the clock run out."""
        return self.closed_at is None and self.due_at <= timezone.now()

    def hand_to(self, owner: CaseSide, within: dt.timedelta) -> None:
        """Make it the turn of ``owner``, whose clock starts now; the caller saves."""
        now = timezone.now()
        self.owner, self.due_at = owner, now + within
        if owner == CaseSide.OFFICER and self.escalated_at is None:
            self.escalated_at = now


class OutboxState(models.TextChoices):
    NEW = "new", "new"
    DONE = "done", "done"
    DEAD = "dead", "dead"


class Outbox(models.Model):
    """One effect that a committed transaction promised: a letter, an e-mail, a rendition.

    Written inside the transaction that causes it (``outbox.enqueue``); worked by whoever drains (``outbox.drain``)
    under a lease. ``payload`` holds ids and plain words only, never a person's data.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=OutboxState.choices, default=OutboxState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="new"), name="outbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"


class PeriodRun(models.Model):
    """One period of one periodic job, taken before the work begins: two beats, one run."""

    job = models.CharField(max_length=60)
    period = models.DateTimeField()
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "period"], name="one_run_a_period")]

    def __str__(self) -> str:
        return f"{self.job} {self.period:%Y-%m-%d %H:%M}"
