"""EPCIS for programs: a lot's events behind its code, and the door where other systems send theirs."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from marketplace.foundation.codes import is_valid, normalise
from traceability import capture as rules
from traceability import epcis_export
from traceability.models import Lot

JSON_LD = "application/ld+json"


@require_safe
def trace_epcis(_request: HttpRequest, code: str) -> HttpResponse:
    """The events of the lot behind a code, as its page tells them, for programs: EPCIS 2.0 in JSON-LD."""
    code = normalise(code[:64])
    lot = Lot.objects.filter(codes__code=code).first() if is_valid(code) else None
    if lot is None:
        response: HttpResponse = JsonResponse({"error": "unknown"}, status=404)
    else:
        response = document_answer(epcis_export.of_lot(lot))
        response["Cache-Control"] = "public, max-age=30"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def document_answer(document: dict[str, Any]) -> HttpResponse:
    """An EPCIS document as it goes out."""
    return HttpResponse(json.dumps(document, ensure_ascii=False, indent=1), content_type=JSON_LD)


# SECURITY: no cookie opens this, only the token, so no other site can make a browser send events.
@csrf_exempt
@require_POST
def capture(request: HttpRequest) -> HttpResponse:
    """Take an EPCIS 2.0 document, whole or not at all.

    202 with how many events are new, 401 without a token that stands, 413 when it is too long, 400 for no JSON, 409 for
    an id that stands for another event, 422 with what is wrong, a sentence each.
    """
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    sender = rules.sender_of(token.strip()) if kind.lower() == "bearer" else None
    if sender is None:
        return JsonResponse({"error": "token"}, status=401, headers={"WWW-Authenticate": "Bearer"})
    body = body_of(request, rules.MOST_BYTES)
    if body is None:
        return JsonResponse({"error": "too_long"}, status=413)
    try:
        done = rules.capture(sender, rules.read(body))
    except rules.Unreadable as refusal:
        return JsonResponse({"error": refusal.code, "text": str(refusal)}, status=400)
    except rules.Conflict as refusal:
        return JsonResponse({"error": refusal.code, "text": str(refusal)}, status=409)
    except rules.CaptureRefused as refusal:
        told = {"error": refusal.code, "text": str(refusal), **refusal.details}
        return JsonResponse(told, status=422, json_dumps_params={"ensure_ascii": False})
    versions = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
    return JsonResponse({"captured": done.new, "known": done.known}, status=202, headers=versions)


def body_of(request: HttpRequest, most: int) -> bytes | None:
    """What was sent; None when it is longer than ``most`` bytes or broke off."""
    try:
        if int(request.headers.get("Content-Length") or 0) > most:
            return None
        body = request.body
    except (ValueError, RequestDataTooBig, UnreadablePostError):
        return None
    return body if len(body) <= most else None
