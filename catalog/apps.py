from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.apps import CatalogueConfig as OscarCatalogueConfig


class CatalogConfig(OscarCatalogueConfig):
    """Oscar: keeps the label ``catalogue``; its views and haystack are never loaded."""

    name = "catalog"
    verbose_name = _("Hàng hoá")

    def ready(self) -> None:
        from . import pictures  # noqa: F401  registers the effects of the outbox
