"""The operator's view of the ground floor: a cooperative's words may be mended, stock and prices are read only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from oscar.apps.partner.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import only_to_read

from . import stalls
from .models import Cooperative, Officer, StockDrift


@admin.register(StockDrift)
class StockDriftAdmin(admin.ModelAdmin):
    """What the nightly recount found: looked at here, mended by a count at the desk or by a programmer."""

    list_display = ["found_on", "stock_record", "kind", "detail", "written", "summed"]
    list_filter = ["found_on", "kind"]
    list_select_related = ["stock_record__product", "stock_record__partner"]


only_to_read("partner", but=("Partner",))
admin.site.unregister(Cooperative)


@admin.register(Cooperative)
class CooperativeAdmin(admin.ModelAdmin):
    list_display = ["name", "province_name", "phone"]
    search_fields = ["name", "code"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a cooperative stays in its orders' books, and the sum of the stalls' versions only grows."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        stalls.touch(obj.pk)


@admin.register(Officer)
class OfficerAdmin(admin.ModelAdmin):
    """Where the operator appoints alliance staff to a province, and ends an office by its ``until``."""

    list_display = ["user", "scope", "province_name", "since", "until"]
    list_filter = ["scope", "province_name"]
    autocomplete_fields = ["user"]
