"""The door for events that phones send when they have signal again: JSON in, JSON out, never a page (decision 027)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cooperatives.access import Desk, cooperative_for
from cooperatives.models import Membership, Stall
from cooperatives.statuses import Role
from marketplace.foundation.refusals import Refusal
from traceability import photos, uploads
from traceability.statuses import UploadStatus

from .epcis import body_of

ALLOWED = frozenset({Role.PACKER, Role.SELLER})
STATUS = {
    "conflict": 409,
    "id_in_use": 409,
    "not_latest": 409,
    "photo_conflict": 409,
    "event_unknown": 409,
    "schema_too_old": 426,
}


def _answer(status: int, code: str, text: str, **more: Any) -> JsonResponse:
    told = {"code": code, "text": text, **more}
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


def _refused(refusal: Refusal) -> JsonResponse:
    more = {"field": refusal.field, **refusal.details} if refusal.field else refusal.details
    return _answer(STATUS.get(refusal.code, 422), refusal.code, str(refusal), **more)


class _Csrf(CsrfViewMiddleware):
    """Django's own check, asked by the door, so that who is signed out hears that first, and both hear JSON."""

    def _reject(self, request: HttpRequest, reason: str) -> str:  # type: ignore[override]
        return reason


def _is_forged(request: HttpRequest) -> bool:
    check = _Csrf(lambda _request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, None, (), {}) is not None


def _door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let members in who pack or sell; everybody else is told in JSON why not."""

    @wraps(view)
    def inner(request: HttpRequest, slug: str, **parts: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            text = _("Bạn chưa đăng nhập. Việc đã ghi vẫn còn trong máy, đăng nhập xong sẽ gửi tiếp.")
            return _answer(401, "signed_out", text)
        try:
            desk = cooperative_for(request.user, slug, roles=ALLOWED)
        except (Http404, PermissionDenied):
            return _stranger(request, slug)
        if request.method == "POST" and request.content_type != "application/json":
            return _answer(422, "unreadable", _("Chợ không đọc được việc gửi lên."))
        # SECURITY: Django's middleware is told to pass (csrf_exempt), because its answer is a page; the check is here.
        if _is_forged(request):
            return _answer(403, "csrf", _("Trang đã mở lâu quá. Máy sẽ xin phép lại rồi gửi tiếp."))
        try:
            return view(request, desk, **parts)
        except Refusal as refusal:
            return _refused(refusal)

    return csrf_exempt(never_cache(inner))


def _stranger(request: HttpRequest, slug: str) -> HttpResponse:
    """403, to those who were members with whom to call; 404 where there is no such stall."""
    alliance = settings.OPERATOR_PHONE
    text = _("Bạn không có tên trong hợp tác xã này nên chợ không nhận. Việc đã ghi vẫn còn trong máy.")
    places = Membership.objects.filter(user=request.user, cooperative__stall__slug=slug, until__isnull=False)
    place = places.select_related("cooperative").order_by("-until").first()
    if place is None:
        status = 403 if Stall.objects.filter(slug=slug).exists() else 404
        return _answer(status, "not_a_member", text, call={"alliance_phone": alliance} if alliance else {})
    cooperative = place.cooperative
    in_charge = cooperative.memberships.filter(role=Role.DIRECTOR, until__isnull=True).order_by("pk")
    director = in_charge.select_related("user").first()
    call = {
        "cooperative": cooperative.name,
        "manager": director.user.full_name if director else "",
        "phone": cooperative.phone,
        "alliance_phone": alliance,
    }
    who = call["manager"] or call["cooperative"]
    text = _(
        "Bạn không còn trong %(name)s nên chợ không nhận. Việc đã ghi vẫn còn trong máy. Hãy gọi %(who)s."
    ) % {
        "name": cooperative.name,
        "who": f"{who} ({cooperative.phone})" if cooperative.phone else who,
    }
    return _answer(403, "not_a_member", text, call={name: value for name, value in call.items() if value})


@require_http_methods(["GET", "HEAD", "POST"])
@_door
def event_upload(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Take one event (POST), or tell a phone who is signed in, the token that person sends with, our time and our
    form's version (GET). Signing in changes the token, so a phone that looked sends nobody's notes as somebody else's.

    201 for a new event, 200 for one that is known, 202 for one that waits for a manager; 401, 403, 409, 413, 422 and
    426 with a code and a sentence.
    """
    if request.method != "POST":
        now = timezone.now().isoformat()
        who = {"user": request.user.pk, "csrf": get_token(request)}
        return JsonResponse({**who, "server_time": now, "schema": uploads.SCHEMA})
    body = body_of(request, uploads.MOST_BYTES)
    if body is None:
        return _answer(413, "too_large", _("Việc này nặng quá, chợ không nhận được."))
    upload, is_new = uploads.receive(desk.cooperative, uploads.read(body), by=desk.actor)
    words = {
        UploadStatus.STORED: _("Đã vào sổ."),
        UploadStatus.HELD: _("Lô đã đóng nên việc này chờ giám đốc xem. Việc không mất."),
        UploadStatus.PUT_ASIDE: _("Giám đốc đã để riêng việc này, không vào sổ."),
    }
    state = UploadStatus(upload.status)
    status = 202 if state == UploadStatus.HELD else 201 if is_new else 200
    return _answer(status, **uploads.receipt(upload), text=words[state])


@require_http_methods(["PUT"])
@_door
def event_photo(request: HttpRequest, desk: Desk, event: UUID, slot: int) -> HttpResponse:
    """Take one photo of an event, as bytes: 201 for a new one, 200 for the same again, 409, 413 and 422.

    404 for a slot that no event has.
    """
    if not 1 <= slot <= photos.MOST_PHOTOS:
        return _answer(404, "not_in_manifest", _("Việc này không ghi có ảnh đó."))
    data = _bytes_of(request)
    if data is None:
        return _answer(413, "too_large", _("Ảnh này nặng quá. Hãy chọn ảnh khác hoặc chụp lại."))
    photo, is_new = photos.keep(desk.cooperative, event, slot, data, by=desk.actor)
    return _answer(201 if is_new else 200, "stored", _("Đã nhận ảnh."), id=str(event), slot=photo.slot)


def _bytes_of(request: HttpRequest) -> bytes | None:
    """The body, read past Django's limit for forms; None when it is longer than a photo may be or broke off."""
    try:
        if int(request.headers.get("Content-Length") or 0) > photos.MOST_BYTES:
            return None
        data = request.read(photos.MOST_BYTES + 1)
    except (ValueError, UnreadablePostError):
        return None
    return data if len(data) <= photos.MOST_BYTES else None
