"""A VietQR transfer to the cooperative's own account, verified by an officer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.bank_accounts import verified_account
from cooperatives.models import Cooperative
from orders.models import Order
from orders.statuses import PaymentMethod, PaymentStatus

from .base import MethodNotOffered

METHOD = PaymentMethod.VIETQR


def is_offered(cooperative: Cooperative, amount: Decimal) -> bool:
    """Offered once an officer has verified the account."""
    return verified_account(cooperative) is not None


def opening(order: Order) -> dict[str, Any]:
    """Freeze the account as it is now and start the clock of the hold.

    Raises MethodNotOffered when the account was retired since the buyer chose.
    """
    account = verified_account(order.cooperative)
    if account is None:
        raise MethodNotOffered(_("Tài khoản nhận tiền vừa đổi. Hãy chọn lại cách trả tiền."), code="method")
    return {
        "status": PaymentStatus.WAITING,
        "bank_bin": account.bank_id,
        "bank_name": account.bank.name,
        "account_number": account.number,
        "account_holder": account.holder,
        "expires_at": timezone.now() + timedelta(hours=settings.TRANSFER_HOURS),
    }
