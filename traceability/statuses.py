"""Words and arrows of the second floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.transitions import Moves


class LotStatus(models.TextChoices):
    OPEN = "open", _("Đang làm")
    CLOSED = "closed", _("Đã đóng gói xong")
    RECALLED = "recalled", _("Bị thu hồi")  # wins over everything, no way out


LOT_MOVES = Moves(
    {
        LotStatus.OPEN: [LotStatus.CLOSED, LotStatus.RECALLED],
        LotStatus.CLOSED: [LotStatus.RECALLED],
        LotStatus.RECALLED: [],
    }
)


class TraceKind(models.TextChoices):
    """What can happen to a lot; the words farmers use, mapped to CBV steps when exported."""

    PLANTED = "planted", _("Trồng")
    CARED = "cared", _("Chăm sóc")
    HARVESTED = "harvested", _("Thu hoạch")
    BOUGHT_IN = "bought_in", _("Thu mua")
    PROCESSED = "processed", _("Chế biến")
    TESTED = "tested", _("Kiểm nghiệm")
    PACKED = "packed", _("Đóng gói")
    STORED = "stored", _("Cất kho")
    DISPATCHED = "dispatched", _("Gửi đi")


class CodeKind(models.TextChoices):
    LOT = "lot", _("Mã lô")  # eight characters, the same on every packet
    UNIT = "unit", _("Mã từng gói")  # thirteen characters, one packet each


class CodeStatus(models.TextChoices):
    ACTIVE = "active", _("Đang dùng")
    RETIRED = "retired", _("Thôi dùng")


CODE_MOVES = Moves({CodeStatus.ACTIVE: [CodeStatus.RETIRED], CodeStatus.RETIRED: []})
