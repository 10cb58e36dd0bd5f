# ruff: noqa: E501  a table of labels reads better with one kind of goods in two lines
"""What the demo says on labels and in journeys, by kind of goods. Demo data: plausible, not anybody's real label."""

from __future__ import annotations

from dataclasses import dataclass

from traceability.statuses import TraceKind as T


@dataclass(frozen=True)
class Label:
    """The label of one kind of goods."""

    ingredients: str
    usage: str
    storage: str
    shelf_life: str
    warnings: str
    months: int  # shelf life for lots
    vat: int | None = 5
    standard: str = "Tiêu chuẩn cơ sở (dữ liệu demo)"


DRY = "Để nơi khô ráo, thoáng mát, tránh ánh nắng."
COLD = "Giữ lạnh 2–8 °C, dùng sớm sau khi mở."
ALLERGY = "Không dùng khi bao bì rách hoặc hàng có mùi lạ."

LABELS: dict[str, Label] = {
    "tra-che": Label("100% búp chè, lá hoặc hoa sấy khô.", "Tráng ấm, pha 5 g với 200 ml nước 85–95 °C, chờ 2 phút.",
                     DRY + " Buộc kín sau khi mở.", "12 tháng từ ngày sản xuất", ALLERGY, 12, 8),
    "mien-bun-pho": Label("Tinh bột dong riềng, nước.", "Ngâm nước lạnh 15 phút, chần nước sôi 1 phút.", DRY,
                          "12 tháng từ ngày sản xuất", ALLERGY, 12),
    "rau-cu-tuoi": Label("Rau, củ, nấm tươi.", "Rửa sạch trước khi nấu.", COLD, "3–5 ngày", "Nấu chín trước khi ăn.",
                         0, None, "Trồng theo quy trình của hợp tác xã (dữ liệu demo)"),
    "rau-cu-kho": Label("100% măng, nấm hoặc củ sấy khô.", "Ngâm nước ấm 2–6 giờ, rửa lại rồi nấu.", DRY,
                        "12 tháng từ ngày sản xuất", ALLERGY, 12),
    "gao-ngu-coc": Label("100% gạo nếp.", "Vo sạch, ngâm 4 giờ, đồ chín.", DRY, "6 tháng từ ngày xay xát", ALLERGY, 6),
    "bot-gia-vi": Label("Bột hoặc gia vị nguyên chất.", "Hoà với nước nguội trước khi nấu, hoặc dùng để chấm, ướp.",
                        DRY, "12 tháng từ ngày sản xuất", ALLERGY, 12),
    "qua-tang-bo-san-pham": Label("Ghi trên từng món trong bộ.", "Theo từng món trong bộ.", DRY,
                                  "Theo món ngắn nhất trong bộ", ALLERGY, 6, 8),
    "mat-ong": Label("100% mật ong.", "Pha nước ấm dưới 40 °C hoặc dùng trực tiếp.", DRY, "24 tháng từ ngày đóng chai",
                     "Không dùng cho trẻ dưới 12 tháng tuổi.", 24),
    "thit-che-bien": Label("Thịt, muối, gừng, mắc khén, hạt dổi.", "Hấp hoặc nướng lại, xé nhỏ.", COLD,
                           "60 ngày từ ngày sản xuất", ALLERGY, 2, 8),
    "thao-duoc": Label("100% dược liệu.", "Hãm hoặc sắc với nước sôi.", DRY, "12 tháng từ ngày sản xuất",
                       "Phụ nữ có thai hỏi ý kiến thầy thuốc. Không phải là thuốc.", 12),
    "thuc-pham-bo-sung": Label("Ngũ cốc, đông trùng hạ thảo.", "Pha 1 gói với 150 ml nước ấm.", DRY,
                               "12 tháng từ ngày sản xuất", "Không phải là thuốc, không thay thế thuốc chữa bệnh.", 12, 8),
    "ruou": Label("Rượu gạo, đông trùng hạ thảo.", "Dùng trực tiếp. Nồng độ cồn ghi trên nhãn.", DRY,
                  "36 tháng từ ngày đóng chai", "Không dùng cho người dưới 18 tuổi, phụ nữ có thai và người lái xe.", 36, 10),
    "do-len-men": Label("Tép, thính gạo, muối, ớt.", "Dùng làm đồ chấm.", COLD, "90 ngày từ ngày sản xuất", ALLERGY, 3, 8),
    "banh-keo": Label("Nguyên liệu chính theo tên hàng, đường, mạch nha.", "Ăn liền.", DRY, "6 tháng từ ngày sản xuất",
                      "Có thể chứa lạc, vừng.", 6, 8),
    "hat-dau": Label("100% hạt sen.", "Nấu chè, hầm hoặc ăn liền nếu đã sấy giòn.", DRY, "12 tháng từ ngày sản xuất",
                     ALLERGY, 12),
    "trai-cay": Label("Quả tươi.", "Rửa sạch, gọt vỏ.", "Để nơi mát, dùng trong vài ngày.", "3–5 ngày", "Không.", 0, None),
    "may-tre-dan": Label("Tre, nứa, mây đã xử lý.", "Lau bằng khăn khô. Tránh ngâm nước.", DRY, "",
                         "Để xa nguồn lửa.", 0, 8),
}  # fmt: skip

# Grams that each household of a lot brought on the day of harvest.
SLIPS = (84_500, 61_200, 73_800, 58_100)

# kind, days before packing, place (None: the cooperative's commune), households?, note
JOURNEYS: dict[str, list[tuple[T, int, str | None, bool, str]]] = {
    "tra-che": [
        (T.CARED, 40, None, True, "Bón phân chuồng, làm cỏ tay"),
        (T.HARVESTED, 12, None, True, "Hái một tôm hai lá buổi sáng"),
        (T.PROCESSED, 11, "Xưởng của hợp tác xã", False, "Diệt men, vò, sao khô"),
        (T.TESTED, 6, "Phòng kiểm nghiệm (demo)", False, "Mẫu đạt theo phiếu demo"),
        (T.PACKED, 0, "Xưởng của hợp tác xã", False, ""),
        (T.STORED, 0, "Kho của hợp tác xã", False, ""),
    ],
    "mien-bun-pho": [
        (T.HARVESTED, 24, None, True, "Thu củ dong riềng"),
        (T.PROCESSED, 20, "Xưởng của hợp tác xã", False, "Nghiền củ, lắng tinh bột"),
        (T.PROCESSED, 16, "Sân phơi của hợp tác xã", False, "Tráng bánh, phơi trên phên"),
        (T.TESTED, 4, "Phòng kiểm nghiệm (demo)", False, "Mẫu đạt theo phiếu demo"),
        (T.PACKED, 0, "Xưởng của hợp tác xã", False, ""),
    ],
    "": [
        (T.CARED, 60, None, True, "Chăm theo quy trình của hợp tác xã"),
        (T.HARVESTED, 14, None, True, ""),
        (T.PROCESSED, 10, "Xưởng của hợp tác xã", False, ""),
        (T.TESTED, 4, "Phòng kiểm nghiệm (demo)", False, "Mẫu đạt theo phiếu demo"),
        (T.PACKED, 0, "Xưởng của hợp tác xã", False, ""),
    ],
}

# What the sources leave open; demo values, so that every product has a content and a weight.
NET = {
    "dong-trung-ha-thao-tuoi-tam-dao": "100 g",
    "me-ngao-tuong-duong": "300 g",
    "mat-ong-hoa-tan-dong-trung": "15 gói x 10 g",
    "tra-tui-loc-dong-trung-hong-chi": "20 túi x 2 g",
    "tra-la-sen-hong-sam": "20 túi x 2 g",
}
GRAMS = {"may-tre-dan": 1200, "qua-tang-bo-san-pham": 1500, "mat-ong": 750, "ruou": 900}

# Months in which the demo calls goods "in season"; general knowledge, demo only.
SEASONS = {
    "mien-dong-yen-duong": "tháng 10-1",
    "gao-nep-tai-huu-co": "tháng 10-12",
    "tinh-bot-dong-rieng": "tháng 11-2",
    "mien-dong-tai-hoan": "tháng 10-1",
    "tinh-bot-dong-rieng-con-minh": "tháng 11-2",
    "rau-cai-ngot-huu-co": "tháng 10-3",
    "mat-ong-rung": "tháng 10-12",
    "bach-tra-shan-tuyet": "tháng 9-11",
}
