"""Events that others tell: a buyer's or carrier's system sends EPCIS documents with a token, and each is kept once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from typing import Any, NamedTuple, NoReturn

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal, Text
from marketplace.foundation.text import clean

from . import epcis
from .models import CapturedEvent, EventSender

MOST_BYTES = 1_000_000
MOST_SENDERS = 20
AHEAD = dt.timedelta(days=1)  # clocks differ, and so do their zones


class CaptureRefused(Refusal):
    """The document is not taken; ``details["problems"]`` says what is wrong, a sentence each."""

    code = "capture_refused"
    default_text = _("Tài liệu EPCIS chưa đúng.")


class Unreadable(Refusal):
    """What was sent is no JSON."""

    code = "unreadable"
    default_text = _("Không đọc được: đây không phải JSON.")


class Conflict(Refusal):
    """The sender's own id stands for another event already."""

    code = "conflict"
    default_text = _("Mã sự kiện này đã được gửi với nội dung khác.")


class SenderRefused(Refusal):
    """Such a sender cannot be let in."""

    code = "sender_refused"


class Captured(NamedTuple):
    """How many events of a document are new, and how many were known already."""

    new: int
    known: int


@transaction.atomic
def let_in(cooperative: Cooperative, name: str, *, by: Actor) -> tuple[EventSender, str]:
    """Let another system send events; return it and its token, which is shown once and kept nowhere.

    Raises SenderRefused without a name or beyond twenty senders.
    """
    name = clean(name)
    if not name or len(name) > 120:
        raise SenderRefused(_("Hãy ghi tên đơn vị, nhiều nhất 120 chữ."), field="name")
    if cooperative.event_senders.filter(closed_at=None).count() >= MOST_SENDERS:
        raise SenderRefused(_("Đã có 20 đơn vị. Hãy khoá bớt đơn vị không còn gửi."), field="name")
    token = secrets.token_urlsafe(32)
    sender = EventSender.objects.create(
        cooperative=cooperative, name=name, token_sha256=digest(token), **signed(by)
    )
    audit.record("epcis.let_in", sender, by=by, name=name)
    return sender, token


@transaction.atomic
def shut_out(sender: EventSender, *, by: Actor) -> EventSender:
    """Take the token back; what was sent stays. Locks the sender; twice is once."""
    sender = EventSender.objects.select_for_update(no_key=True).get(pk=sender.pk)
    if sender.closed_at is None:
        sender.closed_at = timezone.now()
        sender.save(update_fields=["closed_at"])
        audit.record("epcis.shut_out", sender, by=by)
    return sender


def sender_of(token: str) -> EventSender | None:
    """Return who holds ``token``; None when nobody does, or its door was shut."""
    return EventSender.objects.filter(token_sha256=digest(token), closed_at=None).first()


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def read(body: bytes) -> Any:
    """Return the JSON of ``body``. Raises Unreadable, also for what no database can keep: NUL, half letters, NaN."""

    def no_number(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        document = json.loads(body.decode(), parse_constant=no_number)
        whole = json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Unreadable from None
    if b"\\u0000" in whole:
        raise Unreadable
    return document


@transaction.atomic
def capture(sender: EventSender, document: Any) -> Captured:
    """Keep every event of an EPCIS 2.0 document that is not known yet: all of them, or none.

    Locks the sender. Raises CaptureRefused with the problems of the document, and for an event whose own hash id is
    not the hash of what it says; Conflict when the sender's id stands for something else already.
    """
    sender = EventSender.objects.select_for_update(no_key=True).get(pk=sender.pk)
    problems = epcis.problems(document)
    if problems:
        raise _refused(problems)
    prefixes = epcis.prefixes_of(document.get("@context"))
    told: dict[tuple[str, bool], CapturedEvent] = {}
    for event in document["epcisBody"]["eventList"]:
        one = _captured(sender, event, prefixes)
        told.setdefault((one.event_id, one.declares_error), one)
    _check_given(sender, told.values())
    known = set(
        sender.events.filter(event_id__in=[event_id for event_id, _error in told]).values_list(
            "event_id", "declares_error"
        )
    )
    new = [one for key, one in told.items() if key not in known]
    CapturedEvent.objects.bulk_create(new, batch_size=200)
    sender.heard_at = timezone.now()
    sender.save(update_fields=["heard_at"])
    return Captured(len(new), len(told) - len(new))


def came(cooperative: Cooperative) -> QuerySet[CapturedEvent]:
    """Return the events that were sent to ``cooperative``, newest first, each with its sender."""
    sent = CapturedEvent.objects.filter(sender__cooperative=cooperative)
    return sent.select_related("sender").order_by("-pk")


def _captured(sender: EventSender, event: dict[str, Any], prefixes: dict[str, str]) -> CapturedEvent:
    try:
        event_id, given = epcis.event_id(event, prefixes), event.get("eventID", "")
    except (TypeError, KeyError, AttributeError, RecursionError):
        # Extensions are anybody's: a standard name inside of one may hold something else than the standard says.
        raise _refused([_("Có phần thêm không đọc được trong sự kiện.")]) from None
    if not isinstance(given, str) or len(given) > 200:
        raise _refused([_("Mã sự kiện (eventID) không đúng.")])
    if given.startswith("ni:///sha-256;") and given != event_id:
        raise _refused([_("Mã sự kiện không khớp với nội dung: nội dung đã bị đổi, hoặc mã tính sai.")])
    if dt.datetime.fromisoformat(event["eventTime"]) > timezone.now() + AHEAD:
        raise _refused([_("Có sự kiện chưa xảy ra: xin xem lại đồng hồ của máy gửi.")])
    return CapturedEvent(
        sender=sender,
        event_id=event_id,
        given_id=given,
        declares_error="errorDeclaration" in event,
        body=event,
    )


def _check_given(sender: EventSender, told: Any) -> None:
    given = [one for one in told if one.given_id]
    said = dict(
        sender.events.filter(given_id__in=[one.given_id for one in given]).values_list("given_id", "event_id")
    )
    for one in given:
        if said.setdefault(one.given_id, one.event_id) != one.event_id:
            raise Conflict


def _refused(problems: list[Text]) -> CaptureRefused:
    return CaptureRefused(details={"problems": [str(problem) for problem in problems]})
