"""What every queue of the alliance shares: a decision is a row with a reason, and a thing is decided once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from .models import Decision
from .statuses import Outcome

LONGEST_REASON = 2000


class ReasonNeeded(Refusal):
    code = "reason_needed"
    default_text = _("Hãy ghi lý do. Hợp tác xã sẽ đọc đúng những chữ này.")


class AlreadyDecided(Refusal):
    """Somebody was quicker, or a button was pressed twice; nothing was changed."""

    code = "already_decided"

    @classmethod
    def as_it_is(cls, status: Any) -> AlreadyDecided:
        return cls(format_lazy(_("Việc này đã xử lý rồi, nay là: {status}."), status=status))


class ChangedMeanwhile(Refusal):
    """The cooperative sent it in again after the officer's page was opened; nothing was decided."""

    code = "changed_meanwhile"
    default_text = _("Hợp tác xã vừa gửi lại. Hãy xem bản mới bên trên rồi quyết định.")


def stamp(sent_in_at: dt.datetime | None) -> str:
    """What an officer's page carries to say which version was read."""
    return sent_in_at.isoformat() if sent_in_at else ""


def check_seen(seen: str, sent_in_at: dt.datetime | None) -> None:
    """Raise ChangedMeanwhile when the page that decides shows an older version; ``seen`` "" is not asked."""
    if seen and seen != stamp(sent_in_at):
        raise ChangedMeanwhile


def needed_reason(reason: str) -> str:
    """The reason as it is kept. Raises ReasonNeeded (field "reason") when nothing is left of it."""
    kept = clean(reason, multiline=True)[:LONGEST_REASON]
    if not kept:
        raise ReasonNeeded(field="reason")
    return kept


def decide(outcome: Outcome, *, reason: str, by: Actor, **about: Any) -> Decision:
    """Write one decision ``about`` an application, a bank account or a stall, and its audit row."""
    kept = clean(reason, multiline=True)[:LONGEST_REASON]
    decision = Decision.objects.create(outcome=outcome, reason=kept, **about, **signed(by))
    (thing,) = about.values()
    audit.record(f"{thing._meta.model_name}.{outcome}", thing, by=by, reason=kept)
    return decision
