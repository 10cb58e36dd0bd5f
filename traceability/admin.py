"""The operator's view of the second floor: the numbers of the alarm rule are data."""

from django.contrib import admin

from .models import AlarmRule


@admin.register(AlarmRule)
class AlarmRuleAdmin(admin.ModelAdmin):
    """A changed rule is a new row: the old one stays to be read."""

    list_display = ["since", "window_days", "amber_devices", "red_devices", "red_places"]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
