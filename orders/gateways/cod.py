"""Cash on delivery: the carrier collects, the cooperative says when it has the money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cooperatives.bank_accounts import verified_account
from cooperatives.models import Cooperative
from orders.models import Order
from orders.statuses import PaymentMethod, PaymentStatus

METHOD = PaymentMethod.COD


def is_offered(cooperative: Cooperative, amount: Decimal) -> bool:
    """Offered up to the stall's limit unless it says no; always when there is no verified account to transfer to
    (DESIGN 3)."""
    stall = cooperative.stall
    is_taken = stall.takes_cod and (stall.cod_limit is None or amount <= stall.cod_limit)
    return is_taken or verified_account(cooperative) is None


def opening(order: Order) -> dict[str, Any]:
    """Start with money due at the door; there is no clock."""
    return {"status": PaymentStatus.ON_DELIVERY}
