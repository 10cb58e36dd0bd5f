"""Words and arrows of the ground floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.foundation.transitions import Moves


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", _("Đang viết")
    SUBMITTED = "submitted", _("Chờ duyệt")
    CHANGES_REQUESTED = "changes_requested", _("Cần sửa")
    APPROVED = "approved", _("Đã duyệt")
    REFUSED = "refused", _("Bị từ chối")
    WITHDRAWN = "withdrawn", _("Đã rút")


APPLICATION_MOVES = Moves(
    {
        ApplicationStatus.DRAFT: [ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN],
        ApplicationStatus.SUBMITTED: [
            ApplicationStatus.APPROVED,
            ApplicationStatus.CHANGES_REQUESTED,
            ApplicationStatus.REFUSED,
            ApplicationStatus.WITHDRAWN,
        ],
        ApplicationStatus.CHANGES_REQUESTED: [ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN],
        ApplicationStatus.APPROVED: [],
        ApplicationStatus.REFUSED: [],
        ApplicationStatus.WITHDRAWN: [],
    }
)


class StallStatus(models.TextChoices):
    OPEN = "open", _("Đang mở")
    CLOSED = "closed", _("Tạm nghỉ")  # by the cooperative: holiday, harvest
    SUSPENDED = "suspended", _("Bị tạm khoá")  # by the alliance, with a reason


STALL_MOVES = Moves(
    {
        StallStatus.OPEN: [StallStatus.CLOSED, StallStatus.SUSPENDED],
        StallStatus.CLOSED: [StallStatus.OPEN, StallStatus.SUSPENDED],
        StallStatus.SUSPENDED: [StallStatus.OPEN],
    }
)


class BankAccountStatus(models.TextChoices):
    WAITING = "waiting", _("Chờ đối chiếu")
    VERIFIED = "verified", _("Đã đối chiếu")
    REFUSED = "refused", _("Không đúng")
    RETIRED = "retired", _("Thôi dùng")


BANK_ACCOUNT_MOVES = Moves(
    {
        BankAccountStatus.WAITING: [
            BankAccountStatus.VERIFIED,
            BankAccountStatus.REFUSED,
            BankAccountStatus.RETIRED,
        ],
        BankAccountStatus.VERIFIED: [BankAccountStatus.RETIRED],
        BankAccountStatus.REFUSED: [],
        BankAccountStatus.RETIRED: [],
    }
)


class Role(models.TextChoices):
    DIRECTOR = "director", _("Giám đốc")
    SELLER = "seller", _("Bán hàng")
    PACKER = "packer", pgettext_lazy("vai trò", "Đóng gói")


class Outcome(models.TextChoices):
    """What a decision of the alliance says; shared by every queue."""

    APPROVED = "approved", _("Duyệt")
    CHANGES_REQUESTED = "changes_requested", _("Yêu cầu sửa")
    REFUSED = "refused", _("Từ chối")
    SUSPENDED = "suspended", _("Tạm khoá")
    RESTORED = "restored", _("Mở lại")
