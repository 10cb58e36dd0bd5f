"""What a scanned code is worth: the Verdict shown to everybody, and how often codes are looked at.

Counting is best effort: it happens in memory and reaches the database in batches, so a scan never waits for a write
and never fails because of one. What is counted is code and day, nothing about who looked.
"""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import os
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.models import OuterRef, Prefetch, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import OcopCertificate, Product, ProductImage
from catalog.statuses import CertificateStatus
from cooperatives.models import Cooperative
from marketplace.foundation.codes import is_valid, normalise
from marketplace.foundation.text import clean

from . import events
from .models import Lot, LotPaper, ScanDay, TraceCode, TraceEvent
from .statuses import CodeKind, CodeStatus, LotStatus

logger = logging.getLogger(__name__)

LONGEST_TYPED = 64
MOST_WAITING = 50_000


@dataclass(frozen=True)
class Verdict:
    """What the market can truthfully say about one code.

    ``kind``: lot, unit (in order), expired, retired, recalled (worst first wins), or unknown; then ``lot`` and all
    that hangs on it is empty and ``typed`` is what was asked. ``certificates`` are the verified ones, lapsed ones
    included. ``scans`` counts every look so far, those not yet written included.
    """

    kind: str
    code: str
    typed: str
    lot: Lot | None = None
    code_kind: str = ""
    events: list[TraceEvent] = field(default_factory=list)
    papers: list[LotPaper] = field(default_factory=list)
    certificates: list[OcopCertificate] = field(default_factory=list)
    scans: int = 0

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
    scans: int

    @property
    def page(self) -> tuple[Any, ...]:
        """Equal for two codes that show the same words today."""
        return (*self[1:-1], timezone.localdate())

    @property
    def is_unit(self) -> bool:
        return self.kind == CodeKind.UNIT


def glance(code_text: str) -> Glance | None:
    """Find a code as ``look`` does, in one query; None when it is not known."""
    code = normalise(code_text[: LONGEST_TYPED + 1])
    if not is_valid(code):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_GLANCE, [code])
        found = cursor.fetchone()
    if found is None:
        return None
    seen = Glance(code, *found)
    return seen._replace(scans=seen.scans + waiting(code))


# Written out: the busiest query of the market, and building it anew each time costs more than asking it. One row
# leads to the next by its key; as a join of four tables PostgreSQL plans it four times as long.
_GLANCE = """
    SELECT code.kind, code.status, code.lot_id,
           (SELECT lot.version || '.' ||
                   (SELECT product.version FROM catalogue_product product WHERE product.id = lot.product_id) || '.' ||
                   (SELECT stall.version FROM partner_stall stall WHERE stall.cooperative_id = lot.cooperative_id)
            FROM traceability_lot lot WHERE lot.id = code.lot_id),
           (SELECT COALESCE(SUM(day.count), 0) FROM traceability_scanday day WHERE day.code_id = code.code)
    FROM traceability_tracecode code
    WHERE code.code = %s
"""


def look(code_text: str) -> Verdict:
    """Return the verdict on ``code_text`` as typed or scanned: any case, dashes, o for 0, i and l for 1.

    At most five queries, none for a code that cannot be one. Counts nothing (``count`` does).
    """
    nothing = unknown(code_text)
    code = nothing.code
    if nothing.is_mistyped:
        return nothing
    found = (
        TraceCode.objects.filter(pk=code)
        .select_related("lot__product__cooperative__stall", "lot__cooperative")
        .annotate(looked=Coalesce(Subquery(_looks()), 0))
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
    return Verdict(
        kind=_kind(found),
        code=code,
        typed=nothing.typed,
        lot=lot,
        code_kind=found.kind,
        events=events.journey(lot),
        papers=sorted(lot.lot_papers.all(), key=lambda paper: (paper.has_lapsed, paper.issued_on)),
        certificates=lot.product.shown_certificates,
        scans=found.looked + waiting(code),
    )


def unknown(code_text: str) -> Verdict:
    """The verdict on a code that is nobody's; no query."""
    return Verdict("unknown", normalise(code_text[: LONGEST_TYPED + 1]), clean(code_text[:LONGEST_TYPED]))


def _kind(code: TraceCode) -> str:
    if code.lot.status == LotStatus.RECALLED:
        return "recalled"
    if code.status == CodeStatus.RETIRED:
        return "retired"
    if code.lot.has_expired:
        return "expired"
    return code.kind


def _looks() -> Any:
    days = ScanDay.objects.filter(code=OuterRef("pk")).order_by().values("code")
    return days.annotate(total=Sum("count")).values("total")


def code_in(text: str) -> str | None:
    """Return the code inside what a symbol or a person says: a bare code, or a link of this market to ``/Q/…``.

    None for everything else; a link to another host is never a code.

    >>> code_in("2ep9-tw83")
    '2EP9TW83'
    >>> code_in("https://example.com/Q/2EP9TW83") is None
    True
    """
    text = clean(text[:300])
    if "/" in text:
        market, link = urlsplit(settings.MARKET_URL), _split(text)
        if (
            link is None
            or link.scheme not in ("http", "https")
            or link.netloc.lower() != market.netloc.lower()
        ):
            return None
        before, q, text = unquote(link.path).rstrip("/").rpartition("/")
        if q != "/" or before.lower() != f"{market.path.lower()}/q":
            return None
    code = normalise(text)
    return code if is_valid(code) else None


def _split(text: str) -> Any:
    try:
        return urlsplit(text)
    except ValueError:
        return None


# --- counting -------------------------------------------------------------------------------------------------

_lock = threading.Lock()
_waiting: dict[str, Counter[dt.date]] = {}  # by code
_thread: threading.Thread | None = None
_registered = False


def count(code: str) -> None:
    """Count one look at a known code today. In memory; written within two seconds by a thread of this process."""
    today = timezone.localdate()
    with _lock:
        # Beyond the limit the database has been away for long; known codes still count.
        if len(_waiting) < MOST_WAITING or code in _waiting:
            _waiting.setdefault(code, Counter())[today] += 1
    _start()


def waiting(code: str) -> int:
    """Return how many looks at ``code`` this process has counted and not yet written."""
    with _lock:
        return _waiting[code].total() if code in _waiting else 0


def flush() -> int:
    """Write what was counted and return how many looks that was; on failure keep them for the next time.

    One row a code and day, added to what stands there, so several processes may write at once.
    """
    with _lock:
        batch = {(code, day): looks for code, days in _waiting.items() for day, looks in days.items()}
        _waiting.clear()
    if not batch:
        return 0
    try:
        with transaction.atomic():
            written = _write(batch)
    except Exception:  # counting must never fail a page, whatever the database says
        logger.warning("scans: %s looks wait for the database", sum(batch.values()), exc_info=True)
        with _lock:
            for (code, day), looks in batch.items():
                _waiting.setdefault(code, Counter())[day] += looks
        return 0
    return written


def _write(batch: dict[tuple[str, dt.date], int]) -> int:
    asked = {code for code, _day in batch}
    known = set(TraceCode.objects.filter(pk__in=asked).values_list("pk", flat=True))
    # In one order, so that two processes never wait for each other's rows.
    as_date = connection.ops.adapt_datefield_value
    rows = sorted((code, as_date(day), looks) for (code, day), looks in batch.items() if code in known)
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            some = rows[start : start + _ROWS_AT_ONCE]
            values = ", ".join(["(%s, %s, %s)"] * len(some))
            cursor.execute(_ADD_LOOKS.format(values), [word for row in some for word in row])
    return sum(looks for _code, _day, looks in rows)


_ROWS_AT_ONCE = 300
_ADD_LOOKS = """
    INSERT INTO traceability_scanday (code_id, day, count) VALUES {}
    ON CONFLICT (code_id, day) DO UPDATE SET count = traceability_scanday.count + excluded.count
"""


def _start() -> None:
    """See that a thread will write; none when SCAN_FLUSH_SECONDS is 0 (tests flush themselves)."""
    global _thread, _registered
    seconds = getattr(settings, "SCAN_FLUSH_SECONDS", 2.0)
    with _lock:
        if not seconds or _thread is not None:
            return
        _thread = threading.Thread(target=_write_until_idle, args=(seconds,), name="scans", daemon=True)
        _thread.start()
        if not _registered:
            atexit.register(_write_and_let_go)
            _registered = True


def _write_until_idle(seconds: float) -> None:
    """Write every ``seconds`` while there is something; end when there is nothing, the next look starts anew."""
    global _thread
    pause = threading.Event()
    while True:
        pause.wait(seconds)
        _write_and_let_go()
        with _lock:
            if not _waiting:
                _thread = None
                return


def _write_and_let_go() -> None:
    flush()
    connections.close_all()


def _after_fork() -> None:
    """A forked worker starts with nothing counted and no thread: the parent writes its own."""
    global _lock, _thread
    _lock, _thread = threading.Lock(), None
    _waiting.clear()


os.register_at_fork(after_in_child=_after_fork)
