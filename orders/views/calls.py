"""How a service that calls us is answered, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse, UnreadablePostError

from orders import calls


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
