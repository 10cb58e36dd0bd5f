"""What a product says about itself, as rows for the pages of the cooperative and of the alliance."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalog.models import Product


def facts_of(product: Product) -> list[tuple[str, str, bool]]:
    """(label, text, whether it is long) of everything that was written, in the order of the label; empty ones too."""
    rate = product.vat_rate
    return [
        (_("Loại hàng"), product.category.label if product.category else "", False),
        (_("Đơn vị bán"), product.unit, False),
        (_("Khối lượng tịnh"), product.net_quantity, False),
        (_("Nơi làm ra"), product.origin, False),
        (_("Chịu trách nhiệm"), product.maker, False),
        (_("Mùa vụ"), product.season, False),
        (_("Hạn dùng"), product.shelf_life, False),
        (_("Tiêu chuẩn áp dụng"), product.standard, False),
        (_("Thuế GTGT"), f"{rate.normalize():f}%".replace(".", ",") if rate is not None else "", False),
        (_("Tuổi được mua"), str(product.age_limit or ""), False),
        (_("Cần giữ lạnh"), _("Có") if product.needs_cold else "", False),
        (_("Giới thiệu"), product.description, True),
        (_("Thành phần"), product.ingredients, True),
        (_("Cách dùng"), product.usage, True),
        (_("Bảo quản"), product.storage, True),
        (_("Lưu ý"), product.warnings, True),
    ]
