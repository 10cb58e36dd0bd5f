"""Products as a cooperative writes them: a draft from the first touch, price and stock, what a label still lacks."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives import prices, sets, stock
from cooperatives.models import Cooperative, StockRecord
from marketplace.accounts import audit
from marketplace.foundation.actor import Actor
from marketplace.foundation.money import dong
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean, slug

from . import search
from .categories import ALCOHOL, is_food
from .measures import content_of
from .models import Category, Product
from .statuses import ProductStatus

# What a cooperative writes; on an approved product these wait as a change (DESIGN 10).
FIELDS = (
    "title", "category", "unit", "net_quantity", "net_grams", "net_ml", "description", "origin", "maker",
    "ingredients", "usage", "storage", "warnings", "shelf_life", "standard", "vat_rate", "age_limit",
    "needs_cold", "season",
)  # fmt: skip
LONGEST_TEXT = 5000
OPEN_TO_EDIT = (ProductStatus.DRAFT, ProductStatus.CHANGES_REQUESTED)


class NotEditable(Refusal):
    code = "not_editable"
    default_text = gettext_lazy("Hàng này đang chờ duyệt hoặc đã duyệt, nên không sửa thẳng được.")


class WrongValue(Refusal):
    code = "wrong_value"


class PriceMissing(Refusal):
    code = "price_missing"
    default_text = gettext_lazy("Hãy ghi giá bán trước khi ghi số lượng.")


def start_draft(cooperative: Cooperative, *, draft_key: UUID, by: Actor) -> Product:
    """Begin a product, or return the one that was begun with the same ``draft_key`` (sent twice, one draft)."""
    with transaction.atomic():
        product, made = Product.objects.get_or_create(
            cooperative=cooperative,
            draft_key=draft_key,
            defaults={"slug": f"nhap-{uuid4().hex[:20]}", "unit": "gói"},
        )
        if made:
            audit.record("product.start", product, by=by)
    return product


def lock(product: Product) -> Product:
    """Return the product's row locked for this transaction. Raises NotEditable when it is in the bin."""
    row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if row.removed_at:
        raise NotEditable(_("Hàng này đã bị xoá."))
    return row


def edit_draft(product: Product, fields: Mapping[str, Any], *, by: Actor) -> Product:
    """Write ``fields`` of a draft or of a product sent back for changes; a few at a time is fine.

    Takes the names in ``FIELDS`` (``name`` is read as ``title``; ``category`` is a Category or its id). Grams or
    millilitres are read from ``net_quantity`` when they are not given. The address follows the name until the first
    approval. Locks the product. Raises NotEditable, WrongValue with the field.
    """
    with transaction.atomic():
        row = lock(product)
        if row.status not in OPEN_TO_EDIT:
            raise NotEditable()
        values = checked(fields)
        for name, value in values.items():
            setattr(row, name, value)
        if "title" in values and row.approved_at is None and row.title:
            _give_slug(row)
        row.version += 1
        row.save()
        if "net_grams" in values:
            StockRecord.objects.filter(product=row).update(unit_grams=row.net_grams)
        audit.record("product.edit", row, by=by, **{name: plain(value) for name, value in values.items()})
    return row


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``fields`` cleaned and of the right types, ready to be set. Raises WrongValue with the field."""
    values: dict[str, Any] = {}
    for given, value in fields.items():
        name = "title" if given == "name" else given
        if name not in FIELDS:
            raise WrongValue(_("Không có mục này."), field=given)
        values[name] = _checked(name, value)
    if values.get("net_quantity") and not (values.get("net_grams") or values.get("net_ml")):
        content = content_of(values["net_quantity"])
        values["net_grams"], values["net_ml"] = content.grams, content.ml
    return values


def _checked(name: str, value: Any) -> Any:
    field = Product._meta.get_field(name)
    if name == "category":
        return _category(value)
    if isinstance(field, models.BooleanField):
        return bool(value)
    if isinstance(field, models.DecimalField):
        return _vat(value)
    if isinstance(field, models.IntegerField):
        return _whole_number(name, value)
    long = isinstance(field, models.TextField)
    text = clean(str(value or ""), multiline=long)
    most = LONGEST_TEXT if long else field.max_length
    if len(text) > most:
        raise WrongValue(_("Mục này dài quá: nhiều nhất %(most)s chữ.") % {"most": most}, field=name)
    return text


def _category(value: Any) -> Category | None:
    if value in (None, ""):
        return None
    key = value.pk if isinstance(value, Category) else value
    try:
        return Category.objects.get(pk=key)
    except (Category.DoesNotExist, ValueError, TypeError, OverflowError):
        raise WrongValue(_("Hãy chọn một loại hàng trong danh sách."), field="category") from None


def _vat(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        rate = Decimal(str(value))
    except InvalidOperation:
        raise WrongValue(_("Thuế suất phải là một số, như 5 hoặc 8."), field="vat_rate") from None
    if not rate.is_finite() or not 0 <= rate <= 99:
        raise WrongValue(_("Thuế suất phải là một số, như 5 hoặc 8."), field="vat_rate")
    return rate.quantize(Decimal("0.01"))


def _whole_number(name: str, value: Any) -> int | None:
    if value in (None, ""):
        return None
    most = 120 if name == "age_limit" else 2_000_000_000
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise WrongValue(_("Mục này phải là một số."), field=name) from None
    if not 0 < number <= most:
        raise WrongValue(_("Số này không dùng được. Hãy xem lại."), field=name)
    return number


def plain(value: Any) -> Any:
    """A field's value as JSON can keep it: a category by its id, a rate as text."""
    if isinstance(value, models.Model):
        return value.pk
    return str(value) if isinstance(value, Decimal) else value


def _give_slug(row: Product) -> None:
    """Set a free address from the name; the id, then chance, tells two of the same name apart."""
    base = slug(row.title, longest=100) or "hang"
    for wanted in (base, f"{base}-{row.pk}", f"{base}-{secrets.token_hex(4)}"):
        if Product.objects.filter(slug=wanted).exclude(pk=row.pk).exists():
            continue
        try:
            with transaction.atomic():
                Product.objects.filter(pk=row.pk).update(slug=wanted)
        except IntegrityError:  # somebody took it between the look and the write
            continue
        row.slug = wanted
        return


def set_price_and_stock(
    product: Product,
    *,
    price: Decimal | int | None = None,
    in_stock: int | None = None,
    is_weighed: bool | None = None,
    by: Actor,
) -> StockRecord:
    """Set the price in whole đồng, what a draft has in stock in sale units, or both; live at once (DESIGN 10).

    ``is_weighed``: what a unit costs follows the scales when it is packed; orders placed before stay as they are.

    The first price makes the stock record; the first stock is booked as made, a later number as counted. Once goods
    are sold, ``traceability.stocktake`` counts them lot by lot. Locks the product, then the stock row. Raises
    PriceMissing, WrongSet for goods by weight in a set, and what ``prices`` and ``stock`` refuse.
    """
    with transaction.atomic():
        row = lock(product)
        if row.status == ProductStatus.REFUSED:
            raise NotEditable(_("Hàng này đã bị từ chối."))
        record = StockRecord.objects.filter(product=row).first()
        if record is None:
            if price is None:
                raise PriceMissing(field="price")
            record = StockRecord(
                product=row,
                partner_id=row.cooperative_id,
                partner_sku=f"H{row.pk}",
                price=_first_price(price),
                price_currency="VND",
                unit_grams=row.net_grams,
            )
            record.save()
            prices.record_first_price(record, by=by)
        elif price is not None:
            prices.change_price(record, price, by=by)
        if is_weighed is not None:
            if is_weighed and (stock.lock(record).is_set or record.in_sets.exists()):
                raise sets.WrongSet(_("Hàng của bộ không tính tiền theo cân được."), field="is_weighed")
            StockRecord.objects.filter(pk=record.pk).update(is_weighed=is_weighed)
        if in_stock is not None:
            if record.movements.exists():
                stock.count(record, in_stock, by=by)
            elif in_stock:
                stock.make(record, in_stock, by=by)
        touch(row)
        record.refresh_from_db()
    return record


def _first_price(price: Decimal | int) -> Decimal:
    try:
        amount = dong(price)
    except (TypeError, ValueError):
        raise prices.WrongPrice(field="price") from None
    if not 0 < amount <= prices.HIGHEST:
        raise prices.WrongPrice(field="price")
    return amount


def remove(product: Product, *, by: Actor) -> Product:
    """Put a product into the bin: off the shelf at once, its orders, lots and codes stay. Twice is fine."""
    with transaction.atomic():
        row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        if row.removed_at is None:
            row.removed_at = timezone.now()
            row.save(update_fields=["removed_at", "date_updated"])
            touch(row)
            search.index(row)
            sets.pause(row.pk, is_paused=True)
            audit.record("product.remove", row, by=by)
    return row


def touch(product: Product) -> None:
    """Say that what a product's page shows has changed: one higher version, no cached fragment lies."""
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1, date_updated=timezone.now())


def set_rating(product: Product, mean: float | None, count: int) -> None:
    """Note what buyers gave on the whole: the mean from 1 to 5, None without any, and how many they were."""
    Product.objects.filter(pk=product.pk).update(rating=mean, num_ratings=count)
    touch(product)


# --- what is missing --------------------------------------------------------------------------------------
def missing_to_submit(product: Product) -> dict[str, str]:
    """What an officer must see before anything can be checked: field → plain words. Empty: it can be sent."""
    record = product.stock
    asked: dict[str, tuple[object, str]] = {
        "title": (product.title, _("tên hàng")),
        "picture": (product.picture, _("ít nhất một ảnh")),
        "category": (product.category_id, _("loại hàng")),
        "unit": (product.unit, _("đơn vị bán")),
        "price": (record and record.price > 0, _("giá bán")),
        "net_quantity": (product.net_quantity, _("khối lượng hoặc số lượng trong một đơn vị")),
        "origin": (product.origin, _("nơi làm ra")),
    }
    return {name: words for name, (given, words) in asked.items() if not given}


def missing_on_label(product: Product) -> dict[str, str]:
    """What the label still lacks (Decree 37/2026 art. 42): field → plain words; may come after approval.

    All goods name who answers for them; food also says ingredients, shelf life, storage and warnings.
    """
    asked: dict[str, tuple[object, str]] = {"maker": (product.maker, _("cơ sở chịu trách nhiệm"))}
    if is_food(product.category):
        asked |= {
            "ingredients": (product.ingredients, _("thành phần")),
            "shelf_life": (product.shelf_life, _("hạn dùng")),
            "storage": (product.storage or product.usage, _("cách bảo quản, cách dùng")),
            "warnings": (product.warnings, _("lưu ý cho người dùng")),
        }
        if product.category and product.category.slug in ALCOHOL:
            asked["age_limit"] = (product.age_limit, _("tuổi được mua (rượu: từ 18)"))
    else:
        asked["usage"] = (product.usage or product.warnings, _("cách dùng, lưu ý"))
    return {name: words for name, (given, words) in asked.items() if not given}


def missing_fields(product: Product) -> list[str]:
    """Everything a product still lacks in plain words: first what is needed to send it in, then the label."""
    return [*missing_to_submit(product).values(), *missing_on_label(product).values()]
