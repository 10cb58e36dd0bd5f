"""Where each audience is mounted.

Every floor lists its addresses per audience in its ``urls.py``; here they come together under one namespace each.
Vietnamese stands at ``/``, English at ``/en/``.
"""

from importlib import import_module

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, include, path

from . import review, views

FLOORS = ["cooperatives", "catalog", "traceability", "orders", "marketplace.accounts"]


def _of(audience: str) -> list[URLPattern]:
    return [pattern for floor in FLOORS for pattern in getattr(import_module(f"{floor}.urls"), audience, [])]


urlpatterns = [
    *_of("roots"),
    path("suc-khoe/", views.health, name="health"),
    path("suc-khoe/con-song/", views.alive, name="alive"),
    # In server mode the proxy or the bucket answers /media/.
    *([path("media/<path:path>", views.media, name="media")] if settings.EMBEDDED or settings.DEBUG else []),
    path("dia-danh/", include("marketplace.places.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    *i18n_patterns(
        path("", include(([path("", views.home, name="home"), *_of("shop")], "shop"))),
        path("quan-ly/<slug:slug>/", include((_of("desk"), "desk"))),
        path("lien-minh/", include(([path("", review.home, name="home"), *_of("review")], "review"))),
        path("tai-khoan/", include("marketplace.accounts.urls")),
        prefix_default_language=False,
    ),
]

handler500 = "marketplace.views.server_error"
