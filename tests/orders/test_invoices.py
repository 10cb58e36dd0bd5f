"""Invoices: asked for while ordering or later, written in by the cooperative, taken from the buyer's page."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Letter
from marketplace.foundation.actor import Actor
from marketplace.foundation.codes import pretty
from orders import cancelling, fulfilment, invoices
from orders.forms import CheckoutInvoiceForm, InvoiceForm
from orders.models import Invoice, InvoiceRequest, Order
from tests import scene
from tests.factories import make_product
from tests.orders import trade
from tests.orders.test_sheets import text

pytestmark = pytest.mark.django_db
LAN = Actor.system("test")
# Ten times zero belongs to nobody.
FIRM = invoices.MadeOutTo("Công ty Mẫu", "Số 1, phố Demo, Hà Nội", "0000000000", "ketoan@vidu.vn")
ISSUED = {"form": "1", "series": "C26TMH", "number": "00000007", "issued_on": dt.date(2026, 11, 20)}
XML = b'<?xml version="1.0"?><HDon><SHDon>7</SHDon></HDon>'
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF\n"


@pytest.fixture
def order(noodles):
    return trade.order((noodles, 1))


def shop(name: str, order: Order) -> str:
    return reverse(f"shop:{name}", args=[order.purchase.token, order.number])


def desk(name: str, *args: object) -> str:
    return reverse(f"desk:{name}", args=["htx-muong-hoa", *args])


def file(content: bytes = XML, name: str = "hoa-don.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def delivered(order: Order) -> Order:
    fulfilment.confirm_order(order, by=LAN)
    fulfilment.pack_order(order, scene.picks_of(order), by=LAN)
    trade.ship(order, by=LAN)
    return trade.deliver(order, by=LAN)


# --- the buyer asks ---------------------------------------------------------------------------------------


def test_a_wish_at_the_checkout_stands_on_every_order_of_the_purchase(noodles, ban_khac):
    honey = make_product(ban_khac, "Mật ong", price=90000)

    purchase = trade.place(trade.fill((noodles, 1), (honey, 1)), invoice=FIRM)

    asked = InvoiceRequest.objects.filter(order__purchase=purchase)
    assert [(one.name, one.tax_code, one.address, one.email) for one in asked] == [
        ("Công ty Mẫu", "0000000000", "Số 1, phố Demo, Hà Nội", "ketoan@vidu.vn")
    ] * 2


def test_an_order_without_a_wish_writes_and_asks_nothing_of_it(noodles):
    with scene.statements() as told:
        trade.order((noodles, 1))

    assert [line for line in told if "invoice" in line] == []


def test_nothing_is_asked_at_the_checkout_until_the_box_is_ticked():
    unticked = CheckoutInvoiceForm({})
    half = CheckoutInvoiceForm({"tax_code": "0000000000"})
    bare = CheckoutInvoiceForm({"wanted": "on"})

    assert unticked.is_valid()
    assert unticked.wish() is None
    assert list(half.errors) == ["wanted"]
    assert list(bare.errors) == ["name", "address"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0000 000 000", "0000000000"),
        ("0000000000001", "0000000000-001"),
        ("0000000000-001", "0000000000-001"),
        ("001000000000", "001000000000"),
        ("", ""),
    ],
)
def test_a_tax_code_in_each_of_its_forms(typed, kept):
    form = InvoiceForm({"name": "Hà", "address": "Hà Nội", "tax_code": typed})

    assert form.is_valid()
    assert form.wish()["tax_code"] == kept


@pytest.mark.parametrize("typed", ["123", "00000000000", "0000000000-01", "٠٠٠٠٠٠٠٠٠٠", "MST0000000000"])
def test_what_is_no_tax_code_is_refused(typed):
    form = InvoiceForm({"name": "Hà", "address": "Hà Nội", "tax_code": typed})

    assert list(form.errors) == ["tax_code"]


def test_the_buyer_asks_later_and_mends_it_until_the_order_is_delivered(client, order):
    body = {"name": "Công ty Mẫu", "tax_code": "", "address": "Hà Nội", "email": ""}
    assert "Xuất hoá đơn" in text(client.get(reverse("shop:purchase", args=[order.purchase.token])))

    client.post(shop("purchase_invoice", order), body)
    client.post(shop("purchase_invoice", order), {**body, "tax_code": "0000000000"})

    wish = InvoiceRequest.objects.get()
    assert (wish.name, wish.tax_code, wish.order) == ("Công ty Mẫu", "0000000000", order)
    assert [letter.subject for letter in Letter.objects.filter(mailbox=order.cooperative.mailbox)].count(
        f"Khách cần hoá đơn, đơn {pretty(order.number)}"
    ) == 1

    delivered(order)
    late = client.post(shop("purchase_invoice", order), {**body, "name": "Muộn rồi"})
    assert late.status_code == 422
    assert "Hãy gọi cho hợp tác xã" in text(late)
    assert InvoiceRequest.objects.get().name == "Công ty Mẫu"


# --- the cooperative writes it in -------------------------------------------------------------------------


def test_the_cooperative_writes_it_in_and_the_buyer_takes_it(at_desk, order):
    invoices.ask(order, FIRM, by=trade.GUEST)
    assert "Công ty Mẫu" in text(at_desk.get(desk("invoices")))
    body = {
        "issued-form": "1",
        "issued-series": "C26TMH",
        "issued-number": "00000007",
        "issued-issued_on": "20/11/2026",
        "issued-lookup_address": "https://tracuu.vidu.vn/",
        "issued-lookup_code": "AB12",
        "issued-seen": "",
    }

    done = at_desk.post(desk("invoice_write", order.number), {**body, "issued-file": BytesIO(XML)})

    assert done.status_code == 302
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.issued_on, invoice.by_label) == ("00000007", dt.date(2026, 11, 20), "Lan")
    assert "Công ty Mẫu" not in text(at_desk.get(desk("invoices")))
    page = text(at_desk.get(reverse("shop:purchase", args=[order.purchase.token])))
    assert "mẫu 1, ký hiệu C26TMH, số 00000007" in page
    assert "https://tracuu.vidu.vn/" in page
    taken = at_desk.get(shop("invoice_file", order))
    assert b"".join(taken.streaming_content) == XML
    # A browser that opened it could run what is in it.
    assert taken["Content-Disposition"].startswith("attachment")
    assert (taken["Content-Type"], taken["X-Content-Type-Options"]) == ("application/xml", "nosniff")
    again = at_desk.post(desk("invoice_write", order.number), body)
    assert again.status_code == 422
    assert "vừa được ghi" in text(again)
    assert Invoice.objects.count() == 1


def test_a_wrong_invoice_is_replaced_and_kept_with_who_and_when(client, lan, order):
    invoices.ask(order, FIRM, by=trade.GUEST)
    wrong = invoices.write(order, **ISSUED, file=file(PDF, "sai.pdf"), by=LAN)

    right = invoices.write(order, **{**ISSUED, "number": "00000008"}, seen=wrong.pk, by=Actor.of(lan))

    wrong.refresh_from_db()
    assert wrong.replaced_at is not None
    assert (right.replaced_at, right.file, right.by_label) == (None, None, "Lan")
    client.force_login(lan)
    page = text(client.get(desk("order", order.number)))
    assert "Hoá đơn đã thay 00000007" in page
    kept = client.get(desk("invoice_file", order.number, wrong.pk))
    assert b"".join(kept.streaming_content) == PDF
    assert client.get(shop("invoice_file", order)).status_code == 404


def test_lists_and_pages_ask_the_same_for_many_invoices(at_desk, noodles, ban_khac):
    goods = [(make_product(ban_khac, "Mật ong", price=90000), 1), (noodles, 1)]

    def asked(parcels: int, waiting: int) -> list[int]:
        purchase = trade.place(trade.fill(*goods[:parcels]), invoice=FIRM)
        for order in purchase.orders.all():
            invoices.write(order, **ISSUED, by=LAN)
        for _ in range(waiting):
            trade.place(trade.fill((noodles, 1)), invoice=FIRM)
        counts = []
        for url in (desk("invoices"), reverse("shop:purchase", args=[purchase.token])):
            with scene.statements() as told:
                assert at_desk.get(url).status_code == 200
            counts.append(len(told))
        return counts

    assert asked(1, 1) == asked(2, 5)


def test_an_invoice_that_is_there_is_not_mended_by_the_buyer(order):
    invoices.ask(order, FIRM, by=trade.GUEST)
    invoices.write(order, **ISSUED, by=LAN)

    with pytest.raises(invoices.InvoiceRefusal, match="đã xuất hoá đơn"):
        invoices.ask(order, invoices.MadeOutTo("Khác", "Nơi khác"), by=trade.GUEST)

    assert InvoiceRequest.objects.get().name == "Công ty Mẫu"


def test_no_invoice_that_nobody_asked_for_or_of_a_cancelled_order(order, noodles):
    with pytest.raises(invoices.InvoiceRefusal, match="không yêu cầu"):
        invoices.write(order, **ISSUED, by=LAN)
    invoices.ask(order, FIRM, by=trade.GUEST)
    cancelling.cancel_order(order, reason="Hết hàng.", by=LAN)
    with pytest.raises(invoices.InvoiceRefusal, match="không giao hàng"):
        invoices.write(order, **ISSUED, by=LAN)

    assert Invoice.objects.count() == 0
    assert list(invoices.waiting(order.cooperative)) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"khong phai hoa don",
        b"<HDon><chua-dong>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"%PDF-1.4 het giua chung",
        b"<x>" + b"a" * (2 * 1024 * 1024) + b"</x>",
    ],
)
def test_a_file_that_is_no_invoice_is_refused_and_nothing_is_written(at_desk, order, content):
    invoices.ask(order, FIRM, by=trade.GUEST)
    body = {f"issued-{name}": str(value) for name, value in ISSUED.items()}

    answer = at_desk.post(
        desk("invoice_write", order.number), {**body, "issued-file": SimpleUploadedFile("a.xml", content)}
    )

    assert answer.status_code == 422
    assert Invoice.objects.count() == 0


def test_an_invoice_of_tomorrow_or_a_look_up_without_https_is_refused(at_desk, order):
    invoices.ask(order, FIRM, by=trade.GUEST)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    body = {f"issued-{name}": str(value) for name, value in {**ISSUED, "issued_on": tomorrow}.items()}

    answer = at_desk.post(
        desk("invoice_write", order.number), {**body, "issued-lookup_address": "javascript:alert(1)"}
    )

    form = answer.context["issued_form"]
    assert (answer.status_code, sorted(form.errors)) == (422, ["issued_on", "lookup_address"])
