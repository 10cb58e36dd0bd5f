from django.utils.translation import gettext_lazy as _
from oscar.apps.partner.apps import PartnerConfig as OscarPartnerConfig


class CooperativesConfig(OscarPartnerConfig):
    """Oscar: keeps the label ``partner``, lives in our package, and does without Oscar's receivers."""

    name = "cooperatives"
    verbose_name = _("Hợp tác xã")

    def ready(self) -> None:
        from . import queues
        from .statuses import ApplicationStatus, BankAccountStatus

        queues.register(
            "applications",
            _("Đơn mở gian hàng"),
            position=10,
            waiting=lambda review: review.applications().filter(status=ApplicationStatus.SUBMITTED),
        )
        queues.register(
            "bank_accounts",
            _("Tài khoản ngân hàng"),
            position=20,
            waiting=lambda review: review.bank_accounts().filter(status=BankAccountStatus.WAITING),
        )
        queues.register("stalls", _("Gian hàng"), position=90)
