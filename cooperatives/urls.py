"""Addresses of the ground floor, one list an audience."""

from django.urls import path

from .views import desk as desk_views
from .views import review as review_views
from .views import shop as shop_views

shop = [
    path("gian-hang/", shop_views.stalls, name="stalls"),
    path("gian-hang/<slug:slug>/", shop_views.stall, name="stall"),
    path("mo-gian-hang/", shop_views.apply, name="apply"),
    path("mo-gian-hang/giay-to/<int:pk>/", shop_views.apply_paper, name="apply_paper"),
]

desk = [
    path("gian-hang/", desk_views.stall, name="stall"),
    path("gui-hang/", desk_views.rates_page, name="rates"),
    path("gui-hang/vung/", desk_views.zone, name="zone_add"),
    path("gui-hang/vung/<int:pk>/", desk_views.zone, name="zone"),
    path("ngan-hang/", desk_views.bank, name="bank"),
    path("thanh-vien/", desk_views.members_page, name="members"),
    path("thu/", desk_views.inbox, name="inbox"),
    path("bao-may/", desk_views.device, name="push"),
    path("giay-to/<int:pk>/", desk_views.paper, name="paper"),
]

review = [
    path("don-mo/", review_views.applications, name="applications"),
    path("don-mo/<int:pk>/", review_views.application, name="application"),
    path("ngan-hang/", review_views.bank_accounts, name="bank_accounts"),
    path("ngan-hang/<int:pk>/", review_views.bank_account, name="bank_account"),
    path("gian-hang/", review_views.stalls, name="stalls"),
    path("gian-hang/<int:pk>/", review_views.stall, name="stall"),
    path("giay-to/<int:pk>/", review_views.paper, name="paper"),
]
