"""Made-up goods with Vietnamese names that differ: what both shops of the bench sell. No database, no Django."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = 20260920

# Category slug: names, units, (net quantity, grams, millilitres), lowest and highest price in thousands of đồng.
Net = tuple[str, int | None, int | None]
GRAMS: tuple[Net, ...] = (
    ("100 g", 100, None),
    ("200 g", 200, None),
    ("500 g", 500, None),
    ("1 kg", 1000, None),
)
DROPS: tuple[Net, ...] = (("250 ml", None, 250), ("500 ml", None, 500), ("1 lít", None, 1000))
PIECE: tuple[Net, ...] = (("1 cái", None, None),)
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[Net, ...], int, int]] = {
    "tra-che": (("Chè móc câu", "Chè đinh", "Chè tôm nõn", "Trà Shan tuyết", "Hồng trà", "Bạch trà", "Trà lá sen",
                 "Trà tâm sen", "Trà hoa vàng", "Trà gừng túi lọc", "Bột trà xanh"), ("gói", "hộp"), GRAMS, 60, 480),
    "ruou": (("Rượu nếp cái hoa vàng", "Rượu ngô men lá", "Rượu mơ", "Rượu táo mèo", "Rượu cần"), ("chai",), DROPS,
             90, 450),
    "mien-bun-pho": (("Miến dong", "Miến đao", "Bún khô", "Bún ngũ sắc", "Phở khô", "Mỳ gạo", "Mỳ chũ", "Bánh đa nem"),
                     ("gói", "túi"), GRAMS, 25, 140),
    "gao-ngu-coc": (("Gạo nếp nương", "Gạo tám", "Gạo séng cù", "Gạo lứt đỏ", "Nếp tú lệ", "Ngô nếp", "Kê vàng",
                     "Yến mạch rang"), ("túi", "bao"), GRAMS, 30, 180),
    "hat-dau": (("Đậu tương", "Đậu nho nhe", "Lạc đỏ", "Vừng đen", "Hạt sen khô", "Hạt mắc ca", "Hạt điều rang",
                 "Đậu xanh"), ("túi", "hộp"), GRAMS, 35, 320),
    "rau-cu-kho": (("Măng khô", "Nấm hương khô", "Mộc nhĩ", "Củ sen sấy", "Mít sấy", "Chuối sấy dẻo", "Khoai deo",
                    "Rau bò khai khô"), ("túi", "gói"), GRAMS, 40, 260),
    "bot-gia-vi": (("Tinh bột nghệ", "Bột sắn dây", "Hạt dổi", "Mắc khén", "Chẳm chéo", "Muối ớt xanh", "Bột quế",
                    "Tiêu sọ", "Nước mắm cốt", "Ớt bột"), ("lọ", "gói"), GRAMS, 30, 240),
    "rau-cu-tuoi": (("Bí xanh thơm", "Rau cải mèo", "Khoai môn", "Su su", "Bắp cải", "Nấm sò tươi", "Cà chua",
                     "Rau dớn"), ("kg", "bó"), (("1 kg", 1000, None), ("500 g", 500, None)), 12, 70),
    "trai-cay": (("Cam sành", "Bưởi da xanh", "Na dai", "Vải thiều", "Mận hậu", "Xoài cát", "Thanh long",
                  "Hồng không hạt", "Quýt", "Nhãn lồng"), ("kg", "thùng"), (("1 kg", 1000, None), ("5 kg", 5000, None)),
                 20, 190),
    "thit-che-bien": (("Thịt trâu gác bếp", "Lạp xưởng hun khói", "Thịt lợn đen gác bếp", "Bò giàng", "Giò lụa",
                       "Gà đồi ủ muối"), ("túi", "gói"), GRAMS, 120, 690),
    "do-len-men": (("Tép chua", "Măng chua", "Dưa mèo muối", "Cà pháo muối", "Mắm tép", "Thịt chua", "Tương nếp"),
                   ("lọ", "hũ"), GRAMS, 35, 160),
    "mat-ong": (("Mật ong rừng", "Mật ong bạc hà", "Mật ong hoa nhãn", "Mật ong hoa cà phê", "Mật ong ngâm nghệ"),
                ("chai",), DROPS, 110, 520),
    "thao-duoc": (("Giảo cổ lam", "Nấm linh chi", "Đông trùng hạ thảo", "Cao atiso", "Hà thủ ô", "Tam thất bột",
                   "Sâm cau", "Lá khôi tía"), ("túi", "hộp"), GRAMS, 60, 640),
    "thuc-pham-bo-sung": (("Cốm dinh dưỡng", "Viên tinh nghệ mật ong", "Bột ngũ cốc mầm"), ("hộp",), GRAMS, 90, 380),
    "banh-keo": (("Kẹo lạc", "Bánh khảo", "Bánh gai", "Chè lam", "Kẹo dừa", "Mứt gừng", "Bánh chưng đen"),
                 ("hộp", "gói"), GRAMS, 25, 150),
    "qua-tang-bo-san-pham": (("Bộ quà Tết", "Giỏ quà đặc sản", "Combo trà và mật ong"), ("bộ", "giỏ"),
                             (("1 bộ", None, None),), 220, 980),
    "may-tre-dan": (("Giỏ mây đựng quà", "Khay tre", "Đèn tre thả trần", "Gùi nan", "Mũ lá cọ", "Chiếu cói",
                     "Khăn thổ cẩm"), ("cái", "chiếc"), PIECE, 60, 850),
}  # fmt: skip
SORTS = (
    "loại đặc biệt", "loại một", "truyền thống", "hữu cơ", "nguyên chất", "hộp quà", "vụ mới", "nhà làm", "vùng cao",
    "hái tay", "sấy lạnh", "phơi nắng", "thượng hạng", "gói nhỏ", "tiết kiệm", "đậm vị", "ít ngọt", "không phẩm màu",
    "xuất khẩu", "đãi khách",
)  # fmt: skip
PLACES = (
    "Tân Cương", "Yến Dương", "Tam Đảo", "Mường Khương", "Bắc Hà", "Mộc Châu", "Sa Pa", "Đồng Văn", "Mèo Vạc",
    "Hoàng Su Phì", "Tú Lệ", "Suối Giàng", "Phìn Hồ", "Na Rì", "Ba Bể", "Pác Nặm", "Chợ Đồn", "Nghĩa Lộ", "Cao Phong",
    "Lục Ngạn", "Hải Hậu", "Kim Sơn", "Nga Sơn", "Quỳ Hợp", "Con Cuông", "Hương Khê", "Phong Nha", "A Lưới",
    "Cam Lộ", "Trà My", "Lý Sơn", "Hoài Nhơn", "Sông Hinh", "Ninh Sơn", "Măng Đen", "Đắk Hà", "Chư Sê", "Buôn Đôn",
    "Cư M'gar", "Đạ Huoai", "Bảo Lộc", "Đơn Dương", "Xuân Lộc", "Tri Tôn", "Bảy Núi", "Cái Bè", "Chợ Gạo", "Chợ Lách",
    "Cầu Kè", "Thới Lai", "Phụng Hiệp", "U Minh", "Năm Căn", "Phú Quốc",
)  # fmt: skip
SEASONS = ("tháng 10-1", "tháng 11-2", "tháng 5-8", "tháng 9-12", "tháng 3-6", "quanh năm")
STORY = (
    "{name} của bà con {place}, làm theo lối cũ của nhà mình.",
    "Mỗi mẻ chỉ làm một ít để hàng luôn mới, gói kín ngay trong ngày.",
    "Nguyên liệu thu của hộ xã viên, có sổ ghi từng lần chăm và thu hái.",
    "Hợp với bữa cơm nhà, làm quà cho người ở xa cũng tiện.",
    "Không thêm chất bảo quản; màu và mùi đậm nhạt theo vụ là chuyện thường.",
    "Nhận hàng thấy bao bì rách hay ẩm xin gọi lại cho hợp tác xã để đổi.",
    "Trồng trên đất dốc {place}, sương nhiều, nắng muộn, nên vị đậm hơn.",
)  # fmt: skip


@dataclass(slots=True)
class Good:
    """One thing for sale."""

    number: int
    title: str
    kind: str
    place: str
    unit: str
    net: str
    grams: int | None
    ml: int | None
    price: int
    season: str
    story: str


def goods(count: int, seed: int = SEED) -> Iterator[Good]:
    """Yield ``count`` goods, the same ones for the same seed, about as many of each kind as it has names."""
    draw = random.Random(seed)
    kinds = list(KINDS)
    weights = [len(KINDS[kind][0]) for kind in kinds]
    for number in range(count):
        kind = draw.choices(kinds, weights)[0]
        names, units, nets, low, high = KINDS[kind]
        name, place = draw.choice(names), draw.choice(PLACES)
        title = f"{name} {place}"
        if draw.random() < 0.7:
            title += f" {draw.choice(SORTS)}"
        net, grams, ml = draw.choice(nets)
        story = " ".join(draw.sample(STORY, draw.randint(2, 5))).format(name=name, place=place)
        season = draw.choice(SEASONS) if draw.random() < 0.3 else ""
        price = draw.randint(low, high) * 1000
        yield Good(number, title, kind, place, draw.choice(units), net, grams, ml, price, season, story)


def pictures(most: int) -> list[Path]:
    """A few real pictures of the demo market; all goods share them."""
    folder = Path(__file__).resolve().parent.parent / "marketplace" / "demo" / "pictures"
    return sorted(folder.glob("*--*.webp"))[:most]
