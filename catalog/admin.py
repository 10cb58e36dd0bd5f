"""The operator's view of the catalogue: to look, hardly to write; what is decided goes through the rules."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

# Oscar: its admin classes must exist for checks; ours take the places that matter.
from oscar.apps.catalogue.admin import *  # noqa: F403

from cooperatives import stalls

from .models import Category, ModerationDecision, OcopCertificate, Product, ProductChange, ProductImage


class ReadOnly(admin.ModelAdmin):
    """Rows to read: none is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


for model in (Product, ProductImage, Category):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Product)
class ProductAdmin(ReadOnly):
    list_display = ["title", "cooperative", "category", "status", "approved_at", "removed_at"]
    list_filter = ["status", "cooperative__province_name"]
    list_select_related = ["cooperative", "category"]
    search_fields = ["title", "slug", "cooperative__name"]
    date_hierarchy = "date_created"


@admin.register(ProductImage)
class ProductImageAdmin(ReadOnly):
    list_display = ["product", "original", "is_live", "is_illustration", "width", "height"]
    list_select_related = ["product"]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """Words and icons may be changed; the tree grows by ``categories.ensure_categories``."""

    list_display = ["name", "slug", "icon", "depth", "is_public"]
    search_fields = ["name", "slug"]
    fields = ["name", "description", "icon", "is_public"]
    ordering = ["path"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        stalls.touch_all()  # every page of goods may show the name


@admin.register(ProductChange)
class ProductChangeAdmin(ReadOnly):
    list_display = ["product", "status", "submitted_at", "by_label", "by_for"]
    list_filter = ["status"]
    list_select_related = ["product"]


@admin.register(OcopCertificate)
class OcopCertificateAdmin(ReadOnly):
    list_display = ["product", "stars", "decision_number", "issuer", "issued_on", "expires_on", "status"]
    list_filter = ["status", "stars"]
    list_select_related = ["product"]
    search_fields = ["decision_number", "product__title"]


@admin.register(ModerationDecision)
class ModerationDecisionAdmin(ReadOnly):
    list_display = ["at", "outcome", "product", "change", "certificate", "by_label", "by_for"]
    list_filter = ["outcome"]
    list_select_related = ["product", "change__product", "certificate"]
