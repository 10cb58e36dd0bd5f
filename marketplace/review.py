"""The alliance's first page: what waits on every floor, in one view."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cooperatives.access import Review
from cooperatives.access import review as door


@never_cache
@require_safe
@door
def home(request: HttpRequest, review: Review) -> HttpResponse:
    """Every queue with how many wait in the officer's province; each floor registers its own."""
    context = review.page()
    waiting = sum(queue["count"] or 0 for queue in context["queues"])
    return render(request, "review/home.html", {**context, "waiting": waiting})
