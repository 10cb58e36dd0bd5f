"""The carriers and status codes that every market starts with; the operator edits them in the admin.

From public pages and clients, none captured from a live service (docs/data.md says which are doubtful).
"""

from __future__ import annotations

from typing import Any

# code, name, tracking address
CARRIERS = [
    ("viettel-post", "Viettel Post", "https://viettelpost.com.vn/tra-cuu-hanh-trinh-don/?code={waybill}"),
    ("vietnam-post", "Vietnam Post", ""),
    ("ghn", "GHN", "https://donhang.ghn.vn/?order_code={waybill}"),
    ("ghtk", "GHTK", "https://i.ghtk.vn/{waybill}"),
]
# carrier → (code, meaning, words)
STATUSES = {
    "ghn": [
        ("ready_to_pick", "waiting", "Mới tạo, chờ lấy"),
        ("picking", "waiting", "Đang đến lấy"),
        ("picked", "moving", "Đã lấy hàng"),
        ("storing", "moving", "Đã nhập kho"),
        ("transporting", "moving", "Đang luân chuyển"),
        ("sorting", "moving", "Đang phân loại"),
        ("delivering", "delivering", "Đang giao"),
        ("delivered", "delivered", "Đã giao"),
        ("delivery_fail", "failed", "Giao không thành"),
        ("waiting_to_return", "returning", "Chờ trả hàng"),
        ("return", "returning", "Đang trả hàng"),
        ("returned", "returned", "Đã trả hàng"),
        ("cancel", "cancelled", "Huỷ"),
    ],
    "ghtk": [
        ("-1", "cancelled", "Huỷ đơn"),
        ("1", "waiting", "Chưa tiếp nhận"),
        ("2", "waiting", "Đã tiếp nhận"),
        ("3", "moving", "Đã lấy hàng"),
        ("4", "delivering", "Đang giao"),
        ("5", "delivered", "Đã giao, chưa đối soát"),
        ("6", "delivered", "Đã đối soát"),
        ("7", "waiting", "Không lấy được hàng"),
        ("8", "waiting", "Hoãn lấy hàng"),
        ("9", "failed", "Không giao được"),
        ("10", "delivering", "Hoãn giao"),
        ("20", "returning", "Đang trả hàng"),
        ("21", "returned", "Đã trả hàng"),
    ],
    "viettel-post": [
        ("100", "waiting", "Mới tạo"),
        ("101", "cancelled", "Yêu cầu huỷ"),
        ("102", "waiting", "Chờ xử lý"),
        ("103", "waiting", "Giao cho bưu cục"),
        ("104", "waiting", "Đã cử người lấy"),
        ("105", "moving", "Đã lấy hàng"),
        ("107", "cancelled", "Huỷ"),
        ("200", "moving", "Đã nhập"),
        *[(str(code), "moving", "Đang luân chuyển") for code in (300, 301, 302, 303)],
        *[(str(code), "moving", "Đã đến bưu cục") for code in (400, 401, 402, 403)],
        ("500", "delivering", "Đang giao"),
        ("501", "delivered", "Đã giao"),
        ("502", "returning", "Chuyển hoàn"),
        ("503", "cancelled", "Khách huỷ"),
        ("504", "returned", "Đã chuyển hoàn"),
        ("505", "failed", "Giao không thành"),
        ("506", "failed", "Khách vắng nhà"),
        ("507", "delivering", "Chờ nhận tại bưu cục"),
        ("508", "delivering", "Giao lại"),
        ("509", "moving", "Chuyển tiếp"),
        ("515", "returning", "Duyệt hoàn"),
        ("550", "moving", ""),
        ("551", "moving", ""),
    ],
}
DOUBTFUL = {"viettel-post"}  # public tables contradict each other


def load(get_model: Any) -> None:
    """Write the carriers and codes that are missing; what the operator changed stays. ``get_model`` as of ``apps``."""
    carriers, statuses = get_model("order", "Carrier"), get_model("order", "CarrierStatus")
    for position, (code, name, address) in enumerate(CARRIERS):
        told = {"name": name, "tracking_address": address, "position": position}
        carrier, _is_new = carriers.objects.get_or_create(code=code, defaults=told)
        is_checked = code not in DOUBTFUL
        statuses.objects.bulk_create(
            [
                statuses(carrier=carrier, code=theirs, meaning=ours, words=words, is_checked=is_checked)
                for theirs, ours, words in STATUSES.get(code, [])
            ],
            ignore_conflicts=True,
        )
