"""The operator's view of orders: to read. Statuses and sums are written by the rules alone; carriers are data."""

from django.contrib import admin
from oscar.apps.order.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import ReadOnly, only_to_read

from .models import Carrier, CarrierCall, CarrierStatus

only_to_read("order")


@admin.register(Carrier)
class CarrierAdmin(admin.ModelAdmin):
    """Who carries parcels; switched off rather than deleted."""

    list_display = ["name", "code", "is_active", "takes_cod", "position"]
    list_editable = ["is_active", "position"]


@admin.register(CarrierStatus)
class CarrierStatusAdmin(admin.ModelAdmin):
    """What carriers' codes mean; those that came in unknown stand under "đã đối chiếu: no"."""

    list_display = ["carrier", "code", "words", "meaning", "is_checked"]
    list_display_links = ["code"]
    list_editable = ["meaning", "is_checked"]
    list_filter = ["is_checked", "carrier"]


@admin.register(CarrierCall)
class CarrierCallAdmin(ReadOnly):
    list_display = ["link", "subject", "problem", "note", "heard_at"]
    list_filter = ["problem"]
