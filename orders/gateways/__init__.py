"""One module per way of paying, all of one shape, so that a licensed collector can be added beside them.

Shape: ``is_offered(cooperative, amount) -> bool`` (whole đồng) and ``opening(order) -> dict`` (the fields a new
Payment starts with; raises MethodNotOffered). The order of ``GATEWAYS`` is the order buyers see.
"""

from . import bank_transfer, cod
from .base import Gateway, MethodNotOffered

GATEWAYS: dict[str, Gateway] = {bank_transfer.METHOD: bank_transfer, cod.METHOD: cod}

__all__ = ["GATEWAYS", "Gateway", "MethodNotOffered"]
