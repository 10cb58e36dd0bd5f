"""Addresses that services call: banks' notifiers and carriers. The token in the address and a signature are the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders import calls
from orders.incoming import notifiers
from orders.models import CarrierLink, TransferNotifier
from orders.shipping import tracking


def answer_call(request: HttpRequest, hear: Callable[[bytes, Mapping[str, str]], Any]) -> JsonResponse:
    """Let ``hear(body, headers)`` take a call: 200 once it is written or known already, 401 when it is not signed, 413
    when it is too long, 422 when it is signed and says nothing that can be used."""
    try:
        is_short = int(request.headers.get("Content-Length") or 0) <= calls.MOST_BYTES
        body = request.body if is_short else None
    except (ValueError, RequestDataTooBig, UnreadablePostError):
        body = None
    if body is None or len(body) > calls.MOST_BYTES:
        return JsonResponse({"success": False}, status=413)
    try:
        hear(body, request.headers)
    except calls.NotTheirs:
        return JsonResponse({"success": False}, status=401)
    except calls.Unreadable:
        return JsonResponse({"success": False}, status=422)
    return JsonResponse({"success": True})


@csrf_exempt
@require_POST
def bank_notice(request: HttpRequest, token: str) -> JsonResponse:
    """A service tells of a transfer: 200 once it is booked or known already, 401 when it is not signed, 422 when it is
    signed and says nothing that can be booked (kept for a person), 413 when it is too long, 404 for an old address."""
    found = TransferNotifier.objects.select_related("cooperative__stall").filter(token=token).first()
    if found is None:
        return JsonResponse({"success": False}, status=404)
    return answer_call(request, partial(notifiers.hear, found))


@csrf_exempt
@require_POST
def carrier_call(request: HttpRequest, carrier: str, token: str) -> JsonResponse:
    """A carrier tells of parcels: answered as ``answer_call`` says, 404 for an old address. A waybill of no parcel is
    taken with 200, as a cooperative also sends what was not sold here, and is kept for a person."""
    links = CarrierLink.objects.select_related("carrier", "cooperative")
    link = links.filter(token=token, carrier__code=carrier).first()
    if link is None:
        return JsonResponse({"success": False}, status=404)
    return answer_call(request, partial(tracking.hear, link))
