"""Services that tell the market of a cooperative's transfers as they come: SePay and payOS, by webhook.

The cooperative chooses one and tells it our address; its account and contract are its own (DESIGN 3). Every notice is
checked by key or signature, and booked by the bank's reference, so a replay changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean
from orders import calls
from orders.models import IncomingTransfer, TransferNotifier, secret_token
from orders.statuses import NotifierKind, TransferSource

from . import transfers


@transaction.atomic
def choose(cooperative: Cooperative, *, kind: str, secret: str, by: Actor) -> TransferNotifier:
    """Let a service tell of transfers; one a cooperative, a new choice takes the old one's place and address.

    ``secret``: payOS's checksum key; for SePay the key that is written into its page, made here when left empty.
    """
    if kind == NotifierKind.PAYOS and not secret:
        raise Refusal(_("Hãy dán mã kiểm tra (Checksum Key) của payOS."), code="secret", field="secret")
    made, _is_new = TransferNotifier.objects.update_or_create(
        cooperative=cooperative,
        defaults={
            "kind": kind,
            "token": secret_token(),
            "secret": secret or secrets.token_urlsafe(18),
            "heard_at": None,
            "problem": "",
            "problem_at": None,
            **signed(by),
        },
    )
    audit.record("notifier.choose", made, by=by, kind=kind)
    return made


def of(cooperative: Cooperative) -> TransferNotifier | None:
    """The service that tells of a cooperative's transfers; None while it has none."""
    return TransferNotifier.objects.filter(cooperative=cooperative).first()


@transaction.atomic
def stop(cooperative: Cooperative, *, by: Actor) -> None:
    """Hear no service any more; what was booked stays. Pressed twice it changes nothing."""
    for notifier in TransferNotifier.objects.filter(cooperative=cooperative):
        audit.record("notifier.stop", notifier, by=by, kind=notifier.kind)
        notifier.delete()


def hear(notifier: TransferNotifier, body: bytes, headers: Mapping[str, str]) -> IncomingTransfer | None:
    """Book what one notice says; None when it is not about money that came in.

    Raises NotTheirs for a wrong or missing signature (nothing is written then), Unreadable when a signed notice
    cannot be booked; that is noted at the notifier.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    reader = _READERS[NotifierKind(notifier.kind)]
    if not reader.is_signed(notifier.secret, said, headers):
        raise calls.NotTheirs
    try:
        incoming = reader.read(said)
    except calls.BROKEN as wrong:
        TransferNotifier.objects.filter(pk=notifier.pk).update(
            problem=calls.beginning(body), problem_at=timezone.now()
        )
        raise calls.Unreadable from wrong
    TransferNotifier.objects.filter(pk=notifier.pk).update(heard_at=timezone.now())
    if incoming is None:
        return None
    by = Actor(user_id=None, label=str(notifier.get_kind_display()), channel="webhook")
    row, _is_new = transfers.book(
        incoming, cooperative=notifier.cooperative, source=TransferSource.NOTICE, by=by
    )
    return row


# --- what the services say --------------------------------------------------------------------------------------
class _SePay:
    """SePay's webhook: one transaction as JSON, ``Authorization: Apikey …`` (its documentation, 11/2026)."""

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool:
        word, _blank, key = headers.get("Authorization", "").partition(" ")
        return word.lower() == "apikey" and constant_time_compare(key.strip(), secret)

    @staticmethod
    def read(said: Any) -> transfers.Incoming | None:
        if said["transferType"] != "in":
            return None
        return transfers.Incoming(
            _reference(said.get("referenceCode") or f"sepay-{int(said['id'])}"),
            calls.dong(said["transferAmount"]),
            calls.moment(said["transactionDate"]),
            calls.words(said.get("content") or said.get("description")),
        )


class _PayOS:
    """payOS's webhook: ``data`` and its HMAC-SHA256 over the sorted pairs, as public clients of it check
    it (unverified against the service itself)."""

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool:
        if not isinstance(said, dict) or not isinstance(said.get("data"), dict):
            return False
        pairs = "&".join(f"{name}={_as_signed(value)}" for name, value in sorted(said["data"].items()))
        made = hmac.new(secret.encode(), pairs.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return constant_time_compare(made, str(said.get("signature", "")))

    @staticmethod
    def read(said: Any) -> transfers.Incoming | None:
        data = said["data"]
        if said.get("code") != "00" or data.get("code", "00") != "00":
            return None
        return transfers.Incoming(
            _reference(data["reference"]),
            calls.dong(data["amount"]),
            calls.moment(data["transactionDateTime"]),
            calls.words(data.get("description")),
            calls.words(data.get("counterAccountName"), 120),
        )


class _Service(Protocol):
    """How one service signs its notices and what they say."""

    @staticmethod
    def is_signed(secret: str, said: Any, headers: Mapping[str, str]) -> bool: ...

    @staticmethod
    def read(said: Any) -> transfers.Incoming | None: ...


_READERS: dict[NotifierKind, type[_Service]] = {NotifierKind.SEPAY: _SePay, NotifierKind.PAYOS: _PayOS}


def _as_signed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else str(value)


def _reference(value: Any) -> str:
    text = clean(str(value))[:80]
    if not text:
        raise ValueError("a transfer without a reference")
    return text
