"""Money and time as people here write them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.foundation.money import format_dong
from marketplace.foundation.text import grouped_phone

register = template.Library()


@register.filter
def dong(amount: Decimal | int | None) -> str:
    """1250000 → "1.250.000 ₫"; nothing for nothing."""
    return "" if amount is None else format_dong(amount)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """A day as 21/11/2026."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return value.strftime("%d/%m/%Y")


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A moment as 08:12 · 21/11/2026."""
    return "" if value is None else timezone.localtime(value).strftime("%H:%M · %d/%m/%Y")


@register.filter
def until(value: dt.datetime) -> str:
    """The end of something: "hết 30/11/2026" for the midnight behind that day, else the moment."""
    end = timezone.localtime(value)
    if end.time() != dt.time():
        return moment(value)
    return _("hết %(day)s") % {"day": day(end - dt.timedelta(days=1))}


@register.filter
def phone(number: str | None) -> str:
    """02083123456 → 0208 3 123 456; the number to dial stays without blanks."""
    return grouped_phone(number or "")


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """``{{ mapping|get:key }}``: a template cannot index by a variable."""
    return mapping.get(key)
