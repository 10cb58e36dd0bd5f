"""Words and arrows of the first floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.transitions import Moves


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Đang viết")
    SUBMITTED = "submitted", _("Chờ duyệt")
    CHANGES_REQUESTED = "changes_requested", _("Cần sửa")
    APPROVED = "approved", _("Đang bán")
    REFUSED = "refused", _("Bị từ chối")
    SUSPENDED = "suspended", _("Bị tạm khoá")


PRODUCT_MOVES = Moves(
    {
        ProductStatus.DRAFT: [ProductStatus.SUBMITTED],
        ProductStatus.SUBMITTED: [
            ProductStatus.APPROVED,
            ProductStatus.CHANGES_REQUESTED,
            ProductStatus.REFUSED,
        ],
        ProductStatus.CHANGES_REQUESTED: [ProductStatus.SUBMITTED],
        ProductStatus.APPROVED: [ProductStatus.SUSPENDED],
        ProductStatus.REFUSED: [],
        ProductStatus.SUSPENDED: [ProductStatus.APPROVED],
    }
)


class ChangeStatus(models.TextChoices):
    """A change waits while the approved version stays public (DESIGN 10)."""

    WAITING = "waiting", _("Chờ duyệt")
    CHANGES_REQUESTED = "changes_requested", _("Cần sửa")
    APPROVED = "approved", _("Đã duyệt")
    REFUSED = "refused", _("Bị từ chối")
    WITHDRAWN = "withdrawn", _("Đã rút")


CHANGE_MOVES = Moves(
    {
        ChangeStatus.WAITING: [
            ChangeStatus.APPROVED,
            ChangeStatus.CHANGES_REQUESTED,
            ChangeStatus.REFUSED,
            ChangeStatus.WITHDRAWN,
        ],
        ChangeStatus.CHANGES_REQUESTED: [ChangeStatus.WAITING, ChangeStatus.WITHDRAWN],
        ChangeStatus.APPROVED: [],
        ChangeStatus.REFUSED: [],
        ChangeStatus.WITHDRAWN: [],
    }
)


class CertificateStatus(models.TextChoices):
    """Whether somebody checked the paper; whether it is in force is a question of days, not of status."""

    WAITING = "waiting", _("Chờ đối chiếu")
    CHANGES_REQUESTED = "changes_requested", _("Cần sửa")
    VERIFIED = "verified", _("Đã đối chiếu")
    REFUSED = "refused", _("Không đúng")


CERTIFICATE_MOVES = Moves(
    {
        CertificateStatus.WAITING: [
            CertificateStatus.VERIFIED,
            CertificateStatus.CHANGES_REQUESTED,
            CertificateStatus.REFUSED,
        ],
        CertificateStatus.CHANGES_REQUESTED: [CertificateStatus.WAITING],
        CertificateStatus.VERIFIED: [CertificateStatus.REFUSED],
        CertificateStatus.REFUSED: [],
    }
)
