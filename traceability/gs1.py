"""GS1 identifiers ("AI"s): reading element strings, checking what each holds and which may stand together.

Knows nothing of this market: no table, no request. The facts stand in ``gs1_facts``; the link form of the same data is
``digital_link``. An element is a pair of identifier and value, ``("10", "L2510A")``.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.foundation.refusals import Refusal, Text

from . import gs1_facts as facts

Element = tuple[str, str]

SEPARATOR = "^"  # how FNC1 is written where it cannot be printed
CHARACTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_OF_PAIRS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PREFIX = 4  # the shortest beginning of a GS1 company prefix


class NotGS1(Refusal):
    """What was read is not GS1 data, or its identifiers may not stand together; the text says why."""

    code = "not_gs1"


@dataclass(frozen=True)
class Part:
    """One part of a value: its kind of characters, how many, and the rules it keeps."""

    kind: str
    least: int
    most: int
    rules: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class Identifier:
    """What GS1 says of one identifier."""

    number: str
    parts: tuple[Part, ...]
    beside: tuple[tuple[str, ...], ...] = ()  # one of these groups must stand beside it
    never: tuple[str, ...] = ()

    @property
    def least(self) -> int:
        return sum(part.least for part in self.parts if not part.optional)

    @property
    def most(self) -> int:
        return sum(part.most for part in self.parts)

    @property
    def is_fixed(self) -> bool:
        """Whether the next identifier follows without a separator."""
        return is_fixed(self.number)


_FIXED = frozenset(facts.FIXED.split())


def is_fixed(number: str) -> bool:
    """Whether values of ``number`` have one fixed length, so that no separator follows them."""
    return number[:2] in _FIXED


_ANY = (Part("X", 1, 90, (), False),)


def find(number: str, *, unknown: bool = False) -> Identifier | None:
    """Return the identifier ``number``; None when there is none, a stand-in when ``unknown`` ones are let pass."""
    known = _identifiers().get(number)
    if known is None and unknown and re.fullmatch(r"[0-9]{2,4}", number) and not _begins(number):
        return Identifier(number, _ANY)
    return known


def _begins(number: str) -> bool:
    """Whether a known identifier of another length begins like ``number``: then this one cannot be one."""
    known = {len(one) for one in _identifiers() if one[:2] == number[:2]}
    return bool(known) and known != {len(number)}


# --- reading element strings --------------------------------------------------------------------------------------


def read(text: str, *, unknown: bool = False) -> list[Element]:
    """Return the elements of an element string, ``^01…^10…`` or ``(01)…(10)…``, each checked by itself.

    Says nothing on which may stand together (``check_together``). Raises NotGS1.

    >>> read("(01)08938500000010(10)L2510A")
    [('01', '08938500000010'), ('10', 'L2510A')]
    """
    if text.startswith("("):
        return _read_bracketed(text, unknown=unknown)
    if text.startswith(SEPARATOR):
        return _read_raw(text[1:])
    raise NotGS1(_("Đây không phải dữ liệu GS1."))


def _read_bracketed(text: str, *, unknown: bool) -> list[Element]:
    elements = []
    # A bracket that belongs to the value is written \( .
    for found in re.split(r"(?<!\\)(?=\()", text):
        if not found:
            continue
        number, bracket, value = found[1:].partition(")")
        if not bracket:
            raise NotGS1(_("Dữ liệu GS1 viết dở dang."))
        identifier = find(number, unknown=unknown)
        if identifier is None:
            raise _no_such(number)
        value = value.replace("\\(", "(")
        check_value(identifier, value)
        elements.append((number, value))
    return elements


def _read_raw(text: str) -> list[Element]:
    if not text:
        raise NotGS1(_("Dữ liệu GS1 bị trống."))
    elements = []
    while text:
        identifier = next((one for size in (2, 3, 4) if (one := find(text[:size])) is not None), None)
        if identifier is None:
            raise _no_such(text[:4])
        rest = text[len(identifier.number) :]
        value, _separator, after = rest.partition(SEPARATOR)
        if identifier.is_fixed and len(value) > identifier.most:
            value, after = rest[: identifier.most], rest[identifier.most :]
        check_value(identifier, value)
        elements.append((identifier.number, value))
        text = after
    return elements


def write(elements: Iterable[Element]) -> str:
    """Return the element string of ``elements``, a separator before each that needs one.

    >>> write([("01", "08938500000010"), ("10", "L2510A"), ("99", "X")])
    '^010893850000001010L2510A^99X'
    """
    text, parted = "", True
    for number, value in elements:
        text += (SEPARATOR if parted else "") + number + value
        parted = not is_fixed(number)
    return text


# --- which may stand together -------------------------------------------------------------------------------------


def check_together(elements: Sequence[Element], *, unknown: bool = False) -> None:
    """Raise NotGS1 when an element says two things, excludes another, or lacks a partner it needs."""
    for check in TOGETHER.values():
        check(elements, unknown)


def _check_repeats(elements: Sequence[Element], _unknown: bool) -> None:
    values = dict(elements)
    for number, value in elements:
        if values[number] != value:
            raise NotGS1(_said(number, _("có hai giá trị khác nhau")))


def _check_exclusive(elements: Sequence[Element], unknown: bool) -> None:
    for identifier, others in _with_others(elements, unknown):
        if any(_matches(pattern, other) for pattern in identifier.never for other in others):
            raise NotGS1(_said(identifier.number, _("không được đứng cùng một phần khác trong mã này")))


def _check_partners(elements: Sequence[Element], unknown: bool) -> None:
    for identifier, others in _with_others(elements, unknown):
        if identifier.beside and not any(
            all(any(_matches(pattern, other) for other in others) for pattern in group)
            for group in identifier.beside
        ):
            raise NotGS1(_said(identifier.number, _("thiếu phần phải đi cùng")))


def _check_signed(elements: Sequence[Element], _unknown: bool) -> None:
    """A signature is about one thing, so the thing must say its own serial."""
    values = dict(elements)
    for number in ("253", "255", "8003"):
        if "8030" in values and len(values.get(number, "")) == _identifiers()[number].least:
            raise NotGS1(_said(number, _("thiếu số của từng chiếc")))


TOGETHER = {
    "repeats": _check_repeats,
    "mutually_exclusive": _check_exclusive,
    "requisites": _check_partners,
    "digsig_serial": _check_signed,
}


def _with_others(elements: Sequence[Element], unknown: bool) -> Iterator[tuple[Identifier, list[str]]]:
    numbers = list(dict.fromkeys(number for number, _value in elements))
    for number in numbers:
        identifier = find(number, unknown=unknown)
        if identifier is None:
            raise _no_such(number)
        yield identifier, [other for other in numbers if other != number]


def _matches(pattern: str, number: str) -> bool:
    return len(pattern) == len(number) and all(p in ("n", c) for p, c in zip(pattern, number, strict=True))


# --- what a value holds -------------------------------------------------------------------------------------------


def check_value(identifier: Identifier, value: str) -> None:
    """Raise NotGS1 when ``value`` cannot be the value of ``identifier``."""
    number = identifier.number
    if SEPARATOR in value:
        raise NotGS1(_said(number, _("có chữ lạ")))
    if len(value) < identifier.least:
        raise NotGS1(_said(number, _("ngắn quá")))
    if len(value) > identifier.most:
        raise NotGS1(_said(number, _("dài quá")))
    for part, piece in _pieces(identifier, value):
        if len(piece) < part.least:
            raise NotGS1(_said(number, _("ngắn quá")))
        if not _KINDS[part.kind](piece):
            raise NotGS1(_said(number, _("có chữ lạ")))
        for rule in part.rules:
            keeps, sentence = _RULES[rule]
            if not keeps(piece):
                raise NotGS1(_said(number, sentence))


def has_shape(identifier: Identifier, value: str) -> bool:
    """Whether ``value`` has the length and the kinds of characters of ``identifier``, its rules left aside."""
    return identifier.least <= len(value) <= identifier.most and all(
        len(piece) >= part.least and _KINDS[part.kind](piece) for part, piece in _pieces(identifier, value)
    )


def _pieces(identifier: Identifier, value: str) -> list[tuple[Part, str]]:
    """The parts that ``value`` has, each with its piece."""
    pieces = []
    for part in identifier.parts:
        piece, value = value[: part.most], value[part.most :]
        if piece or not part.optional:
            pieces.append((part, piece))
    return pieces


def check_digit(digits: str) -> str:
    """Return the check digit that belongs behind ``digits`` (GTIN, GLN, SSCC and the like).

    >>> check_digit("893850000001")
    '0'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Whether ``digits`` ends with its check digit.

    >>> has_check_digit("08938500000010"), has_check_digit("08938500000011"), has_check_digit("")
    (True, False, False)
    """
    return len(digits) > 1 and _is_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def is_day(value: str) -> bool:
    """Whether ``value`` is a day as YYMMDD; day 00 means the month.

    >>> is_day("261020"), is_day("200600"), is_day("220229")
    (True, True, False)
    """
    if not re.fullmatch(r"[0-9]{6}", value):
        return False
    year, month, day = _year(int(value[:2])), int(value[2:4]), int(value[4:])
    return 1 <= month <= 12 and day <= calendar.monthrange(year, month)[1]


def _year(two: int) -> int:
    """The year GS1 means by two digits: at most 49 back and 50 ahead of this one."""
    now = timezone.localdate().year
    year = now - now % 100 + two
    if two - now % 100 >= 51:
        return year - 100
    return year + 100 if two - now % 100 <= -50 else year


def _is_digits(piece: str) -> bool:
    return piece.isascii() and piece.isdigit()


def _all_of(characters: str) -> Callable[[str], bool]:
    allowed = frozenset(characters)
    return lambda piece: allowed.issuperset(piece)


_WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _is_base64(piece: str) -> bool:
    bare = piece.rstrip("=")
    padding = len(piece) - len(bare)
    return padding <= 2 and not (padding and len(piece) % 3) and _all_of(_WORD)(bare)


_KINDS: dict[str, Callable[[str], bool]] = {
    "N": _is_digits,
    "X": _all_of(CHARACTERS),
    "Y": _all_of("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "Z": _is_base64,
}


def _starts_with_prefix(piece: str) -> bool:
    return len(piece) >= _PREFIX and _is_digits(piece[:_PREFIX])


def _is_full_day(piece: str) -> bool:
    return is_day(piece) and piece[4:] != "00"


def _is_long_day(piece: str) -> bool:
    try:
        dt.date(int(piece[:4]), int(piece[4:6]), int(piece[6:]))
    except ValueError:
        return False
    return True


def _has_check_pair(piece: str) -> bool:
    """Two characters at the end, of GS1's own reckoning with primes."""
    data = piece[:-2]
    primes = [n for n in range(2, 512) if all(n % m for m in range(2, int(n**0.5) + 1))][: len(data)]
    if len(piece) < 2 or len(primes) < len(data):
        return False
    weighed = zip(data, reversed(primes), strict=True)
    total = sum(CHARACTERS.index(character) * prime for character, prime in weighed) % 1021
    return piece[-2:] == _OF_PAIRS[total >> 5] + _OF_PAIRS[total & 31]


def _is_iban(piece: str) -> bool:
    if piece[:2] not in _COUNTRIES2 or not re.fullmatch(r"[0-9A-Z]{11,34}", piece):
        return False
    return int("".join(str(int(character, 36)) for character in piece[4:] + piece[:4])) % 97 == 1


def _is_piece_of_all(piece: str) -> bool:
    half = len(piece) // 2
    return 0 < int(piece[:half]) <= int(piece[half:])


def _is_place_of_all(piece: str) -> bool:
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", piece)
    return found is not None and int(found[1]) <= int(found[2])


def _runs(text: str) -> frozenset[str]:
    """The numbers of a list of numbers and runs such as ``031-032``."""
    found = set()
    for word in text.split():
        first, _dash, last = word.partition("-")
        found |= {f"{n:03d}" for n in range(int(first), int(last or first) + 1)}
    return frozenset(found)


_COUNTRIES, _CURRENCIES = _runs(facts.COUNTRIES), _runs(facts.CURRENCIES)
_COUNTRIES2 = frozenset(facts.COUNTRIES2.split())
_MEDIA = frozenset(f"{n:02d}" for n in (*range(1, 11), *range(80, 100)))

_WRONG = _("không đúng")
_NO_SUCH_DAY = _("không phải một ngày có thật")
_NO_SUCH_TIME = _("không phải một giờ có thật")
_NO_SUCH_COUNTRY = _("không phải mã một nước")

_RULES: dict[str, tuple[Callable[[str], bool], Text]] = {
    "check": (has_check_digit, _("sai chữ số kiểm tra")),
    "check_pair": (_has_check_pair, _("sai chữ số kiểm tra")),
    "prefix": (_starts_with_prefix, _("không bắt đầu bằng mã doanh nghiệp")),
    "prefix2": (lambda piece: _starts_with_prefix(piece[1:]), _("không bắt đầu bằng mã doanh nghiệp")),
    "day0": (is_day, _NO_SUCH_DAY),
    "day": (_is_full_day, _NO_SUCH_DAY),
    "long_day": (_is_long_day, _NO_SUCH_DAY),
    "hour": (lambda piece: int(piece) < 24, _NO_SUCH_TIME),
    "sixty": (lambda piece: int(piece) < 60, _NO_SUCH_TIME),
    "minutes": (lambda piece: int(piece[:2]) < 24 and int(piece[2:]) < 60, _NO_SUCH_TIME),
    "country": (_COUNTRIES.__contains__, _NO_SUCH_COUNTRY),
    "country_or_all": (lambda piece: piece == "999" or piece in _COUNTRIES, _NO_SUCH_COUNTRY),
    "country2": (_COUNTRIES2.__contains__, _NO_SUCH_COUNTRY),
    "currency": (_CURRENCIES.__contains__, _("không phải mã một đồng tiền")),
    "percent": (
        lambda piece: not re.search(r"%(?![0-9A-Fa-f]{2})", piece),
        _("có dấu phần trăm viết dở dang"),
    ),
    "latitude": (lambda piece: int(piece) <= 1_800_000_000, _WRONG),
    "longitude": (lambda piece: int(piece) <= 3_600_000_000, _WRONG),
    "yes_or_no": (lambda piece: piece in "01", _WRONG),
    "minus": (lambda piece: piece == "-", _WRONG),
    "importer": (_all_of(_WORD), _WRONG),
    "medium": (_MEDIA.__contains__, _WRONG),
    "sex": (lambda piece: piece in "0129", _WRONG),
    "place_of_all": (_is_place_of_all, _WRONG),
    "piece": (_is_piece_of_all, _WRONG),
    "not_zero": (lambda piece: int(piece) != 0, _WRONG),
    "zero": (lambda piece: piece == "0", _WRONG),
    "winding": (lambda piece: piece in "019", _WRONG),
    "iban": (_is_iban, _WRONG),
    "no_zero_first": (lambda piece: not piece.startswith("0"), _WRONG),
    "not_digits": (lambda piece: not _is_digits(piece), _WRONG),
}


def _said(number: str, what: Text) -> Text:
    """One sentence: which number, and what of it is wrong."""
    return format_lazy(_("Phần ({number}) của mã {what}."), number=number, what=what)


def _no_such(number: str) -> NotGS1:
    return NotGS1(format_lazy(_("Số ({number}) không có trong bảng của GS1."), number=number[:4]))


# --- the table ----------------------------------------------------------------------------------------------------


@cache
def _identifiers() -> dict[str, Identifier]:
    table = {}
    for line in facts.IDENTIFIERS.strip().splitlines():
        run, *words = line.split()
        parts = tuple(_part(word) for word in words if "=" not in word)
        named = dict(word.split("=") for word in words if "=" in word)
        beside = tuple(tuple(group.split("+")) for group in named.get("with", "").split(",") if group)
        never = [pattern for pattern in named.get("not", "").split(",") if pattern]
        for number in _numbers(run):
            patterns = tuple(number[:-1] + "n" if pattern == "same" else pattern for pattern in never)
            table[number] = Identifier(number, parts, beside, patterns)
    return table


def _numbers(run: str) -> list[str]:
    """The numbers a line is about: ``10``, ``15-16``, ``310n-316n``, ``390n9``."""
    first, _dash, last = run.partition("-")
    stem, n, highest = first.partition("n")
    stems = [f"{number:0{len(stem)}d}" for number in range(int(stem), int(last.rstrip("n") or stem) + 1)]
    if not n:
        return stems
    return [f"{one}{digit}" for one in stems for digit in range(int(highest or 5) + 1)]


def _part(word: str) -> Part:
    optional = word.endswith("?")
    shape, *rules = word.rstrip("?").split(":")
    length = int(shape[1:].lstrip("."))
    least = 1 if ".." in shape else length
    return Part(shape[0], least, length, tuple(rules), optional)
