"""Following parcels: a cooperative connects its carriers, they tell where parcels are, people see it in plain words.

A call is written once: the same waybill, code and moment are the same event, told in whatever order. An event moves a
parcel forward only, to delivered; what comes back is for the cooperative to look at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import format_dong
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.transitions import IllegalMove
from marketplace.places.loading import short_name
from orders import calls, fulfilment, notices
from orders.models import (
    Carrier,
    CarrierCall,
    CarrierLink,
    CarrierStatus,
    Order,
    Parcel,
    ParcelEvent,
    secret_token,
)
from orders.statuses import CallProblem, CarrierMeaning

from .carriers import READERS, Told, open_body

MOST_CALLS = 200  # kept a connection for a person to see
MOST_BODY = 4000


class SecretNeeded(Refusal):
    """The carrier signs its calls with a word that must be known."""

    code = "secret"
    default_text = gettext_lazy("Hãng này cần mã kiểm tra. Hãy dán mã đã đặt ở trang của hãng.")


# --- connections ------------------------------------------------------------------------------------------
@transaction.atomic
def connect(cooperative: Cooperative, carrier: Carrier, *, secret: str, by: Actor) -> CarrierLink:
    """Let a carrier tell of a cooperative's parcels; connecting again gives a new address and secret.

    Raises SecretNeeded when the carrier signs with a secret and there is none.
    """
    if READERS[carrier.code].needs_secret and not secret:
        raise SecretNeeded(field="secret")
    made, _is_new = CarrierLink.objects.update_or_create(
        cooperative=cooperative,
        carrier=carrier,
        defaults={"token": secret_token(), "secret": secret, "heard_at": None, **signed(by)},
    )
    audit.record("carrier.connect", made, by=by, carrier=carrier.code)
    return made


@transaction.atomic
def disconnect(cooperative: Cooperative, carrier_code: str, *, by: Actor) -> None:
    """Hear a carrier no more; what it told of parcels stays. Pressed twice it changes nothing."""
    for link in CarrierLink.objects.filter(cooperative=cooperative, carrier__code=carrier_code):
        audit.record("carrier.disconnect", link, by=by, carrier=carrier_code)
        link.delete()


# --- hearing ----------------------------------------------------------------------------------------------
def hear(link: CarrierLink, body: bytes, headers: Mapping[str, str]) -> list[ParcelEvent]:
    """Write down what one call says and return the events that are new.

    Raises calls.NotTheirs for a wrong or missing signature (nothing is written then), calls.Unreadable when a signed
    call says nothing that can be used; that, waybills of no parcel and other sums are kept for a person.
    """
    reader = READERS[link.carrier.code]
    said = open_body(body)
    if not reader.is_signed(link.secret, said, headers):
        raise calls.NotTheirs
    text = calls.beginning(body, MOST_BODY)
    try:
        told = reader.read(said)
    except calls.BROKEN as wrong:
        _keep(link, hashlib.sha256(body).hexdigest(), CallProblem.UNREADABLE, text)
        raise calls.Unreadable from wrong
    CarrierLink.objects.filter(pk=link.pk).update(heard_at=timezone.now())
    events = [_take(link, one, text) for one in told]
    return [event for event in events if event is not None]


@transaction.atomic
def _take(link: CarrierLink, told: Told, body: str) -> ParcelEvent | None:
    """Write one event and do what it brings; None when it is known already or of no parcel of the cooperative."""
    parcels = Parcel.objects.filter(order__cooperative=link.cooperative_id, waybill__iexact=told.waybill)
    parcel = parcels.select_related("order__cooperative__stall").order_by("-pk").first()
    if parcel is None:
        _keep(link, told.waybill, CallProblem.UNKNOWN, body)
        return None
    meaning = _meaning(link.carrier, told)
    identity = f"{told.waybill}|{told.code}|{told.occurred_at.timestamp():.0f}"
    event, is_new = ParcelEvent.objects.get_or_create(
        carrier=link.carrier,
        identity=hashlib.sha256(identity.encode()).hexdigest(),
        defaults={
            "parcel": parcel,
            "code": told.code,
            "meaning": meaning,
            "text": told.text,
            "occurred_at": told.occurred_at,
            "body": body,
        },
    )
    if not is_new:
        return None
    _check_amount(link, parcel, told, body)
    if meaning == CarrierMeaning.DELIVERED:
        _deliver(parcel, by=Actor(user_id=None, label=link.carrier.name, channel="webhook"))
    elif meaning == CarrierMeaning.RETURNED:
        notices.parcel_returned(parcel, carrier=link.carrier.name)
    return event


def _meaning(carrier: Carrier, told: Told) -> CarrierMeaning:
    """What the carrier's code means; an unknown one means moving and waits in the table for the operator."""
    known, _is_new = CarrierStatus.objects.get_or_create(
        carrier=carrier, code=told.code, defaults={"words": told.text[:120]}
    )
    return CarrierMeaning(known.meaning)


def _deliver(parcel: Parcel, *, by: Actor) -> None:
    """Somebody may have been faster, or the parcel came back: then the event stands for a person to read."""
    with suppress(IllegalMove):
        fulfilment.deliver_parcel(parcel, by=by)


def _check_amount(link: CarrierLink, parcel: Parcel, told: Told, body: str) -> None:
    if told.collects is None or told.collects == parcel.collect:
        return
    note = _("Hãng ghi thu %(theirs)s, đơn ghi %(ours)s.") % {
        "theirs": format_dong(told.collects),
        "ours": format_dong(parcel.collect),
    }
    _keep(link, told.waybill, CallProblem.AMOUNT, body, note)


def _keep(link: CarrierLink, subject: str, problem: CallProblem, body: str, note: str = "") -> None:
    """Keep a call for a person, one row a subject; the oldest beyond ``MOST_CALLS`` go."""
    _call, is_new = CarrierCall.objects.get_or_create(
        link=link, subject=subject[:64], problem=problem, defaults={"body": body, "note": note}
    )
    if is_new:
        oldest = link.calls.order_by("-pk").values_list("pk", flat=True)[MOST_CALLS:]
        link.calls.filter(pk__in=list(oldest)).delete()


# --- reading ----------------------------------------------------------------------------------------------
def carriers() -> dict[str, Carrier]:
    """The carriers in use by name, in the operator's order; one query."""
    return {carrier.name: carrier for carrier in Carrier.objects.filter(is_active=True)}


def cold_hint(order: Order, known: Iterable[Carrier]) -> str:
    """Which of the carriers take goods that must stay cold to the buyer's province, in a sentence."""
    names = [carrier.name for carrier in known if order.province_code in carrier.cold_areas]
    place = {"place": short_name(order.province_name), "names": ", ".join(names)}
    if not names:
        return _("Có hàng cần giữ lạnh. Hỏi hãng có nhận tới %(place)s không trước khi gửi.") % place
    return _("Có hàng cần giữ lạnh. Nhận tới %(place)s: %(names)s.") % place


def calls_of(cooperative: Cooperative) -> QuerySet[CarrierCall]:
    """What carriers told a cooperative in vain, newest first, with who told it."""
    return CarrierCall.objects.filter(link__cooperative=cooperative).select_related("link__carrier")
