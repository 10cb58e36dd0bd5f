"""Tables without foreign keys: the outbox and the ledger of periodic jobs."""

from django.db import models


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
