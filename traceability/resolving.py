"""What a Digital Link of this market is about, and where it can lead: the links of a GS1 resolver.

Only numbers that a cooperative registered are known. What is unknown and what may not be shown look alike: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from catalog.models import Product
from cooperatives.models import Cooperative
from marketplace.foundation.codes import normalise

from . import codes
from .digital_link import Link
from .gs1 import CHARACTERS
from .models import Gs1Number, Lot, TraceCode
from .statuses import CodeKind, LotStatus, NumberKind

VOCABULARY = "https://gs1.org/voc/"
LANGUAGES = ("vi", "en")
PRIMARY_KEYS = ("01", "414")


@dataclass(frozen=True)
class Found:
    """What a link is about: a cooperative's place, or goods, or one lot of them with the code of its page."""

    link: Link
    cooperative: Cooperative
    product: Product | None = None
    lot: Lot | None = None
    code: str = ""

    @property
    def anchor(self) -> str:
        """The link without attributes, at this market."""
        return Link(self.link.path).at(settings.MARKET_URL)


@dataclass(frozen=True)
class Target:
    """One place a link can lead to: of what type (a word of GS1's vocabulary), its path here, in which language."""

    type: str
    path: str
    title: str
    language: str = ""
    media: str = "text/html"

    @property
    def href(self) -> str:
        return settings.MARKET_URL + self.path


def find(link: Link) -> Found | None:
    """Return what ``link`` is about; None for numbers nobody registered, unknown lots and serials, and hidden goods."""
    if link.key not in PRIMARY_KEYS or {number for number, _value in link.path} - {"01", "10", "21", "414"}:
        return None
    kind = NumberKind.GTIN if link.key == "01" else NumberKind.GLN
    numbers = Gs1Number.objects.select_related("cooperative__stall", "product__cooperative__stall")
    number = numbers.filter(kind=kind, number=link.path[0][1], retired_at=None).first()
    if number is None:
        return None
    if number.product is None:
        return Found(link, number.cooperative) if number.cooperative.stall.is_open else None
    found = _narrowed(link, number)
    return found if found and (found.code or number.product.is_on_sale) else None


def _narrowed(link: Link, number: Gs1Number) -> Found | None:
    product = number.product
    assert product is not None
    if serial := link.get("21"):
        units = TraceCode.objects.filter(kind=CodeKind.UNIT, lot__product=product)
        unit = units.select_related("lot").filter(pk=normalise(serial)).first()
        if unit is None or (link.get("10") and unit.lot.number.upper() != link.get("10").upper()):
            return None
        return Found(link, number.cooperative, product, unit.lot, unit.code)
    if link.get("10"):
        lot = _lot(product, link.get("10"))
        code = codes.lot_code(lot) if lot else None
        return Found(link, number.cooperative, product, lot, code) if code else None
    return Found(link, number.cooperative, product)


def _lot(product: Product, number: str) -> Lot | None:
    """The lot of that name; in other capitals, too, as long as only one answers to it."""
    lots = list(codes.with_lot_code(product.lots.filter(number__iexact=number)))
    exact = next((lot for lot in lots if lot.number == number), None)
    return exact or (lots[0] if len(lots) == 1 else None)


def targets(found: Found) -> list[Target]:
    """Return every place ``found`` can lead to, the default first, Vietnamese before English."""
    return [target for language in LANGUAGES for target in _in(language, found)] + _data(found)


def _in(language: str, found: Found) -> list[Target]:
    with translation.override(language):
        stall = reverse("shop:stall", args=[found.cooperative.stall.slug])
        if found.product is None:
            return [Target("locationInfo", stall, found.cooperative.name, language)]
        made = []
        if found.code:
            page = reverse("trace", args=[found.code]) + ("" if language == "vi" else f"?lang={language}")
            made += [
                Target("traceability", page, _("Đường đi của lô"), language),
                Target("recallStatus", page, _("Lô có bị thu hồi không"), language),
                Target("certificationInfo", f"{page}#giay-to", _("Giấy tờ của lô"), language),
            ]
        # Nobody who asks about a recalled lot is sent to buy it.
        if found.product.is_on_sale and not (found.lot and found.lot.status == LotStatus.RECALLED):
            goods = reverse("shop:product", args=[found.product.slug])
            made += [
                Target("pip", goods, found.product.name, language),
                Target("certificationInfo", goods, _("Chứng nhận của mặt hàng"), language),
                Target("hasRetailers", stall, found.cooperative.name, language),
            ]
        return made


def _data(found: Found) -> list[Target]:
    if not found.lot or not found.code:
        return []
    page = reverse("trace_epcis", args=[found.code])
    return [Target("epcis", page, "EPCIS 2.0", media="application/ld+json")]


def of_type(available: Sequence[Target], asked: str, languages: Sequence[str]) -> list[Target]:
    """Return the targets of the type ``asked`` (``gs1:pip``, or its whole address) in the best of ``languages``.

    ``languages``: what the visitor reads, best first. Where none fits, the first language there is.
    """
    word = asked.strip().lower()
    for beginning in ("gs1:", VOCABULARY, "https://ref.gs1.org/voc/", "http://gs1.org/voc/"):
        word = word.removeprefix(beginning)
    fit = [target for target in available if target.type.lower() == word]
    best = next((one for one in languages if any(target.language == one for target in fit)), None)
    chosen = best or (fit[0].language if fit else "")
    return [target for target in fit if target.language == chosen]


def linkset(anchor: str, shown: Sequence[Target]) -> dict[str, Any]:
    """Return ``shown`` as an RFC 9264 linkset about ``anchor``."""
    about: dict[str, Any] = {"anchor": anchor}
    for target in shown:
        told: dict[str, Any] = {"href": target.href, "title": target.title, "type": target.media}
        if target.language:
            told["hreflang"] = [target.language]
        about.setdefault(VOCABULARY + target.type, []).append(told)
    return {"linkset": [about]}


def languages_of(header: str) -> list[str]:
    """Return the languages of an Accept-Language header that we speak, best first; q=0 means never.

    >>> languages_of("fr-BE, en-GB;q=0.7, vi;q=0.9")
    ['vi', 'en']
    """
    weighed: dict[str, float] = {}
    for word in header[:400].split(","):
        name, _semicolon, quality = word.partition(";")
        language = name.strip().lower().partition("-")[0]
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            weight = 0.0
        if language in LANGUAGES and weight > 0:
            weighed[language] = max(weight, weighed.get(language, 0))
    return sorted(weighed, key=lambda language: -weighed[language])


def link_of(lot: Lot, gtin: str, packet: str = "", *, is_short: bool = False) -> Link | None:
    """Return the Digital Link of ``lot``, or of one ``packet`` by its code, under the GTIN of its goods.

    ``is_short`` leaves out the lot where a packet is named. None when the lot's name has letters unknown to GS1.
    """
    if not lot.number or any(character not in CHARACTERS for character in lot.number):
        return None
    of_lot = () if packet and is_short else (("10", lot.number),)
    return Link((("01", gtin), *of_lot, *((("21", packet),) if packet else ())))
