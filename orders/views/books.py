"""A cooperative's books: its months, one month with its entries, closing it, taking it away as a file."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cooperatives.access import Desk, desk
from cooperatives.statuses import Role
from marketplace.foundation.http import page_of, shown
from orders import books

TYPES = {
    "csv": (books.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (books.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def _month(name: str) -> dt.date:
    try:
        return dt.datetime.strptime(name, "%Y-%m").date()  # noqa: DTZ007  a month has no hour
    except ValueError:
        raise Http404 from None


@never_cache
@require_safe
@desk(Role.SELLER)
def months(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every month: what was sold, what money came, whether it is closed."""
    return render(
        request,
        "orders/desk/books.html",
        desk.page(
            "orders",
            months=books.months_of(desk.cooperative),
            between=books.between(desk.cooperative),
        ),
    )


@never_cache
@require_safe
@desk(Role.SELLER)
def month(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """One month: its sums and every entry."""
    first = _month(name)
    found = next((one for one in books.months_of(desk.cooperative) if one.month == first), None)
    if found is None:
        raise Http404
    return render(
        request,
        "orders/desk/book_month.html",
        desk.page(
            "orders",
            month=found,
            name=name,
            page=page_of(request, books.entries_of(desk.cooperative, first), 50),
        ),
    )


@require_POST
@desk()
def month_close(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """Close a month that is over; only a director does."""
    first = _month(name)
    with shown(request) as said:
        books.close_month(desk.cooperative, first, by=desk.actor)
    if said.ok:
        messages.success(request, _("Đã khoá sổ tháng %(month)s.") % {"month": f"{first:%m/%Y}"})
    return redirect("desk:books", desk.stall.slug)


@never_cache
@require_safe
@desk(Role.SELLER)
def month_file(request: HttpRequest, desk: Desk, name: str, kind: str) -> HttpResponse:
    """A month as a file that opens in spreadsheet programs."""
    if kind not in TYPES:
        raise Http404
    write, content_type = TYPES[kind]
    response = HttpResponse(write(desk.cooperative, _month(name)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="so-tien-{desk.stall.slug}-{name}.{kind}"'
    return response
