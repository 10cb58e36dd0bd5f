"""A printed paper as an answer: the page, or its PDF. Views of shop and desk end here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from marketplace.foundation import pdf
from orders import sheets
from orders.cases import clocks
from orders.models import Order


def answer(request: HttpRequest, page: str, context: dict[str, Any], *, name: str) -> HttpResponse:
    """The paper as a page; with ``?tep=pdf`` as a file, and where there is none the page, which says so."""
    if request.GET.get("tep") == "pdf":
        try:
            content = pdf.render_pdf(
                render_to_string("orders/sheets/pdf.html", {**context, "own_files": pdf.OWN}, request)
            )
        except pdf.NoPdf as refusal:
            return render(request, page, {**context, "no_pdf": str(refusal)})
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response
    return render(request, page, context)


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
