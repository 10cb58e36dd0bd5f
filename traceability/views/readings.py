"""Where sensors send their readings, each with its token."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from traceability import sensing

from .epcis import body_of


# SECURITY: no cookie opens this, only the token, so no other site can make a browser send readings.
@csrf_exempt
@require_POST
def readings(request: HttpRequest) -> HttpResponse:
    """Take the readings of one device as JSON, all or none.

    202 with how many are new, 401 without a token that stands, 413 when it is too long, 400 for no JSON, 409 for
    another value at a known moment, 422 with what is wrong.
    """
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    device = sensing.device_of(token.strip()) if kind.lower() == "bearer" else None
    if device is None:
        return JsonResponse({"error": "token"}, status=401, headers={"WWW-Authenticate": "Bearer"})
    body = body_of(request, sensing.MOST_BYTES)
    if body is None:
        return JsonResponse({"error": "too_long"}, status=413)
    try:
        done = sensing.record(device, sensing.read_json(body))
    except sensing.ReadingsRefused as refusal:
        status = {"unreadable": 400, "conflict": 409}.get(refusal.code, 422)
        told = {"error": refusal.code, "text": str(refusal), **refusal.details}
        return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
    return JsonResponse({"taken": done.new, "known": done.known}, status=202)
