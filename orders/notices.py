"""Letters of the third floor: to the buyer's page (and e-mail), to the cooperative's inbox.

Called inside the transaction of the move they tell of; the outbox delivers them after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cooperatives.models import Cooperative, Officer, OfficerScope, StockMovement
from marketplace.accounts import letters
from marketplace.accounts.models import AuditRow
from marketplace.foundation.codes import pretty
from marketplace.foundation.money import format_dong
from traceability.models import Lot, Recall
from traceability.statuses import RecallStatus

from .models import (
    IncomingTransfer,
    Invoice,
    Line,
    Order,
    Parcel,
    Payment,
    Purchase,
    Rating,
    RecallNotice,
    Refund,
    Voucher,
)


def officers_of(cooperative: Cooperative) -> list[int]:
    """Return the ids of the people who decide where the cooperative is: its province's officers, else the nation's."""
    in_office = Officer.objects.filter(until__isnull=True).filter(
        Q(province_code=cooperative.province_code) | Q(scope=OfficerScope.NATIONAL)
    )
    found = list(in_office.values_list("user_id", "scope").order_by("user_id"))
    near = sorted({user for user, scope in found if scope != OfficerScope.NATIONAL})
    return near or sorted({user for user, _scope in found})


def buyer_link(purchase: Purchase) -> str:
    """The secret address of the buyer's page, without the host."""
    with translation.override(purchase.language):
        return reverse("shop:purchase", args=[purchase.token])


def desk_link(order: Order) -> str:
    """Return the address of the order at its cooperative's desk, without the host."""
    with translation.override("vi"):
        return reverse("desk:order", args=[order.cooperative.stall.slug, order.number])


def _unconfirmed_link(order: Order) -> str:
    """The orders that wait for the cooperative's answer, in Vietnamese, without the host."""
    return reverse("desk:orders", args=[order.cooperative.stall.slug]) + "?loc=cho"


def zalo_text(order: Order) -> str:
    """A message ready to copy into Zalo: who, which order, how much, where to look.

    Its link opens this order only: what the buyer has from other cooperatives is not this one's to see.
    """
    with translation.override(order.purchase.language):
        link = reverse("shop:purchase", args=[order.token])
        return _(
            "Chào %(buyer)s, %(cooperative)s đã nhận đơn %(number)s, tổng %(total)s. Xem đơn tại: %(link)s"
        ) % {
            "buyer": order.buyer_name,
            "cooperative": order.cooperative.name,
            "number": pretty(order.number),
            "total": format_dong(order.total_incl_tax),
            "link": settings.MARKET_URL + link,
        }


def _voucher_line(voucher: Voucher | None, amount: Decimal) -> str:
    """What a voucher took off and who bears it, as the last line of a letter; empty without one."""
    if voucher is None:
        return ""
    words = {"code": voucher.code, "amount": format_dong(amount), "name": voucher.bearer_name}
    return " " + _("Mã %(code)s giảm %(amount)s, %(name)s chịu.") % words


def purchase_placed(purchase: Purchase, orders: Collection[Order]) -> None:
    """One letter to the buyer for the whole purchase, one to each cooperative for its order of ``orders``."""
    voucher = next((order.voucher for order in orders if order.voucher), None)
    saved = sum((order.voucher_share for order in orders), Decimal(0))
    with translation.override(purchase.language):
        letters.send(
            "purchase_placed",
            mailbox=purchase.mailbox,
            key=f"purchase_placed:{purchase.pk}",
            subject=_("Đã nhận lần mua %(number)s") % {"number": pretty(purchase.number)},
            body=_("Tổng cộng %(total)s. Mỗi hợp tác xã gửi một kiện riêng. Xem và trả tiền ở trang đơn.")
            % {"total": format_dong(purchase.total)}
            + _voucher_line(voucher, saved),
            link=buyer_link(purchase),
            email=purchase.email,
        )
    for order in orders:
        with translation.override("vi"):
            letters.send(
                "order_placed",
                mailbox=order.cooperative.mailbox,
                key=f"order_placed:{order.pk}",
                subject=_("Đơn mới %(number)s, %(total)s")
                % {"number": pretty(order.number), "total": format_dong(order.total_incl_tax)},
                body=_("Từ %(buyer)s, %(place)s. Hãy xác nhận đơn.")
                % {"buyer": order.buyer_name, "place": order.place}
                + _voucher_line(order.voucher, order.voucher_share),
                link=desk_link(order),
                email=order.cooperative.email,
                sms=order.cooperative.phone,
                sms_join=_unconfirmed_link(order),
            )


def _to_buyer(kind: str, order: Order, subject: str, body: str, key: str = "") -> None:
    letters.send(
        kind,
        mailbox=order.purchase.mailbox,
        key=key or f"{kind}:{order.pk}",
        subject=subject,
        body=body,
        link=buyer_link(order.purchase),
        email=order.purchase.email,
    )


def parcel_returned(parcel: Parcel, *, carrier: str) -> None:
    """Tell the cooperative that its carrier brought a parcel back; what becomes of the goods is for it to say."""
    order = parcel.order
    with translation.override("vi"):
        letters.send(
            "parcel_returned",
            mailbox=order.cooperative.mailbox,
            key=f"parcel_returned:{parcel.pk}",
            subject=_("Kiện của đơn %(number)s bị trả về") % {"number": pretty(order.number)},
            body=_("%(carrier)s báo đã trả kiện %(waybill)s. Hãy xem hàng còn tốt không rồi ghi vào đơn.")
            % {"carrier": carrier, "waybill": parcel.waybill},
            link=desk_link(order),
            email=order.cooperative.email,
        )


def order_confirmed(order: Order) -> None:
    """Tell the buyer that the cooperative accepted the order."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "order_confirmed",
            order,
            _("%(name)s đã xác nhận đơn %(number)s")
            % {"name": order.cooperative.name, "number": pretty(order.number)},
            _("Hợp tác xã đang chuẩn bị hàng cho bạn."),
        )


def parcel_shipped(order: Order, parcel: Parcel) -> None:
    """Tell the buyer with whom a parcel went and its waybill, or where to fetch it, and when more is to come."""
    with translation.override(order.purchase.language):
        if order.pickup:
            subject = _("Đơn %(number)s chờ bạn đến lấy")
            body = _("Đến lấy tại: %(place)s.") % {"place": order.pickup}
        else:
            subject, way = (
                _("Đơn %(number)s đã gửi đi"),
                {"carrier": parcel.carrier, "waybill": parcel.waybill or "–"},
            )
            body = _("Gửi qua %(carrier)s, mã vận đơn %(waybill)s.") % way
        if any(line.num_open or line.num_packed for line in order.lines.all()):
            body += " " + _("Phần còn lại của đơn gửi sau, không tính thêm phí gửi.")
        _to_buyer(
            "parcel_shipped",
            order,
            subject % {"number": pretty(order.number)},
            body,
            key=f"parcel_shipped:{parcel.pk}",
        )


def parcel_delivered(order: Order, parcel: Parcel) -> None:
    """Tell the buyer that a parcel is there, and that its lots stand on the page."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "parcel_delivered",
            order,
            _("Đơn %(number)s đã giao") % {"number": pretty(order.number)},
            _("Cảm ơn bạn. Lô của từng món ghi ở trang đơn."),
            key=f"parcel_delivered:{parcel.pk}",
        )


def parcel_came_back(order: Order, parcel: Parcel) -> None:
    """Tell the buyer that a parcel did not reach her and is at the cooperative again."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "parcel_came_back",
            order,
            _("Kiện của đơn %(number)s đã hoàn về") % {"number": pretty(order.number)},
            _("Lý do: %(reason)s. Hàng trong kiện này bạn không phải trả tiền.")
            % {"reason": parcel.return_reason.rstrip(".")},
            key=f"parcel_came_back:{parcel.pk}",
        )


def goods_taken_off(order: Order, gone: Iterable[tuple[Line, int, str]]) -> None:
    """Tell the buyer what of the order does not come, why, and what it costs now."""
    gone = list(gone)
    with translation.override(order.purchase.language):
        goods = "; ".join(
            _("%(n)s × %(name)s (%(reason)s)") % {"n": units, "name": line.full_title, "reason": reason}
            for line, units, reason in gone
        )
        _to_buyer(
            "goods_taken_off",
            order,
            _("Đơn %(number)s bớt hàng") % {"number": pretty(order.number)},
            _("Bớt khỏi đơn: %(goods)s. Đơn còn %(due)s.") % {"goods": goods, "due": format_dong(order.due)},
            key="goods_taken_off:" + ":".join(f"{line.pk}-{line.num_cancelled}" for line, _n, _why in gone),
        )


def refund_owed(order: Order, refund: Refund) -> None:
    """Tell both sides that money is to go back; the buyer is asked for an account. Once for each sum."""
    key = f"{refund.pk}:{refund.changes.count()}"
    with translation.override(order.purchase.language):
        _to_buyer(
            "refund_owed",
            order,
            _("%(name)s sẽ trả lại bạn %(amount)s")
            % {"name": order.cooperative.name, "amount": format_dong(refund.amount)},
            _("Của đơn %(number)s. Hãy ghi số tài khoản nhận tiền ở trang đơn.")
            % {"number": pretty(order.number)},
            key=f"refund_owed:{key}",
        )
    with translation.override("vi"):
        letters.send(
            "refund_owed",
            mailbox=order.cooperative.mailbox,
            key=f"refund_owed_desk:{key}",
            subject=_("Cần trả lại %(amount)s") % {"amount": format_dong(refund.amount)},
            body=_("Cho %(buyer)s, đơn %(number)s. Chuyển khoản rồi ghi lại ở trang đơn.")
            % {"buyer": order.buyer_name, "number": pretty(order.number)},
            link=desk_link(order),
        )


def invoice_asked(order: Order) -> None:
    """Tell the cooperative that a buyer wants an invoice after all; said once however often she mends it."""
    with translation.override("vi"):
        letters.send(
            "invoice_asked",
            mailbox=order.cooperative.mailbox,
            key=f"invoice_asked:{order.pk}",
            subject=_("Khách cần hoá đơn, đơn %(number)s") % {"number": pretty(order.number)},
            body=_("Xuất hoá đơn điện tử rồi ghi số hoá đơn vào trang đơn."),
            link=desk_link(order),
        )


def invoice_written(order: Order, invoice: Invoice) -> None:
    """Tell the buyer that the invoice is there."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "invoice_written",
            order,
            _("%(name)s đã xuất hoá đơn cho đơn %(number)s")
            % {"name": order.cooperative.name, "number": pretty(order.number)},
            _("Hoá đơn số %(number)s. Xem và tải ở trang đơn.") % {"number": invoice.number},
            key=f"invoice_written:{invoice.pk}",
        )


def refund_account_named(order: Order, refund: Refund) -> None:
    """Tell the cooperative that it can send the money back now."""
    with translation.override("vi"):
        letters.send(
            "refund_account_named",
            mailbox=order.cooperative.mailbox,
            key=f"refund_account:{refund.pk}:{refund.changes.count()}:{refund.bank_id}:{refund.account_number}",
            subject=_("Khách đã ghi tài khoản nhận %(amount)s") % {"amount": format_dong(refund.amount)},
            body=_("Đơn %(number)s. Mở trang đơn để lấy mã VietQR chuyển trả.")
            % {"number": pretty(order.number)},
            link=desk_link(order),
        )


def refund_sent(order: Order, refund: Refund) -> None:
    """Tell the buyer that the money is on its way, with the transfer's reference."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "refund_sent",
            order,
            _("%(name)s đã trả lại bạn %(amount)s")
            % {"name": order.cooperative.name, "amount": format_dong(refund.amount)},
            _("Của đơn %(number)s. Mã giao dịch: %(reference)s. Chưa thấy tiền thì gọi %(phone)s.")
            % {
                "number": pretty(order.number),
                "reference": refund.reference or "–",
                "phone": order.cooperative.phone,
            },
            key=f"refund_sent:{refund.pk}:{refund.changes.count()}",
        )


def refund_dropped(order: Order, refund: Refund, reason: str) -> None:
    """Tell the buyer that nothing goes back after all, and why."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "refund_dropped",
            order,
            _("%(name)s ghi: không phải trả lại %(amount)s")
            % {"name": order.cooperative.name, "amount": format_dong(refund.amount)},
            _("Đơn %(number)s. Lý do: %(reason)s. Nếu không đúng, hãy gọi %(phone)s.")
            % {
                "number": pretty(order.number),
                "reason": reason.rstrip("."),
                "phone": order.cooperative.phone,
            },
            key=f"refund_dropped:{refund.pk}:{refund.changes.count()}",
        )


def order_cancelled(order: Order) -> None:
    """Both sides hear it with the reason."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "order_cancelled",
            order,
            _("Đơn %(number)s đã huỷ") % {"number": pretty(order.number)},
            _("Lý do: %(reason)s.") % {"reason": order.cancel_reason},
        )
    with translation.override("vi"):
        letters.send(
            "order_cancelled",
            mailbox=order.cooperative.mailbox,
            key=f"order_cancelled_desk:{order.pk}",
            subject=_("Đơn %(number)s đã huỷ") % {"number": pretty(order.number)},
            body=_("Lý do: %(reason)s. Hàng đã trở lại kho.") % {"reason": order.cancel_reason},
            link=desk_link(order),
        )


def left_short(movement: StockMovement, orders: Iterable[tuple[Order, int]]) -> None:
    """Tell a cooperative that a loss left less than ``orders`` (each with what it lacks) hold; once a loss."""
    record = movement.stock_record
    lacking = [f"{pretty(order.number)} ({missing})" for order, missing in orders]
    with translation.override("vi"):
        letters.send(
            "left_short",
            mailbox=record.partner.mailbox,
            key=f"left_short:{movement.pk}",
            subject=_("%(name)s không đủ cho đơn đã đặt") % {"name": record.product.title},
            body=_("Trong kho còn %(left)s, khách đã đặt %(held)s. Đơn thiếu hàng: %(orders)s.")
            % {
                "left": record.num_in_stock,
                "held": record.num_allocated,
                "orders": ", ".join(lacking[:5]) + (" …" if len(lacking) > 5 else ""),
            },
            link=reverse("desk:stock_of", args=[record.partner.stall.slug, record.product_id]),
            email=record.partner.email,
        )


def transfer_claimed(order: Order, payment: Payment) -> None:
    """Ask the cooperative to look at its account; once for each time the buyer says it."""
    with translation.override("vi"):
        letters.send(
            "transfer_claimed",
            mailbox=order.cooperative.mailbox,
            key=f"transfer_claimed:{payment.pk}:{payment.changes.count()}",
            subject=_("Khách báo đã chuyển %(amount)s") % {"amount": format_dong(payment.amount)},
            body=_("Đơn %(number)s, nội dung %(memo)s. Hãy xem tài khoản rồi bấm “Đã nhận tiền”.")
            % {"number": pretty(order.number), "memo": payment.memo},
            link=desk_link(order),
            sms=order.cooperative.phone,
        )


def money_received(order: Order, payment: Payment) -> None:
    """Tell the buyer that the money came; once for each time it was marked."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "money_received",
            order,
            _("%(name)s đã nhận %(amount)s")
            % {"name": order.cooperative.name, "amount": format_dong(payment.amount)},
            _("Đơn %(number)s đã trả tiền xong.") % {"number": pretty(order.number)},
            key=f"money_received:{payment.pk}:{payment.changes.count()}",
        )


def money_short(order: Order, payment: Payment) -> None:
    """Tell the buyer what came and what is missing; a QR code for the rest stands on the page."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "money_short",
            order,
            _("Đơn %(number)s còn thiếu %(due)s")
            % {"number": pretty(order.number), "due": format_dong(payment.still_due)},
            _("%(name)s đã nhận %(came)s. Hãy chuyển nốt theo mã QR ở trang đơn.")
            % {"name": order.cooperative.name, "came": format_dong(payment.transferred)},
            key=f"money_short:{payment.pk}:{payment.transferred}:{payment.changes.count()}",
        )


def transfer_to_look_at(transfer: IncomingTransfer) -> None:
    """Tell the cooperative of a transfer that found no order by itself."""
    stall = transfer.cooperative.stall
    with translation.override("vi"):
        letters.send(
            "transfer_to_look_at",
            mailbox=transfer.cooperative.mailbox,
            key=f"transfer_to_look_at:{transfer.pk}",
            subject=_("Tiền về %(amount)s, cần xem") % {"amount": format_dong(transfer.amount)},
            body=f"{transfer.get_reason_display()}. {transfer.text}".strip(),
            link=reverse("desk:transfer", args=[stall.slug, transfer.pk]),
            push=False,  # a statement brings dozens of them
        )


def transfer_missing(order: Order, payment: Payment) -> None:
    """Tell the buyer that no transfer was found, and whom to call."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "transfer_missing",
            order,
            _("%(name)s chưa thấy tiền của đơn %(number)s")
            % {"name": order.cooperative.name, "number": pretty(order.number)},
            _("Hãy kiểm tra lại lệnh chuyển khoản hoặc gọi %(phone)s.") % {"phone": order.cooperative.phone},
            key=f"transfer_missing:{payment.pk}:{payment.changes.count()}",
        )


def unconfirmed_key(hours: int, order: object) -> str:
    """The key of the reminder that an order has waited ``hours`` hours; ``order``: its id."""
    return f"order_unconfirmed:{hours}:{order}"


def order_unconfirmed(order: Order, hours: int, *, until: datetime, has_money: bool) -> None:
    """Remind the cooperative that an order waits for its answer, and say what happens without one."""
    with translation.override("vi"):
        letters.send(
            "order_unconfirmed",
            mailbox=order.cooperative.mailbox,
            key=unconfirmed_key(hours, order.pk),
            subject=_("Đơn %(number)s chờ xác nhận đã %(hours)s giờ")
            % {"number": pretty(order.number), "hours": hours},
            body=_(
                "Khách báo đã chuyển tiền. Hãy xác nhận đơn trước %(time)s, quá giờ liên minh sẽ được báo."
            )
            % {"time": _time(until)}
            if has_money
            else _("Hãy xác nhận trước %(time)s, quá giờ đơn tự huỷ.") % {"time": _time(until)},
            link=desk_link(order),
            email=order.cooperative.email,
            sms=order.cooperative.phone,
            sms_join=_unconfirmed_link(order),
        )


def unanswered_key(order: object) -> str:
    """The key of the cooperative's letter that the alliance was told of an order; ``order``: its id."""
    return f"order_unanswered:{order}"


def order_unanswered(order: Order, officers: Iterable[Officer]) -> None:
    """Tell the officers that an order has money and no answer, and the cooperative that they know."""
    words = {
        "name": order.cooperative.name,
        "number": pretty(order.number),
        "hours": settings.UNCONFIRMED_HOURS,
        "phone": order.cooperative.phone,
    }
    with translation.override("vi"):
        for officer in officers:
            letters.send(
                "order_unanswered",
                mailbox=f"nguoi:{officer.user_id}",
                key=f"{unanswered_key(order.pk)}:{officer.user_id}",
                subject=_("%(name)s chưa trả lời đơn %(number)s, khách báo đã chuyển tiền") % words,
                body=_("Quá %(hours)s giờ chưa ai xác nhận đơn. Hãy gọi %(phone)s.") % words,
                link=reverse("review:stall", args=[order.cooperative.stall.pk]),
                email=officer.user.email or "",
            )
        letters.send(
            "order_unanswered",
            mailbox=order.cooperative.mailbox,
            key=unanswered_key(order.pk),
            subject=_("Đơn %(number)s chưa xác nhận, khách báo đã chuyển tiền") % words,
            body=_(
                "Quá %(hours)s giờ, liên minh đã được báo. Hãy xác nhận đơn, hoặc huỷ và trả lại tiền cho khách."
            )
            % words,
            link=desk_link(order),
            email=order.cooperative.email,
            sms=order.cooperative.phone,
        )


def _time(at: datetime) -> str:
    return date_format(timezone.localtime(at, timezone.get_default_timezone()), "H:i d/m")


def rating_written(order: Order, rating: Rating) -> None:
    """Tell the cooperative what a buyer says of its goods."""
    with translation.override("vi"):
        letters.send(
            "rating_written",
            mailbox=order.cooperative.mailbox,
            key=f"rating_written:{rating.pk}",
            subject=_("%(name)s: khách chấm %(score)s/5")
            % {"name": rating.product.name, "score": rating.score},
            body=rating.words or _("Khách không viết gì thêm."),
            link=reverse("desk:rating", args=[order.cooperative.stall.slug, rating.pk]),
        )


def _to_rater(kind: str, rating: Rating, key: str, subject: str, body: str) -> None:
    order = rating.order
    letters.send(
        kind,
        mailbox=order.purchase.mailbox,
        key=f"{kind}:{key}",
        subject=subject,
        body=body,
        link=reverse("shop:ratings_of_order", args=[order.purchase.token, order.number]),
        email=order.purchase.email,
    )


def rating_answered(rating: Rating) -> None:
    """Tell the buyer what the cooperative answers in public."""
    with translation.override(rating.order.purchase.language):
        subject = _("%(name)s trả lời đánh giá của bạn") % {"name": rating.order.cooperative.name}
        _to_rater("rating_answered", rating, f"{rating.pk}", subject, rating.answer)


def rating_hidden(rating: Rating, hidden: AuditRow) -> None:
    """Tell the buyer that the alliance hid what she wrote, and why; ``hidden`` says so: each time is told once."""
    with translation.override(rating.order.purchase.language):
        subject = _("Đánh giá của bạn về %(name)s đã bị ẩn") % {"name": rating.product.name}
        body = _("Liên minh hợp tác xã ẩn vì: %(reason)s") % {"reason": rating.hidden_reason}
        _to_rater("rating_hidden", rating, f"{rating.pk}:{hidden.pk}", subject, body)


def _recalled_goods(lots: Iterable[Lot]) -> str:
    """ "Miến dong, lô 260105-01; Trà, lô 260110-02", in the language of the moment."""
    words = (_("%(name)s, lô %(number)s") % {"name": lot.product.title, "number": lot.number} for lot in lots)
    return "; ".join(words)


def recall_called(notice: RecallNotice, lots: Collection[Lot]) -> None:
    """Tell one buyer not to use goods of ``lots``, why, and what to do; by every way there is, SMS too."""
    cooperative = notice.recall.cooperative
    words = {
        "goods": _recalled_goods(lots),
        "name": cooperative.name,
        "reason": notice.recall.reason.rstrip("."),
        "phone": cooperative.phone,
    }
    body = _("%(goods)s bị thu hồi. Lý do: %(reason)s.") % words
    if notice.out:
        subject = _("Thu hồi: đừng dùng %(goods)s") % words
        body += (
            " "
            + _(
                "Đừng dùng, đừng bán, đừng cho ai. Giữ hàng lại và gọi %(name)s, số %(phone)s, để trả hàng và "
                "nhận lại tiền."
            )
            % words
        )
    else:
        subject = _("Hàng bạn đặt được giữ lại: %(goods)s") % words
    if notice.held:
        body += (
            " "
            + _("Kiện chưa gửi được giữ lại. %(name)s đóng gói hàng của lô khác, hoặc hỏi lại bạn.") % words
        )
    _recall_letter("recall", notice, notice.key, subject, body)


def recall_lifted(notice: RecallNotice, lots: Collection[Lot], reason: str) -> None:
    """Tell a buyer who was told of a recall that it was a mistake."""
    words = {"goods": _recalled_goods(lots), "reason": reason.rstrip(".")}
    subject = _("Đã bỏ thu hồi: %(goods)s") % words
    body = _("Lần báo thu hồi trước là nhầm, hàng dùng được bình thường. Lý do: %(reason)s.") % words
    _recall_letter("recall_lifted", notice, f"lifted:{notice.key}", subject, body)


def _recall_letter(kind: str, notice: RecallNotice, key: str, subject: str, body: str) -> None:
    letters.send(
        kind,
        mailbox=notice.mailbox,
        key=key,
        subject=subject,
        body=body,
        link=buyer_link(notice.purchase),
        email=notice.email,
        sms=notice.phone,
    )


def recall_told(recall: Recall, lots: Iterable[Lot], buyers: int, *, by_label: str) -> None:
    """Tell the cooperative and the officers of its province that lots were recalled, or that this was lifted."""
    cooperative, is_lifted = recall.cooperative, recall.status == RecallStatus.LIFTED
    with translation.override("vi"):
        words = {"goods": _recalled_goods(lots), "n": buyers, "who": by_label, "name": cooperative.name}
        title = _("Bỏ thu hồi: %(goods)s") if is_lifted else _("Thu hồi: %(goods)s")
        body = _("%(name)s. Người ghi: %(who)s. Số người mua được báo: %(n)s.")
        slug = cooperative.stall.slug
        told = [
            (f"nguoi:{user}", reverse("review:recall", args=[recall.pk])) for user in officers_of(cooperative)
        ]
        for mailbox, link in [(cooperative.mailbox, reverse("desk:recall", args=[slug, recall.pk])), *told]:
            letters.send(
                "recall_told",
                mailbox=mailbox,
                key=f"recall_told:{recall.pk}:{recall.status}:{mailbox}",
                subject=title % words,
                body=body % words,
                link=link,
            )
