"""Numbers that GS1 gave a cooperative: registered with a paper that shows it, never made up here."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from cooperatives import papers
from cooperatives.models import Cooperative, PaperKind
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import gs1
from .models import Gs1Number
from .statuses import NumberKind

# Beginnings (of a number of 13 digits) that GS1 gives to nobody: a shop's own use, coupons, examples.
_NOBODYS = re.compile(r"02|04|2|05|952|98|99")


class NumberRefused(Refusal):
    """The number cannot be registered."""

    code = "number_refused"


def register(
    cooperative: Cooperative,
    kind: str,
    typed: str,
    *,
    upload: Any,
    by: Actor,
    product: Product | None = None,
) -> Gs1Number:
    """Register the GTIN of ``product``, or a GLN of the cooperative, with the scan that shows GS1 gave it.

    ``typed`` may hold blanks and dashes; a GTIN of 8, 12 or 13 digits is filled up to 14. The same number sent twice
    is registered once. Raises NumberRefused for a number that cannot be right, is somebody else's, or comes without
    its paper.
    """
    number = _checked(kind, typed)
    if kind == NumberKind.GTIN and (product is None or product.cooperative_id != cooperative.pk):
        raise NumberRefused(_("Hãy chọn mặt hàng mang số này."), field="product")
    goods = product if kind == NumberKind.GTIN else None
    if not upload:
        raise NumberRefused(_("Hãy gửi kèm giấy của GS1 cho thấy số này là của hợp tác xã."), field="paper")
    try:
        with transaction.atomic():
            standing = _standing(number)
            if standing is None:
                paper = papers.keep(upload, kind=PaperKind.OTHER, by=by, cooperative=cooperative)
                made = Gs1Number.objects.create(
                    cooperative=cooperative,
                    kind=kind,
                    number=number,
                    product=goods,
                    paper=paper,
                    **signed(by),
                )
                audit.record("gs1.register", made, by=by, number=number, product=goods and goods.pk)
                return made
    except IntegrityError:
        standing = _standing(number)
        if standing is None:
            raise NumberRefused(
                _("Mặt hàng này đã có số khác. Hãy bỏ số cũ trước."), field="product"
            ) from None
    if standing.cooperative_id == cooperative.pk and standing.product_id == (goods and goods.pk):
        return standing
    raise NumberRefused(_("Số này đã được đăng ký. Nếu nó là của bạn, hãy gọi liên minh."), field="number")


def _standing(number: str) -> Gs1Number | None:
    return Gs1Number.objects.filter(number=number, retired_at=None).first()


def _checked(kind: str, typed: str) -> str:
    if kind not in NumberKind.values:
        raise NumberRefused(_("Hãy chọn loại số."), field="kind")
    number = re.sub(r"[\s.\-]+", "", clean(typed))
    lengths = (8, 12, 13, 14) if kind == NumberKind.GTIN else (13,)
    if len(number) not in lengths or not (number.isascii() and number.isdigit()):
        raise NumberRefused(
            _("GTIN có 8, 12, 13 hoặc 14 chữ số; GLN có 13 chữ số."),
            field="number",
            details={"typed": number},
        )
    if not gs1.has_check_digit(number):
        raise NumberRefused(_("Chữ số cuối không khớp: có số gõ nhầm. Xin nhìn lại giấy."), field="number")
    number = number.zfill(14) if kind == NumberKind.GTIN else number
    of_thirteen = number[-13:]
    # The short numbers of eight digits begin behind five zeros.
    if not int(number) or _NOBODYS.match(of_thirteen.removeprefix("00000")):
        raise NumberRefused(_("Số này chỉ dùng nội bộ hoặc làm ví dụ, GS1 không cấp cho ai."), field="number")
    return number


def gtin_of(product: Product) -> str:
    """Return the GTIN that ``product`` has now, or nothing."""
    held = Gs1Number.objects.filter(kind=NumberKind.GTIN, product=product, retired_at=None)
    return held.values_list("number", flat=True).first() or ""


@transaction.atomic
def retire(number: Gs1Number, *, by: Actor) -> Gs1Number:
    """Give a number up: links that carry it lead nowhere from now on. Locks the row; twice is once."""
    number = Gs1Number.objects.select_for_update(no_key=True).get(pk=number.pk)
    if number.retired_at is None:
        number.retired_at = timezone.now()
        number.save(update_fields=["retired_at"])
        audit.record("gs1.retire", number, by=by, number=number.number)
    return number
