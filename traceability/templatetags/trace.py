"""What upper and lower floors show of lots: a panel on the product's page, a link to a lot's own page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.safestring import SafeString

from catalog.models import Product
from marketplace.foundation.codes import pretty
from traceability import codes, lots, symbols
from traceability.models import Lot

register = template.Library()


@register.filter
def grouped(code: str) -> str:
    """A code in groups for reading aloud: 2EP9-TW83."""
    return pretty(code)


@register.filter
def code_address(code: str) -> str:
    """The address behind a code as people would type it, without https://."""
    market = urlsplit(settings.MARKET_URL)
    return f"{market.netloc}{market.path}/Q/{code}"


@register.simple_tag
def qr(path: str) -> SafeString:
    """Draw the QR symbol of the market's page ``path`` as an SVG, for paper."""
    return symbols.svg(settings.MARKET_URL + path)


@register.filter
def whole(number: int) -> str:
    """A number of things as people here write it: 1.200."""
    return f"{number:,}".replace(",", ".")


@register.filter
def kg(grams: int) -> str:
    """A weight of so many grams in kilograms as people here write it: 1.200 kg, 12,5 kg."""
    kilograms, rest = divmod(grams, 1000)
    return whole(kilograms) + (f",{rest:03}".rstrip("0") if rest else "") + " kg"


@register.filter
def signed(number: int) -> str:
    """How many came or left: +1.200, −3; nothing is 0."""
    sign = "+" if number > 0 else "−" if number else ""
    return sign + whole(abs(number))


@register.inclusion_tag("traceability/shop/_panel.html")
def trace_panel(product: Product, most: int = 3) -> dict[str, Any]:
    """The newest lots of a product that carry a code, with a link to each one's story. One query."""
    steps = Count("events", filter=Q(events__corrected_by__isnull=True))
    newest = lots.newest_lots(product).annotate(steps=steps)[:most]
    return {
        "lots": [
            {"lot": lot, "steps": lot.steps, "url": reverse("trace", args=[codes.lot_code(lot)])}
            for lot in newest
        ]
    }


@register.inclusion_tag("traceability/shop/_lot_link.html")
def lot_link(lot: Lot) -> dict[str, Any]:
    """The lot's number, linked to its page when it has a code; without a query when its codes are prefetched."""
    code = codes.lot_code(lot)
    return {"lot": lot, "url": reverse("trace", args=[code]) if code else ""}
