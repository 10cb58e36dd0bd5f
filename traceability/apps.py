from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TraceabilityConfig(AppConfig):
    name = "traceability"
    verbose_name = _("Truy xuất")

    def ready(self) -> None:
        from cooperatives.queues import register

        from . import guards, log, prints, queues  # noqa: F401  log and prints register effects of the outbox

        post_migrate.connect(guards.install, sender=self, dispatch_uid="traceability.guards")
        register("alarms", _("Tem bị chép"), position=75, waiting=queues.open_alarms)
        register("reports", _("Người mua báo giả"), position=76, waiting=queues.open_reports)
