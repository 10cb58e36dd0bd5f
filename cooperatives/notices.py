"""Letters of the ground floor, written in Vietnamese, sent inside the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts import letters

from .models import Application, BankAccount, Decision, Membership, Stall
from .statuses import Outcome


def _in_vietnamese(letter: Callable[..., None]) -> Callable[..., None]:
    @wraps(letter)
    def inner(*args: Any) -> None:
        with translation.override("vi"):
            letter(*args)

    return inner


@_in_vietnamese
def application_received(application: Application) -> None:
    """Tell the applicant that the application is in the alliance's queue."""
    moment = application.submitted_at.timestamp() if application.submitted_at else 0
    letters.send(
        "application_received",
        mailbox=f"nguoi:{application.applicant_id}",
        key=f"application-received:{application.pk}:{moment:.0f}",
        subject=_("Đã nhận đơn mở gian hàng của %(name)s") % {"name": application.name},
        body=_(
            "Liên minh HTX của tỉnh sẽ xem đơn và báo kết quả ở đây. Trong lúc chờ, bạn chưa cần làm gì thêm."
        ),
        link=reverse("shop:apply"),
        email=_email(application),
    )


@_in_vietnamese
def application_decided(application: Application, decision: Decision) -> None:
    """Tell the applicant what was decided and why; an approval leads straight to the desk."""
    name, link = {"name": application.name}, reverse("shop:apply")
    if decision.outcome == Outcome.APPROVED:
        assert application.cooperative is not None
        slug = application.cooperative.stall.slug
        link = reverse("desk:today", args=[slug])
        subject = _("Gian hàng của %(name)s đã mở") % name
        body = _("Đơn đã được duyệt. Bạn đăng mặt hàng đầu tiên được rồi.")
    elif decision.outcome == Outcome.CHANGES_REQUESTED:
        subject = _("Đơn mở gian hàng của %(name)s cần sửa") % name
        body = _("Cán bộ liên minh ghi:")
    else:
        subject = _("Đơn mở gian hàng của %(name)s không được duyệt") % name
        body = _("Cán bộ liên minh ghi:")
    letters.send(
        "application_decided",
        mailbox=f"nguoi:{application.applicant_id}",
        key=f"decision:{decision.pk}",
        subject=subject,
        body=_with_reason(body, decision),
        link=link,
        email=_email(application),
        sms=application.phone if decision.outcome == Outcome.APPROVED else "",
    )


@_in_vietnamese
def bank_account_decided(account: BankAccount, decision: Decision) -> None:
    """Tell the cooperative whether its account may show as a VietQR code."""
    cooperative = account.cooperative
    if decision.outcome == Outcome.APPROVED:
        subject = _("Tài khoản ngân hàng đã đối chiếu xong")
        body = _("Từ nay khách chuyển khoản thẳng vào tài khoản %(account)s bằng mã VietQR.")
    else:
        subject = _("Tài khoản ngân hàng chưa đúng")
        body = _("Tài khoản %(account)s chưa dùng được. Hãy xem lý do và gửi lại.")
    letters.send(
        "bank_account_decided",
        mailbox=cooperative.mailbox,
        key=f"decision:{decision.pk}",
        subject=subject,
        body=_with_reason(body % {"account": account}, decision),
        link=reverse("desk:bank", args=[cooperative.stall.slug]),
        email=cooperative.email,
    )


@_in_vietnamese
def stall_decided(stall: Stall, decision: Decision) -> None:
    """Tell the cooperative that its stall was suspended or opened again."""
    if decision.outcome == Outcome.SUSPENDED:
        subject = _("Gian hàng bị tạm khoá")
        body = _("Khách chưa mua được hàng của gian hàng. Đơn đã nhận thì vẫn gửi như thường.")
    else:
        subject = _("Gian hàng đã mở lại")
        body = _("Khách lại xem và mua được hàng của gian hàng.")
    letters.send(
        "stall_decided",
        mailbox=stall.cooperative.mailbox,
        key=f"decision:{decision.pk}",
        subject=subject,
        body=_with_reason(body, decision),
        link=reverse("desk:stall", args=[stall.slug]),
        email=stall.cooperative.email,
    )


@_in_vietnamese
def member_added(membership: Membership) -> None:
    """Tell a person that they may now work at a cooperative's desk."""
    cooperative = membership.cooperative
    letters.send(
        "member_added",
        mailbox=f"nguoi:{membership.user_id}",
        key=f"member-added:{membership.pk}",
        subject=_("Bạn đã vào %(name)s") % {"name": cooperative.name},
        body=_("Việc của bạn: %(role)s.") % {"role": membership.get_role_display()},
        link=reverse("desk:today", args=[cooperative.stall.slug]),
        email=membership.user.email or "",
    )


def _with_reason(body: str, decision: Decision) -> str:
    if not decision.reason:
        return body
    return f"{body}\n\n{decision.reason}"


def _email(application: Application) -> str:
    return application.email or application.applicant.email or ""
