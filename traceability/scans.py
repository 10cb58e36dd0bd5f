"""What a scanned code is worth: the Verdict shown to everybody. ``looks`` counts how often codes are looked at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import OuterRef, Prefetch
from django.utils import timezone

from catalog.models import OcopCertificate, Product, ProductImage
from catalog.statuses import CertificateStatus
from cooperatives.models import Cooperative
from marketplace.foundation.cache import is_too_often
from marketplace.foundation.codes import is_valid, normalise
from marketplace.foundation.nested import Rows
from marketplace.foundation.planned import Planned
from marketplace.foundation.text import clean

from . import collecting, digital_link, dossier, events, making, resolving, sensing
from .dossier import Item
from .gs1 import NotGS1
from .making import Step
from .models import AlarmCase, Lot, LotPaper, LotWaiver, ScratchPin, TraceCode, TraceEvent
from .sensing import Span
from .statuses import (
    AlarmLevel,
    AlarmStatus,
    CodeKind,
    CodeStatus,
    DossierItem,
    DossierStatus,
    LotStatus,
)

LONGEST_TYPED = 64
MOST_GUESSES, GUESS_SECONDS = 30, 600


@dataclass(frozen=True)
class Verdict:
    """What the market can truthfully say about one code.

    ``kind``: lot, unit (in order), amber, spent (its number was confirmed), expired, red (amber, red: the label looks
    copied, ``alarm`` says how much), inactive (not on goods yet), revoked, recalled (the last wins), or unknown; then
    ``lot`` and all that hangs on it is empty and ``typed`` is what was asked. ``certificates`` are the verified ones,
    lapsed ones included. ``households`` and ``plots``: of how many the lot is.
    """

    kind: str
    code: str
    typed: str
    lot: Lot | None = None
    code_kind: str = ""
    events: list[TraceEvent] = field(default_factory=list)
    papers: list[LotPaper] = field(default_factory=list)
    certificates: list[OcopCertificate] = field(default_factory=list)
    alarm: AlarmCase | None = None
    pin: ScratchPin | None = None
    items: list[Item] = field(default_factory=list)
    households: int = 0
    plots: int = 0
    measured: list[Span] = field(default_factory=list)
    made_of: list[Step] = field(default_factory=list)
    made_into: list[Step] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether everything is told that the law asks for, and the cooperative put its word to it."""
        is_released = self.lot is not None and self.lot.dossier == DossierStatus.RELEASED
        return is_released and not self.missing

    @property
    def missing(self) -> list[Item]:
        """What the law asks for and nobody told."""
        return dossier.missing(self.items)

    @property
    def without_expiry(self) -> str:
        """Why the lot has no expiry, where the cooperative said so."""
        return next((item.waived for item in self.items if item.key == DossierItem.EXPIRY), "")

    @property
    def standard(self) -> Item | None:
        """Which standards hold, or why none does."""
        found = (item for item in self.items if item.key == DossierItem.STANDARD and item.is_done)
        return next(found, None)

    @property
    def asks_for_pin(self) -> bool:
        """Whether the number under the scratch layer may be typed: the packet is in order, and its label has one."""
        return self.pin is not None and self.kind in ("unit", "amber", "red", "expired", "spent")

    @property
    def product(self) -> Product | None:
        return self.lot.product if self.lot else None

    @property
    def cooperative(self) -> Cooperative | None:
        return self.lot.cooperative if self.lot else None

    @property
    def is_unit(self) -> bool:
        return self.code_kind == CodeKind.UNIT

    @property
    def is_mistyped(self) -> bool:
        """Whether the code cannot be one of ours: wrong length, letters or check character."""
        return not is_valid(self.code)

    @property
    def star(self) -> OcopCertificate | None:
        """The certificate whose stars may show today."""
        return next((certificate for certificate in self.certificates if certificate.is_in_force), None)


class Glance(NamedTuple):
    """Which page a known code leads to, without reading the page: everything it shows hangs on these, on the day
    and on the language; only the code itself and how often it was looked at differ between the codes of a lot."""

    code: str
    kind: str
    status: str
    lot_id: int
    versions: str  # of the lot, its product and its stall
    scans: int  # looks so far, but for those that a stream still holds
    pin: str = ""  # when its scratch number was confirmed, or that it waits
    alarm: str = ""  # level, devices and places while the code's label looks copied

    @property
    def page(self) -> tuple[Any, ...]:
        """Equal for two codes that show the same words today."""
        return (*self[1:-3], self.pin, self.alarm, timezone.localdate())

    @property
    def is_unit(self) -> bool:
        return self.kind == CodeKind.UNIT


# The busiest query of the market. One row leads to the next by its key; as a join of four tables PostgreSQL takes
# longer to plan it.
_GLANCE = Planned(
    "glance_at_a_code",
    "varchar",
    """
    SELECT code.kind, code.status, code.lot_id,
           (SELECT lot.version || '.' ||
                   (SELECT product.version FROM catalogue_product product WHERE product.id = lot.product_id) || '.' ||
                   (SELECT stall.version FROM partner_stall stall WHERE stall.cooperative_id = lot.cooperative_id)
            FROM traceability_lot lot WHERE lot.id = code.lot_id),
           (SELECT COALESCE(SUM(day.count), 0) FROM traceability_scanday day WHERE day.code_id = code.code) +
           (SELECT COUNT(*) FROM traceability_waitingscan waiting WHERE waiting.code = code.code),
           COALESCE((SELECT COALESCE(CAST(pin.confirmed_at AS text), 'waits')
                     FROM traceability_scratchpin pin WHERE pin.code_id = code.code), ''),
           COALESCE((SELECT alarm.level || '.' || alarm.devices || '.' || alarm.places
                     FROM traceability_alarmcase alarm
                     WHERE alarm.code_id = code.code AND alarm.status <> 'harmless'), '')
    FROM traceability_tracecode code
    WHERE code.code = %s
""",
)


def glance(code_text: str) -> Glance | None:
    """Find a code as ``look`` does, in one query; None when it is not known."""
    code = normalise(code_text[: LONGEST_TYPED + 1])
    if not is_valid(code):
        return None
    found = _GLANCE.row(code)
    return Glance(code, *found) if found else None


def look(code_text: str) -> Verdict:
    """Return the verdict on ``code_text`` as typed or scanned: any case, dashes, o for 0, i and l for 1.

    At most five queries, none for a code that cannot be one. Counts nothing (``looks.count`` does).
    """
    nothing = unknown(code_text)
    code = nothing.code
    if nothing.is_mistyped:
        return nothing
    found = (
        TraceCode.objects.filter(pk=code)
        .select_related("lot__product__cooperative__stall", "lot__cooperative", "alarm", "pin")
        .annotate(
            waived=Rows(LotWaiver.objects.filter(lot=OuterRef("lot")), "item", "reason"),
            households=collecting.count_of(OuterRef("lot"), "household"),
            plots=collecting.count_of(OuterRef("lot"), "plot"),
            measured=sensing.ranges(OuterRef("lot")),
            made_of=making.before(OuterRef("lot")),
            made_into=making.after(OuterRef("lot")),
        )
        .prefetch_related(
            "lot__lot_papers",
            Prefetch(
                "lot__product__images",
                ProductImage.objects.filter(is_live=True).order_by("display_order", "id"),
            ),
            Prefetch(
                "lot__product__ocop_certificates",
                OcopCertificate.objects.filter(
                    status=CertificateStatus.VERIFIED, issued_on__lte=timezone.localdate()
                ).order_by("-expires_on", "-stars"),
                to_attr="shown_certificates",
            ),
        )
        .first()
    )
    if found is None:
        return nothing
    lot = found.lot
    told = events.journey(lot)
    papers = sorted(lot.lot_papers.all(), key=lambda paper: (paper.has_lapsed, paper.issued_on))
    return Verdict(
        kind=_kind(found),
        code=code,
        typed=nothing.typed,
        lot=lot,
        code_kind=found.kind,
        events=told,
        papers=papers,
        certificates=lot.product.shown_certificates,
        alarm=_alarm(found),
        pin=getattr(found, "pin", None),
        items=dossier.items(
            lot,
            pictures=len(lot.product.images.all()),
            steps=len(told),
            papers=papers,
            waived=dict(found.waived),
        ),
        households=found.households,
        plots=found.plots,
        measured=sensing.spans(found.measured),
        made_of=making.steps(found.made_of),
        made_into=making.steps(found.made_into),
    )


def is_guessing(address: str) -> bool:
    """Count one code from ``address`` that is nobody's; True beyond thirty within ten minutes. No query."""
    key = "guesses:" + hashlib.sha256(address.encode()).hexdigest()[:32]
    return is_too_often(key, MOST_GUESSES, GUESS_SECONDS)


def unknown(code_text: str) -> Verdict:
    """The verdict on a code that is nobody's; no query."""
    return Verdict("unknown", normalise(code_text[: LONGEST_TYPED + 1]), clean(code_text[:LONGEST_TYPED]))


def _kind(code: TraceCode) -> str:
    if code.lot.status == LotStatus.RECALLED:
        return "recalled"
    if code.status == CodeStatus.REVOKED:
        return "revoked"
    if code.status == CodeStatus.PRINTED:
        return "inactive"
    alarm = _alarm(code)
    if alarm is not None and alarm.level == AlarmLevel.RED:
        return "red"
    if code.lot.has_expired:
        return "expired"
    if code.status == CodeStatus.SPENT:
        return "spent"
    return "amber" if alarm is not None else code.kind


def _alarm(code: TraceCode) -> AlarmCase | None:
    """The case that a packet's page warns of; that of a lot's code says nothing of any packet."""
    alarm = getattr(code, "alarm", None) if code.kind == CodeKind.UNIT else None
    return alarm if alarm is not None and alarm.status != AlarmStatus.HARMLESS else None


def code_in(text: str) -> str | None:
    """Return the code inside what a symbol, a hand scanner or a person says: a bare code, a link of this market to
    ``/Q/…``, or a GS1 link of this market to a lot or a packet (that one is looked up).

    None for everything else; a link to another host is never a code.

    >>> code_in("2ep9-tw83")
    '2EP9TW83'
    >>> code_in("https://example.com/Q/2EP9TW83") is None
    True
    """
    text = clean(text[:300])
    if text.startswith("]"):  # hand scanners put the kind of symbol before it
        text = text[3:]
    if "/" in text:
        market, link = urlsplit(settings.MARKET_URL), _split(text)
        if (
            link is None
            or link.scheme not in ("http", "https")
            or link.netloc.lower() != market.netloc.lower()
        ):
            return None
        before, q, last = unquote(link.path).rstrip("/").rpartition("/")
        if q != "/" or before.lower() != f"{market.path.lower()}/q":
            return _code_of_gs1(text)
        text = last
    code = normalise(text)
    return code if is_valid(code) else None


def _code_of_gs1(text: str) -> str | None:
    try:
        found = resolving.find(digital_link.parse(text))
    except NotGS1:
        return None
    return found.code or None if found else None


def _split(text: str) -> Any:
    try:
        return urlsplit(text)
    except ValueError:
        return None
