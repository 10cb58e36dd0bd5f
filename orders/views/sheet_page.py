"""What templates of printed papers read, for shop and desk alike."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _

from orders import sheets
from orders.cases import clocks
from orders.models import Order


def contract_page(papers: list[sheets.Contract]) -> dict[str, Any]:
    """What the template of contracts reads: one or several of a purchase."""
    return {
        "sheet": "orders/sheets/_contract.html",
        "title": _("Hợp đồng đặt hàng"),
        "papers": papers,
        "return_days": settings.RETURN_DAYS,
        "answer_hours": int(clocks.answer_time().total_seconds() // 3600),
    }


def receipt_page(order: Order) -> dict[str, Any]:
    """What the template of a receipt reads; 404 until money came."""
    paper = sheets.receipt(order)
    if paper is None:
        raise Http404
    return {"sheet": "orders/sheets/_receipt.html", "title": _("Biên nhận tiền"), "papers": [paper]}
