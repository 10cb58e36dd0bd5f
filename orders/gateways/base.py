"""The shape that every way of paying has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from cooperatives.models import Cooperative
from marketplace.foundation.refusals import Refusal
from orders.models import Order


class MethodNotOffered(Refusal):
    """The cooperative does not take that way of paying; nothing was written."""


class Gateway(Protocol):
    """A module with these two functions is a way of paying."""

    def is_offered(self, cooperative: Cooperative, amount: Decimal) -> bool: ...

    def opening(self, order: Order) -> dict[str, Any]: ...
