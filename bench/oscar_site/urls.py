"""Oscar's addresses; before them its two lists, fed from the ORM."""

from types import SimpleNamespace

from django.apps import apps
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import include, path, re_path
from oscar.core.loading import get_model

PER_PAGE = 20  # Oscar's own

Category = get_model("catalogue", "Category")
Product = get_model("catalogue", "Product")


def _list(request, template, products, **context):
    paginator = Paginator(products.base_queryset().order_by("-date_created", "-pk"), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context |= {
        "products": [SimpleNamespace(object=product) for product in page.object_list],  # as haystack's hits
        "paginator": paginator,
        "page_obj": page,
        "is_paginated": page.has_other_pages(),
    }
    return render(request, template, context)


def browse(request):
    return _list(request, "oscar/catalogue/browse.html", Product.objects.browsable(), summary="All products")


def category(request, category_slug, pk):
    found = get_object_or_404(Category, pk=pk)
    kinds = list(found.get_descendants_and_self())
    products = Product.objects.browsable().filter(categories__in=kinds).distinct()
    return _list(request, "oscar/catalogue/category.html", products, category=found)


urlpatterns = [
    path("catalogue/", browse),
    re_path(r"^catalogue/category/(?P<category_slug>[\w-]+(/[\w-]+)*)_(?P<pk>\d+)/$", category),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
