"""Pages of the alliance: products, their changes and OCOP certificates, each inside the officer's province."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog import changes as change_rules
from catalog import moderation, ocop, products, queues, sets
from catalog.measures import comparable_price
from catalog.models import OcopCertificate, Product, ProductChange
from catalog.statuses import CertificateStatus, ChangeStatus, ProductStatus
from cooperatives.access import Review
from cooperatives.access import review as door
from cooperatives.decisions import check_seen, stamp
from cooperatives.forms import DecisionForm
from marketplace.foundation.forms import render_form, sent
from marketplace.foundation.http import page_of, refusals_in
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import fold
from marketplace.foundation.transitions import IllegalMove

from .facts import facts_of

SHOW_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 20
Verbs = dict[str, Callable[..., Any]]


class AlreadyDecided(Refusal):
    code = "already_decided"
    default_text = gettext_lazy("Việc này vừa có người xử lý xong. Trạng thái mới hiện ở bên trên.")


# --- products ---------------------------------------------------------------------------------------------
SHELVES = {
    "": (gettext_lazy("Đang chờ"), [ProductStatus.SUBMITTED]),
    "sua": (gettext_lazy("Chờ HTX sửa"), [ProductStatus.CHANGES_REQUESTED]),
    "ban": (gettext_lazy("Đang bán"), [ProductStatus.APPROVED]),
    "khoa": (gettext_lazy("Tạm khoá, từ chối"), [ProductStatus.SUSPENDED, ProductStatus.REFUSED]),
}
PRODUCT_VERBS: dict[str, Verbs] = {
    ProductStatus.SUBMITTED: {
        "approve": moderation.approve,
        "ask": moderation.ask_for_changes,
        "refuse": moderation.refuse,
    },
    ProductStatus.APPROVED: {"suspend": moderation.suspend},
    ProductStatus.SUSPENDED: {"restore": moderation.restore},
}
EVERY_PRODUCT_VERB: Verbs = {name: verb for verbs in PRODUCT_VERBS.values() for name, verb in verbs.items()}


def _products(request: HttpRequest, review: Review) -> dict[str, Any]:
    """Those that wait, oldest first; ``?xem=`` the others, newest first, ``?q=`` by name of product or cooperative."""
    which, q = request.GET.get("xem", ""), _words(request)
    which = which if which in SHELVES else ""
    found = queues.products(review).filter(status__in=SHELVES[which][1])
    if q:
        found = found.filter(
            Q(title__icontains=q) | Q(search_row__norm__contains=fold(q)) | Q(cooperative__name__icontains=q)
        )
    order = ("-approved_at", "-pk") if which in ("ban", "khoa") else ("submitted_at", "pk")
    return {
        "page": page_of(request, found.order_by(*order), PAGE),
        "shelves": [(name, words) for name, (words, _statuses) in SHELVES.items()],
        "which": which,
        "q": q,
    }


@never_cache
@require_safe
@door
def products_page(request: HttpRequest, review: Review) -> HttpResponse:
    """The queue of products."""
    return render(
        request, "catalog/review/products.html", review.page("products", **_products(request, review))
    )


@never_cache
@SHOW_OR_SEND
@door
def product(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One product as it was sent in; POST ``decision`` approve, ask, refuse, suspend or restore, with ``reason``."""
    mine = queues.products(review).prefetch_related("stockrecords", "images")
    found = get_object_or_404(mine, pk=pk)
    form, answer = _decide(request, review, found, EVERY_PRODUCT_VERB, "review:products")
    if answer:
        return answer
    record, status = found.stock, found.status
    context = review.page(
        "products",
        open=True,
        back_url=reverse("review:products"),
        **_products(request, review),
        product=found,
        record=record,
        parts=sets.parts_shown(found.pk) if record and record.is_set else [],
        per_unit=comparable_price(record.price, grams=found.net_grams, ml=found.net_ml) if record else "",
        pictures=[image for image in found.images.all() if image.is_live],
        facts=facts_of(found),
        missing=products.missing_fields(found),
        flagged=moderation.flagged_in(found),
        certificates=found.ocop_certificates.order_by("-pk"),
        decisions=found.decisions.all(),
        verbs=PRODUCT_VERBS.get(status, {}),
        seen=stamp(found.submitted_at),
    )
    return render_form(request, "catalog/review/products.html", context, form)


# --- changes ----------------------------------------------------------------------------------------------
CHANGE_VERBS: Verbs = {
    "approve": change_rules.approve,
    "ask": change_rules.ask_for_changes,
    "refuse": change_rules.refuse,
}


def _changes(request: HttpRequest, review: Review) -> dict[str, Any]:
    found = queues.changes(review)
    return _queue(request, found, ChangeStatus.WAITING)


@never_cache
@require_safe
@door
def changes(request: HttpRequest, review: Review) -> HttpResponse:
    """The queue of changes to products that are on the shelf; ``?xem=xong`` those decided."""
    return render(request, "catalog/review/changes.html", review.page("changes", **_changes(request, review)))


@never_cache
@SHOW_OR_SEND
@door
def change(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One change, old beside new; POST ``decision`` approve, ask or refuse."""
    found = get_object_or_404(queues.changes(review), pk=pk)
    form, answer = _decide(request, review, found, CHANGE_VERBS, "review:changes")
    if answer:
        return answer
    context = review.page(
        "changes",
        open=True,
        back_url=reverse("review:changes"),
        **_changes(request, review),
        change=found,
        product=found.product,
        diff=change_rules.diff(found),
        old_picture=_old_picture(found),
        decisions=found.decisions.all(),
        verbs=CHANGE_VERBS if found.status == ChangeStatus.WAITING else {},
        seen=stamp(found.submitted_at),
    )
    return render_form(request, "catalog/review/changes.html", context, form)


def _old_picture(change: ProductChange) -> Any:
    """What the new picture stands beside."""
    images = change.product.images.filter(is_live=True).exclude(pk=change.image_id)
    return images.order_by("display_order", "pk").first()


# --- certificates -----------------------------------------------------------------------------------------
CERTIFICATE_VERBS: dict[str, Verbs] = {
    CertificateStatus.WAITING: {
        "approve": ocop.verify,
        "ask": ocop.ask_for_changes,
        "refuse": ocop.refuse,
    },
    CertificateStatus.VERIFIED: {"refuse": ocop.refuse},
}


def _certificates(request: HttpRequest, review: Review) -> dict[str, Any]:
    return _queue(request, queues.certificates(review), CertificateStatus.WAITING)


@never_cache
@require_safe
@door
def certificates(request: HttpRequest, review: Review) -> HttpResponse:
    """The queue of OCOP certificates; ``?xem=xong`` those decided."""
    context = review.page("certificates", **_certificates(request, review))
    return render(request, "catalog/review/certificates.html", context)


@never_cache
@SHOW_OR_SEND
@door
def certificate(request: HttpRequest, review: Review, pk: int) -> HttpResponse:
    """One certificate beside its scan; POST ``decision`` approve, ask or refuse (also after it was verified)."""
    found = get_object_or_404(queues.certificates(review), pk=pk)
    verbs = CERTIFICATE_VERBS[CertificateStatus.WAITING]
    form, answer = _decide(request, review, found, verbs, "review:certificates")
    if answer:
        return answer
    context = review.page(
        "certificates",
        open=True,
        back_url=reverse("review:certificates"),
        **_certificates(request, review),
        certificate=found,
        product=found.product,
        decisions=found.decisions.all(),
        verbs=CERTIFICATE_VERBS.get(found.status, {}),
        same_number=_same_number(review, found),
        seen=stamp(found.submitted_at),
    )
    return render_form(request, "catalog/review/certificates.html", context, form)


def _same_number(review: Review, certificate: OcopCertificate) -> list[OcopCertificate]:
    """Verified certificates of other cooperatives with this certificate number: one paper is not two."""
    if not certificate.certificate_number:
        return []
    twins = queues.certificates(review).filter(
        certificate_number__iexact=certificate.certificate_number, status=CertificateStatus.VERIFIED
    )
    return list(twins.exclude(pk=certificate.pk).exclude(product_id=certificate.product_id)[:3])


# --- what the three have in common ------------------------------------------------------------------------
def _queue(request: HttpRequest, found: QuerySet, waiting: str) -> dict[str, Any]:
    done = request.GET.get("xem") == "xong"
    if done:
        found = found.exclude(status=waiting).order_by("-submitted_at", "-pk")
    else:
        found = found.filter(status=waiting).order_by("submitted_at", "pk")
    return {"page": page_of(request, found, PAGE), "done": done}


def _words(request: HttpRequest) -> str:
    return " ".join(request.GET.get("q", "").replace("\x00", "")[:80].split())


def _decide(
    request: HttpRequest,
    review: Review,
    thing: Product | ProductChange | OcopCertificate,
    verbs: Verbs,
    then: str,
) -> tuple[DecisionForm, HttpResponse | None]:
    """Run the decision that was posted; the answer of success, or None and the form to show (again).

    ``seen`` of the form is when the cooperative sent in what the officer read: what was sent in again since is shown
    first. Somebody else's decision in between ends in a sentence, never in a second row.
    """
    posted = request.method == "POST"
    form = DecisionForm(*sent(request), allowed=tuple(verbs))
    if posted and form.is_valid():
        asked = form.cleaned_data
        with refusals_in(form):
            with transaction.atomic():
                # The product first: every verb of this floor locks in that order.
                products.lock(thing if isinstance(thing, Product) else thing.product)
                thing.refresh_from_db(fields=["status", "submitted_at"])
                check_seen(request.POST.get("seen", ""), thing.submitted_at)
                try:
                    verbs[asked["decision"]](thing, reason=asked["reason"], by=review.actor)
                except IllegalMove:
                    raise AlreadyDecided from None
            name = thing.name if isinstance(thing, Product) else thing.product.name
            outcome = DecisionForm.WORDS[asked["decision"]]
            messages.success(
                request, _("Đã ghi “%(outcome)s” cho %(thing)s.") % {"thing": name, "outcome": outcome.label}
            )
            return form, redirect(then)
        thing.refresh_from_db()
    return form, None
