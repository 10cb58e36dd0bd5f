"""Tables of the first floor: what is described, who approved it, which stars it may show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.abstract_models import AbstractCategory, AbstractProduct, AbstractProductImage
from oscar.apps.catalogue.managers import ProductQuerySet as OscarProductQuerySet

from cooperatives.models import Paper, Partner, SetsLeft, StockRecord
from cooperatives.statuses import Outcome, StallStatus
from marketplace.accounts.models import Signed

from .statuses import CertificateStatus, ChangeStatus, ProductStatus


class Category(AbstractCategory):
    """A node of the market's category tree; ``icon`` names a symbol of the sprite."""

    icon = models.CharField(max_length=30, blank=True)

    class Meta(AbstractCategory.Meta):
        pass

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return gettext(self.name)


class ProductQuerySet(OscarProductQuerySet):
    def on_sale(self) -> ProductQuerySet:
        """Approved products of open stalls, not in the bin."""
        return self.filter(
            status=ProductStatus.APPROVED,
            removed_at__isnull=True,
            cooperative__stall__status=StallStatus.OPEN,
        )

    def with_price(self) -> ProductQuerySet:
        """With the cooperative, its stall, and what tells price and stock: three queries."""
        records = StockRecord.objects.annotate(sets_left=SetsLeft(models.F("pk")))
        return self.select_related("cooperative__stall").prefetch_related(
            models.Prefetch("stockrecords", records.prefetch_related("price_windows"))
        )

    def for_cards(self) -> ProductQuerySet:
        """Everything a card and more of it shows, as whole rows, in five queries; public lists read ``cards``."""
        return self.with_price().prefetch_related(
            models.Prefetch(
                "images", ProductImage.objects.filter(is_live=True).order_by("display_order", "id")
            ),
            models.Prefetch("ocop_certificates", OcopCertificate.objects.in_force(), to_attr="live_stars"),
        )


class Product(AbstractProduct):
    """What a cooperative describes and the alliance approves. Price and stock are its StockRecord's.

    Oscar's ``title`` is the name. ``net_grams`` / ``net_ml`` make the price per kg or litre comparable.
    Label fields follow Decree 37/2026 art. 41.5 and 42. ``rating`` is the mean of what ``num_ratings`` buyers gave,
    from 1 to 5; the floor of the orders keeps both up.
    """

    cooperative = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="products")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="goods"
    )
    slug = models.SlugField(max_length=120, unique=True)
    status = models.CharField(max_length=20, choices=ProductStatus.choices, default=ProductStatus.DRAFT)
    unit = models.CharField(_("đơn vị bán"), max_length=20, default="gói")
    net_quantity = models.CharField(_("khối lượng tịnh"), max_length=60, blank=True)
    net_grams = models.PositiveIntegerField(null=True, blank=True)
    net_ml = models.PositiveIntegerField(null=True, blank=True)
    origin = models.CharField(_("nơi làm ra"), max_length=160, blank=True)
    maker = models.CharField(_("cơ sở chịu trách nhiệm"), max_length=160, blank=True)
    ingredients = models.TextField(_("thành phần"), blank=True)
    usage = models.TextField(_("cách dùng"), blank=True)
    storage = models.TextField(_("bảo quản"), blank=True)
    warnings = models.TextField(_("lưu ý"), blank=True)
    shelf_life = models.CharField(_("hạn dùng"), max_length=80, blank=True)
    standard = models.CharField(_("tiêu chuẩn áp dụng"), max_length=120, blank=True)
    vat_rate = models.DecimalField(
        _("thuế suất GTGT (%)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    age_limit = models.PositiveSmallIntegerField(_("tuổi được mua"), null=True, blank=True)
    needs_cold = models.BooleanField(_("cần giữ lạnh"), default=False)
    season = models.CharField(_("mùa vụ"), max_length=60, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    draft_key = models.UUIDField(null=True, blank=True)
    num_ratings = models.PositiveIntegerField(default=0)

    objects = ProductQuerySet.as_manager()

    class Meta(AbstractProduct.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ProductStatus.values), name="product_status_known"),
            # "Add" pressed twice, or sent again after a lost answer, is one draft.
            models.UniqueConstraint(fields=["cooperative", "draft_key"], name="one_draft_a_key"),
        ]
        indexes = [
            models.Index(fields=["status", "-approved_at"], name="products_newest"),
            models.Index(fields=["category", "status"], name="products_of_a_category"),
            models.Index(fields=["cooperative", "status"], name="products_of_a_cooperative"),
        ]

    @property
    def name(self) -> str:
        return self.title

    @property
    def stock(self) -> StockRecord | None:
        """The one stock record, from the prefetch when there is one."""
        records = list(self.stockrecords.all())
        return records[0] if records else None

    @property
    def picture(self) -> ProductImage | None:
        """The first live picture, from the prefetch when there is one."""
        return next((image for image in self.images.all() if image.is_live), None)

    @property
    def star(self) -> OcopCertificate | None:
        """The certificate whose stars may show today, or None."""
        live = getattr(self, "live_stars", None)
        if live is None:
            live = list(self.ocop_certificates.in_force())
        return live[0] if live else None

    @property
    def is_on_sale(self) -> bool:
        return (
            self.status == ProductStatus.APPROVED
            and self.removed_at is None
            and self.cooperative.stall.is_open
        )


def rendition(original: str, made: Mapping[str, str], width: int) -> str:
    """The stored name of the smallest of ``made`` (width in px → name) that is at least ``width`` wide, or of
    the original.

    >>> rendition("a.jpg", {"640": "a-640.webp", "320": "a-320.webp"}, 320), rendition("a.jpg", {}, 320)
    ('a-320.webp', 'a.jpg')
    """
    wide = [int(key) for key in made if int(key) >= width]
    return made[str(min(wide))] if wide else original


class ProductImage(AbstractProductImage):
    """A picture of a product. ``original`` is clean of EXIF; smaller WebP renditions are made by a job.

    ``is_live`` is False while the picture waits inside a ProductChange. ``renditions`` maps width in px to the
    stored name, e.g. ``{"320": "images/…-320.webp"}``.
    """

    is_live = models.BooleanField(default=True)
    is_illustration = models.BooleanField(default=False)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    renditions = models.JSONField(default=dict, blank=True)

    class Meta(AbstractProductImage.Meta):
        pass

    def url(self, width: int) -> str:
        """Return the address of the rendition at least ``width`` wide, the original until the job has run."""
        return str(self.original.storage.url(rendition(self.original.name, self.renditions, width)))

    @property
    def card_url(self) -> str:
        return self.url(320)

    @property
    def page_url(self) -> str:
        return self.url(640)


class ProductChange(Signed):
    """A proposed edit of an approved product: ``values`` maps field → {"old": …, "new": …}; a new picture apart."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="changes")
    status = models.CharField(max_length=20, choices=ChangeStatus.choices, default=ChangeStatus.WAITING)
    values = models.JSONField(default=dict)
    image = models.ForeignKey(
        ProductImage, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(status__in=["waiting", "changes_requested"]),
                name="one_open_change_a_product",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.get_status_display()}"


class CertificateQuerySet(models.QuerySet["OcopCertificate"]):
    def in_force(self, on: dt.date | None = None) -> CertificateQuerySet:
        """Verified certificates whose day has come and not yet gone; the star drops by itself (DESIGN 9)."""
        on = on or timezone.localdate()
        return self.filter(status=CertificateStatus.VERIFIED, issued_on__lte=on, expires_on__gt=on).order_by(
            "-stars", "-expires_on"
        )


class OcopGroup(models.TextChoices):
    """The six groups of Decision 148/QĐ-TTg (2023)."""

    FOOD = "thuc-pham", _("Thực phẩm")
    DRINK = "do-uong", _("Đồ uống")
    HERBS = "duoc-lieu", _("Dược liệu và sản phẩm từ dược liệu")
    CRAFTS = "thu-cong", _("Thủ công mỹ nghệ")
    ORNAMENTAL = "sinh-vat-canh", _("Sinh vật cảnh")
    TOURISM = "du-lich", _("Du lịch cộng đồng")


class IssuerLevel(models.TextChoices):
    PROVINCE = "province", _("Uỷ ban nhân dân tỉnh")
    MINISTRY = "ministry", _("Bộ Nông nghiệp và Môi trường")
    DISTRICT = "district", _("Uỷ ban nhân dân huyện (đến tháng 6/2025)")


class OcopCertificate(Signed):
    """A star is a certificate: stars 3–5, decision number (free text), issuer, days, scan, checked by whom.

    In force from ``issued_on`` to the day before ``expires_on``; 36 months by rule, editable (domain.md 3).
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="ocop_certificates")
    stars = models.PositiveSmallIntegerField(validators=[MinValueValidator(3), MaxValueValidator(5)])
    group = models.CharField(max_length=20, choices=OcopGroup.choices, blank=True)
    decision_number = models.CharField(_("số quyết định"), max_length=60)
    certificate_number = models.CharField(_("số giấy chứng nhận"), max_length=60, blank=True)
    issuer = models.CharField(_("nơi cấp"), max_length=160)
    issuer_level = models.CharField(max_length=10, choices=IssuerLevel.choices, default=IssuerLevel.PROVINCE)
    issued_on = models.DateField(_("ngày cấp"))
    expires_on = models.DateField(_("ngày hết hạn"))
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=20, choices=CertificateStatus.choices, default=CertificateStatus.WAITING
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(default=timezone.now)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=3, stars__lte=5), name="stars_three_to_five"),
            models.CheckConstraint(
                condition=Q(expires_on__gt=models.F("issued_on")), name="certificate_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"OCOP {self.stars} sao · {self.decision_number}"

    @property
    def is_in_force(self) -> bool:
        today = timezone.localdate()
        return self.status == CertificateStatus.VERIFIED and self.issued_on <= today < self.expires_on

    @property
    def has_lapsed(self) -> bool:
        return timezone.localdate() >= self.expires_on


class ModerationDecision(Signed):
    """What an officer decided about a product, a change or a certificate, when, and why. Never edited."""

    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    change = models.ForeignKey(
        ProductChange, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    certificate = models.ForeignKey(
        OcopCertificate, null=True, blank=True, on_delete=models.CASCADE, related_name="decisions"
    )
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(product__isnull=False, change__isnull=True, certificate__isnull=True)
                    | Q(product__isnull=True, change__isnull=False, certificate__isnull=True)
                    | Q(product__isnull=True, change__isnull=True, certificate__isnull=False)
                ),
                name="moderation_about_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.by_label}"


class ProductSearch(models.Model):
    """A product's words, normalised in Python so that both databases answer alike (DESIGN 14).

    ``low`` keeps marks, ``norm`` folds them away, ``body`` is the folded rest, ``glued`` is ``norm`` without blanks.
    Written in the product's transaction by ``catalog.search.index``.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="search_row"
    )
    low = models.TextField()
    norm = models.TextField()
    body = models.TextField(blank=True)
    glued = models.TextField(blank=True)
    sort_key = models.TextField()


# Oscar: its remaining catalogue models must be imported last, after ours have taken their names.
from oscar.apps.catalogue.models import *  # noqa: E402, F403, TID251
