"""Units of sale, what a packet holds, and the price that can be compared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from marketplace.foundation.money import format_dong, unit_price
from marketplace.foundation.text import clean

UNITS = (
    "gói", "túi", "hộp", "lọ", "hũ", "chai", "kg", "lạng", "bó", "giỏ", "bánh", "quả", "con", "cái", "chiếc",
    "bộ", "combo", "cây", "cuộn", "lít", "can", "bao", "vỉ", "khay", "thùng",
)  # fmt: skip

_GRAMS = {
    "g": 1, "gr": 1, "gram": 1, "gam": 1, "kg": 1000, "kilogam": 1000, "ký": 1000, "cân": 1000, "lạng": 100,
    "yến": 10_000, "tạ": 100_000, "tấn": 1_000_000,
}  # fmt: skip
_ML = {"ml": 1, "cl": 10, "l": 1000, "lít": 1000, "lit": 1000}
_UNIT = "|".join(sorted((*_GRAMS, *_ML), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?:(?P<times>\d{{1,4}})\s*(?:[^\W\d_]+\s*)?[x×*]\s*)?"
    rf"(?P<number>\d{{1,7}}(?:[.,]\d{{1,3}})?)\s*(?P<unit>{_UNIT})(?![^\W\d_])",
    re.IGNORECASE,
)
_LARGEST = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """What one sale unit holds: grams, millilitres, or neither when nobody can tell."""

    grams: int | None = None
    ml: int | None = None


def content_of(text: str) -> Content:
    """Read the content of a packet from what a person wrote on it.

    >>> content_of("500 g").grams, content_of("2,5 kg").grams, content_of("20 túi x 3 g").grams
    (500, 2500, 60)
    >>> content_of("chai 500ml").ml, content_of("1 bộ 3 cái")
    (500, Content(grams=None, ml=None))
    """
    found = _AMOUNT.search(clean(text).lower())
    if not found:
        return Content()
    number = found["number"].replace(",", ".")
    whole, _dot, fraction = number.partition(".")
    # "1.000 g" is a thousand grams: three digits after the mark, and a unit that is not cut up so finely.
    if len(fraction) == 3 and found["unit"] in ("g", "gr", "gram", "gam", "ml"):
        number = whole + fraction
    unit = found["unit"]
    amount = Decimal(number) * int(found["times"] or 1) * (_GRAMS.get(unit) or _ML[unit])
    if not 1 <= amount <= _LARGEST:
        return Content()
    return Content(grams=int(amount)) if unit in _GRAMS else Content(ml=int(amount))


def comparable_price(price: Decimal, *, grams: int | None, ml: int | None) -> str:
    """The price per kg or litre, per 100 g or 100 ml for small packets; "" when it says nothing new.

    >>> comparable_price(Decimal(55000), grams=500, ml=None).replace("\\xa0", " ")
    '110.000 ₫/kg'
    >>> comparable_price(Decimal(90000), grams=60, ml=None).replace("\\xa0", " ")
    '150.000 ₫/100 g'
    >>> comparable_price(Decimal(18000), grams=1000, ml=None)
    ''
    """
    content = grams or ml
    if not content or content in (1000, 100):
        return ""
    if content < 250:
        amount, per = unit_price(price, content * 10), "100 g" if grams else "100 ml"
    else:
        amount, per = unit_price(price, content), "kg" if grams else _("lít")
    return f"{format_dong(amount)}/{per}"
