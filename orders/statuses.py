"""Words and arrows of the third floor: where the goods are, where the money is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.transitions import Moves


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Chờ xác nhận")  # stock is held
    CONFIRMED = "confirmed", _("Cần đóng gói")  # the cooperative accepts
    PACKED = "packed", _("Đã đóng gói")  # lots are chosen
    SHIPPED = "shipped", _("Đang giao")  # with the carrier; stock has left
    DELIVERED = "delivered", _("Đã giao")
    CANCELLED = "cancelled", _("Đã huỷ")  # stock is free again


ORDER_MOVES = Moves(
    {
        OrderStatus.PLACED: [OrderStatus.CONFIRMED, OrderStatus.CANCELLED],
        OrderStatus.CONFIRMED: [OrderStatus.PACKED, OrderStatus.CANCELLED],
        OrderStatus.PACKED: [OrderStatus.SHIPPED, OrderStatus.CONFIRMED, OrderStatus.CANCELLED],
        OrderStatus.SHIPPED: [OrderStatus.DELIVERED],
        OrderStatus.DELIVERED: [],
        OrderStatus.CANCELLED: [],
    }
)


class PaymentMethod(models.TextChoices):
    COD = "cod", _("Trả tiền mặt khi nhận hàng")
    VIETQR = "vietqr", _("Chuyển khoản VietQR")


class PaymentStatus(models.TextChoices):
    ON_DELIVERY = "on_delivery", _("Thu khi giao")
    WAITING = "waiting", _("Chờ chuyển khoản")  # the expiry clock runs
    CLAIMED = "claimed", _("Khách báo đã chuyển")  # the clock stands still
    RECEIVED = "received", _("Đã nhận tiền")
    EXPIRED = "expired", _("Quá hạn chuyển khoản")
    VOID = "void", _("Không phải trả")  # the order was cancelled before money moved


PAYMENT_MOVES = Moves(
    {
        PaymentStatus.ON_DELIVERY: [PaymentStatus.RECEIVED, PaymentStatus.VOID],
        PaymentStatus.WAITING: [
            PaymentStatus.CLAIMED,
            PaymentStatus.RECEIVED,
            PaymentStatus.EXPIRED,
            PaymentStatus.VOID,
        ],
        PaymentStatus.CLAIMED: [PaymentStatus.RECEIVED, PaymentStatus.WAITING, PaymentStatus.VOID],
        # "Đã nhận tiền" pressed by mistake goes back to where it was, with a trace.
        PaymentStatus.RECEIVED: [
            PaymentStatus.ON_DELIVERY,
            PaymentStatus.WAITING,
            PaymentStatus.CLAIMED,
        ],
        PaymentStatus.EXPIRED: [],
        PaymentStatus.VOID: [],
    }
)
