"""Web push: letters told on the screen of a phone or computer whose owner switched it on.

A device is told of one mailbox by one ``PushSubscription``; ``letters.send`` promises one outbox row for each. What is
sent is sealed for the device alone (RFC 8291) and signed by the market (RFC 8292): the push service reads neither.
"""

from __future__ import annotations

import binascii
import hashlib
import json
import logging
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02

from marketplace.foundation.actor import Actor
from marketplace.foundation.calls import BadAddress, call
from marketplace.foundation.models import Outbox
from marketplace.foundation.outbox import MAX_ATTEMPTS, effect, enqueue
from marketplace.foundation.refusals import Refusal

from .models import Letter, PushSubscription

logger = logging.getLogger(__name__)

MOST_DEVICES = 10  # of one person for one mailbox
MOST_FAILURES = 30  # in a row, then a device is forgotten
SECONDS = 8
KEPT = 12 * 3600  # seconds for which the push service keeps what it cannot bring yet
SIGNED_FOR = 6 * 3600  # seconds


class BadDevice(Refusal):
    """What a browser said of itself cannot be used; nothing was kept."""

    code = "bad_device"
    default_text = _("Máy này chưa nhận báo được. Hãy thử trình duyệt khác.")


def public_key() -> str:
    """Return the key that browsers ask for, or "" when the market sends no push."""
    return _public_key_of(settings.PUSH_PRIVATE_KEY) if settings.PUSH_PRIVATE_KEY else ""


@lru_cache(maxsize=2)
def _public_key_of(private_key: str) -> str:
    return _text(_point(_signer(private_key).public_key))


def make_private_key() -> str:
    """Return a new key for ``PUSH_PRIVATE_KEY``; with another one every device has to switch on again."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _text(number.to_bytes(32, "big"))


@transaction.atomic
def turn_on(mailbox: str, *, endpoint: str, p256dh: str, auth: str, by: Actor) -> PushSubscription:
    """Tell a device of the letters of ``mailbox`` from now on; switched on twice it is told once.

    ``endpoint`` and the two keys are what the browser gives out. The oldest of more than ``MOST_DEVICES`` devices of
    one person is forgotten. Raises BadDevice for an address outside of the open internet and for keys that are none.
    """
    _check(endpoint, p256dh, auth)
    device, _is_new = PushSubscription.objects.update_or_create(
        mailbox=mailbox,
        endpoint=endpoint,
        defaults={"p256dh": p256dh, "auth": auth, "user_id": by.user_id, "failures": 0},
    )
    theirs = PushSubscription.objects.filter(mailbox=mailbox, user_id=by.user_id).order_by("-id")  # type: ignore[misc]
    PushSubscription.objects.filter(pk__in=list(theirs.values_list("pk", flat=True)[MOST_DEVICES:])).delete()
    return device


def turn_off(mailbox: str, *, endpoint: str) -> None:
    """Tell a device of ``mailbox`` no more; it may still be told of others."""
    PushSubscription.objects.filter(mailbox=mailbox, endpoint=endpoint).delete()


def is_on(mailbox: str, *, endpoint: str) -> bool:
    """Whether a device is told of ``mailbox``."""
    return PushSubscription.objects.filter(mailbox=mailbox, endpoint=endpoint).exists()


def forget(mailbox: str, *, user_id: int) -> None:
    """Tell none of a person's devices of ``mailbox`` any more: they have no business there now."""
    PushSubscription.objects.filter(mailbox=mailbox, user_id=user_id).delete()


def promise(letter: Letter, *, not_before: datetime | None = None) -> None:
    """Promise one push for each device of the letter's mailbox, in the caller's transaction."""
    if not settings.PUSH_PRIVATE_KEY:
        return
    for pk in PushSubscription.objects.filter(mailbox=letter.mailbox).values_list("pk", flat=True):
        payload = {"letter": letter.key, "to": pk}
        enqueue("push", f"push:{_tag(letter.key)}:{pk}", payload, not_before=not_before)


@effect("push")
def deliver_push(row: Outbox) -> None:
    """Hand one letter to the push service of one device.

    A device that its service no longer knows is forgotten. Whoever answers 429, 5xx or nothing is asked again under the
    outbox's pauses; a letter that was refused or tried in vain is let go, as it stands in the inbox all the same.
    """
    letter = Letter.objects.filter(key=row.payload["letter"]).first()
    device = PushSubscription.objects.select_related("user").filter(pk=row.payload["to"]).first()
    if letter is None or device is None or (device.user and not device.user.is_active):
        return
    try:
        answer = call(
            "POST",
            device.endpoint,
            headers=_headers(device, letter),
            body=_sealed(device, letter),
            seconds=SECONDS,
            public_only=not settings.PUSH_PRIVATE_HOSTS,
        )
    except BadAddress:
        _forget_endpoint(device)
        return
    except OSError as error:
        _note_failure(device, row, type(error).__name__)
        return
    if answer.is_good:
        PushSubscription.objects.filter(pk=device.pk).update(heard_at=timezone.now(), failures=0)
    elif answer.status in {404, 410}:
        _forget_endpoint(device)
    else:
        _note_failure(device, row, str(answer.status), is_final=answer.is_final)


def _forget_endpoint(device: PushSubscription) -> None:
    PushSubscription.objects.filter(endpoint=device.endpoint).delete()


def _note_failure(device: PushSubscription, row: Outbox, said: str, *, is_final: bool = False) -> None:
    """Count a failure; raise ConnectionError while another attempt makes sense.

    Never a dead row: anybody may name a push service of their own, and its silence is no alarm for the operator.
    """
    rows = PushSubscription.objects.filter(pk=device.pk)
    rows.update(failures=F("failures") + 1)
    rows.filter(failures__gte=MOST_FAILURES).delete()
    problem = f"{urlsplit(device.endpoint).hostname} answered {said}"
    if not is_final and row.attempts < MAX_ATTEMPTS:
        raise ConnectionError(problem)
    logger.warning("push was let go: %s", problem)


# --- what goes over the wire --------------------------------------------------------------------------------
def _sealed(device: PushSubscription, letter: Letter) -> bytes:
    # Nothing of a person but what the letter's first line says; the link is a path.
    told = {
        "title": letter.subject,
        "body": settings.MARKET_NAME,
        "link": letter.link,
        "tag": _tag(letter.key),
    }
    sealed: bytes = http_ece.encrypt(
        json.dumps(told, ensure_ascii=False).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(device.p256dh),
        auth_secret=_bytes(device.auth),
        version="aes128gcm",
    )
    return sealed


def _headers(device: PushSubscription, letter: Letter) -> dict[str, str]:
    parts = urlsplit(device.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else ""),
        "sub": f"mailto:{settings.OPERATOR_EMAIL}",
        "exp": int(time.time()) + SIGNED_FOR,
    }
    signed: dict[str, str] = _signer(settings.PUSH_PRIVATE_KEY).sign(claims)
    return {
        **signed,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT),
        # A cooperative's phone lies in a pocket in the field: wake it. A buyer's may wait for a better moment.
        "Urgency": "high" if device.mailbox.startswith("htx:") else "normal",
        "Topic": _tag(letter.key),  # sent twice, it takes the place of itself
    }


@lru_cache(maxsize=2)
def _signer(private_key: str) -> Vapid02:
    if len(_bytes(private_key)) != 32:
        raise ValueError("not a key of web push")
    return Vapid02.from_raw(private_key.encode())


def _tag(key: str) -> str:
    """32 letters that stand for a letter: its topic, its tag on the screen, part of its outbox key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _check(endpoint: str, p256dh: str, auth: str) -> None:
    try:
        parts = urlsplit(endpoint)
        is_web = (
            parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
        )
        if len(endpoint) > 1000 or not endpoint.isascii() or not (is_web or settings.PUSH_PRIVATE_HOSTS):
            raise BadDevice
        if re.fullmatch(r"[\d.]+|.*:.*|localhost", parts.hostname or "") and not settings.PUSH_PRIVATE_HOSTS:
            raise BadDevice  # push services have names; where those lead is looked at before each call
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
        if len(_bytes(p256dh)) != 65 or len(_bytes(auth)) != 16:
            raise BadDevice
    except (ValueError, binascii.Error) as wrong:
        raise BadDevice from wrong


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
