"""A cooperative's goods: the list, one question a screen for a new one, price and stock, changes, OCOP papers."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.lookups import LessThan
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog import changes, moderation, ocop, pictures, products, sets
from catalog.forms import (
    CertificateForm,
    FirstPhotoForm,
    KindForm,
    LabelForm,
    LivePriceForm,
    NameForm,
    PictureForm,
    PlaceForm,
    PriceForm,
    SetForm,
    StepForm,
    StockForm,
    SureForm,
)
from catalog.measures import comparable_price
from catalog.models import Product, ProductChange, ProductImage
from catalog.statuses import CertificateStatus, ProductStatus
from cooperatives import papers
from cooperatives.access import Desk
from cooperatives.access import desk as door
from cooperatives.models import PaperKind, units_left
from cooperatives.sets import MOST_PARTS, part_that_limits, sets_from
from cooperatives.statuses import Role
from marketplace.foundation.forms import CleanForm, render_form, sent
from marketplace.foundation.http import page_of, refusals_in, shown
from marketplace.foundation.text import fold

from .facts import facts_of

SHOW_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])

PHOTO, SUMMARY = "anh", "xong"
STEPS = {
    PHOTO: gettext_lazy("Ảnh"),
    "ten": gettext_lazy("Tên hàng"),
    "loai": gettext_lazy("Loại hàng"),
    "gia": gettext_lazy("Giá bán"),
    "kho": gettext_lazy("Số lượng"),
    "noi": gettext_lazy("Nơi làm ra"),
    "nhan": gettext_lazy("Nhãn hàng"),
    SUMMARY: gettext_lazy("Xem lại"),
}
QUESTIONS: dict[str, type[StepForm]] = {
    "ten": NameForm,
    "loai": KindForm,
    "gia": PriceForm,
    "kho": StockForm,
    "noi": PlaceForm,
    "nhan": LabelForm,
}
# Words only: a price or a count typed halfway must not be written anywhere.
AUTOSAVED = ("ten", "loai", "noi", "nhan")
# Where what is missing is asked for.
ASKED_IN = {
    "picture": PHOTO, "title": "ten", "category": "loai", "price": "gia", "unit": "gia", "net_quantity": "gia",
    "origin": "noi", "maker": "noi",
}  # fmt: skip
IN_CHANGE = (ProductStatus.APPROVED, ProductStatus.SUSPENDED)


def _product(desk: Desk, pk: int) -> Product:
    mine = desk.cooperative.products.filter(removed_at__isnull=True).select_related("category")
    return get_object_or_404(mine.prefetch_related("stockrecords", "images"), pk=pk)


def _to_step(desk: Desk, product: Product, step: str) -> HttpResponse:
    return redirect("desk:product_step", desk.slug, product.pk, step)


def _to_product(desk: Desk, product: Product) -> HttpResponse:
    return redirect("desk:product", desk.slug, product.pk)


# --- the list ---------------------------------------------------------------------------------------------
LOW = Q(status=ProductStatus.APPROVED) & Q(
    LessThan(units_left("stockrecords__"), F("stockrecords__low_stock_threshold"))
)
FILTERS = {
    "ban": (gettext_lazy("Đang bán"), Q(status=ProductStatus.APPROVED)),
    "het": (gettext_lazy("Sắp hết"), LOW),
    "nhap": (gettext_lazy("Đang viết"), Q(status=ProductStatus.DRAFT)),
    "cho": (gettext_lazy("Chờ duyệt"), Q(status=ProductStatus.SUBMITTED)),
    "sua": (gettext_lazy("Cần sửa"), Q(status=ProductStatus.CHANGES_REQUESTED)),
    "khoa": (
        gettext_lazy("Bị khoá, bị từ chối"),
        Q(status__in=[ProductStatus.SUSPENDED, ProductStatus.REFUSED]),
    ),
}


@never_cache
@require_safe
@door(Role.SELLER)
def products_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The cooperative's goods, newest first; ``?loc=`` a state, ``?q=`` a name with or without marks."""
    mine = desk.cooperative.products.filter(removed_at__isnull=True)
    counts = mine.aggregate(
        all=Count("pk"), **{name: Count("pk", filter=which) for name, (_words, which) in FILTERS.items()}
    )
    chosen, q = (
        request.GET.get("loc", ""),
        " ".join(request.GET.get("q", "").replace("\x00", "")[:80].split()),
    )
    found = mine.filter(FILTERS[chosen][1]) if chosen in FILTERS else mine
    if q:
        titles = found.values_list("pk", "title")
        found = mine.filter(pk__in=[key for key, title in titles if fold(q) in fold(title)])
    page = page_of(request, found.for_cards().order_by("-date_created", "-pk"), 20)
    context = desk.page(
        "products",
        page=page,
        rows=[_row(desk, product) for product in page.object_list],
        filters=[
            (name, words, counts[name])
            for name, (words, _which) in FILTERS.items()
            if counts[name] or name == chosen
        ],
        chosen=chosen if chosen in FILTERS else "",
        total=counts["all"],
        q=q,
    )
    return render(request, "catalog/desk/products.html", context)


def _row(desk: Desk, product: Product) -> dict[str, Any]:
    record, open_to_edit = product.stock, product.status in products.OPEN_TO_EDIT
    missing = products.missing_to_submit(product) if open_to_edit else {}
    is_draft = product.status == ProductStatus.DRAFT
    return {
        "product": product,
        "name": product.name or _("Hàng chưa có tên"),
        "record": record,
        "is_low": bool(record) and record.is_low and product.status == ProductStatus.APPROVED,
        "missing": ", ".join(missing.values()),
        "url": reverse("desk:product", args=[desk.slug, product.pk]),
        "action": _("Viết tiếp") if is_draft else "",
        "may_restock": record is not None and product.status in (*IN_CHANGE, ProductStatus.SUBMITTED),
    }


# --- a new product ----------------------------------------------------------------------------------------
@never_cache
@SHOW_OR_SEND
@door(Role.SELLER)
def product_add(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin with a picture, or without one ("thêm sau"); then one question a screen."""
    posted = request.method == "POST"
    form = FirstPhotoForm(*sent(request))
    if posted and "skip" in request.POST:
        form.fields["image"].required = False
    if posted and form.is_valid():
        with refusals_in(form):
            product = _begin(desk, form.cleaned_data["draft_key"], form.cleaned_data["image"])
            if product.status != ProductStatus.DRAFT:
                return _to_product(desk, product)
            return _to_step(desk, product, "ten")
    # A key that begins nothing (not a key, or its draft is in the bin) would refuse for ever.
    key = form.cleaned_data.get("draft_key") if posted else None
    if key is None or desk.cooperative.products.filter(draft_key=key, removed_at__isnull=False).exists():
        key = uuid.uuid4()
    drafts = desk.cooperative.products.filter(removed_at__isnull=True, status=ProductStatus.DRAFT)
    context = desk.page("add", draft_key=key, steps=list(STEPS.values()), drafts=drafts.order_by("-pk")[:3])
    return render_form(request, "catalog/desk/product_add.html", context, form)


def _begin(desk: Desk, draft_key: uuid.UUID, image: Any) -> Product:
    """The draft of this key; the picture that came with it is added once."""
    with transaction.atomic():
        product = products.start_draft(desk.cooperative, draft_key=draft_key, by=desk.actor)
        products.lock(product)
        if image and not product.images.exists() and product.status == ProductStatus.DRAFT:
            pictures.add_picture(product, image, live=True, by=desk.actor)
    return product


def first_missing_step(product: Product) -> str:
    """Where writing goes on: the first screen with something missing, else the last one."""
    missing = {**products.missing_to_submit(product), **products.missing_on_label(product)}
    wanted = {ASKED_IN.get(name, "nhan") for name in missing}
    return next((step for step in STEPS if step in wanted), SUMMARY)


@never_cache
@SHOW_OR_SEND
@door(Role.SELLER)
def product_step(request: HttpRequest, desk: Desk, pk: int, step: str) -> HttpResponse:
    """One screen of a draft; on an approved product the same screen asks for a change."""
    if step not in STEPS:
        raise Http404
    product = _product(desk, pk)
    in_change = product.status in IN_CHANGE
    if request.method != "POST" and not in_change and product.status not in products.OPEN_TO_EDIT:
        messages.info(request, str(products.NotEditable.default_text))
        return _to_product(desk, product)
    if step == "kho" and product.stock and product.stock.is_set:
        return redirect("desk:product_parts", desk.slug, product.pk)
    if in_change and step == "kho":
        return redirect("desk:stock_of", desk.slug, product.pk)
    if step == PHOTO:
        return _pictures(request, desk, product, in_change)
    if step == SUMMARY:
        return _to_product(desk, product) if in_change else _summary(request, desk, product)
    return _question(request, desk, product, step, in_change)


def _step_page(
    request: HttpRequest, desk: Desk, product: Product, step: str, in_change: bool, **context: Any
) -> dict[str, Any]:
    names = list(STEPS)
    at = names.index(step)
    to_summary = request.GET.get("ve") == SUMMARY

    def address(name: str) -> str:
        return reverse("desk:product_step", args=[desk.slug, product.pk, name])

    back = address(SUMMARY) if to_summary else address(names[at - 1]) if at else ""
    return desk.page(
        "products" if in_change else "add",
        product=product,
        step=step,
        steps=list(STEPS.values()),
        step_number=at + 1,
        in_change=in_change,
        back_url=reverse("desk:product", args=[desk.slug, product.pk]) if in_change else back,
        skip_url="" if in_change or step == SUMMARY else address(SUMMARY if to_summary else names[at + 1]),
        **context,
    )


def _question(request: HttpRequest, desk: Desk, product: Product, step: str, in_change: bool) -> HttpResponse:
    change = changes.open_change(product) if in_change else None
    extra: dict[str, Any] = {"with_price": not in_change} if step == "gia" else {}
    data = request.POST if request.method == "POST" else None
    form = QUESTIONS[step](data, product=product, change=change, **extra)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            if in_change:
                changes.propose(product, form.asked, by=desk.actor)
                messages.success(request, _sent())
                return _to_product(desk, product)
            _save(product, form, desk)
            names = list(STEPS)
            after = SUMMARY if request.GET.get("ve") == SUMMARY else names[names.index(step) + 1]
            return _to_step(desk, product, after)
    context = _step_page(request, desk, product, step, in_change)
    if step in AUTOSAVED and not in_change:
        context["autosave_url"] = reverse("desk:product_autosave", args=[desk.slug, product.pk, step])
    return render_form(request, f"catalog/desk/step_{step}.html", context, form)


def _sent() -> str:
    return _("Đã gửi thay đổi. Khách vẫn thấy bản cũ cho đến khi cán bộ liên minh duyệt.")


def _save(product: Product, form: StepForm, desk: Desk) -> None:
    """Write one screen of a draft, all of it or nothing."""
    data = form.cleaned_data
    with transaction.atomic():
        if form.asked:
            products.edit_draft(product, form.asked, by=desk.actor)
        if data.get("price") is not None:
            products.set_price_and_stock(product, price=data["price"], by=desk.actor)
        if data.get("in_stock") is not None:
            products.set_price_and_stock(product, in_stock=data["in_stock"], by=desk.actor)


@never_cache
@require_POST
@door(Role.SELLER)
def product_autosave(request: HttpRequest, desk: Desk, pk: int, step: str) -> HttpResponse:
    """Keep what was typed so far of a draft: any of the screen's fields.

    Answers 200 ``{"saved": "10:42"}``, or 422 ``{"errors": {field: [sentence, …]}}`` and writes nothing.
    """
    if step not in AUTOSAVED:
        raise Http404
    product = _product(desk, pk)
    form = QUESTIONS[step](request.POST, product=product, relaxed=True)
    if form.is_valid():
        asked = {
            name: value
            for name, value in form.asked.items()
            if products.plain(value) != products.plain(getattr(product, name))
        }
        with refusals_in(form):
            if asked or product.status not in products.OPEN_TO_EDIT:
                products.edit_draft(product, asked, by=desk.actor)
            return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})
    return JsonResponse({"errors": form.errors.get_json_data()}, status=422)


def _pictures(request: HttpRequest, desk: Desk, product: Product, in_change: bool) -> HttpResponse:
    """The pictures of a product; a new one of an approved product waits in its change."""
    change = changes.open_change(product) if in_change else None
    if request.POST.get("action") == "remove":
        return _remove_picture(request, desk, product)
    newest = max((image.pk for image in product.images.all()), default=0)
    posted = request.method == "POST"
    form = PictureForm(*sent(request), initial={"newest": newest})
    if posted and form.is_valid():
        with refusals_in(form):
            _add_picture(desk, product, form.cleaned_data, change, in_change)
            if in_change:
                messages.success(request, _sent())
                return _to_product(desk, product)
            first = not newest and request.GET.get("ve") != SUMMARY
            return _to_step(desk, product, "ten" if first else SUMMARY)
    waiting = change.image if change else None
    live = [image for image in product.images.all() if image.is_live]
    context = _step_page(
        request,
        desk,
        product,
        PHOTO,
        in_change,
        pictures=live,
        waiting=waiting,
        may_remove=len(live) > 1 or not in_change,
    )
    return render_form(request, "catalog/desk/step_anh.html", context, form)


def _add_picture(
    desk: Desk, product: Product, asked: dict[str, Any], change: ProductChange | None, in_change: bool
) -> None:
    with transaction.atomic():
        row = products.lock(product)
        if not in_change and row.status not in products.OPEN_TO_EDIT:
            raise products.NotEditable
        known = row.images.order_by("-pk").values_list("pk", flat=True).first() or 0
        if asked["newest"] is not None and known > asked["newest"]:
            return  # the same form once more: its picture is there already
        image = pictures.add_picture(row, asked["image"], live=not in_change, by=desk.actor)
        if in_change:
            changes.propose(row, {}, image=image, by=desk.actor)
            if change and change.image:
                pictures.remove_picture(change.image, by=desk.actor)


def _remove_picture(request: HttpRequest, desk: Desk, product: Product) -> HttpResponse:
    key = request.POST.get("image", "")
    image = next((one for one in product.images.all() if str(one.pk) == key), None)
    if image is not None and image.is_live:
        with shown(request):
            if product.status not in (*products.OPEN_TO_EDIT, *IN_CHANGE):
                raise products.NotEditable
            pictures.remove_picture(image, by=desk.actor)
            messages.success(request, _("Đã bỏ ảnh."))
    return _to_step(desk, product, PHOTO)


def _summary(request: HttpRequest, desk: Desk, product: Product) -> HttpResponse:
    """Everything at a glance, what is missing, and the button that sends it in."""
    form = SureForm(*sent(request))
    if form.is_bound and form.is_valid():
        if product.status == ProductStatus.SUBMITTED:
            messages.info(request, _("Hàng này đã gửi rồi, đang chờ cán bộ liên minh xem."))
            return _to_product(desk, product)
        with refusals_in(form):
            moderation.submit(product, by=desk.actor)
            messages.success(request, _("Đã gửi duyệt."))
            return _to_product(desk, product)
    context = _step_page(
        request,
        desk,
        product,
        SUMMARY,
        False,
        facts=facts_of(product),
        record=product.stock,
        parts=_parts(product),
        per_unit=_per_unit(product),
        missing=_asked_where(products.missing_to_submit(product)),
        missing_label=_asked_where(products.missing_on_label(product)),
        flagged=moderation.flagged_in(product),
        decision=product.decisions.first(),
        edit_steps=EDITS,
    )
    return render_form(request, "catalog/desk/step_xong.html", context, form)


# What a change may touch, in the words of a list; price and stock have pages of their own.
EDITS = [
    (PHOTO, gettext_lazy("Ảnh")),
    ("ten", gettext_lazy("Tên, giới thiệu")),
    ("loai", gettext_lazy("Loại hàng")),
    ("gia", gettext_lazy("Giá, đơn vị, khối lượng")),
    ("kho", gettext_lazy("Số lượng")),
    ("noi", gettext_lazy("Nơi làm ra")),
    ("nhan", gettext_lazy("Nhãn hàng")),
]
CHANGES = [
    (PHOTO, gettext_lazy("Ảnh chính")),
    ("ten", gettext_lazy("Tên, giới thiệu")),
    ("loai", gettext_lazy("Loại hàng")),
    ("gia", gettext_lazy("Đơn vị bán, khối lượng")),
    ("noi", gettext_lazy("Nơi làm ra, người chịu trách nhiệm")),
    ("nhan", gettext_lazy("Nhãn hàng: thành phần, hạn dùng…")),
]


def _asked_where(missing: dict[str, str]) -> list[tuple[str, str]]:
    return [(words, ASKED_IN.get(name, "nhan")) for name, words in missing.items()]


def _per_unit(product: Product) -> str:
    record = product.stock
    return comparable_price(record.price, grams=product.net_grams, ml=product.net_ml) if record else ""


# --- one product ------------------------------------------------------------------------------------------
@never_cache
@SHOW_OR_SEND
@door(Role.SELLER)
def product(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """A product with its state, decisions, change and certificates; a draft goes on where it was left.

    POST ``action`` withdraw takes the open change back, remove puts the product into the bin.
    """
    found = _product(desk, pk)
    if request.method == "POST":
        return _act(request, desk, found)
    if found.status == ProductStatus.DRAFT:
        return _to_step(desk, found, first_missing_step(found))
    change = changes.open_change(found)
    context = desk.page(
        "products",
        product=found,
        facts=facts_of(found),
        record=found.stock,
        parts=_parts(found),
        per_unit=_per_unit(found),
        pictures=[image for image in found.images.all() if image.is_live],
        missing_label=_asked_where(products.missing_on_label(found)),
        decisions=found.decisions.all()[:10],
        change=change,
        diff=changes.diff(change) if change else [],
        change_decision=change.decisions.first() if change else None,
        last_refused=_last_refused(found) if change is None else None,
        certificates=_certificates(found),
        in_change=found.status in IN_CHANGE,
        edit_steps=CHANGES,
        is_sent_back=found.status == ProductStatus.CHANGES_REQUESTED,
        is_public=found.is_on_sale,
    )
    return render(request, "catalog/desk/product.html", context)


def _last_refused(product: Product) -> ProductChange | None:
    """The newest change when an officer said no to it: the cooperative should read why."""
    newest = product.changes.prefetch_related("decisions").order_by("-pk").first()
    return newest if newest and newest.status == "refused" else None


def _certificates(product: Product) -> list[Any]:
    return list(
        product.ocop_certificates.select_related("paper").prefetch_related("decisions").order_by("-pk")
    )


def _act(request: HttpRequest, desk: Desk, product: Product) -> HttpResponse:
    action = request.POST.get("action")
    if action == "remove":
        products.remove(product, by=desk.actor)
        messages.success(
            request, _("Đã xoá “%(name)s”. Các đơn đã đặt vẫn làm bình thường.") % {"name": product.name}
        )
        return redirect("desk:products", desk.slug)
    with shown(request):
        change = changes.open_change(product) if action == "withdraw" else None
        if change is None:
            raise products.NotEditable(_("Không còn thay đổi nào đang chờ."))
        _withdraw(change, desk)
        messages.success(request, _("Đã rút thay đổi."))
    return _to_product(desk, product)


def _withdraw(change: ProductChange, desk: Desk) -> None:
    """Take a change back; its picture would be seen by nobody any more."""
    with transaction.atomic():
        changes.withdraw(change, by=desk.actor)
        image: ProductImage | None = change.image
        if image and not image.is_live:
            pictures.remove_picture(image, by=desk.actor)


@never_cache
@SHOW_OR_SEND
@door(Role.SELLER)
def product_price(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """The price on a form of its own, live at once; what is in stock has its own pages."""
    found = _product(desk, pk)
    record = found.stock
    if record is None:
        return _to_step(desk, found, "gia")
    form = LivePriceForm(*sent(request), initial={"price": record.price, "is_weighed": record.is_weighed})
    if not record.unit_grams or record.is_set:  # nothing to compare the scales with
        del form.fields["is_weighed"]
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            products.set_price_and_stock(found, **form.cleaned_data, by=desk.actor)
            messages.success(request, _("Đã lưu. Khách thấy ngay."))
            return (
                _to_product(desk, found)
                if found.status != ProductStatus.DRAFT
                else _to_step(desk, found, SUMMARY)
            )
    context = desk.page("products", product=found, per_unit=_per_unit(found))
    return render_form(request, "catalog/desk/product_price.html", context, form)


def _parts(product: Product) -> list[sets.PartShown]:
    return sets.parts_shown(product.pk) if product.stock and product.stock.is_set else []


ROWS, ROWS_MORE = 4, 3


@never_cache
@SHOW_OR_SEND
@door(Role.SELLER)
def product_parts(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is in a set: goods of the cooperative and their units. POST ``more`` shows more rows with what was typed.

    Of a draft it is written at once; of a product on the shelf it waits for an officer as a change.
    """
    found = _product(desk, pk)
    in_change = found.status in IN_CHANGE
    if found.stock is None:
        messages.info(request, _("Hãy ghi giá bán của bộ trước khi chọn các món."))
        return _to_step(desk, found, "gia")
    if request.method != "POST" and not in_change and found.status not in products.OPEN_TO_EDIT:
        messages.info(request, str(products.NotEditable.default_text))
        return _to_product(desk, found)
    form = _set_form(request, found, in_change)
    if form.is_valid():
        with refusals_in(form):
            if not form.parts and (in_change or not found.stock.is_set):
                raise products.WrongValue(_("Hãy chọn các món trong bộ."))
            if in_change:
                changes.propose(found, {}, parts=form.parts, by=desk.actor)
                messages.success(request, _sent())
                return _to_product(desk, found)
            sets.compose(found, form.parts, by=desk.actor)
            messages.success(request, _("Đã lưu các món trong bộ."))
            return redirect("desk:product_parts", desk.slug, found.pk)
    shown = sets.parts_shown(found.pk)
    rows = [part.row for part in shown]
    context = desk.page(
        "products",
        product=found,
        in_change=in_change,
        parts=[(part, sets_from(part.row)) for part in shown],
        alone=sum(part.alone for part in shown),
        limit=part_that_limits(rows),
        may_add=len(form.places) < MOST_PARTS,
    )
    return render_form(request, "catalog/desk/product_parts.html", context, form)


def _set_form(request: HttpRequest, product: Product, in_change: bool) -> SetForm:
    change = changes.open_change(product) if in_change else None
    wanted = change.values.get("parts") if change else None
    kept = wanted["new"] if wanted else sets.kept_parts(product)
    parts = {int(key): units for key, units in kept.items()}
    goods = sets.possible_parts(product)
    sent_rows = request.POST.get("rows", "")[:2]  # however many were sent, as many come back
    rows = int(sent_rows) if sent_rows.isascii() and sent_rows.isdigit() else max(len(parts) + 1, ROWS)
    if "more" not in request.POST:
        return SetForm(*sent(request), goods=goods, parts=parts, rows=min(rows, MOST_PARTS))
    rows = min(rows + ROWS_MORE, MOST_PARTS)
    return SetForm(goods=goods, parts=parts, rows=rows, initial={**request.POST.dict(), "rows": rows})


@never_cache
@SHOW_OR_SEND
@door(Role.SELLER)
def certificate(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """File an OCOP certificate, or correct the one that waits or was sent back."""
    found = _product(desk, pk)
    filed = _certificates(found)
    current = next((one for one in filed if one.status in ocop.OPEN), None)
    posted = request.method == "POST"
    kept = _kept_paper(desk, request.POST.get("kept", "")) if posted else None
    form = CertificateForm(
        *sent(request),
        initial=CertificateForm.initial_of(current),
        has_paper=bool(kept or (current and current.paper)),
    )
    if posted:
        is_valid = form.is_valid()
        with refusals_in(form):
            kept = _keep_paper(desk, form) or kept
            if is_valid:
                asked = {
                    name: value for name, value in form.cleaned_data.items() if name not in ("paper", "kept")
                }
                ocop.file_certificate(found, **asked, paper=kept, by=desk.actor)
                messages.success(
                    request, _("Đã nộp. Cán bộ liên minh đối chiếu xong thì sao hiện trên hàng.")
                )
                return _to_product(desk, found)
    context = desk.page(
        "products",
        product=found,
        current=current,
        decision=current.decisions.first() if current else None,
        filed=[one for one in filed if one is not current],
        kept=kept,
        paper=kept or (current.paper if current else None),
        sent_back=bool(current) and current.status == CertificateStatus.CHANGES_REQUESTED,
    )
    return render_form(request, "catalog/desk/certificate.html", context, form)


def _keep_paper(desk: Desk, form: CleanForm) -> Any:
    """Keep a readable scan even when another field is wrong: on a slow line nobody sends it twice."""
    upload = getattr(form, "cleaned_data", {}).get("paper")
    return (
        papers.keep(upload, kind=PaperKind.OCOP, cooperative=desk.cooperative, by=desk.actor)
        if upload
        else None
    )


def _kept_paper(desk: Desk, key: str) -> Any:
    if not (key.isascii() and key.isdigit()):
        return None
    return desk.cooperative.papers.filter(kind=PaperKind.OCOP, pk=int(key[:18])).first()
