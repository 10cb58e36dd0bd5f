"""The camera in the page: our label opens its page, a stranger's code is only words, and no camera is no dead end."""

from __future__ import annotations

import base64
import io

import pytest
import qrcode

from .people import YEN_DUONG, a_lot_code

pytestmark = pytest.mark.browser

# A camera that sees the picture which ``show`` was given last.
CAMERA = """
const seen = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
const pen = seen.getContext("2d");
const picture = new Image();
const paint = () => {
  pen.fillStyle = "#ddd";
  pen.fillRect(0, 0, 640, 480);
  pen.drawImage(picture, 170, 90, 300, 300);
};
window.show = (address) => { picture.onload = paint; picture.src = address; };
setInterval(() => picture.complete && paint(), 50);
navigator.mediaDevices.getUserMedia = async () => seen.captureStream(20);
"""


def picture_of(text: str) -> str:
    out = io.BytesIO()
    qrcode.make(text).save(out)
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"


def test_our_label_opens_its_page_and_a_strangers_is_shown_as_words(phone, market):
    one, code = phone(), a_lot_code(market)
    one.page.add_init_script(CAMERA)
    one.open("/quet/")
    one.page.evaluate("show", picture_of("https://example.com/Q/2EP9TW83"))
    one.page.get_by_role("button", name="Mở máy ảnh").click()
    one.page.get_by_text(
        "Đây không phải mã của chợ này. Trong mã ghi: https://example.com/Q/2EP9TW83"
    ).wait_for()
    assert one.page.url == f"{one.url}/quet/"

    one.page.evaluate("show", picture_of(f"{one.url}/Q/{code}"))
    one.page.wait_for_url(f"{one.url}/Q/{code}")


def test_a_packer_is_led_to_the_lot_of_what_is_in_her_hand(phone, market):
    one = phone()
    [(number, lot, code)] = market.data.rows(
        "SELECT o.number, l.id, c.code FROM order_order o JOIN order_line w ON w.order_id = o.id "
        "JOIN traceability_lot l ON l.product_id = w.product_id JOIN traceability_tracecode c ON c.lot_id = l.id "
        "JOIN order_payment p ON p.order_id = o.id WHERE o.status = 'confirmed' AND p.status = 'on_delivery' "
        f"AND c.kind = 'lot' AND o.cooperative_id = (SELECT cooperative_id FROM partner_stall WHERE slug = "
        f"'{YEN_DUONG.slug}') ORDER BY l.id DESC LIMIT 1"
    )
    one.page.add_init_script(CAMERA)
    one.sign_in(YEN_DUONG.packer, YEN_DUONG.desk(f"don/{number}/"))
    one.page.evaluate("show", picture_of(f"{one.url}/Q/{code}"))
    one.page.get_by_role("button", name="Quét mã").click()
    one.wait(f"document.activeElement.name?.endsWith('_{lot}')")


def test_without_a_camera_the_code_is_typed_as_ever(phone):
    one = phone()
    one.page.add_init_script("navigator.mediaDevices.getUserMedia = async () => { throw new Error('none') }")
    one.open("/quet/")
    one.page.get_by_role("button", name="Mở máy ảnh").click()
    one.page.get_by_text("Không mở được máy ảnh.").wait_for()
    assert one.page.get_by_label("Mã in trên tem").is_visible()
