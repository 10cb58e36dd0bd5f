"""What officers decide about products, changes and certificates: a row, a reason, an audit line."""

from __future__ import annotations

from cooperatives.decisions import LONGEST_REASON, ReasonNeeded
from cooperatives.statuses import Outcome
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.text import clean

from .models import ModerationDecision, OcopCertificate, Product, ProductChange

_NEEDS_NO_REASON = (Outcome.APPROVED, Outcome.RESTORED)


def decide(
    thing: Product | ProductChange | OcopCertificate, outcome: Outcome, *, reason: str, by: Actor
) -> ModerationDecision:
    """Write that ``by`` decided ``outcome`` about ``thing`` and why; call it inside the transaction of the move.

    Raises ReasonNeeded when the outcome is a "no" or a "not yet" without words.
    """
    reason = clean(reason, multiline=True)[:LONGEST_REASON]
    if not reason and outcome not in _NEEDS_NO_REASON:
        raise ReasonNeeded(field="reason")
    about = {Product: "product", ProductChange: "change", OcopCertificate: "certificate"}[type(thing)]
    decision = ModerationDecision.objects.create(
        outcome=outcome, reason=reason, **{about: thing}, **signed(by)
    )
    audit.record(f"{about}.{outcome.value}", thing, by=by, reason=reason)
    return decision
