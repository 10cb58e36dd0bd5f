"""A basket that costs nothing until somebody asks for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from . import baskets


class LazyBasketMiddleware:
    """Give the request ``basket`` and ``basket_count``; a visitor without a basket costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.basket = SimpleLazyObject(lambda: baskets.of_request(request))
        request.basket_count = SimpleLazyObject(lambda: baskets.count_of_request(request))
        return self.get_response(request)
