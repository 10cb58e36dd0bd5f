"""Addresses of the third floor, per audience."""

from django.urls import path

from .basket import views as basket
from .checkout import views as checkout
from .views import (
    books,
    calls,
    carriers,
    cases_desk,
    cases_shop,
    counter,
    incoming,
    invoices,
    parcels,
    refunds,
    sheets_desk,
    sheets_shop,
)
from .views import desk as desk_views
from .views import review as review_views
from .views import shop as shop_views

roots = [
    path("bao-co/<slug:token>/", calls.bank_notice, name="bank_notice"),
    path("van-chuyen/<slug:carrier>/<slug:token>/", calls.carrier_call, name="carrier_call"),
]

shop = [
    path("gio-hang/", basket.basket, name="basket"),
    path("gio-hang/them/", basket.basket_add, name="basket_add"),
    path("gio-hang/doi/", basket.basket_change, name="basket_change"),
    path("dat-hang/", checkout.delivery, name="checkout"),
    path("dat-hang/thanh-toan/", checkout.payment, name="checkout_payment"),
    path("dat-hang/xem-lai/", checkout.review, name="checkout_review"),
    path("lan-mua/<slug:token>/", shop_views.purchase, name="purchase"),
    path("lan-mua/<slug:token>/<slug:number>/qr.png", shop_views.purchase_qr, name="purchase_qr"),
    path("lan-mua/<slug:token>/<slug:number>/da-chuyen/", shop_views.purchase_claim, name="purchase_claim"),
    path("lan-mua/<slug:token>/<slug:number>/mua-lai/", shop_views.buy_again, name="buy_again"),
    path("lan-mua/<slug:token>/<slug:number>/huy/", shop_views.purchase_cancel, name="purchase_cancel"),
    path(
        "lan-mua/<slug:token>/<slug:number>/nhan-lai/", shop_views.purchase_account, name="purchase_account"
    ),
    path("lan-mua/<slug:token>/hop-dong/", sheets_shop.contract, name="contract"),
    path("lan-mua/<slug:token>/<slug:number>/hop-dong/", sheets_shop.contract, name="order_contract"),
    path("lan-mua/<slug:token>/<slug:number>/bien-nhan/", sheets_shop.receipt, name="receipt"),
    path("lan-mua/<slug:token>/<slug:number>/hoa-don/", shop_views.purchase_invoice, name="purchase_invoice"),
    path("lan-mua/<slug:token>/<slug:number>/hoa-don/tep/", shop_views.invoice_file, name="invoice_file"),
    path("lan-mua/<slug:token>/bao-may/", shop_views.purchase_push, name="purchase_push"),
    path("lan-mua/<slug:token>/<slug:number>/khieu-nai/", cases_shop.cases, name="cases"),
    path("lan-mua/<slug:token>/<slug:number>/khieu-nai/moi/", cases_shop.complain, name="complain"),
    path("lan-mua/<slug:token>/<slug:number>/khieu-nai/<int:pk>/", cases_shop.complaint, name="complaint"),
    path(
        "lan-mua/<slug:token>/<slug:number>/khieu-nai/<int:pk>/xong/",
        cases_shop.complaint_close,
        name="complaint_close",
    ),
    path(
        "lan-mua/<slug:token>/<slug:number>/khieu-nai/<int:pk>/lien-minh/",
        cases_shop.complaint_escalate,
        name="complaint_escalate",
    ),
    path("lan-mua/<slug:token>/<slug:number>/tra-hang/", cases_shop.return_ask, name="return_ask"),
    path("lan-mua/<slug:token>/<slug:number>/tra-hang/<int:pk>/", cases_shop.return_case, name="return_case"),
    path(
        "lan-mua/<slug:token>/<slug:number>/tra-hang/<int:pk>/rut/",
        cases_shop.return_withdraw,
        name="return_withdraw",
    ),
    path("tra-don/", shop_views.order_lookup, name="order_lookup"),
]

desk = [
    path("", desk_views.today, name="today"),
    path("don/", desk_views.orders, name="orders"),
    path("don/<slug:number>/", desk_views.order, name="order"),
    path("don/<slug:number>/xac-nhan/", desk_views.order_confirm, name="order_confirm"),
    path("don/<slug:number>/dong-goi/", parcels.order_pack, name="order_pack"),
    path("don/<slug:number>/bot/", parcels.order_cut, name="order_cut"),
    path("don/<slug:number>/kien/<int:pk>/mo-lai/", parcels.parcel_unpack, name="parcel_unpack"),
    path("don/<slug:number>/kien/<int:pk>/gui/", parcels.parcel_ship, name="parcel_ship"),
    path("don/<slug:number>/kien/<int:pk>/da-giao/", parcels.parcel_deliver, name="parcel_deliver"),
    path("don/<slug:number>/kien/<int:pk>/hoan-ve/", parcels.parcel_back, name="parcel_back"),
    path("don/<slug:number>/kien/<int:pk>/phieu/", sheets_desk.slip, name="slip"),
    path("don/<slug:number>/hop-dong/", sheets_desk.contract, name="contract"),
    path("don/<slug:number>/bien-nhan/", sheets_desk.receipt, name="receipt"),
    path("don/<slug:number>/hoa-don/", invoices.invoice_write, name="invoice_write"),
    path("don/<slug:number>/hoa-don/<int:pk>/", invoices.invoice_file, name="invoice_file"),
    path("hoa-don/", invoices.waiting, name="invoices"),
    path("phieu-soan-hang/", sheets_desk.packing_list, name="packing_list"),
    path("don/<slug:number>/huy/", desk_views.order_cancel, name="order_cancel"),
    path("don/<slug:number>/tien/da-nhan/", desk_views.payment_received, name="payment_received"),
    path("don/<slug:number>/tien/chua-co/", desk_views.payment_missing, name="payment_missing"),
    path("don/<slug:number>/tien/hoan-tac/", desk_views.payment_undo, name="payment_undo"),
    path("don/<slug:number>/bot-tien/", refunds.refund_give, name="refund_give"),
    path("don/<slug:number>/tra-lai/<int:pk>/qr.png", refunds.refund_qr, name="refund_qr"),
    path("don/<slug:number>/tra-lai/<int:pk>/tai-khoan/", refunds.refund_account, name="refund_account"),
    path("don/<slug:number>/tra-lai/<int:pk>/da-tra/", refunds.refund_sent, name="refund_sent"),
    path("don/<slug:number>/tra-lai/<int:pk>/bi-tra-ve/", refunds.refund_bounced, name="refund_bounced"),
    path("don/<slug:number>/tra-lai/<int:pk>/bo/", refunds.refund_drop, name="refund_drop"),
    path("ban-hang/", counter.sale, name="sale"),
    path("ban-hang/<slug:number>/", counter.sale_done, name="sale_done"),
    path("ban-hang/<slug:number>/da-nhan/", counter.sale_paid, name="sale_paid"),
    path("ban-hang/<slug:number>/thoi/", counter.sale_off, name="sale_off"),
    path("nhan-don/", counter.taken_order, name="taken_order"),
    path("so-tien/", books.months, name="books"),
    path("so-tien/<slug:name>/", books.month, name="book_month"),
    path("so-tien/<slug:name>/khoa/", books.month_close, name="month_close"),
    path("so-tien/<slug:name>/tep.<slug:kind>", books.month_file, name="month_file"),
    path("khieu-nai/", cases_desk.desk_cases, name="cases"),
    path("khieu-nai/<int:pk>/", cases_desk.desk_complaint, name="complaint"),
    path("khieu-nai/tra-hang/<int:pk>/", cases_desk.desk_return, name="return_case"),
    path("khieu-nai/tra-hang/<int:pk>/dong-y/", cases_desk.return_agree, name="return_agree"),
    path("khieu-nai/tra-hang/<int:pk>/khong-dong-y/", cases_desk.return_dispute, name="return_dispute"),
    path("khieu-nai/tra-hang/<int:pk>/da-nhan/", cases_desk.return_back, name="return_back"),
    path("tien-ve/", incoming.transfers_list, name="transfers"),
    path("tien-ve/cat/", incoming.transfers_close, name="transfers_close"),
    path("tien-ve/<int:pk>/", incoming.transfer, name="transfer"),
    path("tien-ve/<int:pk>/vao-don/", incoming.transfer_assign, name="transfer_assign"),
    path("tien-ve/<int:pk>/bo-ra/<slug:number>/", incoming.transfer_release, name="transfer_release"),
    path("tien-ve/<int:pk>/xong/", incoming.transfer_close, name="transfer_close"),
    path("bao-co/", incoming.notifier, name="notifier"),
    path("van-chuyen/", carriers.carriers_page, name="carriers"),
    path("sao-ke/", incoming.statements_page, name="statements"),
    path("sao-ke/<int:pk>/", incoming.statement, name="statement"),
    path("sao-ke/<int:pk>/ap-dung/", incoming.statement_apply, name="statement_apply"),
    path("sao-ke/<int:pk>/bo/", incoming.statement_drop, name="statement_drop"),
]

review = [
    path("tra-hang/", review_views.returns, name="returns"),
    path("tra-hang/<int:pk>/", review_views.return_case, name="return_case"),
    path("khieu-nai/", review_views.complaints, name="complaints"),
    path("khieu-nai/<int:pk>/", review_views.complaint, name="complaint"),
]
