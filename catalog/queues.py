"""What an officer sees of this floor, inside the own province, and what of it waits."""

from __future__ import annotations

from django.db.models import QuerySet

from cooperatives.access import Review

from .models import OcopCertificate, Product, ProductChange
from .statuses import CertificateStatus, ChangeStatus, ProductStatus

PROVINCE = "cooperative__province_code"


def products(review: Review) -> QuerySet[Product]:
    """Products that were sent in; drafts and what lies in the bin stay the cooperative's own."""
    sent_in = Product.objects.filter(removed_at__isnull=True).exclude(status=ProductStatus.DRAFT)
    return review.within(sent_in.select_related("cooperative__stall", "category"), PROVINCE)


def waiting_products(review: Review) -> QuerySet[Product]:
    """Products that an officer has not looked at since they were sent in."""
    return products(review).filter(status=ProductStatus.SUBMITTED)


def changes(review: Review) -> QuerySet[ProductChange]:
    """Changes of products that are not in the bin; withdrawn ones are nobody's business."""
    found = ProductChange.objects.filter(product__removed_at__isnull=True)
    found = found.exclude(status=ChangeStatus.WITHDRAWN)
    found = found.select_related("product__cooperative__stall", "product__category", "image")
    return review.within(found, f"product__{PROVINCE}")


def waiting_changes(review: Review) -> QuerySet[ProductChange]:
    """Changes that wait for an officer."""
    return changes(review).filter(status=ChangeStatus.WAITING)


def certificates(review: Review) -> QuerySet[OcopCertificate]:
    """OCOP certificates of products that are not in the bin."""
    found = OcopCertificate.objects.filter(product__removed_at__isnull=True)
    found = found.select_related("product__cooperative__stall", "paper")
    return review.within(found, f"product__{PROVINCE}")


def waiting_certificates(review: Review) -> QuerySet[OcopCertificate]:
    """Certificates that wait to be compared with their scan."""
    return certificates(review).filter(status=CertificateStatus.WAITING)
