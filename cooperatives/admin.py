"""The operator's view of the ground floor: a cooperative's words may be mended, stock and prices are read only."""

from django.contrib import admin
from oscar.apps.partner.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import only_to_read

from .models import Officer

only_to_read("partner", but=("Partner",))


@admin.register(Officer)
class OfficerAdmin(admin.ModelAdmin):
    """Where the operator appoints alliance staff to a province, and ends an office by its ``until``."""

    list_display = ["user", "scope", "province_name", "since", "until"]
    list_filter = ["scope", "province_name"]
    autocomplete_fields = ["user"]
