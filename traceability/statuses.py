"""Words and arrows of the second floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.transitions import Moves


class LotStatus(models.TextChoices):
    OPEN = "open", _("Đang làm")
    CLOSED = "closed", _("Đã đóng gói xong")
    RECALLED = "recalled", _("Bị thu hồi")  # wins over everything; only a recall that was lifted leads out


LOT_MOVES = Moves(
    {
        LotStatus.OPEN: [LotStatus.CLOSED, LotStatus.RECALLED],
        LotStatus.CLOSED: [LotStatus.RECALLED],
        LotStatus.RECALLED: [LotStatus.OPEN, LotStatus.CLOSED],
    }
)


class RecallStatus(models.TextChoices):
    STANDING = "standing", _("Đang thu hồi")
    LIFTED = "lifted", _("Đã bỏ thu hồi")  # it was a mistake; the goods may be sold and used


RECALL_MOVES = Moves(
    {
        RecallStatus.STANDING: [RecallStatus.LIFTED],
        RecallStatus.LIFTED: [],
    }
)


class DossierStatus(models.TextChoices):
    """Whether somebody said that all is written that the law asks of a lot; labels wait for it."""

    GATHERING = "gathering", _("Đang gom hồ sơ")
    RELEASED = "released", _("Đã chốt hồ sơ")


DOSSIER_MOVES = Moves(
    {
        DossierStatus.GATHERING: [DossierStatus.RELEASED],
        DossierStatus.RELEASED: [],
    }
)


class DossierItem(models.TextChoices):
    """What Decree 37/2026 art. 23.5 wants told of goods, a to i."""

    NAME = "name", _("Tên hàng")
    PICTURE = "picture", _("Hình ảnh")
    MAKER = "maker", _("Người làm")
    ADDRESS = "address", _("Địa chỉ")
    ORIGIN = "origin", _("Nơi làm ra")
    EVENTS = "events", _("Các việc đã làm, có ngày")
    LABEL = "label", _("Số lô")
    EXPIRY = "expiry", _("Hạn dùng")
    STANDARD = "standard", _("Tiêu chuẩn áp dụng")


# What goods may truly lack: a basket has no expiry, not all goods have a standard. The rest everything has.
MAY_BE_WAIVED = (DossierItem.EXPIRY, DossierItem.STANDARD)


class TraceKind(models.TextChoices):
    """What can happen to a lot, in the words farmers use and the order of a lot's life (``kinds``: for which goods)."""

    PLANTED = "planted", _("Trồng")
    SPAWNED = "spawned", _("Cấy phôi nấm")
    CARED = "cared", _("Chăm sóc")
    FERTILISED = "fertilised", _("Bón phân")
    SPRAYED = "sprayed", _("Phun thuốc")
    HARVESTED = "harvested", _("Thu hoạch")
    GATHERED = "gathered", _("Hái, đào ở rừng")
    FELLED = "felled", _("Chặt tre, gỗ")
    EXTRACTED = "extracted", _("Quay mật")
    BOUGHT_IN = "bought_in", _("Thu mua")
    WASHED = "washed", _("Rửa, nhặt")
    DRIED = "dried", _("Phơi, sấy")
    ROASTED = "roasted", _("Diệt men, vò, sao")
    MILLED = "milled", _("Xay xát")
    FERMENTED = "fermented", _("Ủ men, ngâm")
    FILTERED = "filtered", _("Lọc trong")
    PROCESSED = "processed", _("Chế biến")
    CRAFTED = "crafted", _("Đan, đẽo, lắp")
    MADE_FROM = "made_from", _("Làm từ lô khác")  # written with the stock ledger, never by hand
    TESTED = "tested", _("Kiểm nghiệm")
    PACKED = "packed", _("Đóng gói")
    STORED = "stored", _("Cất kho")
    DISPATCHED = "dispatched", _("Gửi đi")
    RECALLED = "recalled", _("Thu hồi")
    LIFTED = "lifted", _("Bỏ thu hồi")


# Written by a recall itself; nobody types or corrects them.
OF_RECALLS = frozenset({TraceKind.RECALLED, TraceKind.LIFTED})


class UploadStatus(models.TextChoices):
    """Where an event that a phone sent stands."""

    HELD = "held", _("Chờ quyết định")  # its lot was closed meanwhile; a manager decides
    STORED = "stored", _("Đã vào sổ")
    PUT_ASIDE = "put_aside", _("Để riêng")  # kept, told to nobody


UPLOAD_MOVES = Moves(
    {
        UploadStatus.HELD: [UploadStatus.STORED, UploadStatus.PUT_ASIDE],
        UploadStatus.STORED: [],
        UploadStatus.PUT_ASIDE: [UploadStatus.STORED],  # put aside by mistake
    }
)


class UploadFlag(models.TextChoices):
    """What the market noticed when an event came in; it goes back to the phone in the receipt."""

    CLOCK_CORRECTED = "clock_corrected", _("Giờ máy sai, chợ đã chỉnh")
    LATE = "late_capture", _("Gửi muộn")
    NEEDS_REVIEW = "needs_review", _("Muộn quá 90 ngày")
    DUPLICATE = "duplicate_suspect", _("Có thể ghi hai lần")


class SensorKind(models.TextChoices):
    """What a sensor measures, in the unit its page names."""

    TEMPERATURE = "temperature", _("Nhiệt độ")  # °C
    HUMIDITY = "humidity", _("Độ ẩm không khí")  # %


class EntryKind(models.TextChoices):
    """What a line of the log says; for us, never shown."""

    EVENT = "event", "event"
    ERASED = "erased", "erased"  # the words behind an earlier line were taken away


class CodeKind(models.TextChoices):
    LOT = "lot", _("Mã lô")  # eight characters, the same on every packet
    UNIT = "unit", _("Mã từng gói")  # thirteen characters, one packet each


class CodeStatus(models.TextChoices):
    PRINTED = "printed", _("Đã cấp, chưa dán")  # on a label, perhaps; on goods not yet
    ACTIVATED = "activated", _("Đang dùng")
    SOLD = "sold", _("Đã bán")
    SPENT = "spent", _("Đã xác nhận")  # by the number under the scratch layer
    REVOKED = "revoked", _("Thôi dùng")
    RECALLED = "recalled", _("Bị thu hồi")


class NumberKind(models.TextChoices):
    """Numbers that GS1 gives out; this market never makes one up."""

    GTIN = "gtin", _("Mã hàng (GTIN)")
    GLN = "gln", _("Mã địa điểm (GLN)")


CODE_MOVES = Moves(
    {
        CodeStatus.PRINTED: [CodeStatus.ACTIVATED, CodeStatus.REVOKED, CodeStatus.RECALLED],
        CodeStatus.ACTIVATED: [CodeStatus.SOLD, CodeStatus.SPENT, CodeStatus.REVOKED, CodeStatus.RECALLED],
        CodeStatus.SOLD: [CodeStatus.SPENT, CodeStatus.REVOKED, CodeStatus.RECALLED],
        CodeStatus.SPENT: [CodeStatus.REVOKED, CodeStatus.RECALLED],
        CodeStatus.REVOKED: [],
        CodeStatus.RECALLED: [],  # a recall that was lifted puts codes back to what they were
    }
)


class PrintStatus(models.TextChoices):
    WAITING = "waiting", _("Đang làm")
    READY = "ready", _("Đã xong")
    FAILED = "failed", _("Không làm được")


PRINT_MOVES = Moves(
    {
        PrintStatus.WAITING: [PrintStatus.READY, PrintStatus.FAILED],
        PrintStatus.READY: [],
        PrintStatus.FAILED: [],
    }
)


class AlarmLevel(models.TextChoices):
    """How much the scans of one packet's code look like copies of its label."""

    GREEN = "green", _("Bình thường")
    AMBER = "amber", _("Quét nhiều nơi")
    RED = "red", _("Có thể bị chép")


class ReportStatus(models.TextChoices):
    """What became of somebody's word that goods are fake."""

    OPEN = "open", _("Cần xem")
    FAKE = "fake", _("Đúng là hàng giả")
    GROUNDLESS = "groundless", _("Không phải hàng giả")


REPORT_MOVES = Moves(
    {
        ReportStatus.OPEN: [ReportStatus.FAKE, ReportStatus.GROUNDLESS],
        ReportStatus.FAKE: [],
        ReportStatus.GROUNDLESS: [],
    }
)


class AlarmStatus(models.TextChoices):
    WATCHED = "watched", _("Đang theo dõi")  # amber: nobody is asked to do anything
    OPEN = "open", _("Cần xem")
    COPIED = "copied", _("Tem bị chép")
    HARMLESS = "harmless", _("Không sao")


ALARM_MOVES = Moves(
    {
        AlarmStatus.WATCHED: [AlarmStatus.OPEN],
        AlarmStatus.OPEN: [AlarmStatus.COPIED, AlarmStatus.HARMLESS],
        AlarmStatus.COPIED: [],
        AlarmStatus.HARMLESS: [AlarmStatus.COPIED],
    }
)
