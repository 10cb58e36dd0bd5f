"""People in the operator's admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from .models import User


@admin.register(User)
class MarketUserAdmin(UserAdmin):
    list_display = ["full_name", "phone", "email", "is_staff", "is_active"]
    search_fields = ["full_name", "phone", "email"]
    ordering = ["-id"]
    list_filter = ["is_staff", "is_active"]
    fieldsets = [
        (None, {"fields": ["full_name", "phone", "email", "password"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"fields": ["full_name", "phone", "email", "password1", "password2"]})]
