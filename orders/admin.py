"""The operator's view of orders: to read, save the fees of alliances. Statuses and sums are written by the rules."""

from django.contrib import admin
from oscar.apps.order.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import only_to_read

from .models import AllianceFee

only_to_read("order")


@admin.register(AllianceFee)
class AllianceFeeAdmin(admin.ModelAdmin):
    """What an alliance asks of sales; orders keep the rate of the day they were placed."""

    list_display = ("province_code", "percent", "since")
