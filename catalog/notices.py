"""Letters of this floor: what a cooperative is told about its products, changes and certificates.

Cooperatives read Vietnamese; the texts are rendered here, inside the transaction of the decision.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cooperatives.statuses import Outcome
from marketplace.accounts import letters

from .models import ModerationDecision, OcopCertificate, Product, ProductChange


def product_decided(product: Product, decision: ModerationDecision) -> None:
    """Tell the cooperative what became of a product it sent in, or of one that is on the shelf."""
    with translation.override("vi"):
        name = product.name
        subject, body = {
            Outcome.APPROVED: (
                _("Hàng “%(name)s” đã được duyệt."),
                _("Khách đã xem và mua được hàng “%(name)s”."),
            ),
            Outcome.CHANGES_REQUESTED: (
                _("Hàng “%(name)s” cần sửa."),
                _("Cán bộ liên minh đã xem hàng “%(name)s” và nhờ bạn sửa rồi gửi lại."),
            ),
            Outcome.REFUSED: (
                _("Hàng “%(name)s” bị từ chối."),
                _("Hàng “%(name)s” không được bán trên chợ."),
            ),
            Outcome.SUSPENDED: (
                _("Hàng “%(name)s” bị tạm khoá."),
                _("Khách tạm thời không thấy hàng “%(name)s”. Các đơn đã đặt vẫn làm bình thường."),
            ),
            Outcome.RESTORED: (
                _("Hàng “%(name)s” đã được mở lại."),
                _("Khách lại xem và mua được hàng “%(name)s”."),
            ),
        }[Outcome(decision.outcome)]
        _send("product", product, decision, subject % {"name": name}, body % {"name": name})


def change_decided(change: ProductChange, decision: ModerationDecision) -> None:
    """Tell the cooperative whether the new version of an approved product is public."""
    with translation.override("vi"):
        name = change.product.name
        subject, body = {
            Outcome.APPROVED: (
                _("Thay đổi của hàng “%(name)s” đã được duyệt."),
                _("Khách đã thấy bản mới của hàng “%(name)s”."),
            ),
            Outcome.CHANGES_REQUESTED: (
                _("Thay đổi của hàng “%(name)s” cần sửa."),
                _("Khách vẫn thấy bản cũ và vẫn mua được. Bạn sửa rồi gửi lại."),
            ),
            Outcome.REFUSED: (
                _("Thay đổi của hàng “%(name)s” bị từ chối."),
                _("Khách vẫn thấy bản cũ và vẫn mua được."),
            ),
        }[Outcome(decision.outcome)]
        _send("change", change.product, decision, subject % {"name": name}, body % {"name": name})


def certificate_decided(certificate: OcopCertificate, decision: ModerationDecision) -> None:
    """Tell the cooperative whether its stars show."""
    with translation.override("vi"):
        words: dict[str, Any] = {"name": certificate.product.name, "stars": certificate.stars}
        subject, body = {
            Outcome.APPROVED: (
                _("Giấy OCOP %(stars)s sao của “%(name)s” đã được đối chiếu."),
                _("Hàng “%(name)s” hiện sao OCOP đến ngày hết hạn của giấy."),
            ),
            Outcome.CHANGES_REQUESTED: (
                _("Giấy OCOP của “%(name)s” cần sửa."),
                _("Cán bộ liên minh chưa đối chiếu được giấy OCOP. Bạn sửa rồi gửi lại."),
            ),
            Outcome.REFUSED: (
                _("Giấy OCOP của “%(name)s” không đúng."),
                _("Hàng “%(name)s” vẫn bán bình thường nhưng không hiện sao của giấy này."),
            ),
        }[Outcome(decision.outcome)]
        _send("certificate", certificate.product, decision, subject % words, body % words)


def _send(kind: str, product: Product, decision: ModerationDecision, subject: str, body: str) -> None:
    cooperative = product.cooperative
    if decision.reason:
        body = f"{body}\n\n{_('Lý do: %(reason)s') % {'reason': decision.reason}}"
    letters.send(
        f"{kind}_{decision.outcome}",
        mailbox=cooperative.mailbox,
        key=f"moderation:{decision.pk}",
        subject=subject[:200],
        body=body,
        link=f"/quan-ly/{cooperative.stall.slug}/hang/{product.pk}/",
        email=cooperative.email,
    )
