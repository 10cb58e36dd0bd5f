"""Money: whole đồng as Decimal with exponent 0. The one place that rounds, divides, reads and writes it."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from marketplace.foundation.refusals import N_

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
LARGEST_TYPED = Decimal(10**12)

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_MOST_DIGITS = 30

NOTHING_TYPED = N_("Hãy ghi số tiền.")
NOT_MONEY = N_("Số tiền này chưa đọc được. Hãy ghi như 135000, 135.000 hoặc 135k.")
NEGATIVE_MONEY = N_("Số tiền không được nhỏ hơn 0.")
TOO_MUCH_MONEY = N_("Số tiền này quá lớn.")


def dong(value: int | str | Decimal) -> Decimal:
    """The same amount as whole đồng (exponent 0), never rounded.

    Takes an int, a Decimal, or digits in a string (what a person typed goes through ``parse_dong``).
    Raises TypeError for floats, bools and anything else, ValueError for a fraction of a đồng,
    for what is not a finite number, and for more than 30 digits.

    >>> dong(135000), dong(Decimal("135000.00")), dong("-5000")
    (Decimal('135000'), Decimal('135000'), Decimal('-5000'))
    >>> dong(Decimal("0.5"))
    Traceback (most recent call last):
    ValueError: Not whole đồng: 0.5.
    """
    if isinstance(value, str):
        if not re.fullmatch(r"-?[0-9]{1,30}", value):
            raise ValueError(f"Not whole đồng: {value[:40]!r}.")
        return Decimal(int(value))
    amount = _number(value)
    if amount.adjusted() >= _MOST_DIGITS:
        raise ValueError("More digits than money can have.")
    if amount != amount.to_integral_value():
        raise ValueError(f"Not whole đồng: {amount}.")
    return Decimal(int(amount))


def round_dong(amount: int | Decimal) -> Decimal:
    """Round to whole đồng, half up (away from zero). Nothing else in the market rounds money.

    >>> round_dong(Decimal("1234.5")), round_dong(Decimal("1234.49")), round_dong(Decimal("-0.5"))
    (Decimal('1235'), Decimal('1234'), Decimal('-1'))
    """
    number = _number(amount)
    if number.adjusted() >= _MOST_DIGITS:
        raise ValueError("More digits than money can have.")
    return Decimal(int(number.to_integral_value(rounding=ROUND_HALF_UP)))


def share(total: int | Decimal, weights: Sequence[int | Decimal]) -> list[Decimal]:
    """Divide ``total`` in proportion to ``weights``; the parts always add up to ``total``.

    Largest remainder: the odd đồng go where most was cut off, on a tie to the earlier part. A weight
    of zero gets nothing, unless all are zero: then all count the same. A negative total (money back)
    divides like the positive one. Raises ValueError for a negative weight, or money and nobody to take it.

    >>> share(Decimal(100), [1, 1, 1])
    [Decimal('34'), Decimal('33'), Decimal('33')]
    >>> share(Decimal(30000), [Decimal(135000), Decimal(0), Decimal(89000)])
    [Decimal('18080'), Decimal('0'), Decimal('11920')]
    """
    whole = int(dong(total))
    parts = [Fraction(_number(weight)) for weight in weights]
    if any(part < 0 for part in parts):
        raise ValueError("A weight may not be negative.")
    if not parts:
        if whole:
            raise ValueError("There is money to divide and nobody to take it.")
        return []
    if not any(parts):
        parts = [Fraction(1)] * len(parts)

    size, sign, together = abs(whole), (-1 if whole < 0 else 1), sum(parts)
    exact = [size * part / together for part in parts]
    amounts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: amounts[place] - exact[place])
    for place in by_remainder[: size - sum(amounts)]:
        amounts[place] += 1
    return [Decimal(sign * amount) for amount in amounts]


def format_dong(amount: int | Decimal) -> str:
    """Write an amount as Vietnamese readers expect, with a space that never breaks before the sign.

    >>> format_dong(Decimal("1250000")) == "1.250.000\\N{NO-BREAK SPACE}₫"
    True
    """
    return f"{int(dong(amount)):,}".replace(",", ".") + NO_BREAK_SPACE + "₫"


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = (("tỷ", 10**9), ("triệu", 10**6), ("nghìn", 10**3))


def spell_dong(amount: int | Decimal) -> str:
    """Write an amount from 0 to 10^12 in Vietnamese words, as papers carry it beside the figures.

    Raises ValueError below zero and above. Every group after the first names its hundreds, so that nothing can be
    written in between.

    >>> spell_dong(1_005_215)
    'Một triệu không trăm linh năm nghìn hai trăm mười lăm đồng'
    """
    number = int(dong(amount))
    if not 0 <= number <= LARGEST_TYPED:
        raise ValueError("Papers carry amounts from 0 to 10^12 đồng.")
    return f"{_spell(number)} đồng".capitalize()


def _spell(number: int) -> str:
    if not number:
        return _DIGITS[0]
    words: list[str] = []
    for name, size in _GROUPS:
        group, number = divmod(number, size)
        if group:
            # Only thousands of tỷ are a group of more than three digits.
            words += [_spell(group) if group > 999 else _spell_group(group, is_first=not words), name]
    if number:
        words.append(_spell_group(number, is_first=not words))
    return " ".join(words)


def _spell_group(group: int, *, is_first: bool) -> str:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or not is_first else []
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 5 and tens:
        words.append("lăm")
    elif ones == 1 and tens > 1:
        words.append("mốt")
    elif ones:
        words.append(_DIGITS[ones])
    return " ".join(words)


def unit_price(price: int | Decimal, content: int | Decimal) -> Decimal:
    """The price per kilogram when ``content`` is in grams, per litre when it is in millilitres.

    Rounded to whole đồng. Raises ValueError unless ``content`` is above zero.

    >>> unit_price(Decimal(135000), 200)
    Decimal('675000')
    """
    amount = _number(content)
    if amount <= 0:
        raise ValueError("The content must be above zero.")
    return round_dong(_WIDE.divide(dong(price) * 1000, amount))


_UNITS = {
    **dict.fromkeys(("k", "ng", "nghìn", "nghin", "ngàn", "ngan"), 10**3),
    **dict.fromkeys(("tr", "triệu", "trieu"), 10**6),
    **dict.fromkeys(("tỷ", "tỉ", "ty", "ti"), 10**9),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_CURRENCY = re.compile(r" ?(?:₫|đồng|dong|vnđ|vnd|đ|d)$")
_PLAIN = re.compile(r"[0-9]+|[0-9]{1,3}(?P<mark>[., ])[0-9]{3}(?:(?P=mark)[0-9]{3})*")
# Three digits behind a mark are left out on purpose: "1.250k" could be either of two amounts.
_SHORT = re.compile(
    rf"(?P<whole>[0-9]+)(?:[.,](?P<fraction>[0-9]{{1,2}}))? ?(?P<unit>{_UNIT})"
    rf"(?: ?(?P<tail>[0-9]{{1,3}})(?: ?(?P<tail_unit>{_UNIT}))?)?"
)


def parse_dong(text: str) -> Decimal:
    """Read an amount that a person typed, as whole đồng from 0 to 10^12.

    Understands marks between thousands (dot, comma, blank), a currency sign behind, and the short
    forms of the market: k / nghìn, tr / triệu, tỷ. A form with two readings ("1.250k") is refused.
    Raises ValueError with a Vietnamese sentence, marked for translation but not translated.

    >>> [int(parse_dong(typed)) for typed in ("135000", "135.000 ₫", " 135 000đ ", "135k", "12k5")]
    [135000, 135000, 135000, 135000, 12500]
    >>> [int(parse_dong(typed)) for typed in ("1tr2", "1,5tr", "1 triệu 250", "1tr200k", "2 tỷ")]
    [1200000, 1500000, 1250000, 1200000, 2000000000]
    >>> parse_dong("mười nghìn")
    Traceback (most recent call last):
    ValueError: Số tiền này chưa đọc được. Hãy ghi như 135000, 135.000 hoặc 135k.
    """
    typed = " ".join(unicodedata.normalize("NFC", text[:200]).lower().split())
    if not typed:
        raise ValueError(NOTHING_TYPED)
    if len(typed) > 60:
        raise ValueError(NOT_MONEY)
    negative = typed[0] in "-\N{MINUS SIGN}"
    typed = _CURRENCY.sub("", typed.lstrip("-\N{MINUS SIGN} "))

    if _PLAIN.fullmatch(typed):
        amount = Decimal(int(re.sub("[., ]", "", typed)))
    elif short := _SHORT.fullmatch(typed):
        amount = _short_amount(short)
    else:
        raise ValueError(NOT_MONEY)
    if negative and amount:
        raise ValueError(NEGATIVE_MONEY)
    if amount > LARGEST_TYPED:
        raise ValueError(TOO_MUCH_MONEY)
    return amount


def _short_amount(short: re.Match[str]) -> Decimal:
    whole, fraction, unit, tail, tail_unit = short.group("whole", "fraction", "unit", "tail", "tail_unit")
    size = _UNITS[unit]
    amount = int(whole) * size
    if tail and fraction:
        raise ValueError(NOT_MONEY)
    if tail and tail_unit:
        if _UNITS[tail_unit] >= size:
            raise ValueError(NOT_MONEY)
        amount += int(tail) * _UNITS[tail_unit]
    elif decimals := fraction or tail:
        amount += int(decimals) * size // 10 ** len(decimals)
    return Decimal(amount)


def _number(value: int | Decimal) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"Money is int or Decimal, not {type(value).__name__}.")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"Not a finite number: {number}.")
    return number
