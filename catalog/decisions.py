"""What officers decide about products, changes and certificates: a row, a reason, an audit line."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperatives.statuses import Outcome
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from .models import ModerationDecision, OcopCertificate, Product, ProductChange

LONGEST_REASON = 2000
_NEEDS_NO_REASON = (Outcome.APPROVED, Outcome.RESTORED)


class ReasonMissing(Refusal):
    code = "reason_missing"
    default_text = _("Hãy ghi lý do để hợp tác xã biết phải làm gì.")


def decide(
    thing: Product | ProductChange | OcopCertificate, outcome: Outcome, *, reason: str, by: Actor
) -> ModerationDecision:
    """Write that ``by`` decided ``outcome`` about ``thing`` and why; call it inside the transaction of the move.

    Raises ReasonMissing when the outcome is a "no" or a "not yet" without words.
    """
    reason = clean(reason, multiline=True)[:LONGEST_REASON]
    if not reason and outcome not in _NEEDS_NO_REASON:
        raise ReasonMissing(field="reason")
    about = {Product: "product", ProductChange: "change", OcopCertificate: "certificate"}[type(thing)]
    decision = ModerationDecision.objects.create(
        outcome=outcome, reason=reason, **{about: thing}, **signed(by)
    )
    audit.record(f"{about}.{outcome.value}", thing, by=by, reason=reason)
    return decision
