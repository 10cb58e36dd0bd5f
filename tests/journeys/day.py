"""The acts of one market day: from an application on a phone to the lot the buyer can read.

The tests play it with and without script, ``make tour`` keeps what was seen.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from orders.gateways import vietqr

from . import photos
from .market import PASSWORD, Market
from .people import HAO_DAT, OFFICER, YEN_DUONG, Seller
from .phone import Phone

APPLIED = "HTX Bí thơm Cốc Tộc"
NEW = "Miến dong sợi nhỏ"
TEA = "Chè móc câu Tân Cương"
BUYER = "Trần Thị Thu Hà"
EMAIL = "thu.ha@example.vn"


def today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def on(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


@dataclass
class Day:
    """What one part of the day leaves for the next."""

    product: str = ""  # address of the new product in the shop
    lot: str = ""  # address of its lot at the desk
    number: str = ""
    code: str = ""
    purchase: str = ""  # the buyer's secret address
    orders: dict[str, str] = field(default_factory=dict)  # cooperative → number of its order


def play(phone: Callable[..., Phone], market: Market, folder: Path, **options: Any) -> Day:
    """Everybody's part in turn; ``options`` go to every phone, what is downloaded into ``folder``."""
    day = Day()
    applicant, director, officer, guest, other = (phone(**options) for _ in range(5))

    a_cooperative_applies_for_a_stall(applicant)
    the_officer_opens_the_stall(officer, applicant)
    director.sign_in(YEN_DUONG.director, YEN_DUONG.desk())
    other.sign_in(HAO_DAT.director, HAO_DAT.desk())
    a_director_lists_a_product_from_a_photo(director, photos.sideways_photo())
    the_director_files_the_certificate(director)
    the_officer_approves_both(officer, guest, day)
    the_stored_photo_is_upright_and_says_nothing_of_the_place(market)
    the_director_makes_a_lot(director, day)
    a_guest_orders_from_two_cooperatives(guest, day)
    the_guest_pays_one_of_two_by_vietqr(guest, day)
    each_director_sees_only_the_own_order(director, other, day)
    the_money_arrives(director, guest, day)
    the_order_is_packed_from_the_lot_shipped_and_delivered(director, guest, day)
    the_label_leads_to_the_lot_that_the_order_names(director, guest, day, market.url, folder)
    cash_is_received_after_delivery(other, guest, day)
    market.wait_for_letters()
    everybody_got_their_letters(director, other, guest, market, day)
    return day


# --- a stall ----------------------------------------------------------------------------------------------
def a_cooperative_applies_for_a_stall(applicant: Phone) -> None:
    page = applicant.page
    applicant.open("/tai-khoan/dang-ky/?next=/mo-gian-hang/")
    page.get_by_label("Họ và tên").fill("Nông Thị Sương")
    page.get_by_label("Số điện thoại").fill("0977 000 111")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    applicant.picture("01-sign-up")
    applicant.press("Mở tài khoản")
    page.get_by_label("Tên đầy đủ").fill(APPLIED)
    page.get_by_label("Mã số thuế").fill("4600999888")
    applicant.choose_place("Thái Nguyên", "Xã Ba Bể")
    page.get_by_label("Số nhà, đường, thôn, bản").fill("Bản Cốc Tộc")
    page.get_by_label("Giới thiệu").fill("Mười hai hộ trồng bí thơm, phơi và sao tại bản.")
    page.get_by_label("Ảnh giấy đăng ký").set_input_files(
        {"name": "dang-ky.jpg", "mimeType": "image/jpeg", "buffer": photos.certificate_photo()}
    )
    applicant.picture("02-application")
    applicant.press("Gửi đơn")
    assert "Đã gửi đơn." in applicant.text
    assert "Đơn đang chờ liên minh HTX của tỉnh duyệt." in applicant.text


def the_officer_opens_the_stall(officer: Phone, applicant: Phone) -> None:
    page = officer.page
    officer.sign_in(OFFICER, "/lien-minh/")
    officer.picture("03-review-home")
    officer.open("/lien-minh/don-mo/")
    page.get_by_role("link", name=APPLIED).click()
    page.wait_for_url(re.compile(r"/lien-minh/don-mo/\d+/"))
    assert "Bản Cốc Tộc, Xã Ba Bể, Thái Nguyên" in officer.text
    officer.picture("04-review-application")
    officer.press("Duyệt, mở gian hàng")

    applicant.open("/mo-gian-hang/")
    assert "Đơn đã được duyệt, gian hàng đã mở." in applicant.text
    applicant.follow("Vào gian hàng của tôi")
    assert applicant.words("header").startswith(APPLIED)
    applicant.picture("05-new-desk")


# --- a product --------------------------------------------------------------------------------------------
def a_director_lists_a_product_from_a_photo(director: Phone, photo: bytes) -> None:
    page = director.page
    director.picture("10-today")
    director.follow("Đăng hàng")
    page.get_by_label("Chụp hoặc chọn ảnh").set_input_files(
        {"name": "IMG_2041.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    if director.javascript:
        page.locator("[data-preview] canvas").wait_for()
    director.picture("11-photo")
    director.press("Tiếp tục")

    page.get_by_label("Hàng tên là gì?").fill(NEW)
    page.get_by_label("Giới thiệu vài câu").fill("Sợi nhỏ, phơi nắng, nấu không nát.")
    if director.javascript:
        page.get_by_text("Đã lưu").wait_for()  # kept while it is written
    director.picture("12-name")
    director.press("Tiếp tục")
    page.get_by_label("Miến, bún, phở").check()
    director.picture("13-kind")
    director.press("Tiếp tục")
    page.get_by_label("Giá bán").fill("62.000")
    page.get_by_label("Bán theo").select_option("gói")
    page.get_by_label("Một đơn vị nặng hoặc có bao nhiêu?").fill("500 g")
    director.picture("14-price")
    director.press("Tiếp tục")
    page.get_by_label("Đang có bao nhiêu để bán?").fill("0")
    director.press("Tiếp tục")
    assert "Yến Dương" in page.get_by_label("Ai chịu trách nhiệm về hàng?").input_value()
    director.picture("15-place")
    director.press("Tiếp tục")
    page.get_by_label("Thành phần").fill("Tinh bột dong riềng, nước.")
    page.get_by_label("Hạn dùng").fill("12 tháng từ ngày đóng gói.")
    director.picture("16-label")
    director.press("Tiếp tục")

    assert "Xem lại rồi gửi" in director.text
    assert "62.000 ₫ / gói" in director.text
    director.picture("17-summary")
    director.press("Gửi duyệt")
    assert "Cán bộ liên minh xem xong, bạn có thư." in director.text
    director.picture("18-product")


def the_director_files_the_certificate(director: Phone) -> None:
    page = director.page
    director.follow("Nộp giấy OCOP")
    page.get_by_label("Ảnh chụp giấy chứng nhận").set_input_files(
        {"name": "giay.jpg", "mimeType": "image/jpeg", "buffer": photos.certificate_photo()}
    )
    page.get_by_label("4 sao").check()
    page.get_by_label("Số quyết định").fill("512/QĐ-UBND")
    page.get_by_label("Nơi cấp", exact=True).fill("UBND tỉnh Thái Nguyên")
    page.get_by_label("Ngày cấp").fill((today() - dt.timedelta(days=40)).isoformat())
    page.get_by_label("Ngày hết hạn").fill((today() + dt.timedelta(days=1000)).isoformat())
    director.picture("19-certificate")
    director.press("Nộp")
    assert "512/QĐ-UBND" in director.text


def the_officer_approves_both(officer: Phone, guest: Phone, day: Day) -> None:
    page = officer.page
    page.goto("/lien-minh/san-pham/")
    officer.picture("21-review-products")
    page.get_by_role("link", name=NEW).click()
    page.wait_for_url(re.compile(r"/lien-minh/san-pham/\d+/"))
    officer.picture("22-review-product")
    officer.press("Duyệt", exact=True)

    guest.open("/tim/?q=mien+dong+soi+nho")
    guest.follow(NEW)
    day.product = guest.page.url.removeprefix(guest.url)
    assert "OCOP" not in guest.text  # the certificate still waits

    page.goto("/lien-minh/giay-ocop/")
    page.get_by_role("link", name=NEW).click()
    page.wait_for_url(re.compile(r"/lien-minh/giay-ocop/\d+/"))
    officer.picture("23-review-certificate")
    officer.press("Đúng như giấy")

    guest.open(day.product)
    assert "OCOP 4 sao" in guest.text
    assert "512/QĐ-UBND" in guest.text
    assert on(today() + dt.timedelta(days=1000)) in guest.text
    assert "Hết hàng" in guest.text
    assert guest.page.get_by_role("button", name="Thêm vào giỏ").count() == 0
    guest.picture("24-product-sold-out")


def the_stored_photo_is_upright_and_says_nothing_of_the_place(market: Market) -> None:
    market.wait_for_letters()
    [(name, width, height)] = market.data.rows(
        "SELECT i.original, i.width, i.height FROM catalogue_productimage i "
        f"JOIN catalogue_product p ON p.id = i.product_id WHERE p.title = '{NEW}'"
    )
    stored = Path(market.data.folder) / "media" / name
    made = sorted(stored.parent.glob(f"{stored.stem}*"))
    assert [path.name.removeprefix(stored.stem) for path in made] == [
        "-160.webp",
        "-320.webp",
        "-640.webp",
        ".webp",
    ]
    assert (width, height) == (900, 1200)
    assert "IMG_2041" not in name
    for path in made:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            assert image.height > image.width
            assert photos.is_red_above_blue(image)
            assert len(image.getexif()) == 0
            assert not {"exif", "xmp", "icc_profile"} & set(image.info)


def the_director_makes_a_lot(director: Phone, day: Day) -> None:
    page = director.page
    director.open(YEN_DUONG.desk("lo/"))
    director.follow("Mở lô mới")
    page.get_by_label("Lô của mặt hàng nào?").select_option(label=NEW)
    page.get_by_label("Làm ngày nào?").fill((today() - dt.timedelta(days=3)).isoformat())
    page.get_by_label("Ngày đóng gói").fill((today() - dt.timedelta(days=1)).isoformat())
    page.get_by_label("Hạn dùng đến ngày").fill((today() + dt.timedelta(days=360)).isoformat())
    page.get_by_label("Đóng được bao nhiêu?").fill("20")
    director.picture("30-lot-add")
    director.press("Mở lô")
    day.lot = page.url.removeprefix(director.url)
    day.number = page.locator("h1").inner_text().removeprefix("Lô ")
    assert "20 gói" in director.text

    for kind, back, note in (("Thu hoạch", 9, "Dong riềng đủ tuổi."), ("Đóng gói", 1, "")):
        director.follow("Ghi việc đã làm")
        page.get_by_label("Đã làm gì?").select_option(label=kind)
        page.get_by_label("Ngày nào?").fill((today() - dt.timedelta(days=back)).isoformat())
        page.get_by_label("Ở đâu?").fill("Bản Phiêng Phàng")
        page.get_by_label("Ghi chú").fill(note)
        director.press("Ghi vào sổ")
    assert "Bản Phiêng Phàng" in director.text
    director.picture("31-lot")
    the_dossier_is_released(director, day)


def the_dossier_is_released(director: Phone, day: Day) -> None:
    page = director.page
    director.follow("Mở hồ sơ lô")
    page.get_by_label("Tiêu chuẩn áp dụng").check()
    page.get_by_label("Vì sao không áp dụng?").fill("Chưa công bố tiêu chuẩn riêng")
    director.press("Ghi lý do, ký tên")
    director.press("Chốt hồ sơ")
    assert "Đã chốt" in director.text
    director.open(day.lot)


# --- a purchase -------------------------------------------------------------------------------------------
def a_guest_orders_from_two_cooperatives(guest: Phone, day: Day) -> None:
    page = guest.page
    guest.open(day.product)
    assert "Còn 20 gói" in guest.text
    guest.picture("40-product")
    page.get_by_label("Số lượng").fill("2")
    guest.press("Thêm vào giỏ")
    guest.open("/tim/?q=che+moc+cau")
    guest.follow(TEA)
    guest.press("Thêm vào giỏ")
    guest.picture("41-product-added")
    guest.open("/gio-hang/")
    guest.picture("42-basket")

    guest.follow("Đặt hàng")
    screens = [page.url.removeprefix(guest.url)]
    page.get_by_label("Họ và tên").fill(BUYER)
    page.get_by_label("Số điện thoại").fill("0912 345 678")
    page.get_by_label("Thư điện tử").fill(EMAIL)
    guest.choose_place("Nghệ An", "Xã Con Cuông")
    page.get_by_label("Số nhà, đường, thôn, bản").fill("Bản Khe Rạn")
    guest.picture("43-delivery")
    guest.press("Tiếp tục")
    screens.append(page.url.removeprefix(guest.url))
    ways = page.get_by_role("group", name=YEN_DUONG.name)
    ways.get_by_label("VietQR", exact=False).check()
    page.get_by_role("group", name=HAO_DAT.name).get_by_label("Tiền mặt", exact=False).check()
    guest.picture("44-payment")
    guest.press("Tiếp tục")
    screens.append(page.url.removeprefix(guest.url))
    for words in ("149.000 ₫", "155.000 ₫", "304.000 ₫", BUYER, "Bản Khe Rạn, Xã Con Cuông, Tỉnh Nghệ An"):
        assert words in guest.text
    guest.picture("45-review")
    guest.press("Đặt hàng", exact=False)
    day.purchase = page.url.removeprefix(guest.url)
    screens.append(day.purchase)

    assert screens[:3] == ["/dat-hang/", "/dat-hang/thanh-toan/", "/dat-hang/xem-lai/"]
    assert re.fullmatch(r"/lan-mua/[\w-]{20,}/", day.purchase)
    assert len(screens) <= 4
    assert re.match(r"Đã nhận lần mua [0-9A-Z]{4}-[0-9A-Z]{4}", page.locator("h1").inner_text())
    for part in page.locator("section.order").all():
        name = part.locator("h2").inner_text()
        day.orders[name] = part.get_attribute("id").removeprefix("don-")
    assert list(day.orders) == [YEN_DUONG.name, HAO_DAT.name]
    assert "2 kiện, tổng cộng 304.000 ₫." in guest.text
    guest.picture("46-purchase")


def the_guest_pays_one_of_two_by_vietqr(guest: Phone, day: Day) -> None:
    page = guest.page
    order = f"#don-{day.orders[YEN_DUONG.name]}"
    address = page.locator(order).get_by_role("img", name="Mã VietQR", exact=False).get_attribute("src")
    shown = page.context.request.get(address)
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["cache-control"] == "private, no-store" or "no-" in shown.headers["cache-control"]
    [payload] = photos.read_codes(shown.body())
    asked = vietqr.parse(payload)
    memo = f"CP{day.orders[YEN_DUONG.name]}"
    assert (asked.amount, asked.memo, asked.one_time) == (149_000, memo, True)
    assert asked.account == "0000000001"
    assert re.search(r"5406149000", payload)
    assert memo in guest.words(order)
    assert "155.000 ₫ tiền mặt khi nhận hàng" in guest.words(f"#don-{day.orders[HAO_DAT.name]}")

    guest.press("Tôi đã chuyển")
    assert "Bạn đã báo chuyển lúc" in guest.text
    assert page.get_by_role("button", name="Tôi đã chuyển").count() == 0
    guest.picture("47-claimed")


def each_director_sees_only_the_own_order(director: Phone, other: Phone, day: Day) -> None:
    for mine, seller, foreign in ((director, YEN_DUONG, HAO_DAT), (other, HAO_DAT, YEN_DUONG)):
        mine.open(seller.desk("don/"))
        own, stranger = (day.orders[one.name] for one in (seller, foreign))
        assert f"{own[:4]}-{own[4:]}" in mine.text
        assert f"{stranger[:4]}-{stranger[4:]}" not in mine.text
        assert mine.open(seller.desk(f"don/{stranger}/")).status == 404
        assert mine.open(foreign.desk(f"don/{stranger}/")).status == 404
        assert mine.open(seller.desk(f"don/{own}/")).status == 200
        assert {YEN_DUONG: "149.000 ₫", HAO_DAT: "155.000 ₫"}[seller] in mine.text
        assert "304.000" not in mine.text
        # The page whose address the cooperative sends by Zalo tells no more than it may know.
        zalo = mine.page.locator(".message", has_text="/lan-mua/").text_content()
        mine.open(re.search(r"http://\S+/lan-mua/\S+/", zalo).group())
        assert mine.page.locator("section.order").count() == 1
        assert "304.000" not in mine.text
        assert foreign.name not in mine.text
    director.open(YEN_DUONG.desk(f"don/{day.orders[YEN_DUONG.name]}/"))
    director.picture("50-order")


def the_money_arrives(director: Phone, guest: Phone, day: Day) -> None:
    director.open(YEN_DUONG.desk())
    director.picture("51-today")
    director.open(YEN_DUONG.desk(f"don/{day.orders[YEN_DUONG.name]}/"))
    director.press("Xác nhận đơn")
    assert "Chờ tiền về" in director.text
    director.picture("52-order-waits-for-money")
    director.press("Đã nhận tiền")
    assert re.search(r"Đã nhận lúc \d\d:\d\d", director.text)

    guest.open(day.purchase)
    part = guest.words(f"#don-{day.orders[YEN_DUONG.name]}")
    assert "Hợp tác xã đã nhận 149.000 ₫" in part


def the_order_is_packed_from_the_lot_shipped_and_delivered(director: Phone, guest: Phone, day: Day) -> None:
    page = director.page
    assert page.get_by_label(f"Lô {day.number}", exact=False).input_value() == "2"  # suggested
    director.picture("53-pack")
    director.press("Đã đóng gói xong")
    assert f"Lô {day.number}" in director.text
    page.get_by_label("Gửi qua").fill("Viettel Post")
    page.get_by_label("Mã vận đơn").fill("VTP0001234567")
    director.picture("54-ship")
    director.press("Đã gửi đi")
    director.open(page.locator("a[href*='/phieu/']").first.get_attribute("href"))
    assert f"Lô {day.number}" in director.page.locator("body").inner_text()
    director.picture("55-slip")
    director.open(YEN_DUONG.desk(f"don/{day.orders[YEN_DUONG.name]}/"))
    director.press("Đã giao")
    assert "Đơn đã xong" in director.text

    guest.open(day.purchase)
    part = guest.page.locator(f"#don-{day.orders[YEN_DUONG.name]}")
    assert "Đã giao" in part.inner_text()
    assert "VTP0001234567" in part.inner_text()
    day.code = part.get_by_role("link", name=f"Lô {day.number}").get_attribute("href").removeprefix("/Q/")
    assert re.fullmatch(r"[0-9A-Z]{8}", day.code)
    guest.picture("56-purchase-delivered")

    director.open(day.lot)
    assert "18 gói" in director.text  # 20 made, 2 gone


def the_label_leads_to_the_lot_that_the_order_names(
    director: Phone, guest: Phone, day: Day, url: str, folder: Path
) -> None:
    page = director.page
    director.follow("In tem")
    director.picture("57-labels")
    page.get_by_role("button", name="Làm tem PDF").click()
    ready = page.get_by_role("link", name="Tải tem")
    ready.wait_for(timeout=30_000)  # the page renews itself while a job draws the sheet
    with page.expect_download() as waited:
        ready.click()
    sheet = folder / "tem.pdf"
    waited.value.save_as(sheet)
    assert sheet.read_bytes().startswith(b"%PDF-")
    [printed] = photos.printed(sheet)
    codes = photos.read_codes(printed)
    assert codes == [f"{url}/Q/{day.code}"] * 24

    assert guest.open(codes[0]).status == 200
    told = guest.text
    assert day.number in told
    assert NEW in told
    assert "OCOP 4 sao" in told
    assert "Bản Phiêng Phàng" in told
    assert f"{day.code[:4]}-{day.code[4:]}" in told
    guest.picture("58-trace")


def cash_is_received_after_delivery(other: Phone, guest: Phone, day: Day) -> None:
    number = day.orders[HAO_DAT.name]
    other.open(HAO_DAT.desk(f"don/{number}/"))
    other.press("Xác nhận đơn")
    other.press("Đã đóng gói xong")
    other.page.get_by_label("Gửi qua").fill("GHN")
    other.press("Đã gửi đi")
    other.press("Đã giao")
    assert "Đã giao, còn chờ tiền" in other.text
    other.press("Đã nhận tiền")
    assert "Đơn đã xong" in other.text
    other.picture("59-cash")

    guest.open(day.purchase)
    part = guest.words(f"#don-{number}")
    assert "Hợp tác xã đã nhận 155.000 ₫" in part
    assert "Đã giao" in part


# --- letters ----------------------------------------------------------------------------------------------
def everybody_got_their_letters(
    director: Phone, other: Phone, guest: Phone, market: Market, day: Day
) -> None:
    guest.open(day.purchase)
    purchase = guest.page.locator("h1").inner_text().removeprefix("Lần mua ")  # no longer "just received"
    guest.page.locator("summary", has_text="Thư của đơn").click()
    ours, theirs = (pretty(day.orders[one.name]) for one in (YEN_DUONG, HAO_DAT))
    expected = [
        f"Đơn {theirs} đã giao",
        f"{HAO_DAT.name} đã nhận 155.000 ₫",
        f"Đơn {theirs} đã gửi đi",
        f"{HAO_DAT.name} đã xác nhận đơn {theirs}",
        f"Đơn {ours} đã giao",
        f"Đơn {ours} đã gửi đi",
        f"{YEN_DUONG.name} đã nhận 149.000 ₫",
        f"{YEN_DUONG.name} đã xác nhận đơn {ours}",
        f"Đã nhận lần mua {purchase}",
    ]
    assert sorted(guest.page.locator(".letter h3").all_inner_texts()) == sorted(expected)
    assert sorted(mails_to(EMAIL, market.data.folder / "mail")) == sorted(expected)

    assert letters_of(director, YEN_DUONG, ours) == [
        "Khách báo đã chuyển 149.000 ₫",
        f"Đơn mới {ours}, 149.000 ₫",
    ]
    assert letters_of(other, HAO_DAT, theirs) == [f"Đơn mới {theirs}, 155.000 ₫"]
    director.open(YEN_DUONG.desk("thu/"))
    director.picture("60-inbox")
    subjects = director.page.locator(".letter h3").all_inner_texts()
    assert sum(NEW in subject for subject in subjects) == 2, subjects[:8]  # product and star, each once


def letters_of(phone: Phone, seller: Seller, number: str) -> list[str]:
    """Subjects of the letters that speak of one order, newest first."""
    phone.open(seller.desk("thu/"))
    letters = phone.page.locator(".letter", has_text=number)
    found = letters.locator("h3").all_inner_texts()  # a new one says so in a line of its own
    return [text.split("\n")[0].replace("\N{NO-BREAK SPACE}", " ") for text in found]


def mails_to(address: str, folder: Path) -> list[str]:
    """Subjects of the mails that left for ``address``; Django's file backend puts a line between them."""
    found = []
    for file in folder.iterdir():
        for text in file.read_bytes().split(b"-" * 79 + b"\n"):
            mail = email.message_from_bytes(text.strip(), policy=email.policy.default)
            if mail["To"] == address:
                found.append(" ".join(str(mail["Subject"]).split()))  # a long subject is folded
    return found


def pretty(number: str) -> str:
    return f"{number[:4]}-{number[4:]}"
