"""Words and arrows of the third floor: where the goods are, where the money is, how a case stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.transitions import Moves


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Chờ xác nhận")  # stock is held
    CONFIRMED = "confirmed", _("Cần đóng gói")  # the cooperative accepts
    PACKED = "packed", _("Đã đóng gói")  # lots are chosen
    SHIPPED = "shipped", _("Đang giao")  # with the carrier; stock has left
    DELIVERED = "delivered", _("Đã giao")
    RETURNED = "returned", _("Hàng hoàn về")  # nothing of it reached the buyer
    CANCELLED = "cancelled", _("Đã huỷ")  # stock is free again


# An order stands where the slowest of its goods stand: while one unit is still to be packed it is confirmed.
ORDER_MOVES = Moves(
    {
        OrderStatus.PLACED: [OrderStatus.CONFIRMED, OrderStatus.CANCELLED],
        OrderStatus.CONFIRMED: [
            OrderStatus.PACKED,
            OrderStatus.CANCELLED,
            # What was left is cancelled while other parcels are away.
            OrderStatus.SHIPPED,
            OrderStatus.DELIVERED,
            OrderStatus.RETURNED,
        ],
        OrderStatus.PACKED: [OrderStatus.SHIPPED, OrderStatus.CONFIRMED, OrderStatus.CANCELLED],
        OrderStatus.SHIPPED: [OrderStatus.DELIVERED, OrderStatus.RETURNED],
        OrderStatus.DELIVERED: [],
        OrderStatus.RETURNED: [],
        OrderStatus.CANCELLED: [OrderStatus.PLACED],  # only one that ran out, when its money came late
    }
)


class ParcelStatus(models.TextChoices):
    PACKED = "packed", _("Đã đóng gói")  # its goods are set aside
    SHIPPED = "shipped", _("Đang giao")  # its goods have left the stock
    DELIVERED = "delivered", _("Đã giao")
    RETURNED = "returned", _("Hoàn về")  # refused or not found; it came back


PARCEL_MOVES = Moves(
    {
        ParcelStatus.PACKED: [ParcelStatus.SHIPPED],
        ParcelStatus.SHIPPED: [ParcelStatus.DELIVERED, ParcelStatus.RETURNED],
        ParcelStatus.DELIVERED: [],
        ParcelStatus.RETURNED: [],
    }
)


class ReductionKind(models.TextChoices):
    """Why an order costs less (or, by weight, more) than what was placed."""

    CANCELLED = "cancelled", _("Bớt khỏi đơn")
    WHOLE = (
        "whole",
        _("Huỷ cả đơn"),
    )  # the only kind that is taken back, when late money takes the order up again
    WEIGHT = "weight", _("Theo cân thật")
    BACK = "back", _("Kiện hoàn về")
    RETURN = "return", _("Khách trả hàng")
    GOODWILL = "goodwill", _("Bớt tiền")
    FEE = "fee", _("Phí gửi")


class PurchaseSource(models.TextChoices):
    """Where a purchase came from."""

    SHOP = "shop", _("Trên chợ")
    COUNTER = "counter", _("Tại quầy")
    PHONE = "phone", _("Điện thoại")
    ZALO = "zalo", "Zalo"
    FACEBOOK = "facebook", "Facebook"


class PaymentMethod(models.TextChoices):
    COD = "cod", _("Trả tiền mặt khi nhận hàng")
    VIETQR = "vietqr", _("Chuyển khoản VietQR")


class PaymentStatus(models.TextChoices):
    ON_DELIVERY = "on_delivery", _("Thu khi giao")
    WAITING = "waiting", _("Chờ chuyển khoản")  # the expiry clock runs
    CLAIMED = "claimed", _("Khách báo đã chuyển")  # the clock stands still
    SHORT = "short", _("Chuyển còn thiếu")  # transfers brought less than asked; no clock
    RECEIVED = "received", _("Đã nhận tiền")
    REFUNDED = "refunded", _("Đã trả lại hết")  # all of it went back to the buyer
    EXPIRED = "expired", _("Quá hạn chuyển khoản")
    VOID = "void", _("Không phải trả")  # the order was cancelled before money moved


PAYMENT_MOVES = Moves(
    {
        PaymentStatus.ON_DELIVERY: [PaymentStatus.RECEIVED, PaymentStatus.VOID],
        PaymentStatus.WAITING: [
            PaymentStatus.CLAIMED,
            PaymentStatus.SHORT,
            PaymentStatus.RECEIVED,
            PaymentStatus.EXPIRED,
            PaymentStatus.VOID,
        ],
        PaymentStatus.CLAIMED: [
            PaymentStatus.SHORT,
            PaymentStatus.RECEIVED,
            PaymentStatus.WAITING,
            PaymentStatus.VOID,
        ],
        PaymentStatus.SHORT: [PaymentStatus.RECEIVED, PaymentStatus.WAITING, PaymentStatus.VOID],
        # "Đã nhận tiền" pressed by mistake goes back to where it was, with a trace.
        PaymentStatus.RECEIVED: [
            PaymentStatus.ON_DELIVERY,
            PaymentStatus.WAITING,
            PaymentStatus.CLAIMED,
            PaymentStatus.SHORT,
            PaymentStatus.REFUNDED,
            PaymentStatus.VOID,  # pressed by mistake, and the order was cancelled meanwhile
        ],
        PaymentStatus.REFUNDED: [PaymentStatus.RECEIVED],  # a transfer back came back
        PaymentStatus.EXPIRED: [PaymentStatus.WAITING],  # the money came late and the goods are still there
        PaymentStatus.VOID: [],
    }
)


class RefundStatus(models.TextChoices):
    OWED = "owed", _("Cần trả lại")
    SENT = "sent", _("Đã chuyển trả")
    DROPPED = "dropped", _("Không phải trả")


REFUND_MOVES = Moves(
    {
        RefundStatus.OWED: [RefundStatus.SENT, RefundStatus.DROPPED],
        RefundStatus.SENT: [RefundStatus.OWED],  # the bank sent it back
        RefundStatus.DROPPED: [],
    }
)


class Account(models.TextChoices):
    """The accounts of a cooperative's books. Sales: goods, shipping. Money: bank, cash. What the alliance
    asks, and what it owes for its vouchers."""

    GOODS = "goods", _("Tiền hàng")
    SHIPPING = "shipping", _("Phí gửi")
    BANK = "bank", _("Chuyển khoản")
    CASH = "cash", _("Tiền mặt")
    FEE = "fee", _("Phí liên minh")
    SUPPORT = "support", _("Liên minh hỗ trợ")


class VoucherBearer(models.TextChoices):
    """Who pays for what a voucher takes off."""

    COOPERATIVE = "cooperative", _("Hợp tác xã chịu")
    ALLIANCE = "alliance", _("Liên minh chịu")


class TransferSource(models.TextChoices):
    STATEMENT = "statement", _("Sao kê")
    NOTICE = "notice", _("Báo có tự động")


class NotifierKind(models.TextChoices):
    SEPAY = "sepay", "SePay"
    PAYOS = "payos", "payOS"


class TransferState(models.TextChoices):
    OPEN = "open", _("Cần xem")
    SETTLED = "settled", _("Đã ghi vào đơn")
    CLOSED = "closed", _("Đã xử lý")


class TransferReason(models.TextChoices):
    """Why a person must look at a transfer."""

    UNKNOWN = "unknown", _("Không rõ của đơn nào")
    SEVERAL = "several", _("Nói đến nhiều đơn, tổng không khớp")
    OVER = "over", _("Chuyển thừa")
    LATE = "late", _("Đơn đã hết hạn hoặc đã huỷ")
    DUPLICATE = "duplicate", _("Đơn đã nhận đủ tiền rồi")


class StatementStatus(models.TextChoices):
    READING = "reading", _("Đang đọc")
    READY = "ready", _("Chờ áp dụng")
    APPLYING = "applying", _("Đang áp dụng")
    APPLIED = "applied", _("Đã áp dụng")
    DROPPED = "dropped", _("Đã bỏ")
    BROKEN = "broken", _("Không đọc được")


STATEMENT_MOVES = Moves(
    {
        StatementStatus.READING: [StatementStatus.READY, StatementStatus.BROKEN, StatementStatus.DROPPED],
        StatementStatus.READY: [StatementStatus.APPLYING, StatementStatus.DROPPED],
        StatementStatus.APPLYING: [StatementStatus.APPLIED],
        StatementStatus.APPLIED: [],
        StatementStatus.DROPPED: [],
        StatementStatus.BROKEN: [],
    }
)


class CarrierMeaning(models.TextChoices):
    """What a carrier's own status comes down to, in a buyer's words."""

    WAITING = "waiting", _("Chờ hãng lấy hàng")
    MOVING = "moving", _("Đang trên đường")
    DELIVERING = "delivering", _("Đang đi giao")
    DELIVERED = "delivered", _("Đã giao đến nơi")
    FAILED = "failed", _("Giao chưa được")
    RETURNING = "returning", _("Đang trả về")
    RETURNED = "returned", _("Đã trả về hợp tác xã")
    CANCELLED = "cancelled", _("Vận đơn đã huỷ")


class CallProblem(models.TextChoices):
    """Why a person should see what a carrier told."""

    UNREADABLE = "unreadable", _("Không đọc được")
    UNKNOWN = "unknown", _("Không có kiện nào mang mã này")
    AMOUNT = "amount", _("Tiền thu hộ khác với đơn")


class ReturnStatus(models.TextChoices):
    REQUESTED = "requested", _("Chờ hợp tác xã trả lời")
    AGREED = "agreed", _("Hợp tác xã đồng ý")  # the goods come back; or the money goes at once, without them
    DISPUTED = "disputed", _("Hợp tác xã không đồng ý")  # the province decides
    GOODS_BACK = "goods_back", _("Đã nhận hàng trả")  # the order costs less; what was paid too much is owed
    REFUNDED = "refunded", _("Đã trả tiền xong")
    REJECTED = "rejected", _("Không được trả hàng")  # the province said so, and that is the end
    WITHDRAWN = "withdrawn", _("Người mua đã rút")


RETURN_MOVES = Moves(
    {
        ReturnStatus.REQUESTED: [
            ReturnStatus.AGREED,
            ReturnStatus.DISPUTED,
            ReturnStatus.REJECTED,
            ReturnStatus.WITHDRAWN,
        ],
        ReturnStatus.AGREED: [
            ReturnStatus.GOODS_BACK,
            ReturnStatus.REFUNDED,
            ReturnStatus.AGREED,  # the goods never came; the province lets the money go without them
            ReturnStatus.DISPUTED,  # what came back is not what was sent
            ReturnStatus.REJECTED,
            ReturnStatus.WITHDRAWN,
        ],
        ReturnStatus.DISPUTED: [ReturnStatus.AGREED, ReturnStatus.REJECTED, ReturnStatus.WITHDRAWN],
        ReturnStatus.GOODS_BACK: [ReturnStatus.REFUNDED],
        ReturnStatus.REFUNDED: [],
        ReturnStatus.REJECTED: [],
        ReturnStatus.WITHDRAWN: [],
    }
)


class ReturnReason(models.TextChoices):
    """Why a buyer wants to give goods back."""

    BROKEN = "broken", _("Hàng hỏng, vỡ, mốc")
    WRONG = "wrong", _("Gửi sai hàng")
    MISSING = "missing", _("Thiếu hàng")
    UNLIKE = "unlike", _("Khác với mô tả")
    REGRET = "regret", _("Đổi ý, không cần nữa")


class ComplaintStatus(models.TextChoices):
    OPEN = "open", _("Chờ trả lời")
    ANSWERED = "answered", _("Đã trả lời")
    ESCALATED = "escalated", _("Liên minh đang xem")
    CLOSED = "closed", _("Đã xong")


COMPLAINT_MOVES = Moves(
    {
        ComplaintStatus.OPEN: [
            ComplaintStatus.ANSWERED,
            ComplaintStatus.ESCALATED,
            ComplaintStatus.CLOSED,
        ],
        ComplaintStatus.ANSWERED: [
            ComplaintStatus.OPEN,
            ComplaintStatus.ESCALATED,
            ComplaintStatus.CLOSED,
        ],
        ComplaintStatus.ESCALATED: [ComplaintStatus.CLOSED],
        ComplaintStatus.CLOSED: [],
    }
)


class ComplaintKind(models.TextChoices):
    """What a complaint is about."""

    GOODS = "goods", _("Chất lượng hàng")
    DELIVERY = "delivery", _("Giao hàng")
    MONEY = "money", _("Tiền")
    MANNER = "manner", _("Thái độ, không liên lạc được")
    OTHER = "other", _("Việc khác")


class RatingStatus(models.TextChoices):
    SHOWN = "shown", _("Đang hiện")
    HIDDEN = "hidden", _("Đã ẩn")  # an officer said why


RATING_MOVES = Moves(
    {
        RatingStatus.SHOWN: [RatingStatus.HIDDEN],
        RatingStatus.HIDDEN: [RatingStatus.SHOWN],
    }
)
