"""What every page may show: the market's name, who runs it, how many things are in the basket."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def market(request: HttpRequest) -> dict[str, Any]:
    """Return names from the settings and the lazily counted basket (one query, only for visitors with one)."""
    return {
        "market_name": settings.MARKET_NAME,
        "market": {
            "name": settings.MARKET_NAME,
            "url": settings.MARKET_URL,
            "operator": settings.OPERATOR_NAME,
            "address": settings.OPERATOR_ADDRESS,
            "registration": settings.OPERATOR_REGISTRATION,
            "phone": settings.OPERATOR_PHONE,
            "email": settings.OPERATOR_EMAIL,
        },
        "basket_count": getattr(request, "basket_count", 0),
    }
