"""Recalls: lots back from the very people who bought them, within a minute, and the way back after a mistake.

The second floor puts goods aside and turns labels red (``traceability.recalls``); here, in the same transaction, the
buyers are found by their picks. Their letters are written by the outbox in blocks, so that thousands of buyers keep
nobody waiting. From the commit on no parcel with such goods is packed or sent: ``fulfilment`` asks under the
lock of the stock.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone, translation

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide, Outbox, OutboxState
from marketplace.foundation.outbox import effect, enqueue
from traceability import lots as of_lots
from traceability import recalls
from traceability.models import Lot, Recall
from traceability.statuses import LotStatus, RecallStatus

from . import notices
from .models import Pick, RecallNotice
from .statuses import ParcelStatus, PurchaseSource

BLOCK = 100  # letters to one transaction of the outbox


@dataclass
class Told:
    """One buyer of recalled goods: the newest purchase, which lots, and how many units are where."""

    purchase: int
    mailbox: str
    email: str
    phone: str
    goods: set[int] = field(default_factory=set)
    out: int = 0
    held: int = 0


@dataclass(frozen=True)
class Extent:
    """What a recall of some lots would touch now: units in stock, with buyers and packed; parcels held; buyers."""

    left: int
    out: int
    held: int
    parcels: int
    orders: int
    buyers: int


def extent_of(chosen: Collection[Lot]) -> Extent:
    """Return what recalling ``chosen`` lots would touch now; four queries."""
    told = _buyers(chosen)
    picks = _with_somebody(chosen)
    return Extent(
        left=sum(of_lots.balances(chosen).values()),
        out=sum(one.out for one in told),
        held=sum(one.held for one in told),
        parcels=picks.filter(parcel__status=ParcelStatus.PACKED).values("parcel").distinct().count(),
        orders=picks.values("line__order").distinct().count(),
        buyers=len(told),
    )


@transaction.atomic
def recall(
    cooperative: Cooperative,
    chosen: Iterable[Lot],
    *,
    reason: str,
    side: CaseSide,
    form_key: uuid.UUID,
    by: Actor,
) -> Recall:
    """Recall ``chosen`` lots of ``cooperative``: stock aside, labels red, parcels held, every buyer told why.

    ``side``: whether the cooperative or the alliance calls. The same form sent twice is one recall, and the first is
    returned. Locks as ``traceability.recalls.start``: whoever packs or ships such goods was before, and their buyer is
    told, or comes after and is refused. Raises RecallRefused.
    """
    made, is_new = recalls.start(cooperative, chosen, reason=reason, side=side, form_key=form_key, by=by)
    if not is_new:
        return made
    told = _buyers(_lots_of(made))
    RecallNotice.objects.bulk_create(
        [
            RecallNotice(
                recall=made,
                purchase_id=one.purchase,
                mailbox=one.mailbox,
                email=one.email,
                phone=one.phone,
                goods=sorted(one.goods),
                out=one.out,
                held=one.held,
            )
            for one in told
        ],
        batch_size=500,
    )
    _announce(made, len(told), by)
    return made


@transaction.atomic
def lift(made: Recall, *, reason: str, side: CaseSide, by: Actor) -> Recall:
    """Lift a recall that was a mistake: goods may be sold and labels read as before; whoever was told hears it.

    A letter that was not written yet is not written any more. Raises as ``traceability.recalls.lift``.
    """
    made = recalls.lift(made, reason=reason, side=side, by=by)
    _announce(made, made.notices.filter(written_at__isnull=False).count(), by)
    return made


def _announce(made: Recall, buyers: int, by: Actor) -> None:
    notices.recall_told(made, _lots_of(made), buyers, by_label=by.label)
    _promise(made, 0)


def _promise(made: Recall, after: int) -> None:
    enqueue(
        "recall_letters",
        f"recall_letters:{made.pk}:{made.status}:{after}",
        {"recall": made.pk, "status": made.status},
    )


@effect("recall_letters", atomic=True, lease=120)
def write_letters(row: Outbox) -> None:
    """Write the next hundred letters of a recall, or of its lifting, and promise those after them."""
    made = (
        Recall.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cooperative__stall")
        .get(pk=row.payload["recall"])
    )
    if made.status != row.payload["status"]:
        return  # lifted before everybody was told
    is_lifted = made.status == RecallStatus.LIFTED
    waiting = made.notices.filter(written_at__isnull=not is_lifted, lifted_at__isnull=True)
    block = list(waiting.select_related("purchase")[:BLOCK])
    by_key = {lot.pk: lot for lot in _lots_of(made)}
    why = made.changes.order_by("-pk").values_list("note", flat=True)[0]
    for notice in block:
        notice.recall = made
        theirs = [by_key[key] for key in notice.goods]
        with translation.override(notice.purchase.language):
            if is_lifted:
                notices.recall_lifted(notice, theirs, why)
            else:
                notices.recall_called(notice, theirs)
    moment = {"lifted_at" if is_lifted else "written_at": timezone.now()}
    RecallNotice.objects.filter(pk__in=[notice.pk for notice in block]).update(**moment)
    if len(block) == BLOCK:
        _promise(made, block[-1].pk)


@transaction.atomic
def told_by_hand(notice: RecallNotice, *, by: Actor) -> RecallNotice:
    """Somebody rang the buyer, or spoke with her. Locks the notice; said twice it changes nothing."""
    notice = RecallNotice.objects.select_for_update(of=("self",), no_key=True).get(pk=notice.pk)
    if notice.told_at is None:
        notice.told_at, notice.told_by = timezone.now(), by.label[:120]
        notice.save(update_fields=["told_at", "told_by"])
        audit.record("recall.told", notice, by=by, recall=notice.recall_id)
    return notice


def _lots_of(made: Recall) -> list[Lot]:
    return [part.lot for part in made.lots.select_related("lot__product")]


def _with_somebody(chosen: Iterable[Lot]) -> QuerySet[Pick]:
    """Picks whose units are packed, on their way or with a buyer: what came back concerns nobody any more."""
    return Pick.objects.filter(lot__in=[lot.pk for lot in chosen], quantity__gt=F("returned")).exclude(
        parcel__status=ParcelStatus.RETURNED
    )


def _buyers(chosen: Iterable[Lot]) -> list[Told]:
    """Everybody who has or waits for goods of ``chosen`` lots, once each; one query."""
    found: dict[Any, Told] = {}
    path = "line__order__purchase"
    rows = (
        _with_somebody(chosen)
        .values("lot_id", "parcel__status", path)
        .annotate(
            units=Sum(F("quantity") - F("returned")),
            user=F(f"{path}__user_id"),
            source=F(f"{path}__source"),
            email=Coalesce(F(f"{path}__email"), Value("")),
            user_email=Coalesce(F(f"{path}__user__email"), Value("")),
            phone=F(f"{path}__phone"),
        )
        .order_by(f"-{path}")
    )
    for row in rows:
        # Nobody knows who stood at the counter; such an order carries the cooperative's own number.
        if row["source"] == PurchaseSource.COUNTER:
            row |= {"phone": "", "email": ""}
        # A guest is known by both: who mistypes one must not swallow another's letter.
        person = row["user"] or (row["phone"], row["email"].lower())
        if person == ("", ""):
            person = ("", row[path])
        one = found.setdefault(
            person,
            Told(
                purchase=row[path],
                mailbox=f"nguoi:{row['user']}" if row["user"] else f"mua:{row[path]}",
                email=row["email"] or row["user_email"],
                phone=row["phone"],
            ),
        )
        one.goods.add(row["lot_id"])
        if row["parcel__status"] == ParcelStatus.PACKED:
            one.held += row["units"]
        else:
            one.out += row["units"]
    return list(found.values())


# --- how far it is ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Progress:
    """How far a recall is: buyers, letters written, messages that wait or failed, people not reached, goods back."""

    buyers: int
    written: int
    read: int
    waiting: int
    failed: int
    unreached: int
    out: int
    back: int
    held: int
    put_aside: int


def progress_of(made: Recall) -> Progress:
    """Return how far ``made`` is; six queries, however many buyers there are."""
    sent = Outbox.objects.filter(kind__in=("email", "sms"))
    sent = sent.filter(
        Q(key__startswith=f"email:recall:{made.pk}:") | Q(key__startswith=f"sms:recall:{made.pk}:")
    )
    states = list(sent.exclude(state=OutboxState.DONE).values_list("state", flat=True))
    keys = [part.lot_id for part in made.lots.all()]
    went = Pick.objects.filter(lot__in=keys).exclude(parcel__status=ParcelStatus.PACKED)
    packed = Pick.objects.filter(lot__in=keys, parcel__status=ParcelStatus.PACKED)
    units = went.aggregate(out=Sum("quantity"), back=Sum("returned"))
    letters = Letter.objects.filter(key__startswith=f"recall:{made.pk}:", read_at__isnull=False)
    return Progress(
        buyers=made.notices.count(),
        written=made.notices.filter(written_at__isnull=False).count(),
        read=letters.count(),
        waiting=states.count(OutboxState.NEW),
        failed=states.count(OutboxState.DEAD),
        unreached=unreached(made).count(),
        out=units["out"] or 0,
        back=units["back"] or 0,
        held=packed.aggregate(n=Sum("quantity"))["n"] or 0,
        put_aside=made.lots.aggregate(n=Sum("put_aside"))["n"] or 0,
    )


def told(made: Recall) -> QuerySet[RecallNotice]:
    """Return the buyers of a recall; each with ``is_read`` and whether a message left for her (``went``).

    In the app alone nobody is reached who does not look: a message went by e-mail or SMS, was read, or somebody rang.
    """
    letter = Letter.objects.filter(key=Concat(Value(f"recall:{made.pk}:"), OuterRef("pk")))
    stuck = Outbox.objects.exclude(state=OutboxState.DONE)
    by_email = stuck.filter(key=Concat(Value(f"email:recall:{made.pk}:"), OuterRef("pk")))
    by_sms = stuck.filter(key=Concat(Value(f"sms:recall:{made.pk}:"), OuterRef("pk")))
    return made.notices.select_related("purchase").annotate(
        is_read=Exists(letter.filter(read_at__isnull=False)),
        went=Q(written_at__isnull=False)
        & ((~Q(email="") & ~Exists(by_email)) | (~Q(phone="") & ~Exists(by_sms))),
    )


def unreached(made: Recall) -> QuerySet[RecallNotice]:
    """Return the buyers of a recall whom nothing reached yet: somebody must ring them."""
    return told(made).filter(is_read=False, went=False, told_at__isnull=True)  # type: ignore[misc]


def whole(found: QuerySet[Recall]) -> QuerySet[Recall]:
    """Return the recalls ``found`` with what lists and pages say of them."""
    return found.select_related("cooperative__stall").prefetch_related("lots__lot__product")


def may_be_recalled(cooperative: Cooperative) -> QuerySet[Lot]:
    """Return the lots of a cooperative that are not recalled, the newest first."""
    mine = cooperative.lots.exclude(status=LotStatus.RECALLED).select_related("product")
    return mine.order_by("-made_on", "-pk")
