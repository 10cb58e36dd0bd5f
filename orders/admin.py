"""The operator's view of orders: to read; fees and carriers are data. Statuses and sums are written by the rules."""

from django.contrib import admin
from oscar.apps.order.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import ReadOnly, only_to_read

from .models import AllianceFee, Carrier, CarrierCall, CarrierStatus

only_to_read("order")


@admin.register(AllianceFee)
class AllianceFeeAdmin(admin.ModelAdmin):
    """What an alliance asks of sales; orders keep the rate of the day they were placed."""

    list_display = ("province_code", "percent", "since")


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
