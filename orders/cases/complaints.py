"""Complaints: a buyer writes, the cooperative answers within its clock, the alliance is asked when that is no help."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives.models import Cooperative
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from marketplace.foundation.refusals import Refusal
from orders.locking import lock_order
from orders.models import Complaint, ComplaintMessage, Order
from orders.statuses import COMPLAINT_MOVES, ComplaintKind, ComplaintStatus

from . import notices
from .clocks import BATCH, answer_time, window

OPEN_AT_ONCE = 3  # of one order; whoever has more to say writes on in one of them


class ComplaintRefusal(Refusal):
    """Nothing was written."""


def _lock(complaint: Complaint) -> tuple[Order, Complaint]:
    """Lock the order of a complaint and the complaint itself; return both as they are now."""
    order = lock_order(complaint.order_id)
    return order, Complaint.objects.select_for_update(of=("self",), no_key=True).get(pk=complaint.pk)


def move_complaint(complaint: Complaint, to: ComplaintStatus) -> None:
    """Assign the status of a locked complaint and whose turn it is; the caller writes the row. Raises IllegalMove."""
    COMPLAINT_MOVES.check(ComplaintStatus(complaint.status), to)
    complaint.status = to
    if to == ComplaintStatus.CLOSED:
        complaint.closed_at = timezone.now()
    elif to == ComplaintStatus.ANSWERED:
        complaint.hand_to(CaseSide.BUYER, window())
    elif to == ComplaintStatus.ESCALATED:
        complaint.hand_to(CaseSide.OFFICER, answer_time())
    else:
        complaint.hand_to(CaseSide.SELLER, answer_time())
    complaint.save()


def _say(
    complaint: Complaint,
    side: CaseSide | None,
    words: str = "",
    *,
    to: ComplaintStatus | None = None,
    form_key: UUID | None = None,
    by: Actor,
) -> None:
    """Write what one side said; ``to``: and move the complaint there. Raises IllegalMove."""
    before = complaint.status
    if to is not None:
        move_complaint(complaint, to)
    ComplaintMessage.objects.create(
        complaint=complaint,
        side=side or "",
        words=words[:2000],
        old_status=before,
        new_status=complaint.status,
        form_key=form_key,
        **signed(by),
    )
    audit.record(f"complaint_{to or 'message'}", complaint, by=by, words=words)


def _check_words(words: str) -> None:
    if not words.strip():
        raise ComplaintRefusal(_("Hãy viết vài chữ."), code="words", field="words")


def _check_open(complaint: Complaint) -> None:
    if complaint.closed_at is not None:
        raise ComplaintRefusal(_("Khiếu nại này đã xong rồi."), code="closed")


def _is_said(complaint: Complaint, form_key: UUID) -> bool:
    return complaint.messages.filter(form_key=form_key).exists()


@transaction.atomic
def complain(order: Order, *, kind: str, words: str, form_key: UUID, by: Actor) -> Complaint:
    """The buyer is not content; the cooperative hears it and its clock starts.

    The same ``form_key`` again finds the same complaint. Locks the order. Raises ComplaintRefusal without words, or
    while three of the order are open.
    """
    _check_words(words)
    order = lock_order(order.pk)
    said_before = order.complaints.filter(form_key=form_key).first()
    if said_before is not None:
        return said_before
    if order.complaints.filter(closed_at=None).count() >= OPEN_AT_ONCE:
        raise ComplaintRefusal(
            _("Đơn này đã có ba khiếu nại đang mở. Hãy viết tiếp ở một trong số đó."), code="many"
        )
    complaint = Complaint(order=order, kind=ComplaintKind(kind), form_key=form_key, **signed(by))
    complaint.hand_to(CaseSide.SELLER, answer_time())
    complaint.save()
    _say(complaint, CaseSide.BUYER, words, form_key=form_key, by=by)
    notices.complaint_written(order, complaint, words)
    return complaint


@transaction.atomic
def write(complaint: Complaint, *, words: str, form_key: UUID, by: Actor) -> Complaint:
    """The buyer writes more; after an answer it is the cooperative's turn again.

    The same ``form_key`` again writes nothing. Raises ComplaintRefusal without words and once it is closed.
    """
    _check_words(words)
    order, complaint = _lock(complaint)
    if _is_said(complaint, form_key):
        return complaint
    _check_open(complaint)
    to = ComplaintStatus.OPEN if complaint.status == ComplaintStatus.ANSWERED else None
    _say(complaint, CaseSide.BUYER, words, to=to, form_key=form_key, by=by)
    notices.complaint_written(order, complaint, words)
    return complaint


@transaction.atomic
def answer(complaint: Complaint, *, words: str, form_key: UUID, by: Actor) -> Complaint:
    """The cooperative answers; the buyer hears it. What it says to the alliance leaves the turn with the alliance.

    The same ``form_key`` again writes nothing. Raises ComplaintRefusal without words and once it is closed.
    """
    _check_words(words)
    order, complaint = _lock(complaint)
    if _is_said(complaint, form_key):
        return complaint
    _check_open(complaint)
    to = ComplaintStatus.ANSWERED if complaint.status == ComplaintStatus.OPEN else None
    _say(complaint, CaseSide.SELLER, words, to=to, form_key=form_key, by=by)
    notices.complaint_answered(order, complaint, words)
    return complaint


@transaction.atomic
def ask_alliance(complaint: Complaint, *, by: Actor) -> Complaint:
    """The buyer asks the alliance of the province to look. Raises IllegalMove when it looks already or it is closed."""
    order, complaint = _lock(complaint)
    _say(complaint, CaseSide.BUYER, to=ComplaintStatus.ESCALATED, by=by)
    notices.complaint_escalated(order, complaint)
    return complaint


@transaction.atomic
def close(complaint: Complaint, *, by: Actor) -> Complaint:
    """The buyer is content. Raises IllegalMove once it is closed."""
    order, complaint = _lock(complaint)
    _say(complaint, CaseSide.BUYER, to=ComplaintStatus.CLOSED, by=by)
    notices.complaint_closed(order, complaint)
    return complaint


@transaction.atomic
def settle(complaint: Complaint, *, words: str, by: Actor) -> Complaint:
    """An officer of the province answers and ends it; both sides hear why.

    Raises ComplaintRefusal without words, or while it is not the alliance's turn.
    """
    _check_words(words)
    order, complaint = _lock(complaint)
    if complaint.status != ComplaintStatus.ESCALATED:
        raise ComplaintRefusal(_("Khiếu nại này không chờ liên minh."), code="not_ours")
    _say(complaint, CaseSide.OFFICER, words, to=ComplaintStatus.CLOSED, by=by)
    notices.complaint_settled(order, complaint, words)
    return complaint


# --- clocks ---------------------------------------------------------------------------------------------------
def run_out(complaint_id: int, *, by: Actor) -> bool:
    """End the turn of a side that let its clock run out: the cooperative's goes to the alliance, the buyer's closes.

    False when somebody wrote in time (read under its lock).
    """
    with transaction.atomic():
        order, complaint = _lock(Complaint.objects.get(pk=complaint_id))
        if complaint.owner == CaseSide.OFFICER or not complaint.is_late:
            return False
        if complaint.owner == CaseSide.BUYER:
            _say(complaint, None, gettext("Người mua không viết thêm"), to=ComplaintStatus.CLOSED, by=by)
        else:
            words = gettext("Quá hạn, chuyển liên minh")
            _say(complaint, None, words, to=ComplaintStatus.ESCALATED, by=by)
            notices.complaint_escalated(order, complaint)
        return True


def run_out_late(*, by: Actor) -> int:
    """End every turn whose clock ran out, one transaction each; return how many."""
    late = Complaint.objects.filter(closed_at=None, due_at__lte=timezone.now()).exclude(
        owner=CaseSide.OFFICER
    )
    keys = list(late.order_by("due_at").values_list("pk", flat=True)[:BATCH])
    return sum(run_out(key, by=by) for key in keys)


# --- reads ----------------------------------------------------------------------------------------------------
def at_desk(cooperative: Cooperative) -> QuerySet[Complaint]:
    """Return a cooperative's complaints, open ones first, then the newest."""
    found = Complaint.objects.filter(order__cooperative=cooperative).select_related("order")
    return found.order_by(F("closed_at").desc(nulls_first=True), "-pk")


def waiting(cooperative: Cooperative) -> int:
    """Return how many complaints wait for the cooperative."""
    found = Complaint.objects.filter(order__cooperative=cooperative, closed_at=None)
    return found.filter(owner=CaseSide.SELLER).count()
