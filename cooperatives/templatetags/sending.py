"""How a stall sends its goods, in words: fees, days, zones, pickup."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives.models import Rate, Stall

register = template.Library()


@register.filter
def travel_days(rate: Rate | None) -> str:
    """How long a parcel travels at this rate: "2–4 ngày"; empty when nothing is promised."""
    if rate is None or rate.days_from is None or rate.days_to is None:
        return ""
    if rate.days_from == rate.days_to:
        return ngettext("%(n)s ngày", "%(n)s ngày", rate.days_to) % {"n": rate.days_to}
    return _("%(least)s–%(most)s ngày") % {"least": rate.days_from, "most": rate.days_to}


@register.inclusion_tag("cooperatives/_sending.html")
def sending_terms(stall: Stall, is_cold: bool = False) -> dict[str, Any]:
    """What sending costs before anybody gave an address; no query with ``stall.zones`` prefetched.

    ``is_cold``: of goods that must be kept cold; a rate that does not take them reads as "not sent there".
    """
    zones = list(stall.zones.all())
    served = [rate for rate in (*zones, stall) if _is_sent(rate, is_cold)]
    return {
        "stall": stall,
        "zones": [(str(zone), zone, _is_sent(zone, is_cold)) for zone in zones],
        "goes_elsewhere": _is_sent(stall, is_cold),
        "lowest": min((rate.parcel_fee for rate in served), default=None),
        "is_one_rate": not zones and not stall.kilo_fee,
    }


def _is_sent(rate: Rate, is_cold: bool) -> bool:
    return rate.is_served and (rate.takes_cold or not is_cold)
