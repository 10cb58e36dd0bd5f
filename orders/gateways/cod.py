"""Cash on delivery: the carrier collects, the cooperative says when it has the money."""

from __future__ import annotations

from typing import Any

from cooperatives.bank_accounts import verified_account
from cooperatives.models import Cooperative
from orders.models import Order
from orders.statuses import PaymentMethod, PaymentStatus

METHOD = PaymentMethod.COD


def is_offered(cooperative: Cooperative) -> bool:
    """Offered unless the stall says no; always when there is no verified account to transfer to (DESIGN 3)."""
    return cooperative.stall.takes_cod or verified_account(cooperative) is None


def opening(order: Order) -> dict[str, Any]:
    """Start with money due at the door; there is no clock."""
    return {"status": PaymentStatus.ON_DELIVERY}
