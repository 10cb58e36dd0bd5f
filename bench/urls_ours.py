"""The market's addresses, all of them, and behind them the empty view."""

from django.urls import path

from marketplace.urls import *  # noqa: F403
from marketplace.urls import urlpatterns as market

from .page import empty

urlpatterns = [*market, path("bench/empty/", empty)]
