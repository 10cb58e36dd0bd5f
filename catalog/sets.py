"""Sets as a cooperative puts them together and as pages show them; what they hold is ``cooperatives.sets``' part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cooperatives.models import SetPart, StockRecord
from cooperatives.sets import WrongSet, check_parts, set_parts
from marketplace.foundation.actor import Actor

from . import products
from .cards import stars_of
from .models import Product, ProductQuerySet
from .statuses import ProductStatus


@dataclass(frozen=True, slots=True)
class PartShown:
    """``units`` of a product in one set; ``stars`` of its certificate in force today; ``row`` has price and stock."""

    row: SetPart
    stars: int | None

    @property
    def units(self) -> int:
        return self.row.units

    @property
    def product(self) -> Product:
        return self.row.part.product

    @property
    def alone(self) -> Decimal:
        """What these units cost without the set, in whole đồng."""
        return self.row.part.price * self.units

    @property
    def is_on_shelf(self) -> bool:
        return self.product.status == ProductStatus.APPROVED and self.product.removed_at is None


def parts_shown(product_id: int) -> list[PartShown]:
    """Return the parts of the set that this product is, in their order; two queries, one when it is no set."""
    rows = list(
        SetPart.objects.filter(whole__product_id=product_id).select_related("part__product").order_by("pk")
    )
    stars = stars_of([row.part.product_id for row in rows]) if rows else {}
    return [PartShown(row, stars.get(row.part.product_id)) for row in rows]


def kept_parts(product: Product) -> dict[str, int]:
    """Return the parts of a set as JSON keeps them: product id → units, in their order; empty when it is no set."""
    rows = SetPart.objects.filter(whole__product=product).order_by("pk")
    return {str(key): units for key, units in rows.values_list("part__product_id", "units")}


def possible_parts(product: Product) -> ProductQuerySet:
    """Return the goods that may be in this set: its cooperative's own on the shelf, and those that are in it."""
    inside = SetPart.objects.filter(whole__product=product).values("part__product")
    goods = Product.objects.filter(
        Q(status=ProductStatus.APPROVED, removed_at__isnull=True) | Q(pk__in=inside),
        cooperative=product.cooperative_id,
        stockrecords__is_set=False,
        stockrecords__is_weighed=False,
    )
    return goods.exclude(pk=product.pk).order_by("title", "pk")


def compose(product: Product, parts: Mapping[int, int], *, by: Actor) -> Product:
    """Say what is in the set that a draft is (product id → units in one set); nothing: it is no set.

    Locks the product, then the stock rows in key order. Raises NotEditable, PriceMissing, WrongSet.
    """
    with transaction.atomic():
        row = products.lock(product)
        if row.status not in products.OPEN_TO_EDIT:
            raise products.NotEditable()
        put_in(row, parts, by=by)
    return row


def put_in(row: Product, parts: Mapping[int, int], *, by: Actor) -> None:
    """Give a locked product its ``parts``; it needs cold and asks an age when one of them does.

    Locks the stock rows in key order. Raises PriceMissing, WrongSet.
    """
    record, by_record = _records(row, parts)
    set_parts(record, by_record, by=by)
    for part in Product.objects.filter(pk__in=parts):
        row.needs_cold = row.needs_cold or part.needs_cold
        row.age_limit = max(row.age_limit or 0, part.age_limit or 0) or None
    row.save(update_fields=["needs_cold", "age_limit"])
    products.touch(row)


def check(row: Product, parts: Mapping[int, int]) -> None:
    """Raise what ``put_in`` would raise now; locks and writes nothing."""
    record, by_record = _records(row, parts)
    check_parts(record, by_record, StockRecord.objects.in_bulk(by_record))


def _records(row: Product, parts: Mapping[int, int]) -> tuple[StockRecord, dict[int, int]]:
    """The set's stock record, and its parts as stock record id → units in the order given."""
    record = StockRecord.objects.filter(product=row).first()
    if record is None:
        raise products.PriceMissing(_("Hãy ghi giá bán của bộ trước khi chọn các món."))
    found = possible_parts(row).filter(pk__in=parts).annotate(record=F("stockrecords"))
    keys = dict(found.values_list("pk", "record"))
    if len(keys) < len(parts):
        raise WrongSet(_("Có món không nằm trong bộ được: chỉ chọn hàng đang bán của chính hợp tác xã."))
    return record, {keys[key]: units for key, units in parts.items()}
