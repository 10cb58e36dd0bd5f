"""The alliance looks at goods, changes and OCOP papers of its own province, and decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog import changes, moderation, ocop, pictures, products, search
from catalog.models import ModerationDecision, OcopCertificate, Product, ProductChange
from catalog.statuses import CertificateStatus, ChangeStatus, ProductStatus
from catalog.templatetags.shelf import marked
from cooperatives import papers
from marketplace.foundation.actor import Actor
from tests import factories

from .conftest import photo

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"review:{name}", args=args)


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.fixture
def officer(client: Client, quyen: Any) -> Client:
    client.force_login(quyen)
    return client


@pytest.fixture
def sent_in(draft: Product, by_lan: Actor) -> Product:
    products.edit_draft(draft, {"description": "Ăn vào chữa mất ngủ. <b>Ngon</b>"}, by=by_lan)
    return moderation.submit(draft, by=by_lan)


@pytest.fixture
def change(muong_hoa: Any, by_lan: Actor) -> ProductChange:
    tea = factories.make_product(muong_hoa, "Trà bí thơm", description="Trà bí xanh thơm sao khô.")
    pictures.add_picture(tea, photo(), live=True, by=by_lan)
    new = pictures.add_picture(tea, photo(colour="green"), live=False, by=by_lan)
    return changes.propose(tea, {"name": "Trà bí thơm Yến Dương"}, image=new, by=by_lan)


@pytest.fixture
def certificate(muong_hoa: Any, by_lan: Actor) -> OcopCertificate:
    product = factories.make_product(muong_hoa, "Miến dong")
    return ocop.file_certificate(
        product,
        stars=4,
        decision_number="2361/QĐ-UBND",
        issuer="UBND tỉnh Thái Nguyên",
        issuer_level="province",
        issued_on=dt.date(2025, 6, 26),
        expires_on=dt.date(2028, 6, 26),
        paper=papers.keep(photo(), kind="ocop", cooperative=muong_hoa, by=by_lan),
        by=by_lan,
    )


# --- who may ----------------------------------------------------------------------------------------------
def test_only_officers_of_the_province_see_what_waits_there(
    client: Client, lan: Any, ha: Any, quyen: Any, phuc: Any, sent_in: Product, change: Any, certificate: Any
) -> None:
    pages = [
        ("products", at("product", sent_in.pk)),
        ("changes", at("change", change.pk)),
        ("certificates", at("certificate", certificate.pk)),
    ]
    for queue, page in pages:
        assert client.get(page).status_code == 302
        codes = []
        for person in (lan, ha, quyen, phuc):
            client.force_login(person)
            codes.append((client.get(at(queue)).status_code, client.get(page).status_code))
        client.logout()

        assert codes == [(404, 404), (404, 404), (200, 200), (200, 404)], queue


def test_an_officer_of_another_province_decides_nothing(
    client: Client, phuc: Any, sent_in: Product, change: ProductChange, certificate: OcopCertificate
) -> None:
    client.force_login(phuc)

    for page in (at("product", sent_in.pk), at("change", change.pk), at("certificate", certificate.pk)):
        assert client.post(page, {"decision": "approve"}).status_code == 404
    assert client.get(at("products")).context["page"].paginator.count == 0
    assert not ModerationDecision.objects.exists()


def test_drafts_and_what_is_in_the_bin_are_not_shown(officer: Client, draft: Product, by_lan: Actor) -> None:
    assert officer.get(at("product", draft.pk)).status_code == 404

    moderation.submit(draft, by=by_lan)
    products.remove(draft, by=by_lan)

    assert officer.get(at("product", draft.pk)).status_code == 404


def test_the_first_page_counts_what_waits_in_the_own_province(
    client: Client,
    quyen: Any,
    phuc: Any,
    sent_in: Product,
    change: ProductChange,
    certificate: OcopCertificate,
) -> None:
    def counts(person: Any) -> dict[str, int]:
        client.force_login(person)
        answer = client.get(at("home"))
        assert answer.status_code == 200
        return {queue["name"]: queue["count"] for queue in answer.context["queues"]}

    assert counts(quyen) == {
        "applications": 0, "bank_accounts": 0, "products": 1, "changes": 1, "certificates": 1,
        "returns": 0, "complaints": 0, "alarms": 0, "recalls": 0, "reports": 0, "ratings": None, "stalls": None,
        "vouchers": None,
    }  # fmt: skip
    assert set(counts(phuc).values()) == {0, None}
    client.force_login(quyen)
    assert "3 việc đang chờ bạn" in text_of(client.get(at("home")))


# --- queues -----------------------------------------------------------------------------------------------
def test_the_oldest_stands_first_and_shows_its_age(officer: Client, muong_hoa: Any, sent_in: Product) -> None:
    older = factories.make_product(muong_hoa, "Trà cũ", status=ProductStatus.SUBMITTED)
    Product.objects.filter(pk=older.pk).update(submitted_at=timezone.now() - dt.timedelta(days=2, hours=3))

    answer = officer.get(at("products"))

    assert [product.pk for product in answer.context["page"]] == [older.pk, sent_in.pk]
    assert "2 ngày" in text_of(answer)


def test_products_on_the_shelf_are_found_by_name_to_suspend_them(officer: Client, muong_hoa: Any) -> None:
    tea = factories.make_product(muong_hoa, "Chè Tân Cương")
    factories.make_product(muong_hoa, "Miến dong")
    search.index(tea)

    found = officer.get(at("products") + "?xem=ban&q=che tan")

    assert [product.pk for product in found.context["page"]] == [tea.pk]
    assert officer.get(at("products") + "?xem=\x00&q=%00").status_code == 200


def test_queues_ask_as_many_queries_for_50_as_for_5(
    officer: Client,
    muong_hoa: Any,
    sent_in: Product,
    change: ProductChange,
    certificate: OcopCertificate,
    by_lan: Actor,
) -> None:
    def fill(start: int, end: int) -> None:
        for number in range(start, end):
            factories.make_product(muong_hoa, f"Gửi {number}", status=ProductStatus.SUBMITTED)
            shelf = factories.make_product(muong_hoa, f"Bán {number}")
            changes.propose(shelf, {"name": f"Tên mới {number}"}, by=by_lan)
            factories.make_certificate(shelf, status=CertificateStatus.WAITING)

    def asked() -> dict[str, int]:
        pages = {
            "products": at("products"), "product": at("product", sent_in.pk), "changes": at("changes"),
            "change": at("change", change.pk), "certificates": at("certificates"),
            "certificate": at("certificate", certificate.pk), "home": at("home"),
        }  # fmt: skip
        numbers = {}
        for name, page in pages.items():
            with CaptureQueriesContext(connection) as queries:
                assert officer.get(page).status_code == 200
            numbers[name] = len(queries)
        return numbers

    fill(0, 4)
    asked()
    few = asked()
    fill(4, 49)

    assert asked() == few


# --- products ---------------------------------------------------------------------------------------------
def test_a_product_shows_its_label_what_is_missing_and_the_words_that_food_may_not_carry(
    officer: Client, sent_in: Product
) -> None:
    page = text_of(officer.get(at("product", sent_in.pk)))

    assert "Từ không được dùng cho thực phẩm: “chữa”, “mất ngủ”" in page
    assert "<mark>chữa</mark> <mark>mất ngủ</mark>. &lt;b&gt;Ngon" in page
    assert "Còn thiếu: cơ sở chịu trách nhiệm, thành phần" in page
    assert "110.000\xa0₫/kg" in page


def test_approving_puts_it_on_the_shelf(officer: Client, sent_in: Product, quyen: Any) -> None:
    answer = officer.post(at("product", sent_in.pk), {"decision": "approve"}, follow=True)

    sent_in.refresh_from_db()
    decision = sent_in.decisions.get()
    assert answer.redirect_chain == [(at("products"), 302)]
    assert "Đã ghi “Duyệt” cho Miến dong Yến Dương." in text_of(answer)
    assert sent_in.status == ProductStatus.APPROVED
    assert (decision.outcome, decision.by_user) == ("approved", quyen)


@pytest.mark.parametrize("decision", ["ask", "refuse"])
def test_a_no_needs_a_reason(officer: Client, sent_in: Product, decision: str) -> None:
    answer = officer.post(at("product", sent_in.pk), {"decision": decision, "reason": "\x00  "})

    assert answer.status_code == 422
    assert answer.context["form"].errors["reason"]
    sent_in.refresh_from_db()
    assert sent_in.status == ProductStatus.SUBMITTED
    assert not ModerationDecision.objects.exists()


@pytest.mark.parametrize(
    ("decision", "status"),
    [("ask", ProductStatus.CHANGES_REQUESTED), ("refuse", ProductStatus.REFUSED)],
)
def test_a_no_with_a_reason_is_a_row(officer: Client, sent_in: Product, decision: str, status: str) -> None:
    officer.post(at("product", sent_in.pk), {"decision": decision, "reason": "Bỏ chữ “chữa mất ngủ”."})

    sent_in.refresh_from_db()
    assert sent_in.status == status
    assert sent_in.decisions.get().reason == "Bỏ chữ “chữa mất ngủ”."


@pytest.mark.parametrize(
    "sent", [{}, {"decision": "ban"}, {"decision": "\x00"}, {"decision": "ask", "reason": "x" * 2001}]
)
def test_nonsense_decides_nothing_and_keeps_the_reason(
    officer: Client, sent_in: Product, sent: dict[str, str]
) -> None:
    answer = officer.post(at("product", sent_in.pk), {"reason": "Ảnh mờ.", **sent})

    assert answer.status_code == 422
    assert sent.get("reason", "Ảnh mờ.") in text_of(answer)
    assert not ModerationDecision.objects.exists()


def test_a_product_is_suspended_and_restored_at_once(officer: Client, muong_hoa: Any) -> None:
    tea = factories.make_product(muong_hoa, "Trà")
    page = at("product", tea.pk)
    assert 'value="suspend"' in text_of(officer.get(page))

    officer.post(page, {"decision": "suspend", "reason": "Có người bị dị ứng."})
    tea.refresh_from_db()
    assert (tea.status, tea.is_on_sale) == (ProductStatus.SUSPENDED, False)
    assert 'value="restore"' in text_of(officer.get(page))

    officer.post(page, {"decision": "restore"})
    tea.refresh_from_db()
    assert tea.is_on_sale


def test_two_officers_decide_at_once_and_the_second_reads_so(
    officer: Client, sent_in: Product, by_quyen: Actor
) -> None:
    moderation.approve(sent_in, by=by_quyen)

    answer = officer.post(at("product", sent_in.pk), {"decision": "refuse", "reason": "Không hợp lệ."})

    assert answer.status_code == 422
    assert "Việc này vừa có người xử lý xong." in text_of(answer)
    assert "Đang bán" in text_of(answer)
    assert sent_in.decisions.count() == 1


# --- changes ----------------------------------------------------------------------------------------------
def test_a_change_is_shown_old_beside_new_and_approved(officer: Client, change: ProductChange) -> None:
    page = text_of(officer.get(at("change", change.pk)))
    queue = text_of(officer.get(at("changes")))
    officer.post(at("change", change.pk), {"decision": "approve"})

    change.refresh_from_db()
    assert page.count("Muốn đổi thành") == 2
    assert "Trà bí thơm Yến Dương" in page
    assert "Sửa: Ảnh, tên hàng" in queue
    assert change.status == ChangeStatus.APPROVED
    assert change.product.title == "Trà bí thơm Yến Dương"


def test_what_was_sent_in_again_meanwhile_is_shown_before_it_is_approved(
    officer: Client, change: ProductChange, by_lan: Actor
) -> None:
    seen = officer.get(at("change", change.pk)).context["seen"]
    changes.propose(change.product, {"description": "Thần dược."}, by=by_lan)

    answer = officer.post(at("change", change.pk), {"decision": "approve", "seen": seen})
    again = officer.post(at("change", change.pk), {"decision": "approve", "seen": answer.context["seen"]})

    assert answer.status_code == 422
    assert "Hợp tác xã vừa gửi lại." in text_of(answer)
    assert "“thần dược”" in text_of(answer)
    assert again.status_code == 302


def test_a_change_is_sent_back_with_a_reason(officer: Client, change: ProductChange) -> None:
    officer.post(at("change", change.pk), {"decision": "ask", "reason": "Ảnh chưa đúng hàng."})
    second = officer.post(at("change", change.pk), {"decision": "approve"})

    change.refresh_from_db()
    assert change.status == ChangeStatus.CHANGES_REQUESTED
    assert change.decisions.get().reason == "Ảnh chưa đúng hàng."
    assert second.status_code == 422
    assert change in officer.get(at("changes") + "?xem=xong").context["page"].object_list


def test_a_withdrawn_change_is_nobodys_business(
    officer: Client, change: ProductChange, by_lan: Actor
) -> None:
    changes.withdraw(change, by=by_lan)

    assert officer.get(at("change", change.pk)).status_code == 404


# --- certificates -----------------------------------------------------------------------------------------
def test_a_certificate_stands_beside_its_scan_and_is_verified(
    officer: Client, certificate: OcopCertificate
) -> None:
    page = text_of(officer.get(at("certificate", certificate.pk)))
    scan = officer.get(at("paper", certificate.paper_id))
    officer.post(at("certificate", certificate.pk), {"decision": "approve"})

    certificate.refresh_from_db()
    assert f'src="{at("paper", certificate.paper_id)}"' in page
    assert "2361/QĐ-UBND" in page
    assert scan.status_code == 200
    assert certificate.status == CertificateStatus.VERIFIED
    assert certificate.product.star == certificate


def test_a_verified_certificate_may_still_turn_out_wrong(
    officer: Client, certificate: OcopCertificate, by_quyen: Actor
) -> None:
    ocop.verify(certificate, by=by_quyen)

    twice = officer.post(at("certificate", certificate.pk), {"decision": "approve"})
    officer.post(at("certificate", certificate.pk), {"decision": "refuse", "reason": "Giấy đã bị thu hồi."})

    certificate.refresh_from_db()
    assert twice.status_code == 422
    assert certificate.status == CertificateStatus.REFUSED
    assert certificate.product.star is None


def test_one_certificate_number_for_two_products_is_told(
    officer: Client, certificate: OcopCertificate, muong_hoa: Any
) -> None:
    other = factories.make_certificate(factories.make_product(muong_hoa, "Trà khác"))
    OcopCertificate.objects.filter(pk__in=[other.pk, certificate.pk]).update(certificate_number="TN-17")

    assert "Số giấy này đã dùng cho “Trà khác”" in text_of(officer.get(at("certificate", certificate.pk)))


# --- words ------------------------------------------------------------------------------------------------
def test_words_are_marked_and_everything_else_is_escaped() -> None:
    assert marked("CHỮA <i>ngay</i>", ["chữa"]) == "<p><mark>CHỮA</mark> &lt;i&gt;ngay&lt;/i&gt;</p>"
    assert marked("Trà", []) == "<p>Trà</p>"
