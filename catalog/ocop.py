"""OCOP certificates: filed by the cooperative, compared with the paper by an officer, shown while in force.

A star is a certificate (DESIGN 9): nothing here ever takes a lapsed one down, ``in_force()`` simply stops finding it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperatives.models import Paper
from cooperatives.statuses import Outcome
from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from . import notices, products
from .decisions import decide
from .models import IssuerLevel, OcopCertificate, OcopGroup, Product
from .statuses import CERTIFICATE_MOVES, CertificateStatus

OPEN = (CertificateStatus.WAITING, CertificateStatus.CHANGES_REQUESTED)
MONTHS = 36  # how long a certificate holds by rule (domain.md 3); the paper's own day wins
FIRST_DAY = dt.date(2018, 5, 7)  # the programme's first decision, 490/QĐ-TTg
LONGEST_YEARS = 6


class WrongCertificate(Refusal):
    code = "wrong_certificate"


def usual_expiry(issued_on: dt.date) -> dt.date:
    """The day a certificate of ``issued_on`` lapses by rule, 36 months later.

    >>> usual_expiry(dt.date(2024, 2, 29)), usual_expiry(dt.date(2025, 6, 26))
    (datetime.date(2027, 2, 28), datetime.date(2028, 6, 26))
    """
    year = issued_on.year + MONTHS // 12
    try:
        return issued_on.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def move_certificate(certificate: OcopCertificate, status: CertificateStatus) -> None:
    """Set the status of a locked certificate; the only place that does. Raises IllegalMove."""
    CERTIFICATE_MOVES.check(CertificateStatus(certificate.status), status)
    certificate.status = status
    certificate.save(update_fields=["status"])


def file_certificate(
    product: Product,
    *,
    stars: int,
    decision_number: str,
    issuer: str,
    issuer_level: str,
    issued_on: dt.date,
    expires_on: dt.date,
    paper: Paper | None,
    group: str = "",
    certificate_number: str = "",
    by: Actor,
) -> OcopCertificate:
    """File a certificate for an officer to compare with its scan; it shows no star until then.

    One certificate a product waits at a time: filing again corrects the one that waits or was sent back. Lapsed
    ones may be filed, they just never show. Locks the product. Raises WrongCertificate with the field.
    """
    with transaction.atomic():
        row = products.lock(product)
        fields: dict[str, Any] = {
            "stars": _stars(stars),
            "decision_number": _text("decision_number", decision_number),
            "issuer": _text("issuer", issuer),
            "issuer_level": _one_of(IssuerLevel, "issuer_level", issuer_level),
            "group": _one_of(OcopGroup, "group", group) if group else "",
            "certificate_number": _text("certificate_number", certificate_number, required=False),
            "paper": paper,
        }
        _check_days(issued_on, expires_on)
        if paper is not None and paper.cooperative_id != row.cooperative_id:
            raise WrongCertificate(_("Giấy này không thuộc hợp tác xã của bạn."), field="paper")
        fields |= {
            "issued_on": issued_on,
            "expires_on": expires_on,
            "submitted_at": timezone.now(),
            **signed(by),
        }
        certificate = (
            OcopCertificate.objects.select_for_update(no_key=True)
            .filter(product=row, status__in=OPEN)
            .first()
        )
        if certificate is None:
            certificate = OcopCertificate.objects.create(product=row, **fields)
        else:
            fields["paper"] = paper or certificate.paper
            for name, value in fields.items():
                setattr(certificate, name, value)
            certificate.save()
            if certificate.status == CertificateStatus.CHANGES_REQUESTED:
                move_certificate(certificate, CertificateStatus.WAITING)
        audit.record(
            "certificate.file", certificate, by=by, stars=certificate.stars, expires_on=certificate.expires_on
        )
    return certificate


def verify(certificate: OcopCertificate, *, by: Actor, reason: str = "") -> OcopCertificate:
    """Say that number, issuer and days are those of the paper: the stars show while it is in force.

    Raises IllegalMove.
    """
    return _decided(certificate, CertificateStatus.VERIFIED, Outcome.APPROVED, reason, by)


def ask_for_changes(certificate: OcopCertificate, *, reason: str, by: Actor) -> OcopCertificate:
    """Send a certificate back with a reason. Raises ReasonNeeded, IllegalMove."""
    return _decided(certificate, CertificateStatus.CHANGES_REQUESTED, Outcome.CHANGES_REQUESTED, reason, by)


def refuse(certificate: OcopCertificate, *, reason: str, by: Actor) -> OcopCertificate:
    """Say that a certificate is not what it claims, also after it was verified. Raises ReasonNeeded, IllegalMove."""
    return _decided(certificate, CertificateStatus.REFUSED, Outcome.REFUSED, reason, by)


def _decided(
    certificate: OcopCertificate, status: CertificateStatus, outcome: Outcome, reason: str, by: Actor
) -> OcopCertificate:
    with transaction.atomic():
        product = products.lock(Product(pk=certificate.product_id))
        row = OcopCertificate.objects.select_for_update(no_key=True).get(pk=certificate.pk)
        row.product = product
        move_certificate(row, status)
        products.touch(product)
        decision = decide(row, outcome, reason=reason, by=by)
        notices.certificate_decided(row, decision)
    return row


def _stars(stars: Any) -> int:
    if stars not in (3, 4, 5):
        raise WrongCertificate(_("Chọn 3, 4 hoặc 5 sao."), field="stars")
    return int(stars)


_LONGEST = {"decision_number": 60, "certificate_number": 60, "issuer": 160}


def _text(name: str, value: str, *, required: bool = True) -> str:
    text = clean(value or "")
    most = _LONGEST[name]
    if required and not text:
        raise WrongCertificate(_("Hãy ghi mục này như trên giấy."), field=name)
    if len(text) > most:
        raise WrongCertificate(_("Mục này dài quá: nhiều nhất %(most)s chữ.") % {"most": most}, field=name)
    return text


def _one_of(choices: Any, name: str, value: str) -> str:
    if value not in choices.values:
        raise WrongCertificate(_("Hãy chọn một mục trong danh sách."), field=name)
    return str(value)


def _check_days(issued_on: dt.date, expires_on: dt.date) -> None:
    if not FIRST_DAY <= issued_on <= timezone.localdate():
        raise WrongCertificate(_("Ngày cấp chưa đúng. Hãy xem lại trên giấy."), field="issued_on")
    if not issued_on < expires_on <= issued_on + dt.timedelta(days=366 * LONGEST_YEARS):
        raise WrongCertificate(
            _("Ngày hết hạn phải sau ngày cấp, thường là 36 tháng sau."), field="expires_on"
        )
