"""Changes of an approved product: they wait for an officer while the approved version stays public (DESIGN 10).

Price and stock never come here; they are live at once (``products.set_price_and_stock``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperatives.models import StockRecord
from cooperatives.statuses import Outcome
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal

from . import notices, products, search, sets
from .decisions import decide
from .models import Category, Product, ProductChange, ProductImage
from .moderation import flagged_words
from .statuses import CHANGE_MOVES, ChangeStatus, ProductStatus

OPEN = (ChangeStatus.WAITING, ChangeStatus.CHANGES_REQUESTED)
_LABELS = {
    "title": gettext_lazy("tên hàng"),
    "category": gettext_lazy("loại hàng"),
    "description": gettext_lazy("giới thiệu"),
    "net_grams": gettext_lazy("khối lượng (g)"),
    "net_ml": gettext_lazy("thể tích (ml)"),
    "parts": gettext_lazy("các món trong bộ"),
}
_NAMES = (*products.FIELDS, "parts")


class NothingToChange(Refusal):
    code = "nothing_to_change"
    default_text = gettext_lazy("Chưa có gì khác với bản đang bán.")


class NotApproved(Refusal):
    code = "not_approved"
    default_text = gettext_lazy("Hàng này chưa được duyệt; hãy sửa thẳng bản nháp.")


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One field of a change as people read it; ``flagged`` are healing words in the new text."""

    label: str
    old: str
    new: str
    flagged: tuple[str, ...] = ()


def move_change(change: ProductChange, status: ChangeStatus) -> None:
    """Set the status of a locked change; the only place that does. Raises IllegalMove."""
    CHANGE_MOVES.check(ChangeStatus(change.status), status)
    change.status = status
    change.save(update_fields=["status"])


def propose(
    product: Product,
    values: Mapping[str, Any],
    *,
    image: ProductImage | None = None,
    parts: Mapping[int, int] | None = None,
    by: Actor,
) -> ProductChange:
    """Ask for new ``values`` (names as in ``products.FIELDS``), other ``parts`` of a set (product id → units) and a
    new first picture of an approved product.

    One change a product is open at a time: a second proposal joins it, and one that was sent back waits again.
    ``image`` was added with ``live=False`` and belongs to the product. Locks the product. Raises NotApproved,
    NothingToChange, WrongValue, WrongSet.
    """
    with transaction.atomic():
        row = products.lock(product)
        if row.status not in (ProductStatus.APPROVED, ProductStatus.SUSPENDED):
            raise NotApproved()
        if image is not None and image.product_id != row.pk:
            raise products.WrongValue(_("Ảnh này không thuộc hàng này."), field="image")
        change = (
            ProductChange.objects.select_for_update(no_key=True).filter(product=row, status__in=OPEN).first()
        )
        wanted = {name: entry["new"] for name, entry in change.values.items()} if change else {}
        wanted |= {name: products.plain(value) for name, value in products.checked(values).items()}
        if parts is not None:
            sets.check(row, parts)
            wanted["parts"] = {str(key): units for key, units in parts.items()}
        entries = {}
        for name, new in wanted.items():
            old = sets.kept_parts(row) if name == "parts" else products.plain(getattr(row, name))
            if old != new:
                entries[name] = {"old": old, "new": new}
        picture = image or (change.image if change else None)
        if not entries and picture is None:
            raise NothingToChange()
        fields = {"values": entries, "image": picture, "submitted_at": timezone.now(), **signed(by)}
        if change is None:
            change = ProductChange.objects.create(product=row, **fields)
        else:
            for name, value in fields.items():
                setattr(change, name, value)
            change.save()
            if change.status == ChangeStatus.CHANGES_REQUESTED:
                move_change(change, ChangeStatus.WAITING)
        audit.record("change.propose", change, by=by, **entries)
    return change


def approve(change: ProductChange, *, by: Actor, reason: str = "") -> ProductChange:
    """Make the new version public: values, picture first, search, and the cooperative told.

    The address stays as it is. Locks the product, then the change, then the stock rows of a set whose parts change.
    Raises IllegalMove, NotEditable, and WrongSet when the parts make no set any more.
    """
    with transaction.atomic():
        row = _locked(change)
        product = row.product
        move_change(row, ChangeStatus.APPROVED)
        values = {name: entry["new"] for name, entry in row.values.items()}
        parts = values.pop("parts", None)
        for name, value in values.items():
            setattr(product, name, _revived(name, value))
        product.save()
        if parts is not None:
            sets.put_in(product, {int(key): units for key, units in parts.items()}, by=by)
        if "net_grams" in row.values:
            StockRecord.objects.filter(product=product).update(unit_grams=product.net_grams)
        if row.image:
            _show_first(row.image)
        products.touch(product)
        search.index(product)
        decision = decide(row, Outcome.APPROVED, reason=reason, by=by)
        notices.change_decided(row, decision)
    return row


def ask_for_changes(change: ProductChange, *, reason: str, by: Actor) -> ProductChange:
    """Send a change back with a reason; the approved version stays public. Raises ReasonNeeded, IllegalMove."""
    return _decided(change, ChangeStatus.CHANGES_REQUESTED, Outcome.CHANGES_REQUESTED, reason, by)


def refuse(change: ProductChange, *, reason: str, by: Actor) -> ProductChange:
    """Say no to a change; the approved version stays public. Raises ReasonNeeded, IllegalMove."""
    return _decided(change, ChangeStatus.REFUSED, Outcome.REFUSED, reason, by)


def withdraw(change: ProductChange, *, by: Actor) -> ProductChange:
    """Take a change back before it is decided. Raises IllegalMove."""
    with transaction.atomic():
        row = _locked(change)
        move_change(row, ChangeStatus.WITHDRAWN)
        audit.record("change.withdraw", row, by=by)
    return row


def open_change(product: Product) -> ProductChange | None:
    """The change of this product that waits or was sent back, if there is one."""
    return product.changes.filter(status__in=OPEN).select_related("image").first()


def labels(change: ProductChange) -> list[str]:
    """The names of what the change touches, picture first; no query."""
    touched = [_label(name) for name in _NAMES if name in change.values]
    return [*([_("Ảnh")] if change.image_id else []), *touched]


def diff(change: ProductChange) -> list[DiffRow]:
    """What the change does to the product, field by field, in the order a cooperative writes them."""
    rows = []
    for name in _NAMES:
        if name in change.values:
            entry = change.values[name]
            new = _shown(name, entry["new"])
            rows.append(DiffRow(_label(name), _shown(name, entry["old"]), new, tuple(flagged_words(new))))
    return rows


def _locked(change: ProductChange) -> ProductChange:
    # The product first: every verb of this floor locks in that order.
    product = products.lock(Product(pk=change.product_id))
    row = ProductChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    row.product = product
    return row


def _decided(
    change: ProductChange, status: ChangeStatus, outcome: Outcome, reason: str, by: Actor
) -> ProductChange:
    with transaction.atomic():
        row = _locked(change)
        move_change(row, status)
        decision = decide(row, outcome, reason=reason, by=by)
        notices.change_decided(row, decision)
    return row


def _show_first(image: ProductImage) -> None:
    first = ProductImage.objects.filter(product_id=image.product_id).aggregate(at=Min("display_order"))["at"]
    if first == 0:
        others = ProductImage.objects.filter(product_id=image.product_id).exclude(pk=image.pk)
        for place, other in enumerate(others.order_by("display_order", "id"), 1):
            ProductImage.objects.filter(pk=other.pk).update(display_order=place)
    ProductImage.objects.filter(pk=image.pk).update(is_live=True, display_order=0)


def _revived(name: str, value: Any) -> Any:
    if name == "category":
        return Category.objects.filter(pk=value).first() if value else None
    if name == "vat_rate":
        return Decimal(value) if value is not None else None
    return value


def _label(name: str) -> str:
    return capfirst(str(_LABELS.get(name) or Product._meta.get_field(name).verbose_name))


def _shown(name: str, value: Any) -> str:
    if not value and not isinstance(value, bool):
        return ""
    if name == "parts":
        titles = dict(Product.objects.filter(pk__in=value).values_list("pk", "title"))
        return "\n".join(f"{units} × {titles.get(int(key), '')}" for key, units in value.items())
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if name == "category":
        category = Category.objects.filter(pk=value).first()
        return category.label if category else ""
    return str(value)
