"""Addresses of accounts (``/tai-khoan/…``, under allauth's names) and of the page "Tôi"."""

from allauth.account import views as allauth
from django.contrib.auth.decorators import login_required
from django.urls import path, re_path

from . import views

urlpatterns = [
    path("dang-nhap/", views.LoginView.as_view(), name="account_login"),
    path("dang-xuat/", views.LogoutView.as_view(), name="account_logout"),
    path("dang-ky/", views.SignupView.as_view(), name="account_signup"),
    path("tam-khoa/", allauth.account_inactive, name="account_inactive"),
    path("doi-mat-khau/", login_required(views.PasswordChangeView.as_view()), name="account_change_password"),
    path("quen-mat-khau/", views.PasswordResetView.as_view(), name="account_reset_password"),
    path("quen-mat-khau/da-gui/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^mat-khau-moi/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
]

shop = [
    path("toi/", views.me, name="me"),
    path("toi/thu/", views.my_letters, name="my_letters"),
    path("toi/bao-may/", views.my_push, name="my_push"),
]
