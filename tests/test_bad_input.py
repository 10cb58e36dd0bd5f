"""Whatever is sent, every page answers with a sentence and a 4xx: never a 500, nothing half-written.

``FORMS`` lists every page that takes a form, with a body that is right. Each field is then sent wrong in every way
of ``WRONG``, alone and all at once; what else was typed must still stand in the page that comes back.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import struct
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import resolve, reverse
from django.utils.html import escape
from PIL import Image

from catalog.models import Product
from cooperatives import stalls
from cooperatives.decisions import stamp
from orders import picking
from tests import factories, scene
from tests.scene import Scene, Side, Visitor, photo
from tests.test_permissions import GET, ROWS, VOUCHER, audience, complaint_at_shop, rated_at_shop
from traceability import gs1, stocktake

ODD = "Cô Đào 👩‍🌾 \u202e\u2066chợ\u2069\u200b"
WRONG = {
    "empty": "",
    "blank": " \t\r\n\u00a0",
    "huge": "ớ" * 100_000,
    "NUL": "chè\x00tân\x00cương",
    "NFD": unicodedata.normalize("NFD", "Nguyễn Thị Đào ở Tân Cương"),
    "words": "không phải số",
    "thirty digits": "9" * 30,
    "minus": "-1",
    "foreign id": "999999999",
    "emoji and RTL": ODD,
    "superscript": "²",
    "other digits": "٣",
    "float": "1e400",
    "day": "31/02/2026",
    "early day": "0001-01-01",
    "markup": "<script>alert(1)</script>\"'",
}
# One field at a time: empty, and two of these in turn; the others are sent in every field at once.
ALONE = [
    "huge",
    "NUL",
    "thirty digits",
    "foreign id",
    "early day",
    "words",
    "blank",
    "float",
    "other digits",
    "day",
]
EVERYWHERE = [what for what in WRONG if what not in ("foreign id", "blank", "float", "other digits", "day")]
BYTES = b"%ff%fe%ed%a0%80%00"  # no UTF-8, half a surrogate pair, NUL


@dataclass(frozen=True)
class Form:
    """A page that takes a form: who sends it, its address, a right body, and which fields are files."""

    name: str
    person: str
    args: Callable[[Side], dict[str, Any]]
    body: Callable[[Side], dict[str, Any]]
    files: tuple[str, ...] = ()
    # Sent with every body: which button it was, who is meant.
    button: dict[str, str] = field(default_factory=dict)
    # Rows that stay although the form was refused, on purpose.
    keeps: tuple[str, ...] = ()
    # Passwords never come back.
    secret: bool = False
    # What comes back is no page with the form in it (JSON, or a redirect with a message).
    bare: bool = False
    # The answer to what was taken: by a redirect, or 200 for a page's script.
    done: int = 302

    def right(self, side: Side) -> dict[str, Any]:
        return {**self.body(side), **self.button}


def at(**parts: Any) -> Callable[[Side], dict[str, Any]]:
    """Parts of an address; a function is asked with the side."""
    return lambda side: {name: part(side) if callable(part) else part for name, part in parts.items()}


def slug(side: Side) -> str:
    return side.slug


def nothing(_side: Side) -> dict[str, Any]:
    return {}


def said(**body: Any) -> Callable[[Side], dict[str, Any]]:
    return lambda side: {name: part(side) if callable(part) else part for name, part in body.items()}


def order(state: str) -> Callable[[Side], dict[str, Any]]:
    return at(slug=slug, number=lambda side: side.order(state).number)


def transfer(state: str) -> Callable[[Side], dict[str, Any]]:
    return at(slug=slug, pk=lambda side: side.transfer(state).pk)


def parcel(state: str) -> Callable[[Side], dict[str, Any]]:
    return at(slug=slug, number=lambda side: side.order(state).number, pk=lambda side: side.parcel(state))


def refund(state: str = "owed") -> Callable[[Side], dict[str, Any]]:
    return at(slug=slug, number=lambda side: side.order(state).number, pk=lambda side: side.refund(state))


def at_shop(state: str) -> Callable[[Side], dict[str, Any]]:
    return at(token=lambda side: side.return_case(state).order.purchase.token,
              number=lambda side: side.return_case(state).order.number,
              pk=lambda side: side.return_case(state).pk)  # fmt: skip


def a_return(state: str) -> Callable[[Side], dict[str, Any]]:
    return at(slug=slug, pk=lambda side: side.return_case(state).pk)


def step(name: str, product: str = "draft") -> Callable[[Side], dict[str, Any]]:
    return at(slug=slug, pk=lambda side: side.goods[product].pk, step=name)


PLACE = {
    "province_code": "19",
    "commune_code": "01921",
    "street": "Xóm Chợ 7",
    "directions": "Cạnh nhà văn hoá",
}
DELIVERY = {
    "buyer_name": "Nguyễn Thị Hà",
    "phone": "0912 345 678",
    "email": "ha@vidu.vn",
    "note": "Gọi trước",
}


def a_new_number(_side: Side) -> str:
    """A GTIN that nobody registered yet."""
    digits = f"089385{next(_numbers):07d}"
    return digits + gs1.check_digit(digits)


_numbers = itertools.count(1)
LOT = at(slug=slug, pk=lambda side: side.lot.pk)
HELD = at(slug=slug, pk=lambda side: side.held.lot_id)
DRAFT = at(slug=slug, pk=lambda side: side.goods["approved"].pk)


def decide(thing: Callable[[Side], Any]) -> Callable[[Side], dict[str, Any]]:
    """A decision about ``thing``; ``seen`` is which version of it the officer read."""
    return said(
        decision="ask", reason="Xin chụp lại giấy.", seen=lambda side: stamp(thing(side).submitted_at)
    )


def counted(side: Side) -> dict[str, Any]:
    """What was counted of everything that the cooperative has: of each lot, and of what has none."""
    records = side.cooperative.stockrecords.all()
    body = {"note": "Cuối năm"} | {f"seen_{record.pk}": "" for record in records}
    for key, parts in stocktake.parts_of(records).items():
        body |= {f"n_{key}_{part.lot.pk if part.lot else 0}": "395" for part in parts}
    return body


MEASURED = f"{dt.datetime.now(tz=dt.UTC):%d/%m/%Y} 00:00;nhiệt độ;4,5".encode()


def of_a_lot(side: Side) -> dict[str, Any]:
    """Three units of the lot set apart."""
    said = {"event_id": str(uuid4()), "product": side.product.pk, "quantity": "3", "place": "Xưởng số 7"}
    return {**said, f"n_{side.lot.pk}": "3", "made_on": "2026-01-06", "expires_on": "2027-01-06"}


def two_of_one(side: Side) -> dict[str, Any]:
    """Two units of the product on the shelf, none of what else is sold."""
    others = Product.objects.on_sale().filter(cooperative=side.cooperative)
    return {f"units_{one.pk}": "" for one in others} | {f"units_{side.product.pk}": "2"}


def a_set(side: Side) -> dict[str, Any]:
    """Three packets of one product in the first of four rows."""
    rest = {f"{name}_{place}": "" for place in (1, 2, 3) for name in ("part", "units")}
    return {"rows": "4", "part_0": str(side.product.pk), "units_0": "3", **rest}


DAYS = {"made_on": "2026-01-05", "packed_on": "2026-01-06", "expires_on": "2027-01-05"}
PAPER = {
    "title": "Phiếu kiểm nghiệm A",
    "number": "KN-77",
    "issuer": "Quatest Một",
    "issued_on": "2026-01-05",
}
CHOOSE = {"choose_province": "1"}  # without JavaScript: the province first, then its communes
APPLICATION = said(
    legal_form="hop_tac_xa", name="HTX Xa Lắc", tax_code="4600123456", contact_name="Nguyễn Văn Thử",
    phone="0912 345 678", email="thu@vidu.vn", about="Làm miến.", old_commune="", **PLACE,
)  # fmt: skip
STATEMENT = "Ngày,Số tham chiếu,Ghi có,Nội dung\n21/11/2026,FT901,55.000,tien mien\n".encode()
DRAFTED = ("partner_application", "partner_paper", "accounts_auditrow", "accounts_auditdetail")
RATE = {
    "parcel_fee": "30.000", "free_over": "500.000", "kilo_fee": "5.000", "days_from": "12", "days_to": "14",
    "is_served": "on", "takes_cold": "on",
}  # fmt: skip
CERTIFICATE = {
    "stars": "4", "decision_number": "2361/QĐ-UBND", "certificate_number": "TN-77", "issuer_level": "province",
    "issuer": "UBND tỉnh Thái Nguyên", "issued_on": "2025-06-26", "expires_on": "2028-06-26", "group": "thuc-pham",
}  # fmt: skip

INVOICE = {
    "name": "Công ty Mẫu",
    "tax_code": "0000000000",
    "address": "Số 1, phố Demo",
    "email": "ke@vidu.vn",
}

FORMS = [
    # --- shop
    Form("shop:basket_add", "nobody", nothing,
         said(product=lambda side: side.product.pk, quantity="1", next="/gian-hang/"), bare=True),
    Form("shop:basket_change", "nobody", nothing, said(line="1", quantity="2"), bare=True),
    Form("shop:basket_voucher", "nobody", nothing, said(code=lambda side: side.voucher(side.cooperative).code)),
    Form("shop:basket_voucher", "nobody", nothing, nothing, button={"remove": "1"}, bare=True),
    Form("shop:basket_change", "nobody", nothing, said(line="1"), button={"remove": "1"}, bare=True),
    Form("shop:checkout", "nobody", nothing, said(**DELIVERY, **PLACE, old_commune="")),
    Form("shop:checkout", "nobody", nothing, said(**DELIVERY, **PLACE, old_commune=""), button=CHOOSE, bare=True,
         done=200),
    Form("shop:checkout_payment", "nobody", nothing,
         lambda side: {f"method_{side.cooperative.pk}": "cod", f"way_{side.cooperative.pk}": "pickup",
                       "invoice-wanted": "on", **{f"invoice-{name}": value for name, value in INVOICE.items()}}),
    Form("shop:checkout_review", "nobody", nothing, said(placement_key=lambda _side: str(uuid4()), shown_total="85000"),
         bare=True),
    Form("shop:order_lookup", "nobody", nothing, said(phone="0912 345 678", code="7K3M-9Q2X")),
    Form("shop:purchase_claim", "nobody",
         at(token=lambda side: side.token("waiting"), number=lambda side: side.order("waiting").number), nothing,
         bare=True),
    Form("shop:buy_again", "nobody",
         at(token=lambda side: side.token("delivered"), number=lambda side: side.order("delivered").number), nothing,
         bare=True),
    Form("shop:purchase_cancel", "nobody",
         at(token=lambda side: side.token("placed"), number=lambda side: side.order("placed").number),
         said(reason="Mua nhầm rồi.")),
    Form("shop:purchase_account", "nobody",
         at(token=lambda side: side.token("owed"), number=lambda side: side.order("owed").number),
         said(bank=lambda side: side.bank_account.bank_id, number="0123 456 789", holder="Trần Thị Hà")),
    Form("shop:purchase_invoice", "nobody",
         at(token=lambda side: side.token("placed"), number=lambda side: side.order("placed").number),
         said(**INVOICE)),
    Form("shop:purchase_push", "nobody", at(token=lambda side: side.token("placed")),
         said(act="on", **factories.DEVICE), bare=True, done=200),
    Form("shop:my_push", "lan", nothing, said(act="on", **factories.DEVICE), bare=True, done=200),
    Form("desk:push", "lan", at(slug=slug), said(act="on", **factories.DEVICE), bare=True, done=200),
    Form("shop:return_ask", "nobody",
         at(token=lambda side: side.token("delivered"), number=lambda side: side.order("delivered").number),
         lambda side: {f"units_{side.order('delivered').lines.get().pk}": "1", "reason": "broken",
                       "words": "Một gói bị ẩm.", "form_key": str(uuid4())},
         files=("photo1", "photo2", "photo3")),
    Form("shop:complain", "nobody",
         at(token=lambda side: side.token("delivered"), number=lambda side: side.order("delivered").number),
         said(kind="delivery", words="Giao trễ tám ngày.", form_key=lambda _side: str(uuid4()))),
    Form("shop:complaint", "nobody", complaint_at_shop,
         said(words="Vẫn chưa thấy ai gọi.", form_key=lambda _side: str(uuid4()))),
    Form("shop:complaint_close", "nobody", complaint_at_shop, nothing, bare=True),
    Form("shop:complaint_escalate", "nobody", complaint_at_shop, nothing, bare=True),
    Form("shop:rate", "nobody", rated_at_shop, said(score="4", words="Dai, thơm, gói kỹ.")),
    Form("shop:return_withdraw", "nobody", at_shop("requested"), nothing, bare=True),
    # Whatever of the application is right stays in the draft.
    Form("shop:apply", "lan", nothing,
         APPLICATION, files=("registration", "identity", "other"), button={"submit": "1"}, keeps=DRAFTED),
    Form("shop:apply", "lan", nothing, APPLICATION, files=("registration", "identity", "other"), button={"save": "1"},
         keeps=DRAFTED),
    Form("shop:apply", "lan", nothing, APPLICATION, button=CHOOSE, bare=True, done=200),
    Form("shop:apply", "lan", nothing, said(remove_paper="1"), bare=True, done=200, keeps=DRAFTED),
    Form("shop:apply", "ha", nothing, nothing, button={"withdraw": "1"}, bare=True),
    Form("trace_confirm", "nobody", at(code=lambda side: side.pin_code), said(number="123456"), done=200),
    Form("trace_report", "nobody", at(code=lambda side: side.code),
         said(words="Tem mờ, gói không giống lần trước.", bought_at="Chợ huyện"), files=("photo",), done=200),
    Form("shop:scan", "nobody", nothing, nothing, files=("photo",)),
    # --- accounts
    Form("account_login", "nobody", nothing, said(login="0912 000 001", password="cho-phien-2026"), secret=True),
    Form("account_signup", "nobody", nothing,
         said(full_name="Nguyễn Văn Mới", phone="0912 555 666", email="moi@vidu.vn", password1="nui-cao-2026"),
         secret=True),
    Form("account_change_password", "lan", nothing, said(oldpassword="cho-phien-2026", password1="nui-cao-2026"),
         secret=True),
    Form("account_reset_password", "nobody", nothing, said(email="khong-ai@vidu.vn")),
    Form("account_logout", "lan", nothing, nothing, bare=True),
    # --- desk: orders and money
    Form("desk:order_confirm", "lan", order("placed"), nothing, bare=True),
    Form("desk:order_pack", "lan", order("confirmed"), lambda side: {
        f"take_{one.line.pk}_{option.lot.pk if option.lot else 0}": str(take)
        for one in picking.suggest_picks(side.order("confirmed")) for option, take in one.options
    } | {f"rest_{line.pk}": "later" for line in side.order("confirmed").lines.all()}
      | {f"why_{line.pk}": "Một gói bị rách." for line in side.order("confirmed").lines.all()}),
    Form("desk:sale", "lan", at(slug=slug), lambda side: {
        **two_of_one(side), "amount": "", "title": "", "method": "cod", "placement_key": str(uuid4())}),
    Form("desk:taken_order", "lan", at(slug=slug), lambda side: {
        **two_of_one(side), "method": "cod", "placement_key": str(uuid4()), "source": "phone",
        "old_commune": "", **DELIVERY, **PLACE}),
    Form("desk:taken_order", "lan", at(slug=slug), lambda side: {
        **two_of_one(side), "method": "cod", "placement_key": str(uuid4()), "source": "phone",
        "old_commune": "", **DELIVERY, **PLACE}, button=CHOOSE, bare=True, done=200),
    Form("desk:order_cut", "lan", order("several"), lambda side: {
        f"cut-off_{side.order('several').lines.get().pk}": "1", "cut-reason": "Hết hàng rồi.", "cut-seen": "0"}),
    Form("desk:parcel_ship", "lan", parcel("packed"), said(carrier="Viettel Post", waybill="VT-123456")),
    Form("desk:parcel_back", "lan", parcel("shipped"), lambda side: {
        "reason": "Khách không nhận.", "with_fee": "on",
        **{f"fit_{pick.pk}": "1" for pick in side.order("shipped").parcels.get().picks.all()}}),
    Form("desk:refund_give", "lan", order("placed"),
         said(**{"give-target": "fee", "give-amount": "5.000", "give-reason": "Giao trễ.", "give-seen": "0"})),
    Form("desk:refund_account", "lan", refund(),
         said(**{"account-bank": lambda side: side.bank_account.bank_id, "account-number": "0123 456 789",
                 "account-holder": "Trần Thị Hà"})),
    Form("desk:refund_sent", "lan", refund(),
         said(**{"sent-shown": lambda side: str(side.order("owed").total_incl_tax), "sent-reference": "FT26011"}),
         files=("sent-evidence",)),
    Form("desk:refund_bounced", "lan", refund("refunded"), said(reason="Sai số tài khoản.")),
    Form("desk:refund_drop", "lan", refund(), said(**{"drop-reason": "Tiền chưa về."})),
    Form("desk:invoice_write", "lan", order("asked"),
         said(**{"issued-form": "1", "issued-series": "C26TMH", "issued-number": "00000007",
                 "issued-issued_on": "2026-11-20", "issued-lookup_address": "https://tracuu.vidu.vn/",
                 "issued-lookup_code": "AB12", "issued-seen": ""}), files=("issued-file",)),
    Form("desk:order_cancel", "lan", order("placed"), said(**{"cancel-reason": "Hết hàng rồi."})),
    Form("desk:payment_undo", "lan", order("received"), said(**{"undo-reason": "Bấm nhầm đơn."})),
    Form("desk:complaint", "lan", at(slug=slug, pk=lambda side: side.complaint().pk),
         said(words="Xin lỗi bạn, xe hỏng.", form_key=lambda _side: str(uuid4()))),
    Form("desk:rating", "lan", at(slug=slug, pk=lambda side: side.rating().pk), said(words="Cảm ơn bạn.")),
    Form("desk:return_agree", "lan", a_return("requested"),
         said(**{"agree-way": "back", "agree-fee_share": "5.000"})),
    Form("desk:return_dispute", "lan", a_return("requested"), said(**{"dispute-reason": "Hàng còn nguyên."})),
    Form("desk:return_back", "lan", a_return("agreed"), lambda side: {
        f"back-fit_{side.return_case('agreed').lines.get().line_id}": "1"}),
    Form("desk:transfers_close", "lan", at(slug=slug), said(transfer=lambda side: side.transfer().pk), bare=True),
    Form("desk:transfer_assign", "lan", transfer("unknown"),
         said(**{"assign-order": lambda side: side.order("waiting").number})),
    Form("desk:transfer_release", "lan",
         at(slug=slug, pk=lambda side: side.transfer("given").pk, number=lambda side: side.paid_by_transfer),
         said(**{"release-reason": "Của đơn khác."})),
    Form("desk:transfer_close", "lan", transfer("unknown"),
         said(**{"close-what": "back", "close-words": "Trả lại chị Hà."})),
    Form("desk:notifier", "lan", at(slug=slug), said(kind="payos", secret="abc123")),
    Form("desk:notifier", "lan", at(slug=slug), nothing, button={"stop": "1"}, bare=True),
    Form("desk:statements", "lan", at(slug=slug), said(file=lambda _side: SimpleUploadedFile("sao-ke.csv", STATEMENT))),
    Form("desk:statement_apply", "lan", at(slug=slug, pk=lambda side: side.statement.pk), nothing, bare=True),
    Form("desk:statement_drop", "lan", at(slug=slug, pk=lambda side: side.statement.pk), nothing, bare=True),
    Form("desk:bank", "lan", at(slug=slug),
         said(bank=lambda side: side.bank_account.bank_id, number="9704 0500 01", holder="HTX MUONG HOA"),
         files=("paper",)),
    # --- desk: the stall and who works there
    Form("desk:stall", "lan", at(slug=slug),
         said(phone="0208 3123 456", zalo="0912 345 678", email="htx@vidu.vn", about="Bốn mươi hộ làm miến."),
         files=("banner",)),
    Form("desk:rates", "lan", at(slug=slug),
         said(**RATE, dispatch_days="2", pickup_place="Sạp 12, chợ huyện", pickup_hours="7 giờ đến 11 giờ",
              takes_cod="on", cod_limit="2.000.000")),
    Form("desk:carriers", "lan", at(slug=slug), said(carrier="viettel-post", secret="abc123")),
    Form("desk:carriers", "lan", at(slug=slug), nothing, button={"stop": "ghn"}, bare=True),
    Form("desk:voucher_add", "lan", at(slug=slug),
         lambda side: {**VOUCHER, "percent": "17", "limit": "23", "goods": side.product.pk, **scene.some_days()}),
    Form("desk:voucher_end", "lan", at(slug=slug, pk=lambda side: side.voucher(side.cooperative).pk), nothing,
         bare=True),
    Form("desk:zone_add", "lan", at(slug=slug), said(**RATE, provinces="04")),
    Form("desk:zone", "lan", at(slug=slug, pk=lambda side: side.zone.pk), said(**RATE, provinces="19")),
    Form("desk:rates", "lan", at(slug=slug), said(remove=lambda side: side.zone.pk), bare=True),
    Form("desk:stall", "lan", at(slug=slug), said(action="close"), bare=True),
    Form("desk:members", "lan", at(slug=slug), said(phone="0912 000 004", role="packer")),
    Form("desk:members", "lan", at(slug=slug),
         said(membership=lambda side: side.cooperative.memberships.get(role="packer").pk),
         button={"action": "end"}, bare=True),
    # --- desk: lots
    Form("desk:lot_scan", "lan", at(slug=slug), nothing, files=("photo",)),
    Form("desk:lot_add", "lan", at(slug=slug),
         said(product=lambda side: side.product.pk, **DAYS, quantity="12", number="L-77", note="Mẻ đầu xuân",
              newest_seen="0")),
    Form("desk:lot_event", "lan", LOT,
         said(event_id=lambda _side: str(uuid4()), kind="packed", occurred_on="2026-01-06", place="Xưởng số 7",
              households="12", quantity="1.200 gói", note="Trời nắng")),
    Form("desk:lot_stock", "lan", LOT, said(quantity="5", newest_seen="")),
    Form("desk:lot_codes", "lan", LOT,
         said(code=lambda side: side.unit_codes[0], to="revoked", reason="Rách tem rồi")),
    Form("desk:lot_codes", "lan", LOT, said(activated=lambda side: side.run.pk), bare=True),
    Form("desk:lot_labels", "lan", LOT,
         said(kind="unit", count="3", layout="24", right="0,5", down="-1", seen="3")),
    Form("desk:lot_labels", "lan", LOT,
         said(run=lambda side: side.run.pk, layout="24", right="0.5", down="0", has_pins="on", reason="Kẹt giấy"),
         bare=True),
    Form("desk:lot_stamps", "lan", LOT, said(provider="Công ty In Sao", first="CN-000101", last="CN-000500")),
    Form("desk:lot_paper", "lan", LOT, said(kind="test_report", **PAPER, valid_until="2027-01-05"), files=("paper",)),
    Form("desk:lot_make", "lan", LOT, of_a_lot),
    Form("desk:lot_slips", "lan", LOT,
         said(form_key=lambda _side: str(uuid4()), household=lambda side: side.slip.household_id,
              plot=lambda side: side.slip.plot_id, goods="Củ dong riềng đỏ", grams="12,5", price="3.000",
              collected_on="2026-01-06")),
    Form("desk:lot_sensors", "lan", LOT, said(name="Nhiệt kế số 7"), done=200),
    Form("desk:lot_sensors", "lan", LOT, said(moved=lambda side: side.sensor.pk)),
    Form("desk:lot_sensors", "lan", LOT,
         said(device=lambda side: side.sensor.pk, file=lambda _side: SimpleUploadedFile("do.csv", MEASURED))),
    Form("desk:sensor_shut_out", "lan", at(slug=slug, pk=lambda side: side.sensor.pk), nothing, bare=True),
    Form("desk:lot_slips", "lan", LOT, said(number=lambda side: side.slip.pk, reason="Cân nhầm bao")),
    Form("desk:households", "lan", at(slug=slug), said(name="Hộ bà Mẩy", place="Bản Cắng", phone="0912 000 077")),
    Form("desk:household", "lan", at(slug=slug, pk=lambda side: side.slip.household_id),
         said(name="Ruộng Nà Cà", area="800")),
    Form("desk:household_edit", "lan", at(slug=slug, pk=lambda side: side.slip.household_id),
         said(name="Hộ bà Mẩy", place="Bản Cắng", phone="0912 000 077")),
    Form("desk:plot_edit", "lan", at(slug=slug, pk=lambda side: side.slip.plot_id),
         said(name="Ruộng Nà Cà", area="800")),
    Form("desk:lot_waiting", "lan", HELD, said(event=lambda side: side.held.pk, reason="Gửi nhầm lô"),
         button={"decision": "aside"}),
    Form("desk:lot_dossier", "lan", LOT, said(item="standard", reason="Rau của hộ, chưa chứng nhận")),
    Form("desk:lot_dossier", "lan", LOT, said(expires_on="2027-01-05")),
    Form("desk:lot_close", "lan", LOT, nothing, bare=True),
    Form("desk:number_add", "lan", at(slug=slug),
         said(kind="gtin", number=a_new_number,
              product=lambda side: factories.make_product(side.cooperative, status="submitted").pk), files=("paper",)),
    Form("desk:senders", "lan", at(slug=slug), said(name="Siêu thị số 7"), done=200),
    Form("desk:sender_shut_out", "lan", at(slug=slug, pk=lambda side: side.event_sender.pk), nothing, bare=True),
    Form("desk:number_retire", "lan", at(slug=slug, pk=lambda side: side.gs1_number.pk), nothing, bare=True),
    Form("desk:recall_new", "lan", at(slug=slug),
         said(lots=lambda side: side.lot.pk, reason="Kiểm nghiệm thấy dư lượng.",
              form_key=lambda _side: str(uuid4()), sure="on")),
    Form("desk:recall", "lan", at(slug=slug, pk=lambda side: side.recall.pk), said(reason="Nhầm số lô trên phiếu.")),
    Form("desk:recall_told", "lan", at(slug=slug, pk=lambda side: side.recall.pk),
         said(notice=lambda side: side.recall.notices.get().pk), bare=True),
    # --- desk: stock
    Form("desk:stock_add", "lan", DRAFT, said(quantity="12", lot="0", seen="")),
    Form("desk:stock_spoil", "lan", DRAFT,
         said(quantity="3", lot=lambda side: side.lot.pk, note="Mốc vì dột", seen="")),
    Form("desk:stock_move", "lan", DRAFT,
         said(quantity="5", source="0", target=lambda side: side.lot.pk, note="Ghi nhầm lô", seen="")),
    Form("desk:stock_take", "lan", at(slug=slug), counted, button={"write": "1"}),
    # --- desk: goods
    Form("desk:product_add", "lan", at(slug=slug), said(draft_key=lambda _side: str(uuid4())), files=("image",)),
    Form("desk:product_add", "lan", at(slug=slug), said(draft_key=lambda _side: str(uuid4())), button={"skip": "1"},
         bare=True),
    Form("desk:product_step", "lan", step("ten"), said(title="Miến dong Bảy", description="Phơi nắng.")),
    Form("desk:product_step", "lan", step("loai"), said(category=lambda side: side.product.category_id)),
    Form("desk:product_step", "lan", step("gia"),
         said(price="55.000", unit="gói", net_quantity="500 g", net_grams="500", net_ml="")),
    Form("desk:product_step", "lan", step("kho"), said(in_stock="40")),
    Form("desk:product_step", "lan", step("noi"),
         said(origin="Xã Thượng Minh", maker="HTX Mường Hoa 7", season="Tháng 9")),
    Form("desk:product_step", "lan", step("nhan"),
         said(ingredients="Dong riềng.", usage="Luộc chín.", storage="Nơi khô.", shelf_life="12 tháng",
              warnings="Không.", standard="TCCS 01", vat_rate="5", needs_cold="on")),
    Form("desk:product_step", "lan", step("anh"), said(newest="0"), files=("image",)),
    Form("desk:product_step", "lan", step("anh", "changes_requested"),
         said(image=lambda side: side.goods["changes_requested"].images.get().pk), button={"action": "remove"},
         bare=True),
    Form("desk:product_step", "lan", step("xong", "changes_requested"), nothing, bare=True),
    Form("desk:product_step", "lan", step("ten", "approved"), said(title="Miến dong Tám", description="Phơi sương.")),
    Form("desk:product_autosave", "lan", step("ten"), said(title="Miến dong Chín", description="Ngon."), bare=True,
         done=200),
    Form("desk:product_price", "lan", DRAFT, said(price="56.000", is_weighed="on")),
    Form("desk:product_parts", "lan", at(slug=slug, pk=lambda side: side.gift.pk), a_set),
    Form("desk:product_parts", "lan", at(slug=slug, pk=lambda side: side.gift.pk), a_set, button={"more": "1"},
         done=200),
    Form("desk:window_add", "lan", DRAFT, lambda _side: {**scene.some_days(), "price": "45.000", "limit": "17"},
         button={"sure": "1"}),
    Form("desk:window_end", "lan", at(slug=slug, pk=lambda side: side.window.pk), nothing, bare=True),
    # A scan that could be read is kept, so that nobody sends it twice over a slow line.
    Form("desk:certificate", "lan", DRAFT, said(**CERTIFICATE, kept=""), files=("paper",),
         keeps=("partner_paper", "accounts_auditrow", "accounts_auditdetail")),
    Form("desk:product", "lan", DRAFT, said(action="withdraw"), bare=True),
    Form("desk:product", "lan", DRAFT, said(action="remove"), bare=True),
    # --- review
    Form("review:application", "quyen", at(pk=lambda side: side.application.pk),
         decide(lambda side: side.application)),
    Form("review:bank_account", "quyen", at(pk=lambda side: side.bank_account.pk),
         said(decision="refuse", reason="Sai tên chủ tài khoản.")),
    Form("review:stall", "quyen", at(pk=lambda side: side.cooperative.stall.pk),
         said(decision="suspend", reason="Bán hàng giả.")),
    Form("review:product", "quyen", at(pk=lambda side: side.goods["submitted"].pk),
         decide(lambda side: side.goods["submitted"])),
    Form("review:recall_new", "quyen", at(),
         said(htx=lambda side: side.cooperative.pk, lots=lambda side: side.lot.pk, sure="on",
              reason="Kiểm nghiệm thấy dư lượng.", form_key=lambda _side: str(uuid4()))),
    Form("review:recall", "quyen", at(pk=lambda side: side.recall.pk), said(reason="Nhầm số lô trên phiếu.")),
    Form("review:complaint", "quyen", at(pk=lambda side: side.complaint("escalated").pk),
         said(words="Hai bên đã gặp nhau.")),
    Form("review:alarm", "quyen", at(code=lambda side: side.alarm.pk),
         said(status="copied", finding="Đã hỏi người bán.")),
    Form("review:report", "quyen", at(pk=lambda side: side.fake.pk),
         said(status="groundless", finding="Đã hỏi người bán.")),
    Form("review:rating", "quyen", at(pk=lambda side: side.rating().pk), said(reason="Có số điện thoại.")),
    Form("review:return_case", "quyen", at(pk=lambda side: side.return_case("disputed").pk),
         said(decision="reject", fee_share="5.000", reason="Không rõ lỗi.")),
    Form("review:vouchers", "quyen", nothing,
         lambda _side: {**VOUCHER, "percent": "17", "limit": "23", **scene.some_days()}),
    Form("review:voucher", "quyen", at(pk=lambda side: side.voucher().pk), nothing, bare=True),
    Form("review:change", "quyen", at(pk=lambda side: side.change.pk),
         decide(lambda side: side.change)),
    Form("review:certificate", "quyen", at(pk=lambda side: side.certificate.pk),
         decide(lambda side: side.certificate)),
]  # fmt: skip
# Addresses that take POST and that are not listed: why.
NO_FORM = {
    "desk:parcel_unpack", "desk:parcel_deliver", "desk:payment_received", "desk:payment_missing",
    "desk:month_close", "desk:sale_paid", "desk:sale_off",  # buttons alone
    "account_reset_password_from_key",  # tested with the accounts: it needs a letter's link
    "account_inactive", "account_reset_password_done", "desk:order", "desk:lot",
}  # fmt: skip
AUDIENCES = ["shop", "account", "desk", "review", "roots"]


def has_a_sentence(response: Any) -> bool:
    """Whether a refusal says something to the person: a page with a heading of ours, or words for a script."""
    page = response.content.decode()
    kind = response["Content-Type"]
    return "<h1" in page and "Bad Request" not in page if "html" in kind else len(page) > 2


class Sender:
    """Sends one form in many ways and collects what went wrong."""

    def __init__(self, form: Form, market: Scene, visitors: dict[str, Visitor]) -> None:
        self.form, self.visitor, self.side = form, visitors[form.person], market.own
        self.url = reverse(form.name, kwargs=form.args(self.side))
        self.before = scene.rows()
        self.wrong: list[str] = []

    def send(self, what: str, body: Any, **options: Any) -> Any:
        after: dict[str, int] = {}
        with scene.statements() as told, scene.undone():

            def count() -> None:
                if scene.writes(told):
                    after.update(scene.rows())

            response = self.visitor.ask("POST", self.url, body, inside=count, **options)
        # A redirect says that it was done, or why not, in a message; all else is 4xx.
        is_done = response.status_code in (302, self.form.done)
        if not is_done:
            if not 400 <= response.status_code < 500:
                self.complain(what, f"answered {response.status_code}")
            elif not has_a_sentence(response):
                self.complain(what, f"answered {response.status_code} without a word")
        if not is_done and after:
            grown = {table for table, n in after.items() if n != self.before[table]} - set(self.form.keeps)
            if grown:
                self.complain(what, f"answered {response.status_code} and wrote {sorted(grown)}")
        return response

    def complain(self, what: str, words: str) -> None:
        self.wrong.append(f"POST {self.form.name} {what}: {words}")

    def check_kept(self, what: str, response: Any, body: dict[str, Any], but: str) -> None:
        """Everything typed beside the wrong field still stands in the page, with a sentence that says what is wrong."""
        if response.status_code != 422 or self.form.bare:
            return
        page = response.content.decode()
        if 'class="error"' not in page and 'class="errors"' not in page:
            self.complain(what, "says nothing about what is wrong")
        for name, typed in body.items():
            if name == but or name in self.form.button or not isinstance(typed, str) or len(typed) < 3:
                continue
            if (but, name) == ("province_code", "commune_code"):
                continue  # the list of communes follows the province
            if self.form.secret and "password" in name:
                if typed in page:
                    self.complain(what, f"shows the password {name} again")
            elif escape(typed) not in page:
                self.complain(what, f"lost what was typed in {name}")


def forms_of(which: str) -> list[Form]:
    return [form for form in FORMS if audience(form.name) == which]


# --- the table is whole -----------------------------------------------------------------------------------
# In an address behind "?". A page that reads another word fails below.
ASKED = ["page", "trang", "q", "loc", "xem", "tinh", "loai", "sao", "con", "mua", "gia_tu", "gia_den", "xep", "sua",
         "hang", "kho", "moi", "ve", "code", "lang", "province", "next", "luu", "email", "tep", "first",
         "last", "lots", "htx", "size"]  # fmt: skip
# A photo of one colour has no code in it.
READ_A_CODE = ("shop:scan", "desk:lot_scan")
# Read out of a form, and none of its fields.
NO_FIELD = {"csrfmiddlewaretoken"}


def place_of(name: str, args: dict[str, Any]) -> str:
    """What one form is known by: its address's name, and which step of several."""
    return f"{name} {args['step']}" if "step" in args else name


def named(market: Scene) -> dict[str, set[str]]:
    """Every name the table sends, by place; all that its rows are about is there before the first is asked."""
    for form in FORMS:
        form.args(market.own)
    found: dict[str, set[str]] = defaultdict(set)
    for form in FORMS:
        found[place_of(form.name, form.args(market.own))] |= {*form.right(market.own), *form.files}
    return found


class Forms(HTMLParser):
    """The forms of a page: method, address and the names that they send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, set[str]]] = []
        self.by_id: dict[str, set[str]] = {}
        self.inside: set[str] | None = None
        self.outside: list[tuple[str, str]] = []
        self.feed(page)
        for owner, name in self.outside:
            self.by_id[owner].add(name)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attributes}
        if tag == "form":
            self.inside = self.by_id.setdefault(given.get("id", ""), set()) if "id" in given else set()
            self.found.append((given.get("method", "get").lower(), given.get("action", ""), self.inside))
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            if "form" in given:
                self.outside.append((given["form"], given["name"]))
            elif self.inside is not None:
                self.inside.add(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def pages(market: Scene, visitors: dict[str, Visitor]) -> Iterator[tuple[str, str]]:
    """Every page with its address, as each person sees it, and the pages of things in other states."""
    side = market.own
    seen = [(row.url(row.args(side)), row.codes()) for row in ROWS if row.method == GET]
    states = ("waiting", "claimed", "received", "confirmed", "packed", "shipped")
    steps = ("ten", "loai", "gia", "kho", "noi", "nhan", "anh", "xong")
    more = [reverse("desk:order", args=[side.slug, side.order(state).number]) for state in states]
    more += [reverse("desk:product_step", args=[side.slug, side.goods["draft"].pk, step]) for step in steps]
    more += [reverse("desk:product", args=[side.slug, one.pk]) for one in side.goods.values()]
    for url, people in [*seen, *((url, {"lan": "200"}) for url in more)]:
        for person in (person for person, expected in people.items() if expected == "200"):
            response = visitors[person].ask("GET", url)
            if response.status_code == 200 and "html" in response["Content-Type"]:
                yield url, response.content.decode()


def test_every_field_of_every_page_is_in_the_table(market: Scene, visitors: dict[str, Visitor]) -> None:
    sends, known = defaultdict(set), named(market)
    for url, page in pages(market, visitors):
        for method, action, names in Forms(page).found:
            there = resolve(urlsplit(action or url).path)
            if not there.view_name.startswith("admin:"):
                sends[method, place_of(there.view_name, there.kwargs)] |= names - NO_FIELD
    assert len(sends) > 50
    missing = {
        place: names - (known[place] if method == "post" else set(ASKED))
        for (method, place), names in sends.items()
    }
    assert {place: names for place, names in missing.items() if names} == {}


class Listening(QueryDict):
    """Remembers which names a page asks for."""

    heard: ClassVar[set[str]]
    is_made = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_made = True

    def _hear(self, key: Any) -> None:
        if self.is_made:
            self.heard.add(key)

    def __getitem__(self, key: Any) -> Any:
        self._hear(key)
        return super().__getitem__(key)

    def __contains__(self, key: Any) -> bool:
        self._hear(key)
        return super().__contains__(key)

    def getlist(self, key: Any, default: Any = None) -> Any:
        self._hear(key)
        return super().getlist(key, default)


@dataclass
class Heard:
    """The names that pages asked their address and their body for."""

    address: set[str] = field(default_factory=set)
    body: set[str] = field(default_factory=set)

    def clear(self) -> None:
        self.address.clear()
        self.body.clear()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    found = Heard()
    for module, names in (("django.core.handlers.wsgi", found.address), ("django.http.request", found.body)):
        monkeypatch.setattr(f"{module}.QueryDict", type("Listening", (Listening,), {"heard": names}))
    return found


@pytest.mark.parametrize("which", AUDIENCES)
def test_the_right_body_is_taken(
    which: str, market: Scene, visitors: dict[str, Visitor], heard: Heard
) -> None:
    """Otherwise the tests below would prove nothing. And nothing is read that they do not send wrong."""
    wrong, known = [], named(market)
    for form in forms_of(which):
        files = {name: file_for(name) for name in form.files}
        args = form.args(market.own)
        heard.clear()
        response = visitors[form.person].ask(
            "POST", reverse(form.name, kwargs=args), {**form.right(market.own), **files}
        )
        # Nobody has such a purchase.
        expected = 422 if form.name in ("shop:order_lookup", *READ_A_CODE) else form.done
        if response.status_code != expected:
            wrong.append(f"{form.name}: {response.status_code}")
        unknown = (heard.body - known[place_of(form.name, args)] - NO_FIELD) | (heard.address - set(ASKED))
        if unknown:
            wrong.append(f"{form.name} reads {sorted(unknown)}, and no row of FORMS sends it")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("which", AUDIENCES)
def test_wrong_fields_end_in_a_sentence(which: str, market: Scene, visitors: dict[str, Visitor]) -> None:
    wrong = []
    for form in forms_of(which):
        sender = Sender(form, market, visitors)
        right = form.right(market.own)
        sender.send("empty", {"csrfmiddlewaretoken": "x"})
        sender.send("bytes", "&".join(f"{name}={BYTES.decode()}" for name in right), content_type=URLENCODED)
        sender.send("lists", {f"{name}[]": value for name, value in right.items()} | form.button)
        sender.send("files for words", {name: photo() for name in form.body(market.own)} | form.button)
        for what in EVERYWHERE:
            sender.send(f"{what} everywhere", {**dict.fromkeys(right, WRONG[what]), **form.button})
        for number, name in enumerate(form.body(market.own)):
            for what in ["missing", "empty", *(ALONE[number * 2 % len(ALONE) :][:2])]:
                files = {one: file_for(one) for one in form.files}
                body = {**right, name: WRONG.get(what, "")}
                if what == "missing":
                    del body[name]
                response = sender.send(f"{what} in {name}", {**body, **files})
                sender.check_kept(f"{what} in {name}", response, body, name)
            sender.send(f"{name} twice", {**right, name: [str(right[name]), "x"]})
        wrong += sender.wrong
    assert "\n".join(wrong) == ""


URLENCODED = "application/x-www-form-urlencoded"


# --- files ------------------------------------------------------------------------------------------------
SCRIPT = b"<script>alert(1)</script>"
# Files that are no picture, but that may be a paper.
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + SCRIPT + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _png(width: int, height: int, data: bytes = b"\0" * 64, before: bytes = b"") -> bytes:
    """A PNG of a few bytes that says it is so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    text = chunk(b"zTXt", b"k\0\0" + zlib.compress(before)) if before else b""
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def _sized(jpeg: bytes, width: int, height: int) -> bytes:
    """The JPEG with another size written into its header."""
    at_frame = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at_frame] + struct.pack(">HH", height, width) + jpeg[at_frame + 4 :]


def _other(kind: str, mode: str = "P", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (9, 9)).save(out, kind, **options)
    return out.getvalue()


def bad_files() -> Iterator[tuple[str, SimpleUploadedFile]]:
    """Files that no page may take, whatever they call themselves."""
    whole = photo((80, 80)).read()
    webp = _other("WEBP", "RGB")
    for what, data in {
        "words": "Đây là chữ.".encode(),
        "half a JPEG": whole[: len(whole) // 2],
        "head of a JPEG": whole[:20],
        "huge JPEG": _sized(whole, 65_500, 65_500),
        "JPEG of nothing": _sized(whole, 0, 0),
        "GIF": _other("GIF"),
        "BMP": _other("BMP"),
        "TIFF": _other("TIFF"),
        "icon": _other("ICO"),
        "GIF that is a script": b"GIF89a/*" + SCRIPT + b"*/=1",
        "half a WebP": webp[: len(webp) // 2],
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
        "page": b"<!doctype html>" + SCRIPT,
        "bomb": _png(60_000, 60_000),
        "PNG of nothing": _png(0, 0),
        "PNG without end": _png(400, 400),
        "bomb of words": _png(9, 9, before=b"\0" * 80_000_000),
        "half a PDF": b"%PDF-1.7\n1 0 obj",
        "archive": b"PK\x03\x04" + b"\0" * 60,
        "nothing": b"",
        "NULs": b"\x00" * 5000,
    }.items():
        yield what, SimpleUploadedFile("anh.jpg", data, content_type="image/jpeg")


def kept_files(settings: Any) -> list[bytes]:
    folders = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    return [path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()]


DOCUMENTS = {"issued-file"}  # these fields take what a program made, PDF or XML, and no picture
PAPERS = {"registration", "identity", "other", "paper", "sent-evidence", *DOCUMENTS}  # these take a PDF, too


def file_for(field: str, name: str = "anh.jpg") -> SimpleUploadedFile:
    """A file that ``field`` takes."""
    if field in DOCUMENTS:
        return SimpleUploadedFile(name, b"<?xml version='1.0'?><HDon><DLHDon/></HDon>", "text/xml")
    return photo(name=name)


@pytest.mark.parametrize("which", ["shop", "desk"])
def test_unreadable_pictures_end_in_a_sentence(
    which: str, market: Scene, visitors: dict[str, Visitor], settings: Any
) -> None:
    wrong, files, before = [], list(bad_files()), len(kept_files(settings))
    for form in (form for form in forms_of(which) if form.files):
        sender = Sender(form, market, visitors)
        right = form.right(market.own)
        for name in form.files:
            pdf = SimpleUploadedFile("anh.jpg", PDF, content_type="image/jpeg")
            for what, upload in [*files, *([] if name in PAPERS else [("a PDF", pdf)])]:
                upload.seek(0)
                response = sender.send(f"{what} as {name}", {**right, name: upload})
                if response.status_code != 422:
                    sender.complain(f"{what} as {name}", f"answered {response.status_code}")
                sender.check_kept(f"{what} as {name}", response, right, name)
            sender.send(f"words for {name}", {**right, name: "khong-phai-tep"})
            sender.send(f"two files as {name}", {**right, name: [photo(), photo((30, 30))]})
        wrong += sender.wrong
    assert "\n".join(wrong) == ""
    assert len(kept_files(settings)) >= before


@pytest.mark.parametrize("which", ["shop", "desk"])
def test_only_the_pixels_of_a_picture_are_kept(
    which: str, market: Scene, visitors: dict[str, Visitor], settings: Any
) -> None:
    """A photo that is a page or an archive behind its end, or that carries a script in a note, is drawn anew."""
    note = Image.Exif()
    note[0x9286], note[0x010E] = SCRIPT.decode(), SCRIPT.decode()
    noted = io.BytesIO()
    Image.new("RGB", (60, 40)).save(noted, "JPEG", exif=note, comment=SCRIPT)
    for form in (form for form in forms_of(which) if {*form.files} - DOCUMENTS):
        for data in (photo().read() + SCRIPT + b"PK\x05\x06" + b"\0" * 18, noted.getvalue()):
            files = {name: SimpleUploadedFile("anh.jpg.html", data, "text/html") for name in form.files}
            url = reverse(form.name, kwargs=form.args(market.own))
            response = visitors[form.person].ask("POST", url, {**form.right(market.own), **files})
            expected = 422 if form.name in READ_A_CODE else 302
            assert (form.name, response.status_code) == (form.name, expected)
    names = {path.suffix for path in Path(settings.MEDIA_ROOT).rglob("*.*")}

    assert [data[:60] for data in kept_files(settings) if b"<script" in data] == []
    assert names <= {".webp", ".jpg"}


def test_a_pdf_that_hides_a_script_is_handed_out_as_a_pdf_and_nothing_else(
    market: Scene, visitors: dict[str, Visitor]
) -> None:
    form = next(form for form in FORMS if form.name == "desk:bank")
    url, client = reverse(form.name, kwargs=form.args(market.own)), visitors["lan"].client
    paper = SimpleUploadedFile("giấy.html", PDF, content_type="text/html")
    assert client.post(url, {**form.right(market.own), "paper": paper}).status_code == 302
    kept = market.own.cooperative.papers.order_by("-pk")[0]

    answer = client.get(reverse("desk:paper", args=[market.own.slug, kept.pk]))

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert b"".join(answer.streaming_content) == PDF


@pytest.mark.parametrize("which", ["shop", "desk"])
def test_a_picture_with_an_odd_name_is_taken(
    which: str, market: Scene, visitors: dict[str, Visitor], settings: Any
) -> None:
    wrong = []
    odd = ("../../etc/passwd", "..\\..\\xau.exe", "a" * 300 + ".jpg", "ảnh 👩‍🌾.jpg", ".jpg", "con.\u202egpj",
           "a\x00b.jpg", "&lt;script&gt;.jpg", "%2e%2e%2f.jpg", "-rf *", "x.svg")  # fmt: skip
    for form in (form for form in forms_of(which) if form.files):
        for name in odd:
            files = {one: file_for(one, name) for one in form.files}
            url = reverse(form.name, kwargs=form.args(market.own))
            response = visitors[form.person].ask("POST", url, {**form.right(market.own), **files})
            if response.status_code != (422 if form.name in READ_A_CODE else 302):
                wrong.append(f"{form.name} {name[-20:]}: {response.status_code}")
    assert "\n".join(wrong) == ""
    roots = (Path(settings.MEDIA_ROOT), Path(settings.PRIVATE_ROOT))
    ours = {path.suffix for root in roots for path in root.rglob("*") if path.is_file()}
    assert ours <= {".webp", ".jpg", ".xml"}


# --- the world moved on while somebody was typing ---------------------------------------------------------
def review_body(side: Side) -> dict[str, str]:
    return {"placement_key": str(uuid4()), "shown_total": "85000"}


def test_what_changed_before_the_order_is_said_and_nothing_is_ordered(
    market: Scene, visitors: dict[str, Visitor]
) -> None:
    side, url = market.own, reverse("shop:checkout_review")
    changes: dict[str, Callable[[], Any]] = {
        "price": lambda: side.product.stockrecords.update(price=60000),
        "stock": lambda: side.product.stockrecords.update(num_in_stock=0),
        "closed": lambda: stalls.close_stall(side.cooperative.stall, by=side.director),
        "vanished": lambda: (
            type(side.product).objects.filter(pk=side.product.pk).update(removed_at=scene.NOW)
        ),
        "suspended": lambda: type(side.product).objects.filter(pk=side.product.pk).update(status="suspended"),
    }
    for what, change in changes.items():
        with scene.undone():
            change()
            before = scene.rows()
            response = visitors["nobody"].ask("POST", url, review_body(side), inside=lambda b=before: same(b))
        assert (what, response.status_code) == (what, 422)
        assert "Miến dong" in response.content.decode()


def same(before: dict[str, int]) -> None:
    assert scene.rows() == before


def test_the_order_button_pressed_twice_orders_once(market: Scene, visitors: dict[str, Visitor]) -> None:
    client, url, body = visitors["nobody"].client, reverse("shop:checkout_review"), review_body(market.own)
    first = client.post(url, body)
    placed = scene.rows()["order_purchase"]
    second = client.post(url, body)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert scene.rows()["order_purchase"] == placed


def test_every_button_of_the_desk_may_be_pressed_twice(market: Scene, visitors: dict[str, Visitor]) -> None:
    """The second press says that it was done, or leads on; it never does it again."""
    client = visitors["lan"].client
    told = []
    for row in (row for row in ROWS if audience(row.name) == "desk" and row.method == "POST"):
        if row.name in ("desk:lot_stock", "desk:lot_labels", "desk:product_autosave"):
            continue  # a form carries what it saw; the tests of lots and products send it twice
        url, body = row.url(row.args(market.own)), row.body(market.own)
        with scene.undone(), scene.quiet():
            first = client.post(url, body).status_code
            between = scene.rows()
            again = client.post(url, body)
            second = again.status_code
            grown = {t for t, n in scene.rows().items() if n != between[t]} - {
                "accounts_auditrow",
                "accounts_auditdetail",
            }
        is_told = (
            second in (302, 409, 422) or again["Content-Type"] == "application/json"
        )  # a script reads it
        if not is_told or grown:
            told.append(f"{row.name}: {first}, then {second}, grown {sorted(grown)}")
    assert "\n".join(told) == ""
