"""Who may open what: every address of the market × eight people, in one table.

An address without a row fails, and so does a row without an address: whoever adds a page says here who may see it.
The people are those of ``conftest``; ``own`` is the cooperative of Lan (director) and Minh (packer), Tuấn directs the
other one, Quyên is officer of ``own``'s province and Phúc of the other's, the operator has no place in either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cooperatives import stock
from orders.models import Pick
from tests import factories, scene
from tests.orders import trade
from tests.scene import Scene, Side, Visitor, photo

PEOPLE = ["nobody", "ha", "lan", "minh", "tuan", "quyen", "phuc", "operator"]

# One answer a person, in the order of PEOPLE; a single word is everybody's. "in": sent to sign in.
# fmt: off
#                nobody ha  lan minh tuan quyen phuc operator
MEMBERS      = " in    404  200  200  404  404  404  404"
MEMBERS_DO   = " in    404  302  302  404  404  404  404"
MEMBERS_REFUSED = " in 404 422  422  404  404  404  404"
NO_PACKER    = " in    404  200  403  404  404  404  404"
NO_PACKER_DO = " in    404  302  403  404  404  404  404"
OFFICERS     = " in    404  404  404  404  200  200  404"
OF_PROVINCE  = " in    404  404  404  404  200  404  404"
DECIDES      = " in    404  404  404  404  302  404  404"
SIGNED_IN    = " in    200  200  200  200  200  200  200"
NOT_ITS_OWN  = " 302   302  422  422  302  302  302  302"
OF_HA        = " in    200  404  404  404  404  404  404"
FROM_PHONES  = "401    403  200  200  403  403  403  403"
NOT_YET_IN   = " 200   302  302  302  302  302  302  302"
# fmt: on

Args = Callable[[Side], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One way to open one address; ``args`` makes its parts and ``body`` what is posted, both of one side."""

    name: str
    args: Args
    method: str
    expected: str
    body: Callable[[Side], dict[str, Any]] = lambda side: {}

    def codes(self) -> dict[str, str]:
        words = self.expected.split()
        return dict(zip(PEOPLE, words * len(PEOPLE) if len(words) == 1 else words, strict=False))

    def url(self, args: dict[str, Any]) -> str:
        return reverse(self.name, kwargs=args)


def plain(_side: Side) -> dict[str, Any]:
    return {}


def stall(side: Side) -> dict[str, Any]:
    return {"slug": side.slug}


def of_desk(**parts: Callable[[Side], Any]) -> Args:
    return lambda side: {"slug": side.slug, **{name: part(side) for name, part in parts.items()}}


def a_recall(side: Side) -> dict[str, Any]:
    return {"slug": side.slug, "pk": side.recall.pk}


def recalled(side: Side) -> dict[str, Any]:
    return {
        "lots": side.lot.pk,
        "reason": "Kiểm nghiệm thấy dư lượng.",
        "form_key": str(uuid4()),
        "sure": "on",
    }


def words_of_a_recall(_side: Side) -> dict[str, Any]:
    return {"reason": "Nhầm số lô trên phiếu."}


def of(**parts: Callable[[Side], Any]) -> Args:
    return lambda side: {name: part(side) for name, part in parts.items()}


def money(state: str) -> Args:
    return of_desk(pk=lambda side: side.transfer(state).pk)


def order(state: str) -> Args:
    return of_desk(number=lambda side: side.order(state).number)


def transfer(state: str) -> Args:
    return of(token=lambda side: side.token(state), number=lambda side: side.order(state).number)


def goods(status: str, **more: Any) -> Args:
    return of_desk(
        pk=lambda side: side.goods[status].pk, **{k: lambda _side, v=v: v for k, v in more.items()}
    )


def parcel(state: str) -> Args:
    return of_desk(number=lambda side: side.order(state).number, pk=lambda side: side.parcel(state))


VOUCHER = {"code": "TET2027", "most": "10.000", "least": "50.000", "once_a_phone": "on"}
DELIVERY = {"buyer_name": "Hà", "phone": "0912000004", "street": "12 Đội Cấn"}


def sold(side: Side) -> dict[str, Any]:
    return {f"units_{side.product.pk}": 1, "method": "cod", "placement_key": str(uuid4())}


def a_month(side: Side) -> dict[str, Any]:
    return {"slug": side.slug, "name": f"{timezone.localdate():%Y-%m}"}


def refund(state: str = "owed") -> Args:
    return of_desk(number=lambda side: side.order(state).number, pk=lambda side: side.refund(state))


def an_invoice(side: Side) -> dict[str, Any]:
    order = side.order("invoiced")
    return {"slug": side.slug, "number": order.number, "pk": order.invoice_request.invoices.get().pk}


def at_shop(state: str) -> Args:
    """A return as its buyer opens it."""
    return of(
        token=lambda side: side.return_case(state).order.purchase.token,
        number=lambda side: side.return_case(state).order.number,
        pk=lambda side: side.return_case(state).pk,
    )


def complaint_at_shop(side: Side) -> dict[str, Any]:
    order = side.order("delivered")
    return {"token": order.purchase.token, "number": order.number, "pk": side.complaint().pk}


def rated_at_shop(side: Side) -> dict[str, Any]:
    order = side.order("delivered")
    return {"token": order.purchase.token, "number": order.number, "pk": side.product.pk}


def words(_side: Side) -> dict[str, Any]:
    return {"words": "Giao trễ.", "form_key": str(uuid4())}


def a_return(state: str) -> Args:
    return of_desk(pk=lambda side: side.return_case(state).pk)


def asked_back(side: Side) -> dict[str, Any]:
    line = side.order("delivered").lines.get()
    return {f"units_{line.pk}": 1, "reason": "broken", "words": "Bị ẩm.", "form_key": str(uuid4())}


def units(side: Side) -> dict[str, Any]:
    return {f"fit_{pick.pk}": 1 for pick in Pick.objects.filter(parcel=side.parcel("shipped"))} | {
        "reason": "Trả."
    }


def picks(side: Side) -> dict[str, Any]:
    chosen = scene.picks_of(side.order("confirmed"))
    return {f"take_{pick.line_id}_{pick.lot_id or 0}": pick.quantity for pick in chosen}


def device(_side: Side) -> dict[str, Any]:
    return {"act": "on", **factories.DEVICE}


def waybill(_side: Side) -> dict[str, Any]:
    return {"carrier": "GHN", "waybill": "G1"}


def five(side: Side) -> dict[str, Any]:
    return {"quantity": 5, "seen": stock.newest_movement(side.product.stockrecords.get())}


def account(side: Side) -> dict[str, Any]:
    bank = side.bank_account.bank_id
    return {"bank": bank, "number": "9704050001", "holder": "HTX MUONG HOA", "paper": photo()}


APPROVE = {"decision": "approve"}
RATE = {"parcel_fee": "30000", "is_served": "on", "takes_cold": "on", "takes_cod": "on"}
lot = of_desk(pk=lambda side: side.lot.pk)
a_print = of_desk(pk=lambda side: side.lot.pk, number=lambda side: side.label_print.pk)
held_lot = of_desk(pk=lambda side: side.held.lot_id)
# A slot that no event has; what members may send there, and strangers not, tests of the door say.
no_photo = of_desk(event=lambda side: UUID(int=7), slot=lambda side: 0)
GET, POST = "GET", "POST"


def gs1_lot(side: Side) -> str:
    return f"{side.gs1_number.number}/10/{side.lot.number}"


def number(_side: Side) -> dict[str, Any]:
    return {"kind": "gln", "number": "8938500000027", "paper": photo()}


ROWS = [
    # --- outside of audiences
    Row("sitemap", plain, GET, "200"),
    Row("robots", plain, GET, "200"),
    Row("trace", of(code=lambda side: side.code), GET, "200"),
    Row("keeper", plain, GET, "200"),
    Row("field_keeper", plain, GET, "200"),
    # Nothing was signed yet.
    Row("log_checkpoint", plain, GET, "404"),
    Row("log_entries", of(path=lambda side: "000"), GET, "404"),
    Row("log_tile", of(level=lambda side: 0, path=lambda side: "000"), GET, "404"),
    Row("log_consistency", of(old=lambda side: 1, new=lambda side: 2), GET, "404"),
    Row("log_proof", of(event=lambda side: side.event.pk), GET, "404"),
    Row("trace_epcis", of(code=lambda side: side.code), GET, "200"),
    Row("digital_link", of(key=lambda side: "01", rest=gs1_lot), GET, "200"),
    Row("digital_link", of(key=lambda side: "01", rest=lambda side: "08938500000010"), GET, "404"),
    Row("gs1resolver", plain, GET, "200"),
    Row("epcis_capture", plain, POST, "401"),
    Row("sensor_readings", plain, POST, "401"),
    # No number is typed: the page says so.
    Row("trace_confirm", of(code=lambda side: side.pin_code), POST, "422"),
    Row("trace_report", of(code=lambda side: side.code), GET, "200"),
    Row("trace_report", of(code=lambda side: side.code), POST, "422"),
    Row("health", plain, GET, "200"),
    Row("bank_notice", of(token=lambda side: side.notifier.token), POST, "401"),
    Row("carrier_call", of(carrier=lambda side: "ghn", token=lambda side: side.carrier_link.token), POST, "401"),
    Row("alive", plain, GET, "200"),
    *([Row("media", of(path=lambda side: side.product.picture.original.name), GET, "200")]
      if settings.EMBEDDED or settings.DEBUG else []),
    Row("places:communes", plain, GET, "200"),
    # --- shop: everybody, whoever they are
    Row("shop:home", plain, GET, "200"),
    Row("shop:products", plain, GET, "200"),
    Row("shop:product", of(slug=lambda side: side.product.slug), GET, "200"),
    Row("shop:product", of(slug=lambda side: side.goods["submitted"].slug), GET, "404"),
    Row("shop:product", of(slug=lambda side: side.goods["suspended"].slug), GET, "404"),
    Row("shop:product", of(slug=lambda side: side.goods["binned"].slug), GET, "404"),
    Row("shop:categories", plain, GET, "200"),
    Row("shop:category", of(slug=lambda side: side.product.category.slug), GET, "200"),
    Row("shop:search", plain, GET, "200"),
    Row("shop:provinces", plain, GET, "200"),
    Row("shop:province", of(slug=lambda side: "thai-nguyen"), GET, "200"),
    Row("shop:stalls", plain, GET, "200"),
    Row("shop:stall", stall, GET, "200"),
    Row("shop:scan", plain, GET, "200"),
    Row("shop:log", plain, GET, "200"),
    Row("shop:log_lot", of(code=lambda side: side.code), GET, "200"),
    Row("shop:log_lot", of(code=lambda side: "4HYJE1B1"), GET, "404"),
    Row("shop:basket", plain, GET, "200"),
    Row("shop:basket_add", plain, POST, "302", lambda side: {"product": side.product.pk, "quantity": 1}),
    Row("shop:basket_voucher", plain, POST, "302", lambda side: {"code": side.voucher(side.cooperative).code}),
    Row("shop:basket_change", plain, POST, "302", lambda side: {"line": 0, "quantity": 1}),
    Row("shop:checkout", plain, GET, "200"),
    Row("shop:checkout_payment", plain, GET, "200"),
    Row("shop:checkout_review", plain, GET, "200"),
    Row("shop:order_lookup", plain, GET, "200"),
    # The secret link is the key.
    Row("shop:purchase", of(token=lambda side: side.token()), GET, "200"),
    Row("shop:purchase", of(token=lambda side: "khong-phai-lien-ket"), GET, "404"),
    Row("shop:purchase_qr", transfer("waiting"), GET, "200"),
    Row("shop:purchase_claim", transfer("waiting"), POST, "302"),
    Row("shop:purchase_cancel", transfer("placed"), POST, "302"),
    Row("shop:buy_again", transfer("delivered"), POST, "302"),
    Row("shop:purchase_account", transfer("owed"), POST, "302",
        lambda side: {"bank": side.bank_account.bank_id, "number": "123456", "holder": "HA"}),
    Row("shop:purchase_push", of(token=lambda side: side.token()), POST, "200", device),
    Row("shop:purchase_push", of(token=lambda side: side.order().token), POST, "404", device),
    Row("shop:contract", of(token=lambda side: side.token()), GET, "200"),
    Row("shop:contract", of(token=lambda side: "khong-phai-lien-ket"), GET, "404"),
    Row("shop:order_contract", transfer("placed"), GET, "200"),
    Row("shop:receipt", transfer("received"), GET, "200"),
    Row("shop:receipt", transfer("placed"), GET, "404"),
    Row("shop:purchase_invoice", transfer("placed"), POST, "302", lambda side: {"name": "Hà", "address": "Hà Nội"}),
    Row("shop:invoice_file", transfer("invoiced"), GET, "200"),
    Row("shop:invoice_file", transfer("asked"), GET, "404"),
    Row("shop:cases", transfer("delivered"), GET, "200"),
    Row("shop:complain", transfer("delivered"), GET, "200"),
    Row("shop:complaint", complaint_at_shop, GET, "200"),
    Row("shop:complaint", complaint_at_shop, POST, "302", words),
    Row("shop:complaint_close", complaint_at_shop, POST, "302"),
    Row("shop:complaint_escalate", complaint_at_shop, POST, "302"),
    Row("shop:return_ask", transfer("delivered"), GET, "200"),
    Row("shop:return_ask", transfer("delivered"), POST, "302", asked_back),
    Row("shop:return_case", at_shop("requested"), GET, "200"),
    Row("shop:return_withdraw", at_shop("requested"), POST, "302"),
    Row("shop:ratings_of_order", transfer("delivered"), GET, "200"),
    Row("shop:rate", rated_at_shop, GET, "200"),
    Row("shop:rate", rated_at_shop, POST, NOT_ITS_OWN, lambda side: {"score": 5, "words": "Ngon."}),
    Row("shop:ratings", of(slug=lambda side: side.product.slug), GET, "200"),
    Row("shop:ratings", of(slug=lambda side: side.goods["suspended"].slug), GET, "404"),
    # --- shop: of one person
    Row("shop:me", plain, GET, SIGNED_IN),
    Row("shop:my_letters", plain, GET, SIGNED_IN),
    Row("shop:my_push", plain, POST, SIGNED_IN, device),
    Row("shop:apply", plain, GET, SIGNED_IN),
    Row("shop:apply_paper", of(pk=lambda side: side.application_paper.pk), GET, OF_HA),
    # --- accounts
    Row("account_login", plain, GET, NOT_YET_IN),
    Row("account_signup", plain, GET, NOT_YET_IN),
    Row("account_logout", plain, GET, "302 200 200 200 200 200 200 200"),
    Row("account_logout", plain, POST, "302"),
    Row("account_inactive", plain, GET, "200"),
    Row("account_change_password", plain, GET, SIGNED_IN),
    Row("account_reset_password", plain, GET, "200"),
    Row("account_reset_password_done", plain, GET, "200"),
    Row("account_reset_password_from_key", of(uidb36=lambda side: "1", key=lambda side: "sai-khoa"), GET, "200"),
    # --- desk: everybody who works there
    Row("desk:today", stall, GET, MEMBERS),
    Row("desk:orders", stall, GET, MEMBERS),
    Row("desk:order", order("placed"), GET, MEMBERS),
    Row("desk:slip", parcel("packed"), GET, MEMBERS),
    Row("desk:packing_list", stall, GET, MEMBERS),
    Row("desk:contract", order("placed"), GET, NO_PACKER),
    Row("desk:receipt", order("received"), GET, NO_PACKER),
    Row("desk:invoices", stall, GET, NO_PACKER),
    Row("desk:invoice_write", order("asked"), POST, NO_PACKER_DO, lambda side: {
        "issued-form": "1", "issued-series": "C26T", "issued-number": "2", "issued-issued_on": "2026-11-01"}),
    Row("desk:invoice_file", an_invoice, GET, NO_PACKER),
    Row("desk:inbox", stall, GET, MEMBERS),
    Row("desk:push", stall, POST, MEMBERS, device),
    Row("desk:stall", stall, GET, MEMBERS),
    Row("desk:paper", of_desk(pk=lambda side: side.paper.pk), GET, MEMBERS),
    # --- desk: packing and lots
    Row("desk:order_confirm", order("placed"), POST, MEMBERS_DO),
    Row("desk:order_pack", order("confirmed"), POST, MEMBERS_DO, picks),
    Row("desk:parcel_unpack", parcel("packed"), POST, MEMBERS_DO),
    Row("desk:parcel_ship", parcel("packed"), POST, MEMBERS_DO, waybill),
    Row("desk:parcel_deliver", parcel("shipped"), POST, MEMBERS_DO),
    Row("desk:parcel_back", parcel("shipped"), POST, MEMBERS_DO, units),
    Row("desk:lots", stall, GET, MEMBERS),
    Row("desk:lot_scan", stall, GET, MEMBERS),
    Row("desk:lot_add", stall, GET, MEMBERS),
    Row("desk:lot", lot, GET, MEMBERS),
    Row("desk:field", stall, GET, MEMBERS),
    Row("desk:lot_event", lot, GET, MEMBERS),
    # Doors of JSON: nobody is sent to a page.
    Row("desk:event_upload", stall, GET, FROM_PHONES),
    Row("desk:event_upload", stall, POST, FROM_PHONES.replace("200", "422")),
    Row("desk:event_photo", no_photo, "PUT", FROM_PHONES.replace("200", "404")),
    Row("desk:lot_waiting", held_lot, GET, MEMBERS),
    Row("desk:lot_waiting", held_lot, POST, NO_PACKER_DO,
        lambda side: {"event": side.held.pk, "decision": "take"}),
    Row("desk:lot_stock", lot, POST, MEMBERS_DO, lambda side: {"quantity": 5}),
    Row("desk:lot_codes", lot, GET, MEMBERS),
    Row("desk:lot_labels", lot, POST, MEMBERS_DO, lambda side: {"kind": "lot", "count": 1, "layout": "24"}),
    Row("desk:lot_print", a_print, GET, MEMBERS),
    Row("desk:lot_print_file", a_print, GET, MEMBERS),
    Row("desk:alarms", of_desk(), GET, MEMBERS),
    Row("desk:reports", of_desk(), GET, MEMBERS),
    Row("desk:lot_stamps", lot, GET, MEMBERS),
    Row("desk:lot_poster", lot, GET, MEMBERS),
    Row("desk:stall_poster", stall, GET, MEMBERS),
    Row("desk:lot_paper", lot, GET, MEMBERS),
    Row("desk:lot_dossier", lot, GET, MEMBERS),
    Row("desk:lot_make", lot, GET, MEMBERS),
    Row("desk:lot_slips", lot, GET, MEMBERS),
    Row("desk:lot_slips_file", lot, GET, MEMBERS),
    Row("desk:lot_sensors", lot, GET, MEMBERS),
    Row("desk:sensor_shut_out", of_desk(pk=lambda side: side.sensor.pk), POST, MEMBERS_DO),
    Row("desk:households", stall, GET, MEMBERS),
    Row("desk:household", of_desk(pk=lambda side: side.slip.household_id), GET, MEMBERS),
    Row("desk:household_edit", of_desk(pk=lambda side: side.slip.household_id), GET, MEMBERS),
    Row("desk:plot_edit", of_desk(pk=lambda side: side.slip.plot_id), GET, MEMBERS),
    Row("desk:lot_close", lot, POST, MEMBERS_DO),
    Row("desk:numbers", stall, GET, MEMBERS),
    Row("desk:epcis_period", stall, GET, MEMBERS_REFUSED),
    Row("desk:recalls", stall, GET, MEMBERS),
    Row("desk:recall", a_recall, GET, MEMBERS),
    Row("desk:recall_told", a_recall, POST, MEMBERS_DO, lambda side: {"notice": side.recall.notices.get().pk}),
    # --- desk: stock
    Row("desk:stock", stall, GET, MEMBERS),
    Row("desk:stock_take", stall, GET, MEMBERS),
    Row("desk:stock_of", goods("approved"), GET, MEMBERS),
    Row("desk:stock_of", goods("binned"), GET, MEMBERS),  # what lies there still is written off here
    Row("desk:stock_add", goods("approved"), POST, MEMBERS_DO, lambda side: {**five(side), "lot": 0}),
    Row("desk:stock_spoil", goods("approved"), POST, MEMBERS_DO,
        lambda side: {**five(side), "lot": side.lot.pk, "note": "Mốc"}),
    Row("desk:stock_move", goods("approved"), POST, MEMBERS_DO,
        lambda side: {**five(side), "source": 0, "target": side.lot.pk, "note": "Nhầm lô"}),
    # --- desk: selling and money
    Row("desk:order_cancel", order("placed"), POST, NO_PACKER_DO, lambda side: {"cancel-reason": "Hết hàng."}),
    Row("desk:order_cut", order("several"), POST, NO_PACKER_DO,
        lambda side: {f"cut-off_{side.order('several').lines.get().pk}": 1, "cut-reason": "Hết hàng.", "cut-seen": 0}),
    Row("desk:refund_give", order("placed"), POST, NO_PACKER_DO,
        lambda side: {"give-target": "fee", "give-amount": "1.000", "give-reason": "Khách quen.", "give-seen": 0}),
    Row("desk:refund_qr", refund(), GET, NO_PACKER),
    Row("desk:refund_account", refund(), POST, NO_PACKER_DO,
        lambda side: {"account-bank": side.bank_account.bank_id, "account-number": "123456", "account-holder": "HA"}),
    Row("desk:refund_sent", refund(), POST, NO_PACKER_DO,
        lambda side: {"sent-shown": int(side.order("owed").total_incl_tax), "sent-reference": "FT1"}),
    Row("desk:refund_bounced", refund("refunded"), POST, NO_PACKER_DO, lambda side: {"reason": "Sai số."}),
    Row("desk:refund_drop", refund(), POST, NO_PACKER_DO, lambda side: {"drop-reason": "Bấm nhầm."}),
    Row("desk:payment_received", order("claimed"), POST, NO_PACKER_DO),
    Row("desk:payment_missing", order("claimed"), POST, NO_PACKER_DO),
    Row("desk:payment_undo", order("received"), POST, NO_PACKER_DO, lambda side: {"undo-reason": "Bấm nhầm."}),
    Row("desk:sale", stall, GET, NO_PACKER),
    Row("desk:sale", stall, POST, NO_PACKER_DO, sold),
    Row("desk:sale_done", order("counter"), GET, NO_PACKER),
    Row("desk:sale_paid", order("counter"), POST, NO_PACKER_DO),
    Row("desk:sale_off", order("counter"), POST, NO_PACKER_DO),
    Row("desk:taken_order", stall, GET, NO_PACKER),
    Row("desk:taken_order", stall, POST, NO_PACKER_DO,
        lambda side: {**sold(side), "source": "phone", **DELIVERY, "province_code": "01", "commune_code": "00004"}),
    Row("desk:books", stall, GET, NO_PACKER),
    Row("desk:book_month", a_month, GET, NO_PACKER),
    Row("desk:month_file", lambda side: {**a_month(side), "kind": "csv"}, GET, NO_PACKER),
    Row("desk:month_close", a_month, POST, NO_PACKER_DO),
    Row("desk:cases", stall, GET, NO_PACKER),
    Row("desk:ratings", stall, GET, NO_PACKER),
    Row("desk:rating", of_desk(pk=lambda side: side.rating().pk), GET, NO_PACKER),
    Row("desk:rating", of_desk(pk=lambda side: side.rating().pk), POST, NO_PACKER_DO, words),
    Row("desk:complaint", of_desk(pk=lambda side: side.complaint().pk), GET, NO_PACKER),
    Row("desk:complaint", of_desk(pk=lambda side: side.complaint().pk), POST, NO_PACKER_DO, words),
    Row("desk:return_case", a_return("requested"), GET, NO_PACKER),
    Row("desk:return_agree", a_return("requested"), POST, NO_PACKER_DO, lambda side: {"agree-way": "back"}),
    Row("desk:return_dispute", a_return("requested"), POST, NO_PACKER_DO,
        lambda side: {"dispute-reason": "Hàng còn nguyên."}),
    Row("desk:return_back", a_return("agreed"), POST, NO_PACKER_DO,
        lambda side: {f"back-fit_{side.return_case('agreed').lines.get().line_id}": 1}),
    Row("desk:transfers", stall, GET, NO_PACKER),
    Row("desk:transfers_close", stall, POST, NO_PACKER_DO, lambda side: {"transfer": side.transfer().pk}),
    Row("desk:transfer", money("unknown"), GET, NO_PACKER),
    Row("desk:transfer_assign", money("unknown"), POST, NO_PACKER_DO,
        lambda side: {"assign-order": side.order("waiting").number}),
    Row("desk:transfer_release", of_desk(pk=lambda side: side.transfer("given").pk,
                                         number=lambda side: side.paid_by_transfer),
        POST, NO_PACKER_DO, lambda side: {"release-reason": "Nhầm đơn."}),
    Row("desk:transfer_close", money("unknown"), POST, NO_PACKER_DO, lambda side: {"close-what": "back"}),
    Row("desk:notifier", stall, GET, NO_PACKER),
    Row("desk:statements", stall, GET, NO_PACKER),
    Row("desk:statement", of_desk(pk=lambda side: side.statement.pk), GET, NO_PACKER),
    Row("desk:statement_apply", of_desk(pk=lambda side: side.statement.pk), POST, NO_PACKER_DO),
    Row("desk:statement_drop", of_desk(pk=lambda side: side.statement.pk), POST, NO_PACKER_DO),
    Row("desk:products", stall, GET, NO_PACKER),
    Row("desk:product_add", stall, GET, NO_PACKER),
    Row("desk:product", goods("approved"), GET, NO_PACKER),
    Row("desk:product", goods("binned"), GET, "in 404 404 403 404 404 404 404"),
    Row("desk:product_step", goods("draft", step="ten"), GET, NO_PACKER),
    Row("desk:product_step", goods("draft", step="khong-co"), GET, "in 404 404 403 404 404 404 404"),
    Row("desk:product_price", goods("approved"), GET, NO_PACKER),
    Row("desk:product_parts", of_desk(pk=lambda side: side.gift.pk), GET, NO_PACKER),
    Row("desk:product_parts", of_desk(pk=lambda side: side.gift.pk), POST, NO_PACKER_DO,
        lambda side: {"rows": 4, "part_0": side.product.pk, "units_0": 3}),
    Row("desk:windows", stall, GET, NO_PACKER),
    Row("desk:window_add", goods("approved"), GET, NO_PACKER),
    Row("desk:window_add", goods("approved"), POST, NO_PACKER_DO,
        lambda side: {**scene.some_days(), "price": 1, "sure": 1}),
    Row("desk:window_end", of_desk(pk=lambda side: side.window.pk), POST, NO_PACKER_DO),
    Row("desk:product_autosave", goods("draft", step="ten"), POST, NO_PACKER, lambda side: {"title": "Miến"}),
    Row("desk:certificate", goods("approved"), GET, NO_PACKER),
    # --- desk: the director alone
    Row("desk:stall", stall, POST, NO_PACKER_DO, lambda side: {"action": "close"}),
    Row("desk:carriers", stall, GET, NO_PACKER),
    Row("desk:carriers", stall, POST, NO_PACKER_DO, lambda side: {"carrier": "ghn"}),
    Row("desk:rates", stall, GET, NO_PACKER),
    Row("desk:rates", stall, POST, NO_PACKER_DO, lambda side: RATE),
    Row("desk:zone_add", stall, GET, NO_PACKER),
    Row("desk:zone", of_desk(pk=lambda side: side.zone.pk), GET, NO_PACKER),
    Row("desk:rates", stall, POST, NO_PACKER_DO, lambda side: {"remove": side.zone.pk}),
    Row("desk:bank", stall, GET, NO_PACKER),
    Row("desk:bank", stall, POST, NO_PACKER_DO, account),
    Row("desk:vouchers", stall, GET, NO_PACKER),
    Row("desk:voucher_add", stall, GET, NO_PACKER),
    Row("desk:voucher_add", stall, POST, NO_PACKER_DO, lambda side: VOUCHER | scene.some_days()),
    Row("desk:voucher_end", of_desk(pk=lambda side: side.voucher(side.cooperative).pk), POST, NO_PACKER_DO),
    Row("desk:members", stall, GET, NO_PACKER),
    Row("desk:paper", of_desk(pk=lambda side: side.bank_paper.pk), GET, NO_PACKER),
    Row("desk:senders", stall, GET, NO_PACKER),
    Row("desk:sender_shut_out", of_desk(pk=lambda side: side.event_sender.pk), POST, NO_PACKER_DO),
    Row("desk:number_add", stall, GET, NO_PACKER),
    Row("desk:number_add", stall, POST, NO_PACKER_DO, number),
    Row("desk:number_retire", of_desk(pk=lambda side: side.gs1_number.pk), POST, NO_PACKER_DO),
    Row("desk:recall", a_recall, POST, NO_PACKER_DO, words_of_a_recall),
    Row("desk:recall_new", stall, GET, NO_PACKER),
    Row("desk:recall_new", stall, POST, NO_PACKER_DO, recalled),
    # --- review: every officer has queues, of their own province
    Row("review:home", plain, GET, OFFICERS),
    Row("review:applications", plain, GET, OFFICERS),
    Row("review:bank_accounts", plain, GET, OFFICERS),
    Row("review:stalls", plain, GET, OFFICERS),
    Row("review:products", plain, GET, OFFICERS),
    Row("review:changes", plain, GET, OFFICERS),
    Row("review:certificates", plain, GET, OFFICERS),
    Row("review:returns", plain, GET, OFFICERS),
    Row("review:complaints", plain, GET, OFFICERS),
    Row("review:vouchers", plain, GET, OFFICERS),
    Row("review:vouchers", plain, POST, "in 404 404 404 404 302 302 404", lambda side: VOUCHER | scene.some_days()),
    Row("review:support_file", plain, GET, OFFICERS),
    # --- review: what stands in one province
    Row("review:return_case", of(pk=lambda side: side.return_case("disputed").pk), GET, OF_PROVINCE),
    Row("review:return_case", of(pk=lambda side: side.return_case("disputed").pk), POST, DECIDES,
        lambda side: {"decision": "reject", "reason": "Không rõ lỗi."}),
    Row("review:recalls", plain, GET, OFFICERS),
    Row("review:recall_new", plain, GET, OFFICERS),
    Row("review:recall_new", plain, POST, DECIDES, lambda side: {**recalled(side), "htx": side.cooperative.pk}),
    Row("review:recall", of(pk=lambda side: side.recall.pk), GET, OF_PROVINCE),
    Row("review:recall", of(pk=lambda side: side.recall.pk), POST, DECIDES, words_of_a_recall),
    Row("review:alarms", plain, GET, OFFICERS),
    Row("review:alarm", of(code=lambda side: side.alarm.pk), GET, OF_PROVINCE),
    Row("review:alarm", of(code=lambda side: side.alarm.pk), POST, DECIDES,
        lambda side: {"status": "harmless", "finding": "Hộp mẫu bày ở hội chợ."}),
    Row("review:reports", plain, GET, OFFICERS),
    Row("review:report", of(pk=lambda side: side.fake.pk), GET, OF_PROVINCE),
    Row("review:report", of(pk=lambda side: side.fake.pk), POST, DECIDES,
        lambda side: {"status": "fake", "finding": "Đã xem gói hàng ở chợ."}),
    Row("review:ratings", plain, GET, OFFICERS),
    Row("review:rating", of(pk=lambda side: side.rating().pk), GET, OF_PROVINCE),
    Row("review:rating", of(pk=lambda side: side.rating().pk), POST, DECIDES,
        lambda side: {"reason": "Có số điện thoại."}),
    Row("review:rating_show", of(pk=lambda side: side.rating("hidden").pk), POST, DECIDES),
    Row("review:complaint", of(pk=lambda side: side.complaint("escalated").pk), GET, OF_PROVINCE),
    Row("review:complaint", of(pk=lambda side: side.complaint("escalated").pk), POST, DECIDES,
        lambda side: {"words": "Hai bên đã gặp nhau."}),
    Row("review:voucher", of(pk=lambda side: side.voucher().pk), GET, OF_PROVINCE),
    Row("review:voucher", of(pk=lambda side: side.voucher().pk), POST, DECIDES),
    Row("review:voucher", of(pk=lambda side: side.voucher(side.cooperative).pk), GET, "in 404 404 404 404 404 404 404"),
    # What the sides settle by themselves is none of the alliance's business.
    Row("review:return_case", of(pk=lambda side: side.return_case("requested").pk), GET,
        "in 404 404 404 404 404 404 404"),
    Row("review:application", of(pk=lambda side: side.application.pk), GET, OF_PROVINCE),
    Row("review:application", of(pk=lambda side: side.application.pk), POST, DECIDES, lambda side: APPROVE),
    Row("review:bank_account", of(pk=lambda side: side.bank_account.pk), GET, OF_PROVINCE),
    Row("review:bank_account", of(pk=lambda side: side.bank_account.pk), POST, DECIDES, lambda side: APPROVE),
    Row("review:stall", of(pk=lambda side: side.cooperative.stall.pk), GET, OF_PROVINCE),
    Row("review:stall", of(pk=lambda side: side.cooperative.stall.pk), POST, DECIDES,
        lambda side: {"decision": "suspend", "reason": "Bán hàng giả."}),
    Row("review:paper", of(pk=lambda side: side.application_paper.pk), GET, OF_PROVINCE),
    Row("review:paper", of(pk=lambda side: side.bank_paper.pk), GET, OF_PROVINCE),
    Row("review:product", of(pk=lambda side: side.goods["submitted"].pk), GET, OF_PROVINCE),
    Row("review:product", of(pk=lambda side: side.goods["submitted"].pk), POST, DECIDES, lambda side: APPROVE),
    # A draft is nobody's business yet.
    Row("review:product", of(pk=lambda side: side.goods["draft"].pk), GET, "in 404 404 404 404 404 404 404"),
    Row("review:change", of(pk=lambda side: side.change.pk), GET, OF_PROVINCE),
    Row("review:change", of(pk=lambda side: side.change.pk), POST, DECIDES, lambda side: APPROVE),
    Row("review:certificate", of(pk=lambda side: side.certificate.pk), GET, OF_PROVINCE),
    Row("review:certificate", of(pk=lambda side: side.certificate.pk), POST, DECIDES, lambda side: APPROVE),
    # --- operator (the rest of the admin stands in a test of its own)
    Row("admin:index", plain, GET, "in in in in in in in 200"),
    Row("admin:accounts_user_changelist", plain, GET, "in in in in in in in 200"),
]  # fmt: skip
AUDIENCES = ["shop", "desk", "review", "admin", "account"]


def audience(name: str) -> str:
    return next((one for one in AUDIENCES if name.startswith((f"{one}:", f"{one}_"))), "roots")


def patterns(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[str]:
    """The full name of every address, one for each pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}" if namespace else str(pattern.name)
        else:
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from patterns(pattern, inner)


# --- the market and the people ----------------------------------------------------------------------------
def answer_of(response: HttpResponse) -> str:
    """The status, or "in" for the way to the sign-in page."""
    doors = (reverse("account_login"), reverse("admin:login"))
    if response.status_code == 302 and response["Location"].startswith(doors):
        return "in"
    return str(response.status_code)


# --- the table --------------------------------------------------------------------------------------------
def test_every_address_has_a_row_and_every_row_an_address() -> None:
    addresses = {name for name in patterns() if not name.startswith("admin:")}
    listed = {row.name for row in ROWS if not row.name.startswith("admin:")}

    assert sorted(addresses - listed) == []
    assert sorted(listed - addresses) == []


@pytest.mark.parametrize("which", [*AUDIENCES, "roots"])
def test_the_table_holds(which: str, market: Scene, visitors: dict[str, Visitor]) -> None:
    wrong = []
    for row in (row for row in ROWS if audience(row.name) == which):
        url = row.url(row.args(market.own))
        for person, expected in row.codes().items():
            got = answer_of(visitors[person].ask(row.method, url, row.body(market.own)))
            if got != expected:
                wrong.append(f"{row.method} {row.name} {person}: expected {expected}, got {got}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("which", ["desk", "review"])
def test_whoever_may_not_look_may_not_send_either(
    which: str, market: Scene, visitors: dict[str, Visitor]
) -> None:
    wrong = []
    for row in (row for row in ROWS if audience(row.name) == which and row.method == "GET"):
        url = row.url(row.args(market.own))
        for person, expected in row.codes().items():
            got = answer_of(visitors[person].ask("POST", url)) if expected in ("in", "403", "404") else ""
            if got not in ("", "405", expected):
                wrong.append(f"POST {row.name} {person}: expected {expected} or 405, got {got}")
    assert "\n".join(wrong) == ""


def names_a_thing(row: Row, market: Scene) -> bool:
    """Whether an address has the id of something in it; a month of the books is called alike everywhere."""
    own, other = row.args(market.own), row.args(market.other)
    return any(own[name] != other[name] for name in own if name != "slug")


@pytest.mark.parametrize("which", ["desk", "review"])
def test_the_things_of_another_cooperative_are_not_found_at_ones_own_desk(
    which: str, market: Scene, visitors: dict[str, Visitor]
) -> None:
    """Lan's desk with the ids of Tuấn's things, Quyên's queues with those of another province."""
    visitor = visitors["lan" if which == "desk" else "quyen"]
    wrong = []
    for row in (row for row in ROWS if audience(row.name) == which and names_a_thing(row, market)):
        url = row.url(
            {**row.args(market.other), **stall(market.own)} if which == "desk" else row.args(market.other)
        )
        body = row.body(market.own)
        before = scene.rows()
        with scene.statements() as told:
            got = [answer_of(visitor.ask("GET", url)), answer_of(visitor.ask("POST", url, body))]
        if not set(got) <= {"404", "405"} or "404" not in got:
            wrong.append(f"{row.name}: {got}")
        wrong += [f"{row.name} wrote: {sql[:90]}" for sql in scene.writes(told)]
        assert scene.rows() == before
    assert "\n".join(wrong) == ""


def test_ids_inside_a_form_are_of_the_same_cooperative_or_nothing(
    market: Scene, visitors: dict[str, Visitor]
) -> None:
    own, other, lan = market.own, market.other, visitors["lan"]
    at = {"slug": own.slug}
    foreign_pick = scene.picks_of(own.order("confirmed"))[0]
    tries = [
        ("desk:members", at, {"action": "end", "membership": other.cooperative.memberships.get().pk}, 404),
        ("desk:lot_add", at, {"product": other.product.pk, "made_on": "2026-01-05"}, 422),
        ("desk:lot_event", {**at, "pk": own.lot.pk}, {"kind": "packed", "place": "Xưởng"}, 422),
        ("desk:lot_codes", {**at, "pk": own.lot.pk}, {"code": other.unit_codes[0], "to": "sold"}, 422),
        ("desk:product_step", {**at, "pk": own.goods["draft"].pk, "step": "anh"},
         {"action": "remove", "image": other.product.picture.pk}, 302),
        ("desk:product_parts", {**at, "pk": own.gift.pk},
         {"rows": 4, "part_0": other.product.pk, "units_0": 2}, 422),
        ("desk:certificate", {**at, "pk": own.product.pk}, {"kept": other.paper.pk, "stars": "4"}, 422),
        ("desk:order_pack", {**at, "number": own.order("confirmed").number},
         {f"take_{foreign_pick.line_id}_{other.lot.pk}": foreign_pick.quantity}, 422),
        ("shop:basket_change", {}, {"line": trade.fill((other.product, 2)).lines.get().pk, "quantity": "1"}, 302),
    ]  # fmt: skip
    for name, args, body, expected in tries:
        url = reverse(name, kwargs=args)
        with scene.statements() as told:
            response = lan.ask("POST", url, body)
        assert (name, response.status_code) == (name, expected)
        assert (name, scene.writes(told)) == (name, [])
    event = reverse("desk:lot_event", args=[own.slug, own.lot.pk])
    assert lan.ask("GET", f"{event}?sua={other.event.pk}").status_code == 404


def test_a_number_of_another_purchase_is_not_found_under_ones_own_link(
    market: Scene, visitors: dict[str, Visitor]
) -> None:
    mine, foreign = market.own.order("waiting"), market.other.order("waiting")
    for person in PEOPLE:
        for name, method in (
            ("shop:purchase_qr", "GET"),
            ("shop:purchase_claim", "POST"),
            ("shop:purchase_cancel", "POST"),
            ("shop:buy_again", "POST"),
            ("shop:purchase_account", "POST"),
        ):
            url = reverse(name, args=[mine.purchase.token, foreign.number])
            assert visitors[person].ask(method, url).status_code == 404
    foreign.payment.refresh_from_db()
    assert foreign.payment.status == "waiting"


def test_the_english_addresses_have_the_same_doors(market: Scene, visitors: dict[str, Visitor]) -> None:
    names = {"desk:bank", "desk:order", "desk:products", "review:application", "review:products", "shop:me"}
    wrong = []
    for row in (row for row in ROWS if row.name in {*names, "shop:purchase"} and row.method == "GET"):
        url = "/en" + row.url(row.args(market.own))
        for person, expected in row.codes().items():
            response = visitors[person].ask("GET", url)
            got = "in" if response.status_code == 302 else str(response.status_code)
            if got != expected:
                wrong.append(f"/en {row.name} {person}: expected {expected}, got {got}")
    assert "\n".join(wrong) == ""


def test_who_left_a_cooperative_or_an_office_is_a_stranger(
    market: Scene, visitors: dict[str, Visitor]
) -> None:
    own = market.own
    own.cooperative.memberships.filter(user=market.people["minh"]).update(until=timezone.now())
    market.people["quyen"].offices.update(until=timezone.now())

    assert visitors["minh"].ask("GET", reverse("desk:orders", args=[own.slug])).status_code == 404
    assert visitors["quyen"].ask("GET", reverse("review:applications")).status_code == 404


def test_nothing_of_the_admin_opens_for_anybody_but_the_operator(visitors: dict[str, Visitor]) -> None:
    open_to_all = {"admin:login", "admin:logout", "admin:javascript-catalog", "admin:jsi18n"}
    for name in sorted({name for name in patterns() if name.startswith("admin:")} - open_to_all):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue  # an address of one object; the same wrapper stands before it
        for person in ("nobody", "lan", "quyen"):
            assert (name, person, answer_of(visitors[person].ask("GET", url))) == (name, person, "in")
