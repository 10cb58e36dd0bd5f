"""Letters about cases: to the buyer's page, to the cooperative's inbox, to the officers of its province.

Called inside the transaction of the move they tell of; the outbox delivers them after it.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts import letters
from marketplace.foundation.codes import pretty
from marketplace.foundation.money import format_dong
from orders.models import Complaint, Order, ReturnCase
from orders.notices import officers_of
from orders.statuses import ReturnStatus


def _step(case: ReturnCase | Complaint) -> str:
    """What one step of a case is known by, so that it is told once."""
    if isinstance(case, Complaint):
        return f"complaint:{case.pk}:{case.messages.count()}"
    return f"return:{case.pk}:{case.changes.count()}"


def _page(case: ReturnCase | Complaint) -> str:
    return "complaint" if isinstance(case, Complaint) else "return_case"


def _to_buyer(kind: str, order: Order, case: ReturnCase | Complaint, subject: str, body: str) -> None:
    letters.send(
        kind,
        mailbox=order.purchase.mailbox,
        key=f"{kind}:{_step(case)}",
        subject=subject,
        body=body,
        link=reverse(f"shop:{_page(case)}", args=[order.purchase.token, order.number, case.pk]),
        email=order.purchase.email,
    )


def _to_desk(
    kind: str, order: Order, case: ReturnCase | Complaint, subject: str, body: str, *, is_new: bool = False
) -> None:
    """Write to the cooperative; an SMS, which costs money, only when a case is new."""
    with translation.override("vi"):
        link = reverse(f"desk:{_page(case)}", args=[order.cooperative.stall.slug, case.pk])
    letters.send(
        kind,
        mailbox=order.cooperative.mailbox,
        key=f"{kind}_desk:{_step(case)}",
        subject=subject,
        body=body,
        link=link,
        email=order.cooperative.email,
        sms=order.cooperative.phone if is_new else "",
    )


def _to_officers(kind: str, order: Order, case: ReturnCase | Complaint, subject: str, body: str) -> None:
    for user in officers_of(order.cooperative):
        letters.send(
            kind,
            mailbox=f"nguoi:{user}",
            key=f"{kind}_{user}:{_step(case)}",
            subject=subject,
            body=body,
            link=reverse(f"review:{_page(case)}", args=[case.pk]),
        )


def goods_of(case: ReturnCase) -> str:
    """Return what a return is about: "2 × Miến dong; 1 × Trà"; one query."""
    rows = case.lines.select_related("line")
    return "; ".join(_("%(n)s × %(name)s") % {"n": row.quantity, "name": row.line.full_title} for row in rows)


def return_asked(order: Order, case: ReturnCase) -> None:
    """Tell the cooperative what the buyer wants to give back, why, and until when it has to answer."""
    with translation.override("vi"):
        _to_desk(
            "return_asked",
            order,
            case,
            _("Khách muốn trả hàng, đơn %(number)s") % {"number": pretty(order.number)},
            _("%(goods)s. %(reason)s. Hãy trả lời trong %(hours)s giờ, quá hạn thì liên minh xem.")
            % {
                "goods": goods_of(case),
                "reason": case.get_reason_display(),
                "hours": round((case.due_at - case.opened_at).total_seconds() / 3600),
            },
            is_new=True,
        )


def return_agreed(order: Order, case: ReturnCase) -> None:
    """Tell the buyer that the cooperative agrees, and what comes next."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "return_agreed",
            order,
            case,
            _("%(name)s đồng ý nhận trả hàng") % {"name": order.cooperative.name},
            _next_step(order, case),
        )


def _next_step(order: Order, case: ReturnCase) -> str:
    if case.waits_for_goods:
        return _("Hãy gửi hàng về %(name)s, %(address)s, điện thoại %(phone)s.") % {
            "name": order.cooperative.name,
            "address": order.cooperative.whole,
            "phone": order.cooperative.phone,
        }
    return _("Bạn không phải gửi hàng về. Đơn còn %(due)s.") % {"due": format_dong(order.due)}


def return_disputed(order: Order, case: ReturnCase, reason: str) -> None:
    """Tell the buyer and the officers that the cooperative does not agree, and why."""
    number = pretty(order.number)
    with translation.override(order.purchase.language):
        _to_buyer(
            "return_disputed",
            order,
            case,
            _("%(name)s không đồng ý nhận trả hàng") % {"name": order.cooperative.name},
            _("Lý do: %(reason)s. Liên minh hợp tác xã của tỉnh sẽ xem và quyết định.")
            % {"reason": reason.rstrip(".")},
        )
    with translation.override("vi"):
        _to_officers(
            "return_disputed",
            order,
            case,
            _("Trả hàng cần quyết định: %(name)s, đơn %(number)s")
            % {"name": order.cooperative.name, "number": number},
            _("Hợp tác xã không đồng ý: %(reason)s") % {"reason": reason},
        )


def return_withdrawn(order: Order, case: ReturnCase) -> None:
    """Tell the cooperative that there is nothing to answer any more."""
    with translation.override("vi"):
        _to_desk(
            "return_withdrawn",
            order,
            case,
            _("Khách rút yêu cầu trả hàng, đơn %(number)s") % {"number": pretty(order.number)},
            _("Không cần làm gì thêm."),
        )


def return_goods_back(order: Order, case: ReturnCase) -> None:
    """Tell the buyer that the goods arrived and what the order costs now."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "return_goods_back",
            order,
            case,
            _("%(name)s đã nhận hàng bạn trả") % {"name": order.cooperative.name},
            _("Đơn %(number)s còn %(due)s. Phần bạn đã trả thừa được chuyển lại.")
            % {"number": pretty(order.number), "due": format_dong(order.due)},
        )


def return_decided(order: Order, case: ReturnCase, reason: str) -> None:
    """Tell both sides what the alliance decided and why."""
    number = pretty(order.number)
    rejected = case.status == ReturnStatus.REJECTED
    with translation.override(order.purchase.language):
        said = _("Lý do: %(reason)s.") % {"reason": reason.rstrip(".")}
        _to_buyer(
            "return_decided",
            order,
            case,
            _("Liên minh không nhận yêu cầu trả hàng của bạn")
            if rejected
            else _("Liên minh cho bạn trả hàng"),
            said if rejected else f"{said} {_next_step(order, case)}",
        )
    with translation.override("vi"):
        _to_desk(
            "return_decided",
            order,
            case,
            _("Liên minh không cho khách trả hàng, đơn %(number)s") % {"number": number}
            if rejected
            else _("Liên minh cho khách trả hàng, đơn %(number)s") % {"number": number},
            _("Lý do: %(reason)s.") % {"reason": reason.rstrip(".")},
        )


def return_escalated(order: Order, case: ReturnCase) -> None:
    """Tell everybody that a clock ran out and that the alliance looks at it now."""
    number = pretty(order.number)
    with translation.override(order.purchase.language):
        _to_buyer(
            "return_escalated",
            order,
            case,
            _("Liên minh xem yêu cầu trả hàng của bạn"),
            _("Đơn %(number)s quá hạn trả lời nên đã chuyển tới liên minh hợp tác xã của tỉnh.")
            % {"number": number},
        )
    with translation.override("vi"):
        subject = _("Trả hàng quá hạn: %(name)s, đơn %(number)s") % {
            "name": order.cooperative.name,
            "number": number,
        }
        body = _("Trạng thái: %(status)s. Liên minh xem và quyết định.") % {
            "status": case.get_status_display()
        }
        _to_desk("return_escalated", order, case, subject, body)
        _to_officers("return_escalated", order, case, subject, body)


# --- complaints -----------------------------------------------------------------------------------------------
def complaint_written(order: Order, complaint: Complaint, words: str) -> None:
    """Tell the cooperative what the buyer wrote."""
    with translation.override("vi"):
        _to_desk(
            "complaint_written",
            order,
            complaint,
            _("Khách khiếu nại, đơn %(number)s") % {"number": pretty(order.number)},
            f"{complaint.get_kind_display()}. {words}",
            is_new=complaint.messages.count() == 1,
        )


def complaint_answered(order: Order, complaint: Complaint, words: str) -> None:
    """Tell the buyer what the cooperative answered."""
    with translation.override(order.purchase.language):
        _to_buyer(
            "complaint_answered",
            order,
            complaint,
            _("%(name)s trả lời khiếu nại của bạn") % {"name": order.cooperative.name},
            words,
        )


def complaint_escalated(order: Order, complaint: Complaint) -> None:
    """Tell the officers, and both sides, that the alliance looks at it now."""
    number = pretty(order.number)
    with translation.override(order.purchase.language):
        _to_buyer(
            "complaint_escalated",
            order,
            complaint,
            _("Liên minh xem khiếu nại của bạn"),
            _("Đơn %(number)s. Liên minh hợp tác xã của tỉnh sẽ đọc và trả lời.") % {"number": number},
        )
    with translation.override("vi"):
        subject = _("Khiếu nại cần xem: %(name)s, đơn %(number)s") % {
            "name": order.cooperative.name,
            "number": number,
        }
        _to_desk("complaint_escalated", order, complaint, subject, complaint.get_kind_display())
        _to_officers("complaint_escalated", order, complaint, subject, complaint.get_kind_display())


def complaint_closed(order: Order, complaint: Complaint) -> None:
    """Tell the cooperative that the buyer is content."""
    with translation.override("vi"):
        _to_desk(
            "complaint_closed",
            order,
            complaint,
            _("Khách đã khép khiếu nại, đơn %(number)s") % {"number": pretty(order.number)},
            _("Không cần làm gì thêm."),
        )


def complaint_settled(order: Order, complaint: Complaint, words: str) -> None:
    """Tell both sides what the alliance answered."""
    number = {"number": pretty(order.number)}
    with translation.override(order.purchase.language):
        subject = _("Liên minh trả lời khiếu nại, đơn %(number)s") % number
        _to_buyer("complaint_settled", order, complaint, subject, words)
    with translation.override("vi"):
        subject = _("Liên minh trả lời khiếu nại, đơn %(number)s") % number
        _to_desk("complaint_settled", order, complaint, subject, words)
