"""Goods given back: asked by the buyer, agreed or disputed by the cooperative, decided by the province at the last.

The money follows through ``amounts`` and ``refunds``: a return only says what the order costs less, and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperatives import papers
from cooperatives.models import Cooperative, PaperKind
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide
from marketplace.foundation.money import format_dong
from marketplace.foundation.refusals import Refusal
from orders import amounts, fulfilment, refunds
from orders.locking import lock_order, lock_stock
from orders.models import Line, Order, Pick, ReturnCase, ReturnChange, ReturnLine
from orders.statuses import (
    RETURN_MOVES,
    ParcelStatus,
    ReductionKind,
    RefundStatus,
    ReturnReason,
    ReturnStatus,
)

from . import notices
from .clocks import BATCH, answer_time, window

PHOTOS = 3


class ReturnRefusal(Refusal):
    """The return stays as it was."""


def returnable(order: Order) -> dict[int, int]:
    """Return line id → units that may still be given back; lines without any are left out. Two queries.

    Delivered within the window, and in no other return that was not withdrawn: what the province rejected is not
    asked for again.
    """
    delivered = Pick.objects.filter(parcel__order=order, parcel__status=ParcelStatus.DELIVERED)
    rows = delivered.values_list("line", "quantity", "parcel__delivered_at")
    since = timezone.now() - window()
    all_units: dict[int, int] = {}
    new_units: dict[int, int] = {}
    for line, units, at in rows:
        all_units[line] = all_units.get(line, 0) + units
        if at is not None and at >= since:
            new_units[line] = new_units.get(line, 0) + units
    asked = ReturnLine.objects.filter(case__order=order).exclude(case__status=ReturnStatus.WITHDRAWN)
    taken = dict(asked.values_list("line").annotate(n=Sum("quantity")).order_by("line"))
    left = {line: min(units, all_units[line] - taken.get(line, 0)) for line, units in new_units.items()}
    return {line: units for line, units in left.items() if units > 0}


def move_return(
    case: ReturnCase,
    to: ReturnStatus,
    *,
    by: Actor,
    note: str = "",
    owner: CaseSide | None = None,
    within: dt.timedelta | None = None,
) -> None:
    """Assign the status of a locked return and write who and why. Raises IllegalMove.

    It is the turn of ``owner`` for the time ``within``; without an owner the case is closed.
    """
    RETURN_MOVES.check(ReturnStatus(case.status), to)
    _write(case, to, by=by, note=note)
    case.status = to
    if owner is None:
        case.closed_at = timezone.now()
    else:
        case.hand_to(owner, within or answer_time())
    case.save()
    audit.record(f"return_{to}", case, by=by, note=note)


def _write(case: ReturnCase, status: str, *, by: Actor, note: str) -> None:
    ReturnChange.objects.create(
        case=case, old_status=case.status, new_status=status, note=note[:1000], **signed(by)
    )


def _lock(case: ReturnCase) -> tuple[Order, ReturnCase]:
    """Lock the order of a return and the return itself; return both as they are now."""
    order = lock_order(case.order_id)
    return order, ReturnCase.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)


@transaction.atomic
def ask_return(
    order: Order,
    *,
    units: Mapping[int, int],
    reason: str,
    words: str,
    form_key: UUID,
    photos: Iterable[Any] = (),
    by: Actor,
) -> ReturnCase:
    """The buyer wants to give ``units`` (line id → how many) back; the cooperative hears it and its clock starts.

    ``photos``: at most three uploads, kept in private. The same ``form_key`` again finds the same case. Locks the
    order. Raises ReturnRefusal without words, without units, for more than ``returnable`` says or too many photos,
    UnreadablePaper for a file that is no picture.
    """
    order = lock_order(order.pk)
    asked_before = order.return_cases.filter(form_key=form_key).first()
    if asked_before is not None:
        return asked_before
    photos = list(photos)
    if len(photos) > PHOTOS:
        raise ReturnRefusal(_("Gửi nhiều nhất 3 ảnh."), code="photos", field="photo1")
    if not words.strip():
        raise ReturnRefusal(_("Hãy kể chuyện gì đã xảy ra."), code="words", field="words")
    wanted = {line: count for line, count in units.items() if count}
    if not wanted:
        raise ReturnRefusal(_("Hãy ghi số lượng muốn trả."), code="nothing")
    left = returnable(order)
    for line, count in wanted.items():
        if not 0 < count <= left.get(line, 0):
            raise ReturnRefusal(
                gettext("Chỉ còn trả được %(left)s. Phần còn lại đã quá hạn hoặc đã nằm trong yêu cầu khác.")
                % {"left": left.get(line, 0)},
                code="units",
                field=f"units_{line}",
            )
    case = ReturnCase(
        order=order, reason=ReturnReason(reason), words=words[:1000], form_key=form_key, **signed(by)
    )
    case.hand_to(CaseSide.SELLER, answer_time())
    case.save()
    ReturnLine.objects.bulk_create(
        [ReturnLine(case=case, line_id=line, quantity=count) for line, count in sorted(wanted.items())]
    )
    kept = [
        papers.keep(photo, kind=PaperKind.RETURN, cooperative=order.cooperative, by=by) for photo in photos
    ]
    case.photos.set(kept)
    _write(case, ReturnStatus.REQUESTED, by=by, note="")
    audit.record("return_requested", case, by=by, units=wanted)
    notices.return_asked(order, case)
    return case


@transaction.atomic
def agree(case: ReturnCase, *, goods_needed: bool, fee_share: Decimal = Decimal(0), by: Actor) -> ReturnCase:
    """The cooperative agrees: the goods come back first, or the money goes at once without them.

    ``fee_share``: what of the parcel fee goes back as well. Locks order and case. Raises ReturnRefusal once it was
    agreed or ended, for more of the fee than is left, and while cash paid at the door is not noted.
    """
    order, case = _lock(case)
    if not case.waits_for_a_word:
        raise ReturnRefusal(_("Yêu cầu này đã có câu trả lời rồi."), code="answered")
    _grant(order, case, goods_needed, fee_share, by=by, note="")
    notices.return_agreed(order, case)
    return case


def _grant(
    order: Order, case: ReturnCase, goods_needed: bool, fee_share: Decimal, *, by: Actor, note: str
) -> None:
    """Let a locked return have its way; without goods the money follows at once."""
    most = amounts.fee_left(order)
    if not 0 <= fee_share <= most:
        raise ReturnRefusal(
            gettext("Phí gửi trả lại được nhiều nhất %(most)s.") % {"most": format_dong(most)},
            code="fee",
            field="fee_share",
        )
    case.goods_needed, case.fee_share = goods_needed, fee_share
    if goods_needed:
        move_return(case, ReturnStatus.AGREED, owner=CaseSide.BUYER, within=window(), by=by, note=note)
        return
    refunds.check_cash(order)
    move_return(case, ReturnStatus.AGREED, owner=CaseSide.SELLER, by=by, note=note)
    for row in case.lines.select_related("line"):
        _take_off(order, case, row, by=by)
    _pay(order, case, by=by)


def _take_off(order: Order, case: ReturnCase, row: ReturnLine, *, by: Actor) -> None:
    amount = amounts.returned_worth(row.line, row.quantity)
    note = str(case.get_reason_display())
    amounts.reduce(
        order, ReductionKind.RETURN, amount, line=row.line, quantity=row.quantity, note=note, by=by
    )


def _pay(order: Order, case: ReturnCase, *, by: Actor) -> None:
    """Take the promised share of the parcel fee off and let the payment follow; nothing owed ends the case."""
    note = str(case.get_reason_display())
    share = min(case.fee_share, amounts.fee_left(order))
    amounts.reduce(order, ReductionKind.FEE, share, note=note, by=by)
    payment = refunds.follow(order, by=by, note=note)
    if not payment.refunds.filter(status=RefundStatus.OWED).exists():
        move_return(case, ReturnStatus.REFUNDED, by=by)


@transaction.atomic
def dispute(case: ReturnCase, *, reason: str, by: Actor) -> ReturnCase:
    """The cooperative does not agree, or what came back is not what it sent: the province decides.

    The buyer and the officers hear it with the reason. Raises ReturnRefusal without a reason, or when money went.
    """
    if not reason.strip():
        raise ReturnRefusal(_("Hãy ghi lý do, người mua sẽ đọc được."), code="reason", field="reason")
    order, case = _lock(case)
    if case.waits_for_money:
        raise ReturnRefusal(_("Tiền của yêu cầu này đã được tính trả rồi."), code="money")
    move_return(case, ReturnStatus.DISPUTED, owner=CaseSide.OFFICER, by=by, note=reason)
    notices.return_disputed(order, case, reason)
    return case


@transaction.atomic
def withdraw(case: ReturnCase, *, by: Actor) -> ReturnCase:
    """The buyer keeps the goods after all; they may be asked for again. Raises ReturnRefusal when money went."""
    order, case = _lock(case)
    if case.waits_for_money:
        raise ReturnRefusal(_("Tiền của yêu cầu này đã được tính trả rồi."), code="money")
    move_return(case, ReturnStatus.WITHDRAWN, by=by)
    notices.return_withdrawn(order, case)
    return case


@transaction.atomic
def goods_back(case: ReturnCase, *, fit: Mapping[int, int], by: Actor) -> ReturnCase:
    """The goods are at the cooperative again: into stock and their lots, and the order costs less.

    ``fit``: line id → units that can be sold again; the others are written off as spoilt. Locks order, case and
    stock. Raises ReturnRefusal unless goods are waited for, for more units than come back, and while cash paid at
    the door is not noted.
    """
    order, case = _lock(case)
    if not case.waits_for_goods:
        raise ReturnRefusal(_("Yêu cầu này không chờ hàng gửi về."), code="not_waiting")
    refunds.check_cash(order)
    rows = list(case.lines.select_related("line__stockrecord").order_by("line__stockrecord_id", "pk"))
    for row in rows:
        if not 0 <= fit.get(row.line_id, 0) <= row.quantity:
            raise ReturnRefusal(
                _("Số bán lại được không thể nhiều hơn số khách trả."), code="fit", field=f"fit_{row.line_id}"
            )
    lock_stock([row.line.stockrecord_id for row in rows])
    move_return(case, ReturnStatus.GOODS_BACK, owner=CaseSide.SELLER, by=by)
    for row in rows:
        row.restocked = fit.get(row.line_id, 0)
        row.save(update_fields=["restocked"])
        _take_off(order, case, row, by=by)
        backs = _backs(row.line, row.quantity, row.restocked)
        fulfilment.take_units_back(order, row.line, backs, by=by)
    _pay(order, case, by=by)
    notices.return_goods_back(order, case)
    return case


def _backs(line: Line, units: int, fit: int) -> list[tuple[Pick, int, int]]:
    """Return from which delivered picks ``units`` come, newest first, and how many of each are ``fit``."""
    found = []
    picks = line.picks.filter(parcel__status=ParcelStatus.DELIVERED, returned__lt=F("quantity"))
    for pick in picks.select_related("lot").order_by("-pk"):
        part = min(units, pick.quantity - pick.returned)
        if part:
            found.append((pick, part, min(fit, part)))
            units, fit = units - part, fit - min(fit, part)
    return found


@transaction.atomic
def decide(
    case: ReturnCase,
    *,
    for_buyer: bool,
    reason: str,
    goods_needed: bool = True,
    fee_share: Decimal = Decimal(0),
    by: Actor,
) -> ReturnCase:
    """An officer of the province decides at the last: for the buyer, as if agreed, or rejected. Both sides hear why.

    Only while it is the officers' turn, so of two who press at once one decides. Raises ReturnRefusal otherwise,
    without a reason, or once the order costs less.
    """
    if not reason.strip():
        raise ReturnRefusal(_("Hãy ghi lý do. Cả hai bên sẽ đọc."), code="reason", field="reason")
    order, case = _lock(case)
    if case.owner != CaseSide.OFFICER or case.closed_at is not None or case.waits_for_money:
        raise ReturnRefusal(_("Yêu cầu này không chờ liên minh quyết định."), code="not_ours")
    if for_buyer:
        _grant(order, case, goods_needed, fee_share, by=by, note=reason)
    else:
        move_return(case, ReturnStatus.REJECTED, by=by, note=reason)
    notices.return_decided(order, case, reason)
    return case


# --- clocks ---------------------------------------------------------------------------------------------------
def escalate(case_id: int, *, by: Actor) -> bool:
    """Hand a return that nobody answered in time to the province; False when somebody did (read under its lock)."""
    with transaction.atomic():
        order, case = _lock(ReturnCase.objects.get(pk=case_id))
        if case.owner == CaseSide.OFFICER or not case.is_late:
            return False
        was_late = CaseSide(case.owner)
        _write(case, case.status, by=by, note=gettext("Quá hạn, chuyển liên minh"))
        case.hand_to(CaseSide.OFFICER, answer_time())
        case.save(update_fields=["owner", "due_at", "escalated_at"])
        audit.record("return_escalated", case, by=by, late=was_late)
        notices.return_escalated(order, case)
        return True


def escalate_late(*, by: Actor) -> int:
    """Hand over every return whose clock ran out, one transaction each; return how many."""
    late = ReturnCase.objects.filter(closed_at=None, due_at__lte=timezone.now()).exclude(
        owner=CaseSide.OFFICER
    )
    keys = list(late.order_by("due_at").values_list("pk", flat=True)[:BATCH])
    return sum(escalate(key, by=by) for key in keys)


def _paid_back() -> QuerySet[ReturnCase]:
    """Returns that wait for money of which nothing is owed any more."""
    waiting = ReturnCase.objects.filter(
        Q(status=ReturnStatus.GOODS_BACK) | Q(status=ReturnStatus.AGREED, goods_needed=False)
    )
    return waiting.exclude(order__payment__refunds__status=RefundStatus.OWED)


def finish_paid(*, order: Order | None = None, by: Actor) -> int:
    """Close the returns (of one order, or all) whose money was sent back; return how many.

    Called when the cooperative sends a refund, and by the job for whatever way the money went.
    """
    found = _paid_back() if order is None else _paid_back().filter(order=order)
    done = 0
    for case in found.order_by("pk")[:BATCH]:
        with transaction.atomic():
            _order, row = _lock(case)
            if _paid_back().filter(pk=row.pk).exists():
                move_return(row, ReturnStatus.REFUNDED, by=by)
                done += 1
    return done


# --- reads ----------------------------------------------------------------------------------------------------
def at_desk(cooperative: Cooperative) -> QuerySet[ReturnCase]:
    """Return a cooperative's returns, open ones first, then the newest, with what a list row shows."""
    found = ReturnCase.objects.filter(order__cooperative=cooperative).select_related("order")
    return found.prefetch_related("lines__line").order_by(F("closed_at").desc(nulls_first=True), "-pk")


def waiting(cooperative: Cooperative) -> int:
    """Return how many returns wait for the cooperative."""
    found = ReturnCase.objects.filter(order__cooperative=cooperative, closed_at=None)
    return found.filter(owner=CaseSide.SELLER).count()
