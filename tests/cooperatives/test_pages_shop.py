"""Stalls as buyers see them, and the application page."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cooperatives import applications, papers, stalls
from cooperatives.models import Application, Cooperative, Paper
from marketplace.accounts.models import User
from tests import factories

from .scenes import POSTED, actor, draft, pdf, picture, submitted

pytestmark = pytest.mark.django_db

APPLY = "/mo-gian-hang/"


class TestStalls:
    def test_lists_open_ones_by_name(
        self, client: Client, muong_hoa: Cooperative, ban_khac: Cooperative, tuan: User
    ) -> None:
        factories.make_cooperative("HTX Đóng Cửa", status="closed")
        page = client.get("/gian-hang/")
        assert [stall.slug for stall in page.context["page"]] == ["htx-ban-khac", "htx-muong-hoa"]

    def test_narrows_to_a_province(
        self, client: Client, muong_hoa: Cooperative, ban_khac: Cooperative
    ) -> None:
        page = client.get("/gian-hang/", {"tinh": "nghe-an"})
        assert [stall.slug for stall in page.context["page"]] == ["htx-ban-khac"]

    @pytest.mark.parametrize("province", ["\x00", "khong-co", "x" * 5000])
    def test_bears_a_province_that_is_none(self, client: Client, db: None, province: str) -> None:
        assert client.get("/gian-hang/", {"tinh": province}).status_code == 200

    def test_asks_the_same_for_5_and_15(self, client: Client, django_assert_max_num_queries: Any) -> None:
        for number in range(15):
            factories.make_cooperative(f"HTX {number}")
        with django_assert_max_num_queries(4):
            client.get("/gian-hang/")


class TestStall:
    def test_shows_people_and_place_and_the_seller(self, client: Client, muong_hoa: Cooperative) -> None:
        Cooperative.objects.update(about="Ba mươi hộ\nlàm chè.", tax_code="4600123456")
        page = client.get("/gian-hang/htx-muong-hoa/").content.decode()
        for words in ("HTX Mường Hoa", "Xã Thượng Minh, Thái Nguyên", "làm chè.", "4600123456", "0208000000"):
            assert words in page
        assert "30.000\xa0₫" in page

    def test_closed_it_says_so(self, client: Client, muong_hoa: Cooperative, lan: User) -> None:
        stalls.close_stall(muong_hoa.stall, by=actor(lan))
        answer = client.get("/gian-hang/htx-muong-hoa/")
        assert answer.status_code == 200
        assert "tạm nghỉ" in answer.content.decode()
        assert "noindex" in answer.content.decode()

    def test_suspended_it_says_so_and_shows_nothing_else(
        self, client: Client, muong_hoa: Cooperative, quyen: User
    ) -> None:
        stalls.suspend_stall(muong_hoa.stall, reason="Lý do kín.", by=actor(quyen))
        page = client.get("/gian-hang/htx-muong-hoa/").content.decode()
        assert "tạm khoá" in page
        assert "Lý do kín." not in page
        assert "0208000000" not in page

    def test_words_of_the_cooperative_are_words(self, client: Client, muong_hoa: Cooperative) -> None:
        Cooperative.objects.update(about="<script>alert(1)</script>", name="HTX <b>")
        page = client.get("/gian-hang/htx-muong-hoa/").content.decode()
        assert "<script>alert" not in page
        assert "HTX <b>" not in page

    def test_unknown_is_404(self, client: Client, db: None) -> None:
        assert client.get("/gian-hang/khong-co/").status_code == 404


class TestApply:
    def send(self, client: Client, button: str, files: dict[str, Any] | None = None, **change: str) -> Any:
        return client.post(APPLY, {**POSTED, **change, **(files or {}), button: "1"})

    def test_asks_a_guest_to_sign_in_first(self, client: Client, db: None) -> None:
        assert client.get(APPLY)["Location"] == "/tai-khoan/dang-nhap/?next=/mo-gian-hang/"

    def test_spares_typing_what_is_known(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        page = client.get(APPLY).content.decode()
        assert 'value="Hà"' in page
        assert 'value="0912000004"' in page
        assert not Application.objects.exists()

    def test_is_handed_in_with_one_page(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = self.send(client, "submit", {"registration": picture(), "other": pdf()})
        assert answer["Location"] == APPLY
        application = Application.objects.get()
        assert (application.status, application.name, application.tax_code, application.phone) == (
            "submitted",
            "HTX Chè Thượng Minh",
            "4600123456",
            "0912000004",
        )
        assert application.about == "Ba mươi hộ\nlàm chè."
        assert application.place == "Xã Thượng Minh, Thái Nguyên"
        assert sorted(application.papers.values_list("kind", flat=True)) == ["other", "registration"]
        page = client.get(APPLY)
        assert page.templates[0].name == "cooperatives/shop/application.html"
        assert "đang chờ liên minh" in page.content.decode()

    def test_pressed_twice_is_one_application_and_a_plain_message(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        self.send(client, "submit", {"registration": picture()})
        answer = client.post(APPLY, {**POSTED, "registration": picture(), "submit": "1"}, follow=True)
        assert answer.status_code == 200
        assert "Đơn này đã gửi rồi: Chờ duyệt." in answer.content.decode()
        assert Application.objects.count() == 1

    def test_a_draft_keeps_what_there_is(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = client.post(APPLY, {"name": "HTX Mới", "legal_form": "hop_tac_xa", "save": "1"})
        assert answer["Location"] == APPLY
        assert 'value="HTX Mới"' in client.get(APPLY).content.decode()

    def test_a_draft_with_a_mistake_keeps_the_rest_and_says_which(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = self.send(client, "save", phone="12345", registration_typo="x")
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == ["phone"]
        assert 'value="12345"' in answer.content.decode()
        application = Application.objects.get()
        assert (application.name, application.phone) == ("HTX Chè Thượng Minh", "")

    def test_autosave_answers_a_script(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = client.post(APPLY, {"name": "HTX Mới"}, headers={"x-requested-with": "XMLHttpRequest"})
        assert answer.json() == {"saved": True}
        assert Application.objects.get().name == "HTX Mới"

    def test_autosave_from_a_stale_page_changes_nothing(self, client: Client, ha: User) -> None:
        submitted(ha)
        client.force_login(ha)
        answer = client.post(APPLY, {"name": "Tên khác"}, headers={"x-requested-with": "XMLHttpRequest"})
        assert answer.status_code == 409
        assert Application.objects.get().name == "HTX Chè Thượng Minh"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "\x00"),
            ("name", "x" * 129),
            ("tax_code", ""),
            ("tax_code", "abc"),
            ("tax_code", "9" * 4000),
            ("contact_name", " "),
            ("phone", "không có"),
            ("email", "không phải thư"),
            ("province_code", "99"),
            ("commune_code", "17971"),
            ("commune_code", ""),
            ("street", ""),
            ("about", "x" * 2001),
            ("legal_form", "cong_ty"),
        ],
    )
    def test_bad_input_ends_beside_its_field_with_the_rest_kept(
        self, client: Client, ha: User, field: str, value: str
    ) -> None:
        client.force_login(ha)
        answer = self.send(client, "submit", {"registration": picture()}, **{field: value})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        kept = "Bản Phố" if field != "street" else "Ba mươi hộ"
        assert kept in answer.content.decode()
        assert Application.objects.get().status == "draft"
        assert Paper.objects.count() == 1

    def test_without_the_registration_it_asks_for_it_once(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        answer = self.send(client, "submit")
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["registration"])
        self.send(client, "save", {"registration": picture()})
        assert self.send(client, "submit").status_code == 302
        assert Application.objects.get().status == "submitted"

    def test_a_scan_that_is_none_is_told_beside_its_field(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        broken = SimpleUploadedFile("giay.jpg", b"khong phai anh", "image/jpeg")
        answer = self.send(client, "submit", {"registration": broken})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["registration"])
        assert not Paper.objects.exists()

    def test_a_name_in_pieces_is_put_together(self, client: Client, ha: User) -> None:
        client.force_login(ha)
        self.send(client, "save", name="HTX Che\u0300 Ta\u0302n Cu\u031bo\u031bng")
        assert Application.objects.get().name == "HTX Chè Tân Cương"

    def test_choosing_the_province_without_script_saves_nothing_and_loses_nothing(
        self, client: Client, ha: User
    ) -> None:
        client.force_login(ha)
        answer = self.send(client, "choose_province", province_code="40", commune_code="")
        assert answer.status_code == 200
        assert not answer.context["form"].errors
        page = answer.content.decode()
        assert "Xã Kim Liên" in page
        assert 'value="HTX Chè Thượng Minh"' in page
        assert not Application.objects.exists()

    def test_a_scan_can_be_dropped_from_a_draft(self, client: Client, ha: User) -> None:
        application = draft(ha)
        client.force_login(ha)
        paper = application.papers.get()
        answer = client.post(APPLY, {**POSTED, "remove_paper": str(paper.pk)})
        assert answer.status_code == 200
        assert not Paper.objects.exists()

    @pytest.mark.parametrize("pk", ["", "abc", "999999", "9" * 40, "\x00", "²"])
    def test_dropping_a_scan_that_is_none_changes_nothing(self, client: Client, ha: User, pk: str) -> None:
        draft(ha)
        client.force_login(ha)
        assert client.post(APPLY, {**POSTED, "remove_paper": pk}).status_code == 200
        assert Paper.objects.count() == 1

    def test_asked_for_changes_the_reason_stands_above_the_form(
        self, client: Client, ha: User, quyen: User
    ) -> None:
        applications.ask_for_changes(submitted(ha), reason="Ảnh mờ, chụp lại giúp.", by=actor(quyen))
        client.force_login(ha)
        page = client.get(APPLY)
        assert page.templates[0].name == "cooperatives/shop/apply.html"
        assert "Ảnh mờ, chụp lại giúp." in page.content.decode()
        assert self.send(client, "submit").status_code == 302

    def test_approved_it_leads_to_the_desk(self, client: Client, ha: User, quyen: User) -> None:
        applications.approve(submitted(ha), by=actor(quyen))
        client.force_login(ha)
        assert "/quan-ly/htx-che-thuong-minh/" in client.get(APPLY).content.decode()

    def test_refused_it_shows_why_and_offers_a_new_one(self, client: Client, ha: User, quyen: User) -> None:
        applications.refuse(submitted(ha), reason="Không có thật.", by=actor(quyen))
        client.force_login(ha)
        assert "Không có thật." in client.get(APPLY).content.decode()
        assert client.get(f"{APPLY}?moi=1").templates[0].name == "cooperatives/shop/apply.html"
        client.post(f"{APPLY}?moi=1", {"name": "HTX Khác", "save": "1"})
        assert [one.status for one in Application.objects.order_by("pk")] == ["refused", "draft"]

    def test_is_withdrawn_by_its_writer(self, client: Client, ha: User) -> None:
        submitted(ha)
        client.force_login(ha)
        client.post(APPLY, {"withdraw": "1"})
        assert Application.objects.get().status == "withdrawn"

    def test_scans_are_for_their_owner(self, client: Client, ha: User, lan: User) -> None:
        paper = draft(ha).papers.get()
        address = f"/mo-gian-hang/giay-to/{paper.pk}/"
        client.force_login(lan)
        assert client.get(address).status_code == 404
        client.force_login(ha)
        answer = client.get(address)
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, no-store")
        assert b"".join(answer.streaming_content) == papers.open_paper(paper).read()
