"""Addresses of the first floor, one list an audience; ``roots`` stand outside of languages."""

from django.urls import path

from .views import desk as desk_views
from .views import engines
from .views import product as product_views
from .views import review as review_views
from .views import shop as shop_views
from .views import windows as window_views

roots = [
    path("sitemap.xml", engines.sitemap, name="sitemap"),
    path("robots.txt", engines.robots, name="robots"),
]

shop = [
    path("san-pham/", shop_views.products, name="products"),
    path("san-pham/<slug:slug>/", product_views.product, name="product"),
    path("danh-muc/", shop_views.categories, name="categories"),
    path("danh-muc/<slug:slug>/", shop_views.category, name="category"),
    path("tim/", shop_views.search, name="search"),
    path("tinh/", shop_views.provinces, name="provinces"),
    path("tinh/<slug:slug>/", shop_views.province, name="province"),
]

desk = [
    path("hang/", desk_views.products_page, name="products"),
    path("hang/them/", desk_views.product_add, name="product_add"),
    path("hang/<int:pk>/", desk_views.product, name="product"),
    path("hang/<int:pk>/gia-ban/", desk_views.product_price, name="product_price"),
    path("hang/<int:pk>/bo/", desk_views.product_parts, name="product_parts"),
    path("hang/<int:pk>/gia-uu-dai/", window_views.window_add, name="window_add"),
    path("hang/<int:pk>/ocop/", desk_views.certificate, name="certificate"),
    path("hang/<int:pk>/<str:step>/", desk_views.product_step, name="product_step"),
    path("hang/<int:pk>/<str:step>/luu/", desk_views.product_autosave, name="product_autosave"),
    path("gia-uu-dai/", window_views.windows, name="windows"),
    path("gia-uu-dai/<int:pk>/dung/", window_views.window_end, name="window_end"),
]

review = [
    path("san-pham/", review_views.products_page, name="products"),
    path("san-pham/<int:pk>/", review_views.product, name="product"),
    path("thay-doi/", review_views.changes, name="changes"),
    path("thay-doi/<int:pk>/", review_views.change, name="change"),
    path("giay-ocop/", review_views.certificates, name="certificates"),
    path("giay-ocop/<int:pk>/", review_views.certificate, name="certificate"),
]
