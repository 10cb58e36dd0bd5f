"""What a parcel costs, where it goes and how long it takes: one rate for everywhere, zones of provinces beside it.

A stall is the rate of every province that no zone names. Whoever asks with ``stall.zones`` prefetched asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import dong
from marketplace.foundation.refusals import Refusal

from .bank_accounts import verified_account
from .models import Rate, Stall, Zone
from .stalls import lock_stall

HIGHEST_FEE = Decimal(1_000_000)
UNKNOWN_GRAMS = 500  # what one unit counts while its weight is not known
MOST_ZONES = 34
RATE_FIELDS = ("is_served", "parcel_fee", "kilo_fee", "free_over", "takes_cold", "days_from", "days_to")
STALL_FIELDS = (*RATE_FIELDS, "dispatch_days", "pickup_place", "pickup_hours", "takes_cod", "cod_limit")


class WrongRate(Refusal):
    """A fee or a time that cannot be."""

    code = "wrong_rate"
    default_text = _("Phí gửi từ 0 đến 1.000.000 ₫.")


class NoWayToPay(Refusal):
    code = "no_way_to_pay"
    default_text = _("Chưa có tài khoản ngân hàng đã đối chiếu, nên khách cần trả tiền mặt khi nhận hàng.")


class WrongProvinces(Refusal):
    """A zone without provinces, or with one that another zone has."""

    code = "provinces"


# --- reading ----------------------------------------------------------------------------------------------
class Quote(NamedTuple):
    """What goods cost to send. ``rate`` None: they are not sent there. ``is_lowest``: the province is not known and
    ``fee`` is the lowest of several."""

    rate: Rate | None
    fee: Decimal
    is_lowest: bool = False


def quote(stall: Stall, province_code: str, *, goods_total: Decimal, grams: int, is_cold: bool) -> Quote:
    """What a parcel with these goods costs to a province; ``province_code`` empty: not known yet.

    ``goods_total`` and the fee in whole đồng. ``is_cold``: something in it must be kept cold.
    """
    asked = [rate_to(stall, province_code)] if province_code else [*stall.zones.all(), stall]
    open_to = [rate for rate in asked if rate.is_served and (rate.takes_cold or not is_cold)]
    if not open_to:
        return Quote(None, Decimal(0))
    fees = [fee_of(rate, goods_total, grams) for rate in open_to]
    lowest = min(fees)
    return Quote(open_to[fees.index(lowest)], lowest, is_lowest=lowest != max(fees))


def rate_to(stall: Stall, province_code: str) -> Rate:
    """The rate of the zone that names the province, else the stall's own."""
    return next((zone for zone in stall.zones.all() if province_code in zone.provinces), stall)


def fee_of(rate: Rate, goods_total: Decimal, grams: int) -> Decimal:
    """The fee in whole đồng: nothing from ``free_over`` on, else the first kilo and each further one begun."""
    if rate.free_over is not None and goods_total >= rate.free_over:
        return Decimal(0)
    further = max(0, -(-grams // 1000) - 1)
    return rate.parcel_fee + rate.kilo_fee * further


def left_until_free(rate: Rate, goods_total: Decimal) -> Decimal | None:
    """How much more makes the parcel free, or None when it is free or never will be."""
    is_free = rate.parcel_fee == 0 and rate.kilo_fee == 0
    if rate.free_over is None or is_free or goods_total >= rate.free_over:
        return None
    return rate.free_over - goods_total


# --- changing ---------------------------------------------------------------------------------------------
def set_rate(stall: Stall, *, by: Actor, **fields: Any) -> Stall:
    """Change how a stall sends goods everywhere and takes cash: any of ``STALL_FIELDS``, live at once.

    Locks cooperative and stall. Raises WrongRate, and NoWayToPay when cash would be refused or limited while no
    account is verified: a buyer must be able to pay somehow.
    """
    if unknown := set(fields) - set(STALL_FIELDS):
        raise ValueError(f"Not fields of a rate: {sorted(unknown)}.")
    with transaction.atomic():
        stall = lock_stall(stall)
        fields = _checked(stall, fields)
        if "cod_limit" in fields:
            fields["cod_limit"] = _amount(fields["cod_limit"], "cod_limit")
        limits = {
            "takes_cod": fields.get("takes_cod") is False,
            "cod_limit": fields.get("cod_limit") is not None,
        }
        for name, is_limited in limits.items():
            if is_limited and verified_account(stall.cooperative) is None:
                raise NoWayToPay(field=name)
        before = {name: getattr(stall, name) for name in fields}
        changed = {name: value for name, value in fields.items() if before[name] != value}
        for name, value in changed.items():
            setattr(stall, name, value)
        stall.version += 1
        stall.save(update_fields=[*changed, "version"])
        audit.record("stall.rate", stall, by=by, old={name: before[name] for name in changed}, new=changed)
    return stall


def save_zone(
    stall: Stall, zone_id: int | None = None, *, provinces: Mapping[str, str], by: Actor, **fields: Any
) -> Zone:
    """Give provinces (code → name) a rate of their own: any of ``RATE_FIELDS``; ``zone_id`` None makes a new zone.

    Locks cooperative and stall. Raises WrongRate, WrongProvinces, Zone.DoesNotExist when the zone is not the stall's.
    """
    if unknown := set(fields) - set(RATE_FIELDS):
        raise ValueError(f"Not fields of a zone: {sorted(unknown)}.")
    with transaction.atomic():
        stall = lock_stall(stall)
        others = list(stall.zones.exclude(pk=zone_id or 0))
        zone = stall.zones.get(pk=zone_id) if zone_id else Zone(stall=stall)
        _check_provinces(provinces, others)
        for name, value in _checked(zone, fields).items():
            setattr(zone, name, value)
        zone.provinces = dict(provinces)
        zone.save()
        _changed(stall, "stall.zone", zone, by)
    return zone


def remove_zone(stall: Stall, zone_id: int, *, by: Actor) -> None:
    """Send to the zone's provinces at the stall's own rate again; nothing when that is so already. Locks cooperative
    and stall."""
    with transaction.atomic():
        stall = lock_stall(stall)
        zone = stall.zones.filter(pk=zone_id).first()
        if zone is not None:
            _changed(stall, "stall.zone_removed", zone, by)
            zone.delete()


def _changed(stall: Stall, what: str, zone: Zone, by: Actor) -> None:
    """Tell what is kept of the stall that it is old, and write down who did it."""
    stall.version += 1
    stall.save(update_fields=["version"])
    told = {name: getattr(zone, name) for name in RATE_FIELDS}
    audit.record(what, stall, by=by, provinces=list(zone.provinces), **told)


def _check_provinces(provinces: Mapping[str, str], others: list[Zone]) -> None:
    if not provinces:
        raise WrongProvinces(_("Hãy chọn ít nhất một tỉnh."), field="provinces")
    taken = [name for code, name in provinces.items() if any(code in zone.provinces for zone in others)]
    if taken:
        raise WrongProvinces(
            gettext("Đã có trong vùng khác: %(names)s.") % {"names": ", ".join(taken)}, field="provinces"
        )
    if len(others) >= MOST_ZONES:
        raise WrongProvinces(_("Nhiều vùng quá. Hãy gộp các tỉnh cùng phí vào một vùng."), field="provinces")


def _checked(rate: Rate, fields: dict[str, Any]) -> dict[str, Any]:
    """``fields`` with fees in whole đồng. Raises WrongRate."""
    fields = dict(fields)
    for name in ("parcel_fee", "kilo_fee"):
        if name in fields:
            fields[name] = _amount(fields[name], name, least=0, most=HIGHEST_FEE)
    if "free_over" in fields:
        fields["free_over"] = _amount(fields["free_over"], "free_over")
    soonest, latest = (fields.get(name, getattr(rate, name)) for name in ("days_from", "days_to"))
    if (soonest is None) != (latest is None):
        raise WrongRate(
            _("Ghi cả ngày nhanh nhất và lâu nhất, hoặc để trống cả hai."),
            field="days_from" if soonest is None else "days_to",
        )
    if soonest is not None and latest < soonest:
        raise WrongRate(_("Ngày lâu nhất không được ít hơn ngày nhanh nhất."), field="days_to")
    return fields


def _amount(value: Any, field: str, *, least: int = 1, most: Decimal = Decimal(10**10)) -> Decimal | None:
    if value is None and least:
        return None
    try:
        amount = dong(value)
    except (TypeError, ValueError):
        raise WrongRate(field=field) from None
    if least and amount < least:
        raise WrongRate(_("Số tiền phải lớn hơn 0."), field=field)
    if not least <= amount <= most:
        raise WrongRate(field=field)
    return amount
