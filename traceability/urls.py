"""Addresses of the second floor, by audience. ``roots`` stands outside of languages: a printed code never moves."""

from django.urls import path

from .views import desk as at_desk
from .views import shop as in_shop
from .views import stock as of_stock

roots = [
    path("Q/<str:code>", in_shop.trace, name="trace"),
]

shop = [
    path("quet/", in_shop.scan, name="scan"),
]

desk = [
    path("lo/", at_desk.lots, name="lots"),
    path("lo/them/", at_desk.lot_add, name="lot_add"),
    path("lo/<int:pk>/", at_desk.lot, name="lot"),
    path("lo/<int:pk>/su-kien/", at_desk.lot_event, name="lot_event"),
    path("lo/<int:pk>/nhap-kho/", at_desk.lot_stock, name="lot_stock"),
    path("lo/<int:pk>/ma/", at_desk.lot_codes, name="lot_codes"),
    path("lo/<int:pk>/tem.pdf", at_desk.lot_labels, name="lot_labels"),
    path("lo/<int:pk>/giay/", at_desk.lot_paper, name="lot_paper"),
    path("lo/<int:pk>/dong/", at_desk.lot_close, name="lot_close"),
    path("lo/<int:pk>/thu-hoi/", at_desk.lot_recall, name="lot_recall"),
    path("kho/", of_stock.stock_page, name="stock"),
    path("kho/kiem-ke/", of_stock.stock_take, name="stock_take"),
    path("kho/<int:pk>/", of_stock.stock_of, name="stock_of"),
    path("kho/<int:pk>/nhap/", of_stock.stock_add, name="stock_add"),
    path("kho/<int:pk>/hong/", of_stock.stock_spoil, name="stock_spoil"),
    path("kho/<int:pk>/chuyen-lo/", of_stock.stock_move, name="stock_move"),
]

review: list = []
