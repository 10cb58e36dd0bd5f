"""Administrative units as versioned data, banks, and the two-level address.

Source of the units: two levels since 1 July 2025, 34 provinces and 3,321 communes (docs/data.md). Codes are
reused between versions, so whoever saves a place keeps code, data version and text (DESIGN 12).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

DATA_VERSION = "2026-09-20"


class AdminUnitQuerySet(models.QuerySet["AdminUnit"]):
    def current(self) -> "AdminUnitQuerySet":
        return self.filter(version=DATA_VERSION)

    def provinces(self) -> "AdminUnitQuerySet":
        return self.current().filter(province_code="").order_by("sort_key")

    def communes(self, province_code: str) -> "AdminUnitQuerySet":
        return self.current().filter(province_code=province_code).order_by("sort_key")


class AdminUnit(models.Model):
    """One province (``province_code`` empty) or one commune, in one version of the data."""

    version = models.CharField(max_length=10)
    code = models.CharField(max_length=5)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    province_code = models.CharField(max_length=2, blank=True)
    folded = models.CharField(max_length=80)
    slug = models.CharField(max_length=80)
    sort_key = models.CharField(max_length=300)

    objects = AdminUnitQuerySet.as_manager()

    class Meta:
        constraints = [
            # A province and a commune may carry the same digits, hence the level in the key.
            models.UniqueConstraint(fields=["version", "province_code", "code"], name="one_unit_a_version"),
        ]
        indexes = [models.Index(fields=["version", "province_code", "sort_key"], name="units_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name without its kind: "Thái Nguyên" for "Tỉnh Thái Nguyên"."""
        for kind in ("Thành phố ", "Tỉnh ", "Xã ", "Phường ", "Đặc khu "):
            if self.name.startswith(kind):
                return self.name[len(kind) :]
        return self.name


class OldUnit(models.Model):
    """A commune as it was before 1 July 2025 and the codes of today's communes that took it over."""

    old_code = models.CharField(max_length=5)
    commune = models.CharField(max_length=80)
    district = models.CharField(max_length=80)
    province = models.CharField(max_length=80)
    folded = models.CharField(max_length=80, db_index=True)
    is_split = models.BooleanField(default=False)
    new_codes = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.commune}, {self.district}, {self.province}"


class Bank(models.Model):
    """A bank that VietQR reaches; ``bin`` is its six-digit NAPAS number. Source: docs/data.md."""

    bin = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """A two-level address kept as code, data version and text (DESIGN 12)."""

    province_code = models.CharField(_("tỉnh, thành phố"), max_length=2)
    province_name = models.CharField(max_length=80)
    commune_code = models.CharField(_("xã, phường"), max_length=5)
    commune_name = models.CharField(max_length=80)
    places_version = models.CharField(max_length=10, default=DATA_VERSION)
    street = models.CharField(_("thôn, bản, số nhà"), max_length=160, blank=True)
    directions = models.CharField(_("chỉ đường"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def place(self) -> str:
        """Commune and province, as on a label: "Xã Thượng Minh, Thái Nguyên"."""
        province = self.province_name.removeprefix("Tỉnh ").removeprefix("Thành phố ")
        return ", ".join(part for part in (self.commune_name, province) if part)

    @property
    def whole(self) -> str:
        return ", ".join(part for part in (self.street, self.place) if part)
