"""One of everything, built through the rules: what tests that walk every page, form and address walk through.

``build`` takes about a second. Orders are placed when a test first asks for one (``side.order("packed")``), each by a
purchase of its own, so that a test pays only for what it needs.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import io
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation
from PIL import Image

from catalog import changes, moderation, ocop, pictures, products, search, sets
from catalog.models import Product, ProductImage
from cooperatives import applications, bank_accounts, households, papers, prices, rates
from cooperatives.models import Cooperative, PriceWindow, Zone
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide, Outbox
from marketplace.places import loading
from marketplace.places.models import AdminUnit, Bank
from orders import (
    cancelling,
    counter,
    fulfilment,
    invoices,
    payments,
    picking,
    ratings,
    recalls,
    refunds,
    vouchers,
)
from orders.basket import baskets
from orders.cases import complaints, returns
from orders.incoming import notifiers, transfers
from orders.incoming import statements as bank_statements
from orders.models import (
    Carrier,
    CarrierLink,
    Complaint,
    IncomingTransfer,
    Order,
    Rating,
    ReturnCase,
    StatementImport,
    TransferNotifier,
    Voucher,
)
from orders.shipping import known, tracking
from orders.statuses import TransferSource
from tests import factories
from tests.orders import trade
from traceability import (
    capture,
    codes,
    collecting,
    dossier,
    events,
    fakes,
    gs1,
    looks,
    lots,
    numbers,
    photos,
    pins,
    prints,
    sensing,
    uploads,
)
from traceability.alarms import Seen
from traceability.models import (
    AlarmCase,
    CodeRun,
    EventUpload,
    FakeReport,
    LabelPrint,
    Lot,
    Recall,
    TraceCode,
)

MADE = dt.date(2026, 1, 5)
NOW = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)
PROVINCES = {"htx-muong-hoa": factories.THAI_NGUYEN, "htx-ban-khac": factories.NGHE_AN}


def photo(
    size: tuple[int, int] = (60, 40), *, kind: str = "JPEG", name: str = "anh.jpg"
) -> SimpleUploadedFile:
    """A small picture as a phone sends it, of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, "#c8a24a").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type=f"image/{kind.lower()}")


@dataclass
class Side:
    """One cooperative with one of everything it can have; ``goods`` maps a product status to a product."""

    cooperative: Cooperative
    director: Actor
    officer: Actor
    applicant: Any
    goods: dict[str, Product] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    transfers: dict[str, IncomingTransfer] = field(default_factory=dict)
    returns: dict[str, ReturnCase] = field(default_factory=dict)
    complaints: dict[str, Complaint] = field(default_factory=dict)
    ratings: dict[str, Rating] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.cooperative.stall.slug

    @property
    def product(self) -> Product:
        """The product on the shelf, with picture, star, lot and code."""
        return self.goods["approved"]

    def order(self, state: str = "placed") -> Order:
        """An order in ``state``: a goods status (paid on delivery), several (of its one line); waiting, claimed,
        received (VietQR), counter (a sale that waits for its transfer); cancelled after it was paid: owed, refunded;
        its buyer asked for an invoice: asked, and has it: invoiced.
        """
        if state not in self.orders:
            self.orders[state] = _order(self, state)
        return self.orders[state]

    def transfer(self, state: str = "unknown") -> IncomingTransfer:
        """Money that came: unknown (for a person to look at), or given to an order of its own."""
        if state not in self.transfers:
            self.transfers[state] = _transfer(self, state)
        return self.transfers[state]

    def return_case(self, state: str = "requested") -> ReturnCase:
        """A return of an order of its own: requested, agreed (the goods are to come), disputed (to be decided)."""
        if state not in self.returns:
            self.returns[state] = _return(self, state)
        return self.returns[state]

    def complaint(self, state: str = "open") -> Complaint:
        """A complaint: open (the cooperative's turn), escalated (the alliance's)."""
        if state not in self.complaints:
            order = self.order("delivered")
            made = complaints.complain(
                order, kind="delivery", words="Giao trễ.", form_key=uuid.uuid4(), by=trade.GUEST
            )
            if state == "escalated":
                made = complaints.ask_alliance(made, by=trade.GUEST)
            self.complaints[state] = made
        return self.complaints[state]

    def rating(self, state: str = "shown") -> Rating:
        """What a buyer said of the delivered order's goods; hidden by the officer."""
        if state not in self.ratings:
            found = Rating.objects.filter(order=self.order("delivered")).first()
            made = found or ratings.rate(
                self.order("delivered"), self.product, score=4, words="Dai, thơm.", by=trade.GUEST
            )
            if state == "hidden":
                made = ratings.hide(made, reason="Có số điện thoại.", by=self.officer)
            self.ratings[state] = made
        return self.ratings[state]

    @property
    def gift(self) -> Product:
        """A set that is being written, of two packets of tea."""
        found = self.cooperative.products.filter(title="Hộp quà").first()
        return found or _gift(self)

    @property
    def zone(self) -> Zone:
        """Provinces with a fee of their own."""
        found = self.cooperative.stall.zones.first()
        near = {"19": "Thái Nguyên"}
        return found or rates.save_zone(self.cooperative.stall, provinces=near, by=self.director)

    @property
    def window(self) -> PriceWindow:
        """A special price that runs, of goods that no basket of this scene holds."""
        start, end = prices.moments_of(timezone.localdate(), timezone.localdate())
        return prices.open_window(
            self.goods["suspended"].stock, price=50_000, starts_at=start, ends_at=end, by=self.director
        )

    def voucher(self, cooperative: Cooperative | None = None) -> Voucher:
        """A voucher that runs: of ``cooperative``, or of the alliance for the cooperatives of this side's province."""
        start, end = prices.moments_of(timezone.localdate(), timezone.localdate())
        whose = {
            "cooperative": cooperative,
            "bearer_name": "Liên minh",
            "code": f"MUA{self.cooperative.pk:04d}",
        }
        if cooperative is None:
            whose |= {
                "province_code": self.cooperative.province_code,
                "code": f"LIEN{self.cooperative.pk:04d}",
            }
        return Voucher.objects.filter(code=whose["code"]).first() or vouchers.make_voucher(
            **whose,
            most=Decimal(10_000),
            least=Decimal(50_000),
            starts_at=start,
            ends_at=end,
            by=self.director,
        )

    @property
    def carrier_link(self) -> CarrierLink:
        """The connection to a carrier whose calls carry a word."""
        ghn = Carrier.objects.get(code="ghn")
        found = CarrierLink.objects.filter(cooperative=self.cooperative, carrier=ghn).first()
        return found or tracking.connect(self.cooperative, ghn, secret="khoa", by=self.director)

    @property
    def paid_by_transfer(self) -> str:
        """The number of the order that the given transfer is on."""
        return str(self.transfer("given").shares.get().payment.order.number)

    @property
    def notifier(self) -> TransferNotifier:
        """The service that tells of this cooperative's transfers."""
        found = TransferNotifier.objects.filter(cooperative=self.cooperative).first()
        return found or notifiers.choose(self.cooperative, kind="sepay", secret="khoa", by=self.director)

    @property
    def run(self) -> CodeRun:
        return self.lot.code_runs.get()

    @property
    def pin_code(self) -> str:
        """A packet's code with a scratch number, 123456."""
        pins.keep({self.unit_codes[0]: "123456"})
        return self.unit_codes[0]

    @property
    def alarm(self) -> AlarmCase:
        """A packet's code whose label looks copied."""
        code, now = self.unit_codes[1], timezone.now()
        if not AlarmCase.objects.filter(pk=code).exists():
            places = ["Huế", "Đà Nẵng", "Cần Thơ"] * 2
            for n, place in enumerate(places):
                looks.count(code, Seen(now, f"may {n}", place))
            looks.drain()
        return AlarmCase.objects.get(pk=code)

    @property
    def fake(self) -> FakeReport:
        """What somebody reported as fake, with a photo; waits to be looked into."""
        code = TraceCode.objects.get(pk=self.code)
        words = "Tem mờ, gói không giống lần trước."
        return fakes.report(code, words=words, photo=photo(), device="may1", by=Actor.guest())

    @property
    def recall(self) -> Recall:
        """A lot of its own that was called back after somebody bought of it; her letter is not written yet."""
        found = self.cooperative.recalls.order_by("pk").first()
        return found or _recall(self)

    @property
    def held(self) -> EventUpload:
        """An event with a photo that a phone sent for a lot of its own, closed meanwhile; the director decides."""
        found = EventUpload.objects.filter(lot__cooperative=self.cooperative, status="held").first()
        return found or _held(self)

    @property
    def label_print(self) -> LabelPrint:
        """A sheet with the lot's own code that was drawn."""
        made = self.lot.label_prints.filter(run=None).first()
        if made is None:
            made = prints.ask_for_lot(self.lot, 2, layout="24", by=self.director)
            prints.draw(Outbox(payload={"print": made.pk}))
        return made

    @property
    def statement(self) -> StatementImport:
        """A statement that was read and waits to be applied."""
        found = self.cooperative.statements.first()
        return found or _statement(self)

    def parcel(self, state: str) -> int:
        """The key of the one parcel of an order in ``state``."""
        return int(self.order(state).parcels.get().pk)

    def refund(self, state: str = "owed") -> int:
        """The key of the refund of a cancelled, paid order: owed, or sent ("refunded")."""
        return int(self.order(state).payment.refunds.get().pk)

    def token(self, state: str = "placed") -> str:
        return str(self.order(state).purchase.token)


@dataclass
class Scene:
    """The cast and the two cooperatives: ``own`` is Lan's and Minh's, ``other`` is Tuấn's."""

    own: Side
    other: Side
    people: dict[str, Any]


def build(cast: SimpleNamespace) -> Scene:
    """Build both cooperatives. ``cast`` has lan, minh, tuan, ha, quyen, phuc, operator, muong_hoa, ban_khac."""
    ensure_places()
    ensure_carriers()
    own = _side(cast.muong_hoa, cast.lan, cast.quyen, cast.ha)
    other = _side(cast.ban_khac, cast.tuan, cast.phuc, factories.make_user("Thảo", "0912000008"))
    names = ("ha", "lan", "minh", "tuan", "quyen", "phuc", "operator")
    return Scene(own, other, {"nobody": None, **{name: getattr(cast, name) for name in names}})


def ensure_places() -> None:
    """Provinces, communes and banks stand in every new database; a test with threads empties the tables."""
    if not (
        AdminUnit.objects.exists() and Bank.objects.filter(is_active=True).exclude(name="Agribank").exists()
    ):
        loading.load()


def ensure_carriers() -> None:
    """Carriers and their codes stand in every new database; a test with threads empties the tables."""
    if not Carrier.objects.exists():
        known.load(apps.get_model)


def _side(cooperative: Cooperative, director: Any, officer: Any, applicant: Any) -> Side:
    side = Side(cooperative, Actor.of(director), Actor.of(officer), applicant)
    _open_bank_account(side)
    rates.set_rate(cooperative.stall, pickup_place="Sạp 12, chợ huyện", by=side.director)
    for status in ("draft", "submitted", "changes_requested", "approved", "refused", "suspended", "binned"):
        side.goods[status] = _product(side, status)
    side.change = changes.propose(side.product, {"name": "Tên mới chờ duyệt"}, by=side.director)
    side.starred = ocop.verify(_certificate(side, side.product), by=side.officer)
    side.certificate = _certificate(side, side.product)
    side.lot = _lot(side)
    side.application = _application(side)
    return side


def _open_bank_account(side: Side) -> None:
    factories.make_bank_account(side.cooperative)
    side.bank_paper = papers.keep(photo(), kind="bank", cooperative=side.cooperative, by=side.director)
    side.paper = papers.keep(photo((50, 50)), kind="ocop", cooperative=side.cooperative, by=side.director)
    side.bank_account = bank_accounts.propose(
        side.cooperative,
        bank=Bank.objects.filter(is_active=True).order_by("pk")[0],
        number="0123456789",
        holder="HTX THU NGHIEM",
        paper=side.bank_paper,
        by=side.director,
    )


def _product(side: Side, status: str) -> Product:
    product = products.start_draft(side.cooperative, draft_key=uuid.uuid4(), by=side.director)
    fields = {"name": f"Miến dong {status}", "category": factories.make_category(), "unit": "gói"}
    fields |= {"net_quantity": "500 g", "origin": side.cooperative.place, "maker": side.cooperative.name}
    products.edit_draft(product, fields, by=side.director)
    products.set_price_and_stock(product, price=55000, in_stock=400, by=side.director)
    if status == "draft":
        return _fresh(product)
    pictures.add_picture(product, photo(), live=True, by=side.director)
    product = moderation.submit(product, by=side.director)
    said = {"reason": "Ảnh chưa rõ.", "by": side.officer}
    if status == "changes_requested":
        moderation.ask_for_changes(product, **said)
    elif status == "refused":
        moderation.refuse(product, **said)
    elif status != "submitted":
        moderation.approve(product, by=side.officer)
    if status == "suspended":
        moderation.suspend(product, **said)
    elif status == "binned":
        products.remove(product, by=side.director)
    return _fresh(product)


def _gift(side: Side) -> Product:
    product = products.start_draft(side.cooperative, draft_key=uuid.uuid4(), by=side.director)
    products.edit_draft(product, {"name": "Hộp quà", "unit": "hộp"}, by=side.director)
    products.set_price_and_stock(product, price=100000, by=side.director)
    part = factories.make_product(side.cooperative, "Trà gói")
    return sets.compose(product, {part.pk: 2}, by=side.director)


def _fresh(product: Product) -> Product:
    return Product.objects.select_related("cooperative__stall").get(pk=product.pk)


def _certificate(side: Side, product: Product) -> Any:
    return ocop.file_certificate(
        product,
        stars=4,
        decision_number="2361/QĐ-UBND",
        issuer="UBND tỉnh",
        issuer_level="province",
        issued_on=dt.date(2025, 6, 26),
        expires_on=dt.date(2028, 6, 26),
        paper=side.paper,
        by=side.director,
    )


def _lot(side: Side) -> Any:
    lot = lots.open_lot(side.cooperative, side.product, made_on=MADE, quantity=200, by=side.director)
    told = {"occurred_on": MADE, "place": "Xã Thượng Minh", "by": side.director}
    side.event = events.record(lot, "harvested", **told)
    events.record(lot, "packed", **told)
    side.code = codes.issue_lot_code(lot).code
    household = households.add_household(side.cooperative, "Hộ ông Páo", place="Bản Cắng", by=side.director)
    plot = households.add_plot(household, "Đồi sau nhà", area=1200, by=side.director)
    weighed = {"goods": "Củ dong riềng", "grams": 125_500, "price": Decimal(3_000), "collected_on": MADE}
    side.slip = collecting.write_slip(lot, household, plot=plot, by=side.director, **weighed)
    side.sensor, side.sensor_token = sensing.let_in(side.cooperative, "Nhiệt kế kho", lot, by=side.director)
    for item in ("expiry", "standard"):
        dossier.waive(lot, item, reason="Chưa áp dụng cho hàng này", by=side.director)
    dossier.release_lot(lot, by=side.director)
    run = codes.issue_unit_codes(lot, 3, by=side.director)
    codes.activate_run(run, by=side.director)
    side.unit_codes = codes.in_use(run)
    digits = f"08938{side.cooperative.pk:08d}"
    side.gs1_number = numbers.register(
        side.cooperative,
        "gtin",
        digits + gs1.check_digit(digits),
        product=side.product,
        upload=photo((30, 30)),
        by=side.director,
    )
    side.event_sender, side.event_token = capture.let_in(side.cooperative, "Siêu thị", by=side.director)
    side.lot_paper = lots.add_paper(
        lot,
        kind="test_report",
        title="Phiếu kiểm nghiệm",
        issuer="Quatest",
        issued_on=MADE,
        upload=photo((30, 30)),
        by=side.director,
    )
    return lot


def _application(side: Side) -> Any:
    by, place = Actor.of(side.applicant), PROVINCES[side.slug]
    fields = {"name": f"HTX Mới {side.slug}", "contact_name": "Thử", "phone": "0912000077", "street": "Xóm 1"}
    fields |= {"tax_code": f"46000{side.applicant.pk:05d}", **place}
    application = applications.save_draft(side.applicant, fields, by=by)
    side.application_paper = papers.keep(photo(), kind="registration", application=application, by=by)
    return applications.submit(application, by=by)


STEPS = ["confirmed", "packed", "shipped", "delivered"]


def _order(side: Side, state: str) -> Order:
    if state == "counter":
        goods = {side.product.pk: 1}
        return counter.sell(
            side.cooperative, goods, method="vietqr", placement_key=uuid.uuid4(), by=side.director
        )
    method = "vietqr" if state in ("waiting", "claimed", "received", "owed", "refunded") else "cod"
    order = trade.order((_fresh(side.product), 3 if state == "several" else 1), methods=method)
    by = side.director
    if state in ("claimed", "received"):
        payments.claim(order.payment, by=trade.GUEST)
    if state == "received":
        payments.receive(order.payment, by=by)
    if state in ("owed", "refunded"):
        payments.receive(order.payment, by=by)
    if state in ("cancelled", "owed", "refunded"):
        cancelling.cancel_order(order, reason="Hết hàng.", by=by)
    if state in ("owed", "refunded"):
        owed = order.payment.refunds.get()
        bank = Bank.objects.filter(is_active=True).order_by("pk")[0]
        owed = refunds.name_account(
            owed, bank=bank, number="0123456789", holder="TRAN THI HA", by=trade.GUEST
        )
    if state == "refunded":
        refunds.send(owed, shown=owed.amount, reference="FT-TRA", by=by)
    if state in ("asked", "invoiced"):
        invoices.ask(order, invoices.MadeOutTo("Công ty Mẫu", "Hà Nội", "0000000000"), by=trade.GUEST)
    if state == "invoiced":
        issued = {"form": "1", "series": "C26TMH", "number": "1", "issued_on": timezone.localdate()}
        invoices.write(order, **issued, file=SimpleUploadedFile("hoa-don.xml", b"<HDon/>"), by=by)
    for step in STEPS[: STEPS.index(state) + 1] if state in STEPS else []:
        if step == "confirmed":
            fulfilment.confirm_order(order, by=by)
        elif step == "packed":
            fulfilment.pack_order(order, picks_of(order), by=by)
        elif step == "shipped":
            trade.ship(order, carrier="Viettel Post", waybill="VT1", by=by)
        else:
            trade.deliver(order, by=by)
    return Order.objects.select_related("purchase").get(pk=order.pk)


def _return(side: Side, state: str) -> ReturnCase:
    order = _order(side, "delivered")
    payments.receive(order.payment, by=side.director)
    case = returns.ask_return(
        order,
        units={order.lines.get().pk: 1},
        reason="broken",
        words="Bị ẩm.",
        form_key=uuid.uuid4(),
        photos=[photo()],
        by=trade.GUEST,
    )
    if state == "agreed":
        returns.agree(case, goods_needed=True, by=side.director)
    if state == "disputed":
        returns.dispute(case, reason="Hàng còn nguyên.", by=side.director)
    return case


def _transfer(side: Side, state: str) -> IncomingTransfer:
    text, amount = "tien mien dong", Decimal(77_000)
    if state == "given":
        order = trade.order((_fresh(side.product), 1), methods="vietqr")
        text, amount = order.payment.memo, order.total_incl_tax
    told = transfers.Incoming(f"FT-{side.slug}-{state}", amount, timezone.now(), text, "NGUYEN THI HA")
    source = TransferSource.STATEMENT
    return transfers.book(told, cooperative=side.cooperative, source=source, by=side.director)[0]


def _statement(side: Side) -> StatementImport:
    rows = "Ngày,Số tham chiếu,Ghi có,Nội dung\n21/11/2026,FT901,55.000,tien mien\nhôm qua,FT902,1,x\n"
    file = ContentFile(rows.encode(), name="sao-ke.csv")
    made = bank_statements.send_in(file, cooperative=side.cooperative, by=side.director)
    bank_statements.read_job(Outbox(payload={"statement": made.pk}))
    return StatementImport.objects.get(pk=made.pk)


def _recall(side: Side) -> Recall:
    lot = lots.open_lot(side.cooperative, side.product, made_on=MADE, quantity=5, by=side.director)
    order = fulfilment.confirm_order(trade.order((_fresh(side.product), 1)), by=side.director)
    choice = fulfilment.PickChoice(order.lines.get().pk, lot.pk, 1)
    fulfilment.pack_order(order, [choice], by=side.director)
    trade.ship(order, by=side.director)
    return recalls.recall(
        side.cooperative,
        [lot],
        reason="Kiểm nghiệm thấy dư lượng.",
        side=CaseSide.SELLER,
        form_key=uuid.uuid4(),
        by=side.director,
    )


def _held(side: Side) -> EventUpload:
    lot = lots.open_lot(side.cooperative, side.product, made_on=MADE, by=side.director)
    lots.close_lot(lot, by=side.director)
    return phone_sends(lot, by=side.director)


def phone_sends(
    lot: Lot, *, by: Actor, days_ago: int = 0, places: Iterable[str] = ["Kho số 7"], arrive: int = 1
) -> EventUpload:
    """Send an event with two photos of each place from a phone; ``arrive`` of the photos do. Return the last one."""
    now, data = timezone.now(), photo().read()
    for place in places:
        told = uploads.Told(
            schema=1,
            id=uuid.uuid4(),
            lot=lot.pk,
            words={
                "kind": "stored",
                "occurred_on": MADE,
                "place": place,
                "households": None,
                "quantity": "9 bao",
                "note": "",
            },
            corrects=None,
            device_time=now - dt.timedelta(days=days_ago),
            device_sent_at=now,
            photos=[
                {"slot": slot, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
                for slot in (1, 2)
            ],
        )
        upload, _is_new = uploads.receive(lot.cooperative, told, by=by)
        for slot in range(1, arrive + 1):
            photos.keep(lot.cooperative, upload.pk, slot, data, by=by)
    return upload


def picks_of(order: Order) -> list[fulfilment.PickChoice]:
    """What the packing page suggests, taken as it stands."""
    return [
        fulfilment.PickChoice(one.line.pk, option.lot.pk if option.lot else None, take)
        for one in picking.suggest_picks(order)
        for option, take in one.options
        if take
    ]


def many_products(cooperative: Cooperative, count: int, **fields: Any) -> list[Product]:
    """``count`` goods on the shelf, each with a picture, a star and a place in the search; straight rows, quick."""
    made = []
    for number in range(count):
        product = factories.make_product(cooperative, f"Miến dong loại {number}", **fields)
        ProductImage.objects.create(
            product=product,
            original="images/mau.webp",
            width=600,
            height=400,
            renditions={"320": "images/m.webp"},
        )
        factories.make_certificate(product)
        search.index(product)
        made.append(product)
    return made


# --- people at their browsers -----------------------------------------------------------------------------
@dataclass
class Visitor:
    """One person at a browser; every request starts from the same cookies, and what it writes is taken back."""

    client: Client
    cookies: Any

    def ask(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        inside: Callable[[], Any] | None = None,
        **options: Any,
    ) -> HttpResponse:
        """Send one request; ``inside`` may look at the rows before they are taken back."""
        self.client.cookies = copy.deepcopy(self.cookies)
        with undone(), quiet(), translation.override("vi"):
            send = getattr(self.client, method.lower(), None) or partial(self.client.generic, method)
            response = send(url, {} if body is None else body, **options)
            if inside:
                inside()
            return response


def some_days() -> dict[str, str]:
    """The first and the last day of something that begins tomorrow, as a phone's calendar sends them."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    return {"first": f"{tomorrow}", "last": f"{tomorrow + dt.timedelta(days=6)}"}


def visitors(market: Scene) -> dict[str, Visitor]:
    """Everybody, each with something in the basket and the checkout filled in up to the last screen."""
    found = {}
    for name, user in market.people.items():
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        client.cookies[baskets.COOKIE] = signing.dumps(trade.fill((market.own.product, 1)).pk, salt="basket")
        kept = client.session
        kept["dat_hang"] = typed_at_checkout(market.own.cooperative)
        kept.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = kept.session_key
        found[name] = Visitor(client, copy.deepcopy(client.cookies))
    return found


def typed_at_checkout(*sellers: Cooperative) -> dict[str, Any]:
    """What a session keeps of a checkout that stands before its last screen, cash on delivery everywhere."""
    return {
        "delivery": {"buyer_name": "Hà", "phone": "0912000004", "email": "", "note": ""},
        "address": {**factories.HA_NOI, "street": "12 Đội Cấn", "directions": "", "places_version": "1"},
        "methods": {str(one.pk): "cod" for one in sellers},
    }


# --- what a request did -----------------------------------------------------------------------------------
FIXED = {
    AdminUnit._meta.db_table,
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "django_session",
}
PLUMBING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def rows() -> dict[str, int]:
    """How many rows every table has that a request could write, sessions and fixed facts left out."""
    models = [model._meta for model in apps.get_models(include_auto_created=True)]
    tables = sorted({meta.db_table for meta in models if meta.managed and not meta.proxy} - FIXED)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())


@contextmanager
def quiet() -> Iterator[None]:
    """Let refused requests pass without a line each in the log: a table of them is no news."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the block writes is taken back behind it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the block's SQL statements, those of transactions left out."""
    told: list[str] = []

    def listen(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).startswith(PLUMBING):
            told.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield told


def writes(told: list[str]) -> list[str]:
    """The statements that change rows of the market; signing in and sessions are not the market's."""
    changing = (one for one in told if one.startswith(WRITES))
    return [one for one in changing if '"django_session"' not in one and '"last_login"' not in one]
