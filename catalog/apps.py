from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.apps import CatalogueConfig as OscarCatalogueConfig


class CatalogConfig(OscarCatalogueConfig):
    """Oscar: keeps the label ``catalogue``; its views and haystack are never loaded."""

    name = "catalog"
    verbose_name = _("Hàng hoá")

    def ready(self) -> None:
        from cooperatives.queues import register

        from . import (
            pictures,  # noqa: F401  registers the effects of the outbox
            queues,
        )

        register("products", _("Hàng chờ duyệt"), position=30, waiting=queues.waiting_products)
        register("changes", _("Thay đổi hàng"), position=40, waiting=queues.waiting_changes)
        register("certificates", _("Giấy OCOP"), position=50, waiting=queues.waiting_certificates)
