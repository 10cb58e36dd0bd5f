"""What buyers said of a cooperative's goods, and what it answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from orders import ratings as rules
from orders.forms import RatingAnswerForm


@never_cache
@require_safe
@desk(Role.SELLER)
def ratings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What buyers said of the cooperative's goods; ``?loc=cho`` only what has no answer yet."""
    waits = request.GET.get("loc") == "cho"
    page = page_of(request, rules.at_desk(desk.cooperative, unanswered=waits), 20)
    return render(request, "orders/desk/ratings.html", desk.page("products", page=page, waits=waits))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Role.SELLER)
def rating(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One rating at the desk; POST answers."""
    found = get_object_or_404(rules.at_desk(desk.cooperative), pk=pk)
    form = RatingAnswerForm(*sent(request), initial={"words": found.answer})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            rules.answer(found, by=desk.actor, **form.cleaned_data)
            messages.success(request, _("Đã trả lời. Mọi người đều đọc được."))
            return redirect("desk:ratings", desk.slug)
    return render_form(request, "orders/desk/rating.html", desk.page("products", rating=found), form)
