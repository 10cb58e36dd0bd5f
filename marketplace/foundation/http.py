"""Small things that views of every floor do:

turn a Refusal into a sentence, go back safely, hand out a private file or a printed paper.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from . import pdf
from .refusals import Refusal


@dataclass
class Shown:
    """Whether the block ran to its end; the refusal when it did not."""

    ok: bool = True
    refusal: Refusal | None = None


@contextmanager
def refusals_in(form: forms.BaseForm) -> Iterator[Shown]:
    """Put a Refusal of the block into ``form`` (beside its field when the form has it) and go on behind the
    block.

    Return the answer of success inside the block, the form again behind it::

        if form.is_valid():
            with refusals_in(form):
                stalls.edit_stall(stall, by=desk.actor, **form.cleaned_data)
                return redirect(...)
        return render_form(request, template, context, form)
    """
    shown = Shown()
    try:
        yield shown
    except Refusal as refusal:
        shown.ok, shown.refusal = False, refusal
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


@contextmanager
def shown(request: HttpRequest) -> Iterator[Shown]:
    """Show a Refusal of the block as a message on the next page and go on behind the block; ``ok`` tells."""
    result = Shown()
    try:
        yield result
    except Refusal as refusal:
        result.ok, result.refusal = False, refusal
        messages.error(request, str(refusal))


def safe_next(request: HttpRequest, *, field: str = "next") -> str:
    """The address in ``next`` (POST before GET) when it leads inside this market, else the empty string."""
    address = request.POST.get(field) or request.GET.get(field) or ""
    inside = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Only whole paths and addresses: a bare word would be looked up as the name of a page.
    is_whole = address.startswith(("/", "http://", "https://"))
    return address if inside and is_whole and "\x00" not in address else ""


def back(request: HttpRequest, fallback: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Redirect to ``next`` when it is safe, else to ``fallback`` (a URL name with its arguments)."""
    address = safe_next(request)
    return redirect(address) if address else redirect(fallback, *args, **kwargs)


def page_of(request: HttpRequest, things: Any, size: int = 24) -> Page:
    """The page of ``things`` that ``?page=`` asks for; nonsense gives the first, too far gives the last."""
    return Paginator(things, size).get_page(request.GET.get("page", "1")[:9])


def private_file(file: Any, *, name: str, content_type: str) -> FileResponse:
    """Answer with a private file: kept by no cache, its type never guessed; pictures and PDF are shown in the browser.

    SECURITY: anything else (XML may hold a page with a script) is only handed out to be kept.
    """
    response = FileResponse(file, content_type=content_type)
    is_shown = content_type == "application/pdf" or content_type.startswith("image/")
    way = "inline" if is_shown else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name[-120:])}"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def as_page_or_pdf(request: HttpRequest, page: str, context: dict[str, Any], *, name: str) -> HttpResponse:
    """Answer a printed paper as the template ``page``; with ``?tep=pdf`` as a file, where there is none the page again.

    ``context`` is what ``printed/_page.html`` reads: ``sheet`` is the template of one of its ``papers``.
    """
    if request.GET.get("tep") != "pdf":
        return render(request, page, context)
    try:
        content = pdf.render_pdf(
            render_to_string("printed/pdf.html", {**context, "own_files": pdf.OWN}, request)
        )
    except pdf.NoPdf as refusal:
        return render(request, page, {**context, "no_pdf": str(refusal)})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def client_ip(request: HttpRequest) -> str:
    """The address of the visitor; behind ``PROXIES`` proxies the one that the outermost of them saw.

    What a visitor writes into X-Forwarded-For is never believed; nonsense gives the address of the
    connection.
    """
    direct = request.META.get("REMOTE_ADDR", "") or "0.0.0.0"
    if settings.PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(hops) >= settings.PROXIES:
            try:
                return str(ipaddress.ip_address(hops[-settings.PROXIES]))
            except ValueError:
                return direct
    return direct
