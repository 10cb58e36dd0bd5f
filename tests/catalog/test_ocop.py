"""A star is a certificate: shown only when verified and in force, gone by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from catalog import decisions, ocop
from catalog.models import OcopCertificate, Product
from catalog.statuses import CERTIFICATE_MOVES, CertificateStatus
from cooperatives.models import Paper
from marketplace.foundation.actor import Actor
from marketplace.foundation.transitions import IllegalMove
from tests import factories

pytestmark = [pytest.mark.django_db]

TODAY = dt.datetime(2026, 11, 21, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))
GOOD: dict[str, Any] = {
    "stars": 4,
    "decision_number": "2503/QĐ-UBND",
    "issuer": "UBND tỉnh Thái Nguyên",
    "issuer_level": "province",
    "issued_on": dt.date(2025, 6, 26),
    "expires_on": dt.date(2028, 6, 26),
    "group": "thuc-pham",
    "paper": None,
}


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def product(muong_hoa: Any) -> Product:
    return factories.make_product(muong_hoa)


def test_the_star_shows_only_once_an_officer_compared_the_paper(
    product: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    certificate = ocop.file_certificate(product, **GOOD, by=by_lan)
    assert certificate.status == CertificateStatus.WAITING
    assert product.star is None

    ocop.verify(certificate, by=by_quyen)

    star = Product.objects.get(pk=product.pk).star
    assert star is not None
    assert star.stars == 4
    assert certificate.decisions.get().outcome == "approved"


def test_the_star_drops_by_itself_the_day_it_lapses(product: Product, by_lan: Actor, by_quyen: Actor) -> None:
    ocop.verify(ocop.file_certificate(product, **GOOD, by=by_lan), by=by_quyen)

    with time_machine.travel(dt.datetime(2028, 6, 25, 16, 59, tzinfo=dt.UTC), tick=False):
        assert product.star is not None
    with time_machine.travel(dt.datetime(2028, 6, 25, 17, 1, tzinfo=dt.UTC), tick=False):
        assert product.star is None


def test_a_lapsed_certificate_may_be_kept_but_never_shows(
    product: Product, by_lan: Actor, by_quyen: Actor
) -> None:
    lapsed = {**GOOD, "issued_on": dt.date(2022, 1, 10), "expires_on": dt.date(2025, 1, 10)}

    ocop.verify(ocop.file_certificate(product, **lapsed, by=by_lan), by=by_quyen)

    assert product.star is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"stars": 2}, "stars"),
        ({"stars": 6}, "stars"),
        ({"stars": "năm"}, "stars"),
        ({"decision_number": " \x00 "}, "decision_number"),
        ({"decision_number": "9" * 61}, "decision_number"),
        ({"issuer": ""}, "issuer"),
        ({"issuer_level": "xã"}, "issuer_level"),
        ({"group": "vàng"}, "group"),
        ({"issued_on": dt.date(2026, 11, 22)}, "issued_on"),
        ({"issued_on": dt.date(1999, 1, 1)}, "issued_on"),
        ({"expires_on": dt.date(2025, 6, 26)}, "expires_on"),
        ({"expires_on": dt.date(2099, 6, 26)}, "expires_on"),
    ],
)
def test_what_no_paper_can_say_is_refused_beside_its_field(
    product: Product, by_lan: Actor, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(ocop.WrongCertificate) as refused:
        ocop.file_certificate(product, **{**GOOD, **wrong}, by=by_lan)

    assert refused.value.field == field
    assert not OcopCertificate.objects.exists()


def test_another_cooperatives_paper_is_refused(product: Product, ban_khac: Any, by_lan: Actor) -> None:
    foreign = Paper.objects.create(
        cooperative=ban_khac, kind="ocop", file="papers/x.pdf", original_name="x.pdf", content_type="application/pdf",
        sha256="0" * 64, size=1, by_label="Tuấn",
    )  # fmt: skip

    with pytest.raises(ocop.WrongCertificate) as refused:
        ocop.file_certificate(product, **{**GOOD, "paper": foreign}, by=by_lan)

    assert refused.value.field == "paper"


def test_filing_again_corrects_the_one_that_waits(product: Product, by_lan: Actor, by_quyen: Actor) -> None:
    first = ocop.file_certificate(product, **GOOD, by=by_lan)
    ocop.ask_for_changes(first, reason="Số quyết định mờ.", by=by_quyen)

    again = ocop.file_certificate(product, **{**GOOD, "decision_number": "2361/QĐ-BNNMT"}, by=by_lan)

    assert again.pk == first.pk
    assert (again.status, again.decision_number) == (CertificateStatus.WAITING, "2361/QĐ-BNNMT")


def test_a_verified_certificate_can_be_taken_back(product: Product, by_quyen: Actor) -> None:
    certificate = factories.make_certificate(product)
    assert product.star is not None

    ocop.refuse(certificate, reason="Giấy đã bị thu hồi.", by=by_quyen)

    assert product.star is None


VERBS: dict[str, tuple[Any, dict[str, str]]] = {
    "verify": (ocop.verify, {}),
    "ask": (ocop.ask_for_changes, {"reason": "Mờ."}),
    "refuse": (ocop.refuse, {"reason": "Sai."}),
}


@pytest.mark.parametrize("verb", list(VERBS))
@pytest.mark.parametrize("status", CertificateStatus.values)
def test_each_verb_follows_the_table(product: Product, by_quyen: Actor, verb: str, status: str) -> None:
    run, words = VERBS[verb]
    end = {"verify": "verified", "ask": "changes_requested", "refuse": "refused"}[verb]
    certificate = factories.make_certificate(product, status=status)

    if end in CERTIFICATE_MOVES.after(status):
        assert run(certificate, by=by_quyen, **words).status == end
        return
    with pytest.raises(IllegalMove):
        run(certificate, by=by_quyen, **words)
    certificate.refresh_from_db()
    assert certificate.status == status


def test_a_no_needs_a_reason(product: Product, by_quyen: Actor) -> None:
    certificate = factories.make_certificate(product, status="waiting")

    with pytest.raises(decisions.ReasonNeeded):
        ocop.refuse(certificate, reason="", by=by_quyen)

    certificate.refresh_from_db()
    assert certificate.status == "waiting"
