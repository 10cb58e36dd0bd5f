from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "marketplace.accounts"
    label = "accounts"
    verbose_name = _("Người dùng")

    def ready(self) -> None:
        from . import letters, push, resets  # noqa: F401  register the effects of the outbox
