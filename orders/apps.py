from django.utils.translation import gettext_lazy as _
from oscar.apps.order.apps import OrderConfig as OscarOrderConfig


class OrdersConfig(OscarOrderConfig):
    """Oscar: keeps the label ``order``."""

    name = "orders"
    verbose_name = _("Đơn hàng")

    def ready(self) -> None:
        from cooperatives.queues import register

        from . import queues, recalls, shortfalls  # noqa: F401  these two register effects of the outbox
        from .incoming import statements  # noqa: F401  registers the effects of the outbox

        register("returns", _("Trả hàng"), position=60, waiting=queues.waiting_returns)
        register("recalls", _("Thu hồi"), position=73, waiting=queues.standing_recalls)
        register("vouchers", _("Mã giảm giá"), position=95)
        register("complaints", _("Khiếu nại"), position=70, waiting=queues.waiting_complaints)
        register("ratings", _("Đánh giá"), position=80)
