"""The outbox in the operator's admin: read, and try dead rows again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import outbox
from .models import Outbox


class ReadOnly(admin.ModelAdmin):
    """Rows to read: none is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def only_to_read(app_label: str, *, but: tuple[str, ...] = ()) -> None:
    """Make what is registered of ``app_label`` read-only, save the models named in ``but``.

    What a rule writes (statuses, stock, sums) nobody writes by hand: no ledger would add up any more.
    """
    for model, known in list(admin.site._registry.items()):
        if model._meta.app_label == app_label and model.__name__ not in but:
            admin.site.unregister(model)
            # Without its inlines: they ask for permissions of their own and would let rows in.
            admin.site.register(
                model, type(f"Seen{model.__name__}", (ReadOnly, type(known)), {"inlines": []})
            )


@admin.register(Outbox)
class OutboxAdmin(admin.ModelAdmin):
    list_display = ["id", "kind", "key", "state", "attempts", "created_at", "done_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["key"]
    ordering = ["-id"]
    actions = ["try_again"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Outbox | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Outbox | None = None) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(description=_("Thử lại các việc đã bỏ"), permissions=["retry"])
    def try_again(self, request: HttpRequest, rows: "QuerySet[Outbox]") -> None:
        count = outbox.retry(rows)
        messages.success(request, _("Đã đưa %(count)d việc vào hàng chờ.") % {"count": count})
