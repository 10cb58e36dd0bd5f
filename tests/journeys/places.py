"""The pages people meet most, for tests that look at every one of them."""

from __future__ import annotations

from collections.abc import Callable

from .market import Market
from .people import YEN_DUONG, a_lot_code, a_product
from .phone import Phone

MINE = f"cooperative_id = (SELECT cooperative_id FROM partner_stall WHERE slug = '{YEN_DUONG.slug}')"


def slip(market: Market) -> str:
    """The address of a parcel's slip, behind the desk's own."""
    number, parcel = market.data.rows(
        "SELECT o.number, p.id FROM order_parcel p JOIN order_order o ON o.id = p.order_id "
        f"WHERE o.{MINE} AND p.status = 'packed' ORDER BY p.id LIMIT 1"
    )[0]
    return f"don/{number}/kien/{parcel}/phieu/"


def one(market: Market, sql: str) -> str:
    return str(market.data.rows(sql)[0][0])


def of_the_shop(market: Market) -> list[str]:
    return [
        "/",
        "/san-pham/",
        "/san-pham/?sao=4",
        "/danh-muc/",
        "/danh-muc/tra-che/",
        "/tinh/",
        "/tim/?q=mien+dong",
        "/tim/?q=khong-co-gi-het",
        "/gian-hang/",
        "/gian-hang/htx-yen-duong/",
        a_product(market),
        "/quet/",
        "/tra-don/",
        "/tai-khoan/dang-nhap/",
        "/tai-khoan/dang-ky/",
        f"/Q/{a_lot_code(market)}",
        f"/Q/{a_lot_code(market)}?lang=en",
        "/Q/4HYJE1B2",
    ]


def of_the_desk(market: Market) -> list[str]:
    """What the director of Yến Dương opens."""
    lot = one(market, f"SELECT MIN(id) FROM traceability_lot WHERE {MINE}")
    product = one(market, "SELECT id FROM catalogue_product WHERE title = 'Miến dong Yến Dương'")
    orders = market.data.rows(f"SELECT MIN(number) FROM order_order WHERE {MINE} GROUP BY status")
    paths = [
        "",
        "don/",
        "hang/",
        "hang/them/",
        f"hang/{product}/",
        f"hang/{product}/gia-ban/",
        "kho/",
        "kho/kiem-ke/",
        f"kho/{product}/",
        f"kho/{product}/hong/",
        "lo/",
        "lo/them/",
    ]
    paths += [
        f"lo/{lot}/",
        f"lo/{lot}/ma/",
        f"lo/{lot}/su-kien/",
        "gian-hang/",
        "ngan-hang/",
        "thanh-vien/",
        "thu/",
    ]
    paths += [f"don/{number}/" for (number,) in orders]
    return [YEN_DUONG.desk(path) for path in (*paths, slip(market))]


def of_the_alliance(market: Market) -> list[str]:
    paths = [""]
    for queue, table, state in (
        ("don-mo", "partner_application", "submitted"),
        ("ngan-hang", "partner_bankaccount", "waiting"),
        ("san-pham", "catalogue_product", "submitted"),
        ("thay-doi", "catalogue_productchange", "waiting"),
        ("giay-ocop", "catalogue_ocopcertificate", "waiting"),
    ):
        case = one(market, f"SELECT MIN(id) FROM {table} WHERE status = '{state}'")
        paths += [f"{queue}/", f"{queue}/{case}/"]
    stall = one(market, f"SELECT id FROM partner_stall WHERE slug = '{YEN_DUONG.slug}'")
    return [f"/lien-minh/{path}" for path in (*paths, "gian-hang/", f"gian-hang/{stall}/")]


def a_purchase(guest: Phone, market: Market, at: Callable[[], None] = lambda: None) -> str:
    """Buy from two cooperatives by transfer, stopping ``at`` every screen; return the purchase's address."""
    page = guest.page
    for title in ("Miến dong Yến Dương", "Chè móc câu Tân Cương"):
        guest.open(a_product(market, title))
        guest.press("Thêm vào giỏ")
    at()
    guest.open("/gio-hang/")
    at()
    guest.follow("Đặt hàng")
    page.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true })")
    guest.press("Tiếp tục")
    at()  # everything is wrong
    page.get_by_label("Họ và tên").fill("Bà Lý")
    page.get_by_label("Số điện thoại").fill("0987654321")
    guest.choose_place("Nghệ An", "Xã Con Cuông")
    page.get_by_label("Số nhà, đường, thôn, bản").fill("Bản Khe Rạn")
    guest.press("Tiếp tục")
    for way in page.get_by_label("VietQR", exact=False).all():
        way.check()
    at()
    guest.press("Tiếp tục")
    at()
    guest.press("Đặt hàng", exact=False)
    at()
    return str(page.url.removeprefix(guest.url))
