"""GS1 Digital Link, URI syntax 1.6: links that say what a thing is, read strictly, built, and brought to one form.

``https://any.host/any/stem/01/<gtin>/10/<lot>/21/<serial>?17=<expiry>``: one key with what narrows it in the path,
the rest behind the question mark. Compressed links are neither read nor written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from . import gs1
from . import gs1_facts as facts
from .gs1 import Element, NotGS1

CANONICAL = "https://id.gs1.org"
LONGEST = 2000

_NOT_IN_QUERY = frozenset(facts.NOT_IN_QUERY.split())
_SCHEME = re.compile(r"https?://|HTTPS?://")
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_HOST = re.compile(r"[A-Za-z0-9\-.:\[\]]+")


@dataclass(frozen=True)
class Allowed:
    """What is let pass beyond the standard: GTINs without their zeros, names for numbers, numbers GS1 may add."""

    short_gtins: bool = False
    names: bool = False
    unknown: bool = False


STRICT = Allowed()


@dataclass(frozen=True)
class Link:
    """What a link says: the key and what narrows it, then attributes in the order they were given."""

    path: tuple[Element, ...]
    query: tuple[Element, ...] = ()

    @property
    def elements(self) -> list[Element]:
        return [*self.path, *self.query]

    @property
    def key(self) -> str:
        """The number of the identifier the link is about."""
        return self.path[0][0]

    def get(self, number: str) -> str:
        """Return the value of ``number`` in this link, or ""."""
        return dict(self.elements).get(number, "")

    def at(self, stem: str) -> str:
        """Return the link below ``stem``: fixed-length attributes first, as the canonical form wants."""
        path = "".join(f"/{number}/{escape(value)}" for number, value in self.path)
        ordered = sorted(self.query, key=lambda element: not gs1.is_fixed(element[0]))
        query = "&".join(f"{number}={escape(value, in_query=True)}" for number, value in ordered)
        return stem.removesuffix("/") + path + (f"?{query}" if query else "")

    @property
    def canonical(self) -> str:
        """The one form for comparing; never printed.

        >>> parse("HTTPS://EXAMPLE.VN/t/01/08938500000010/10/L2510A#top").canonical
        'https://id.gs1.org/01/08938500000010/10/L2510A'
        """
        return self.at(CANONICAL)


def is_web_address(text: str) -> bool:
    """Whether ``text`` begins like a link (the scheme in one case, as symbols are printed)."""
    return _SCHEME.match(text) is not None


def parse(uri: str, allowed: Allowed = STRICT) -> Link:
    """Return what ``uri`` says. Raises NotGS1 for everything that is not a whole and right Digital Link."""
    scheme = _SCHEME.match(uri)
    if scheme is None:
        raise NotGS1(_("Đây không phải một đường dẫn GS1."))
    if len(uri) > LONGEST:
        raise NotGS1(_("Đường dẫn dài quá."))
    if not _URI.fullmatch(uri):
        raise NotGS1(_("Đường dẫn có chữ lạ."))
    host, slash, rest = uri[scheme.end() :].partition("/")
    if not slash or not _HOST.fullmatch(host):
        raise NotGS1(_("Tên máy chủ trong đường dẫn không đúng."))
    before, _mark, query = rest.partition("#")[0].partition("?")
    path = _path(before.split("/"), allowed)
    link = Link(tuple(path), tuple(_query(query, allowed)))
    _check_places(link, allowed)
    gs1.check_together(link.elements, unknown=allowed.unknown)
    return link


def _path(segments: Sequence[str], allowed: Allowed) -> list[Element]:
    """The pairs from the last key of the path to its end: what stands before may be anything."""
    elements = []
    for number, value in _pairs(segments, names=allowed.names, unknown=allowed.unknown):
        if not value:
            raise NotGS1(format_lazy(_("Phần ({number}) của mã bị trống."), number=number))
        elements.append(_element(number, unescape(value), allowed))
    return elements


def _pairs(segments: Sequence[str], *, names: bool, unknown: bool = False) -> list[Element]:
    found: list[Element] = []
    for at in range(len(segments) - 2, -1, -2):
        number = facts.NAMES.get(segments[at], segments[at]) if names else segments[at]
        if gs1.find(number, unknown=unknown) is None:
            break
        found.insert(0, (number, segments[at + 1]))
        if number in facts.KEYS:
            return found
    raise NotGS1(_("Đường dẫn này không nói về một mã GS1 nào."))


def _query(query: str, allowed: Allowed) -> list[Element]:
    elements = []
    for word in query.split("&"):
        number, is_given, value = word.partition("=")
        if not is_given or not (number.isascii() and number.isdigit()):
            continue  # linkType=, utm_source= and the like are somebody else's
        if gs1.find(number, unknown=allowed.unknown) is None:
            raise NotGS1(format_lazy(_("Số ({number}) không có trong bảng của GS1."), number=number[:4]))
        elements.append(_element(number, unescape(value, in_query=True), allowed))
    return elements


def _element(number: str, value: str, allowed: Allowed) -> Element:
    identifier = gs1.find(number, unknown=allowed.unknown)
    assert identifier is not None  # both callers have looked
    if number == "01" and allowed.short_gtins and len(value) in (8, 12, 13):
        value = value.zfill(14)
    gs1.check_value(identifier, value)
    return number, value


def _check_places(link: Link, allowed: Allowed) -> None:
    """Raise NotGS1 for a path in the wrong order, a number said twice, or one on the wrong side of the ``?``."""
    narrowing = [number for number, _value in link.path[1:]]
    if not _is_in_order(link.key, narrowing):
        raise NotGS1(_("Các phần trong đường dẫn đứng sai thứ tự."))
    numbers = [number for number, _value in link.elements]
    if len(set(numbers)) < len(numbers):
        raise NotGS1(_("Một phần của mã được ghi hai lần."))
    for number, _value in link.query:
        _check_attribute(number, allowed)
        if any(
            _is_in_order(link.key, [*narrowing[:at], number, *narrowing[at:]])
            for at in range(len(narrowing) + 1)
        ):
            raise NotGS1(format_lazy(_("Phần ({number}) phải đứng trước dấu hỏi."), number=number))


def _check_attribute(number: str, allowed: Allowed) -> None:
    if number in _NOT_IN_QUERY or (gs1.find(number) is None and not allowed.unknown):
        raise NotGS1(format_lazy(_("Phần ({number}) không đứng sau dấu hỏi được."), number=number))


def _is_in_order(key: str, narrowing: Sequence[str]) -> bool:
    return any(_is_within(narrowing, order.split()) for order in facts.KEYS[key])


def _is_within(some: Sequence[str], order: Sequence[str]) -> bool:
    rest = iter(order)
    return all(number in rest for number in some)


def of(elements: Sequence[Element], allowed: Allowed = STRICT) -> Link:
    """Return the link that says ``elements``: the first key leads, as many as may narrow it follow in the path.

    Raises NotGS1 when no link can say them.

    >>> of([("01", "08938500000010"), ("17", "261020"), ("10", "L2510A")]).at("https://cho.vn")
    'https://cho.vn/01/08938500000010/10/L2510A?17=261020'
    """
    gs1.check_together(elements, unknown=allowed.unknown)
    values = dict(elements)
    key = next((number for number in values if number in facts.KEYS), None)
    if key is None:
        raise NotGS1(_("Thiếu mã chính: một đường dẫn phải nói về một mã GS1."))
    orders = ([number for number in order.split() if number in values] for order in facts.KEYS[key])
    path = [key, *max(orders, key=len)]
    query = [number for number in values if number not in path]
    for number in query:
        _check_attribute(number, allowed)
    return Link(tuple((n, values[n]) for n in path), tuple((n, values[n]) for n in query))


def escape(value: str, *, in_query: bool = False) -> str:
    """Percent-encode all but letters, digits and ``-._~``; behind the ``?`` a blank becomes ``+``."""
    return quote_plus(value, safe="") if in_query else quote(value, safe="")


def unescape(value: str, *, in_query: bool = False) -> str:
    """Undo ``escape``; each byte is one character, and a % that begins nothing stays as it is."""
    if in_query:
        value = value.replace("+", " ")
    return re.sub("%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), value)


# --- what a reader of symbols says --------------------------------------------------------------------------------

_SYMBOLOGIES = {
    "C1": "GS1_128_CCA",
    "E0": "EAN13",
    "E4": "EAN8",
    "e0": "DataBarExpanded",
    "d1": "DM",
    "d2": "DM",
    "Q1": "QR",
    "Q3": "QR",
    "J0": "DotCode",
    "J1": "DotCode",
}
_PLAIN = {"d1", "Q1", "J0"}


def read_scanned(text: str) -> tuple[str, str]:
    """Return (symbology, data) of what a hand scanner sends: ``]``, two characters for the symbol, then its data.

    Data of a GS1 symbol is an element string; a plain one that begins with ``^`` gets a backslash before it. A web
    address must be a Digital Link. Raises NotGS1.

    >>> read_scanned("]Q1https://cho.vn/01/08938500000010")
    ('QR', 'https://cho.vn/01/08938500000010')
    """
    mark, data = text[1:3], text[3:]
    if not text.startswith("]") or mark not in _SYMBOLOGIES:
        raise NotGS1(_("Máy quét gửi một loại mã mà chợ không đọc được."))
    if mark in ("E0", "E4"):
        return _SYMBOLOGIES[mark], _read_retail(data, 13 if mark == "E0" else 8)
    if mark not in _PLAIN:
        return _SYMBOLOGIES[mark], _read_symbol(data)
    if data.lstrip("\\").startswith("^"):
        data = "\\" + data
    if is_web_address(data):
        parse(data)
    return _SYMBOLOGIES[mark], data


def _read_retail(data: str, length: int) -> str:
    """The number of a retail symbol; what a second symbol above it says follows behind a bar."""
    number, second = data[:length], data[length:]
    if len(number) < length or not gs1.has_check_digit(number) or (second and not second.startswith("|]e0")):
        raise NotGS1(_("Số dưới vạch không đúng."))
    return number + (f"|{_read_symbol(second[4:])}" if second else "")


def _read_symbol(data: str) -> str:
    if gs1.SEPARATOR in data:
        raise NotGS1(_("Đường dẫn có chữ lạ."))
    said = gs1.SEPARATOR + data.replace("\x1d", gs1.SEPARATOR)
    gs1.read(said)
    return said


# --- the strict form that event hashes are made of ----------------------------------------------------------------

_URN = re.compile(r"urn:epc:(?:id|class|idpat):([a-z]+):([0-9]{6,12})\.(.+)")
_APOSTROPHE = "'"
_LENIENT = {"01": ["21", "10", "235"], "8006": ["21", "10"], "414": ["254"], "8010": ["8011"]}


def constrained(text: str) -> str | None:
    """Return the canonical link of an EPC URN or of a link of any host, as CBV wants it for event hashes.

    No query; of lot and serial only the serial. Old names and short GTINs are read, check digits are taken as given:
    two systems must come to one hash even for a slip. None when ``text`` is neither.

    >>> constrained("https://cho.vn/gtin/9780345418913/lot/1223/ser/765tz?11=221109")
    'https://id.gs1.org/01/09780345418913/21/765tz'
    """
    elements = _of_urn(text) if text.startswith("urn:epc:") else _of_link(text)
    if not elements:
        return None
    key, value = elements[0]
    if key == "01" and len(value) in (8, 12, 13):
        value = value.zfill(14)
    said = dict(elements[1:])
    finest = next(((number, said[number]) for number in _LENIENT.get(key, []) if said.get(number)), None)
    kept = [(key, value), *([finest] if finest else [])]
    if not all(_fits(*element) for element in kept):
        return None
    # CBV's reference leaves the apostrophe alone, so an id hangs on leaving it alone.
    return CANONICAL + "".join(f"/{number}/{quote(value, safe=_APOSTROPHE)}" for number, value in kept)


def _of_link(text: str) -> list[Element]:
    scheme = re.match("https?://", text)
    if scheme is None:
        return []
    path = text[scheme.end() :].partition("#")[0].partition("?")[0].removesuffix("/")
    try:
        pairs = _pairs(path.split("/")[1:], names=True)
    except NotGS1:
        return []
    return [(number, unescape(value)) for number, value in pairs]


def _fits(number: str, value: str) -> bool:
    identifier = gs1.find(number)
    return identifier is not None and gs1.has_shape(identifier, value)


def _of_urn(text: str) -> list[Element]:
    found = _URN.fullmatch(text)
    if found is None or found[1] not in _SCHEMES:
        return []
    scheme, prefix, rest = found.groups()
    words = [unescape("" if word == "*" else word) for word in rest.split(".")]
    try:
        return _SCHEMES[scheme](prefix, *words)
    except (TypeError, ValueError):  # too few or too many words, letters where digits belong
        return []


def _checked(digits: str, length: int) -> str:
    if len(digits) != length or not digits.isdigit():
        raise ValueError(digits)
    return digits + gs1.check_digit(digits)


def _gtin(prefix: str, item: str) -> str:
    return _checked(item[:1] + prefix + item[1:], 13)


_SCHEMES: dict[str, Callable[..., list[Element]]] = {
    "sgtin": lambda p, item, serial="": [("01", _gtin(p, item)), ("21", serial)],
    "lgtin": lambda p, item, lot="": [("01", _gtin(p, item)), ("10", lot)],
    "upui": lambda p, item, serial="": [("01", _gtin(p, item)), ("235", serial)],
    "sscc": lambda p, serial: [("00", _checked(serial[:1] + p + serial[1:], 17))],
    "sgln": lambda p, place, more="": [
        ("414", _checked(p + place, 12)),
        ("254", "" if more == "0" else more),
    ],
    "pgln": lambda p, party: [("417", _checked(p + party, 12))],
    "grai": lambda p, kind, serial="": [("8003", "0" + _checked(p + kind, 12) + serial)],
    "giai": lambda p, asset: [("8004", p + asset)],
    "gsrn": lambda p, person: [("8018", _checked(p + person, 17))],
    "gsrnp": lambda p, person: [("8017", _checked(p + person, 17))],
    "gdti": lambda p, kind, serial="": [("253", _checked(p + kind, 12) + serial)],
    "sgcn": lambda p, coupon, serial="": [("255", _checked(p + coupon, 12) + serial)],
    "ginc": lambda p, load: [("401", p + load)],
    "gsin": lambda p, shipment: [("402", _checked(p + shipment, 16))],
    "cpi": lambda p, part, serial="": [("8010", p + part), ("8011", serial)],
    "itip": lambda p, item, piece, of_all, serial="": [
        ("8006", _gtin(p, item) + piece + of_all),
        ("21", serial),
    ],
}
