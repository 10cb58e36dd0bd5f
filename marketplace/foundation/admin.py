"""The outbox in the operator's admin: read, and try dead rows again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import outbox
from .models import Outbox


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
