"""The picture of each product of the demo market."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import cache

from PIL import Image

from .brush import (
    CHAM,
    CHAM_DEEP,
    DO,
    INK,
    LA,
    NGO,
    PAPER,
    Sheet,
    darker,
    emoji,
    fit,
    mirrored,
    oval,
    ribbon,
    smooth,
    turned,
)
from .fresh import (
    bamboo_shoot,
    board,
    clear_tub,
    dry_pods,
    drying_rack,
    fresh_cucumber,
    fruit_slice,
    glass_of_tea,
    gourd_slice,
    greens,
    honeycomb,
    long_gourd,
    palm_plate,
    papaya,
    peach_branches,
    ribbed_squash,
    tea_cake,
    whisk,
)
from .laying import bamboo_tray, heap, on_tray, powder, spread, weave
from .packets import bottle, bowl, carton, cup, jar, label, pouch, sachet, sack, spoon, tea_bag, tin
from .picture import Placed
from .small import (
    cordyceps,
    glazed_lump,
    leaf,
    lingzhi,
    little_shrimp,
    lotus_leaf,
    lotus_pod,
    lotus_root,
    meat_strip,
    melon_ring,
    noodle_hank,
    oyster,
    peanut_brittle,
    seed,
    shiitake,
    shoot_strip,
    sprout,
    tamarind,
    tea_curl,
    wood_slice,
)
from .woven import drum_star, gift_tray, hanging_lamp, rising_lines, sea_tray, slat_tray, vase, woven_basket


@cache
def curls(kind: str) -> tuple[Image.Image, ...]:
    """Dry tea by kind."""
    kinds: dict[str, tuple[tuple[str, ...], float, float, tuple[float, ...], str | None]] = {
        "hook": (("#52602c", "#6b7a38", "#414d24", "#7d8a4a"), 38, 8, (1.0, 1.25, 0.7), None),
        "shrimp": (("#4f6a2c", "#6f8a3c", "#3f5424", "#88a055"), 30, 7.5, (1.3, 1.0), "#b9c77a"),
        "nail": (("#5a7430", "#7c9644", "#48602a", "#93aa5c"), 32, 6.5, (0.15, 0.3), "#c3cf88"),
        "snow": (("#6d8352", "#8c9f72", "#a9b693", "#5b6f42"), 44, 9, (0.8, 1.1), "#e6ead6"),
        "red": (("#4a2418", "#6b3320", "#38190f", "#8a4a2a"), 40, 8, (0.9, 1.2), "#d79a45"),
        "white": (("#cfd4bb", "#e2e5d3", "#b5bd9c", "#dcd9c0"), 46, 11, (0.3, 0.6), "#f6f5ea"),
        "sprig": (("#5f9a3a", "#7fb551", "#4b8331", "#a0c96f"), 36, 8, (0.5, 0.9), "#dbeaa8"),
        "strips": (("#5a6b35", "#78854a", "#475a2c", "#8d8a52"), 50, 7, (0.05, 0.25, 0.4), None),
        "herb": (("#66703a", "#7f8450", "#515c2e", "#98915c"), 46, 8, (0.3, 0.9, 0.5), None)}
    colours, w, thick, turns, tip = kinds[kind]
    return tuple(tea_curl(c, w, t, thick, tip) for c in colours for t in turns)


def tea_heap(kind: str, w: float = 230, h: float = 100, seed_no: int = 1) -> Image.Image:
    under = {"red": "#2c140c", "white": "#a3a98a", "snow": "#4a5b36"}.get(kind, "#38441f")
    return heap(curls(kind), w, h, random.Random(seed_no), step=13.5, under=under, depth=2)


@cache
def dry_leaves(*colours: str) -> tuple[Image.Image, ...]:
    return tuple(leaf(c, w, fat) for c in colours for w, fat in ((52, 0.4), (66, 0.34)))


@cache
def stamens() -> tuple[Image.Image, ...]:
    out = []
    for c, bend in (("#f2cf62", 0.1), ("#e8bb45", -0.1), ("#f7de8c", 0.2)):
        s = Sheet(70, 40)
        path = smooth([(6, 20), (24, 20 - 20 * bend), (44, 20 + 20 * bend), (58, 20)], closed=False)
        s.clay(ribbon(path, lambda t: 4.2), c, soft=2)
        s.clay(oval(60, 20, 7, 4.4), "#fffbe9", lo="#e3d6a8", soft=2)
        out.append(s.done())
    return tuple(out)


@cache
def granules() -> tuple[Image.Image, ...]:
    return tuple(seed(c, None, 15) for c in ("#d9a35a", "#c98b41", "#e8bd7c"))


@cache
def five_leaf(colour: str = "#5f8f3f") -> Image.Image:
    """A sprig whose leaves come in fives."""
    s = Sheet(240, 260)
    s.clay(
        ribbon(smooth([(120, 150), (126, 200), (112, 250)], closed=False), lambda t: 8), darker(colour, 0.15),
        soft=3)
    for a, k in ((150, 0.72), (30, 0.72), (118, 0.9), (62, 0.9), (90, 1.0)):
        blade = turned(leaf(colour, 100 * k, 0.46), a)
        r = 60 * k + 6
        s.drop(blade, 120 + r * math.cos(math.radians(a)), 150 - r * math.sin(math.radians(a)), depth=3)
    return s.done()


def seeds(*colours: str, w: float = 30, tip: str | None = "#8a5a2b") -> list[Image.Image]:
    return [seed(c, tip, w) for c in colours]


def teapot(tint: str, width: float = 230, *, flip: bool = False) -> Image.Image:
    return emoji("1fad6", width, tint=tint, flip=flip)


def starch_picture(text: str, pack: str, mark: str, root: str) -> list[Placed]:
    """Canna starch: pouch, bowl of white flour, scoop, the root."""
    return [
        (pouch(260, 350, pack, tag=label(180, 170, text, mark=mark, mark_size=0.4), tag_at=0.52), 220, 520,
            262),
        (emoji("1fada", 180, tint=root, flip=True), 500, 392, 186),
        (bowl(270, "#f7f3ea", load=powder(210, 104, "#fcf8ee")), 425, 566, 270),
        (spoon(190, load=powder(58, 26, "#fcf8ee")), 186, 598, 178, 0, False)]


def goods() -> dict[str, tuple[str, Callable[[], list[Placed]]]]:
    """slug -> (ground, what stands where). Bodies come back to front."""
    r = random.Random
    strips = [meat_strip(i, 190) for i in range(5)]
    beef = [meat_strip(i + 10, 190, "#7c2c1c") for i in range(5)]
    pork = [meat_strip(i + 20, 190, "#83402a", "#f0d3ae") for i in range(5)]
    shoots = [shoot_strip(c) for c in ("#d29a45", "#bd8235", "#dcae60")]
    ivory = ("#f3e2ba", "#ecd6a6", "#f7ebcd")
    rice = seeds("#fffaf0", "#f6eedd", "#fdf6e6", w=15, tip=None)
    roast = seeds("#e6b977", "#d9a35c", "#efcb92", tip="#6b3f1c")

    def box_tea(
        text: str, colour: str, *, mark: str | Image.Image = "1f33f", w: float = 215, h: float = 265,
        ground: str = PAPER, ink: str = INK
    ) -> Image.Image:
        return carton(
            w, h, 62, colour,
            tag=label(w * 0.76, h * 0.66, text, mark=mark, ground=ground, ink=ink, mark_size=0.52, band=None),
            band=CHAM if colour != CHAM else CHAM_DEEP)

    return {
        # HTX Yến Dương
        "mien-dong-yen-duong": (
            "noodle",
            lambda: [
                (pouch(
                        280, 370, "#cfa06a", tag=label(190, 142, "Miến dong", mark="1f33e"),
                        window=fit(noodle_hank(strands=70, tie=None), 250), tag_at=0.33,
                        window_at=(0.13, 0.56, 0.74, 0.32)),
                    225, 520, 290),
                (emoji("1f35c", 190), 488, 420, 205),
                (noodle_hank(330), 420, 574, 320, 4)]),
        "tra-le-ha": (
            "tea",
            lambda: [
                (pouch(230, 310, "#56804a", tag=label(160, 160, "Trà Lê Hà", mark="1f33f"), tag_at=0.5),
                    205, 500, 240),
                (teapot("#8a5a3a", 240), 448, 440, 245),
                (tea_heap("hook", 220, 92, 3), 245, 572, 235, 0, False),
                (cup(126), 462, 570, 126)]),
        "bi-xanh-thom": (
            "leaf",
            lambda: [
                (leaf("#5b9a45", 220, 0.8, None, 0.6), 490, 300, 200, -30, False),
                (long_gourd(430, 128, "#86b95c", bend=0.06), 300, 430, 440, 24),
                (long_gourd(430, 136, "#72a84d", bend=0.05), 330, 545, 470, -8),
                (gourd_slice(150, "#72a84d"), 165, 585, 155),
                (gourd_slice(120, "#72a84d"), 290, 602, 120)]),
        "gao-nep-tai-huu-co": (
            "rice",
            lambda: [
                (emoji("1f33e", 220), 500, 420, 190, -12, False),
                (sack(
                        300, 330, "#dcc193",
                        load=heap(rice, 210, 100, r(5), step=9, under="#efe4c8", depth=1.2),
                        tag=label(184, 150, "Gạo nếp Tài", mark="1f33e")),
                    235, 560, 310),
                (bowl(
                        230, "#8a5a3a", load=heap(rice, 178, 84, r(6), step=9, under="#efe4c8", depth=1.2),
                        stripe=NGO),
                    465, 578, 226)]),
        "tra-bi-thom-tui-loc": (
            "tea",
            lambda: [
                (box_tea("Trà bí thơm\ntúi lọc", "#7fae57", mark=gourd_slice(120, "#72a84d")), 215, 500, 300),
                (gourd_slice(150, "#72a84d"), 505, 395, 130, 0, False),
                (cup(170, "#d9c766"), 505, 520, 165),
                (tea_bag(112, "#a9a24e", "1f33f", "#7fae57"), 400, 606, 205, 0, False)]),
        "tinh-bot-dong-rieng": (
            "flour", lambda: starch_picture("Tinh bột\ndong riềng", "#f1ebdd", "1f331", "#b56a72")),
        # HTX Bản Việt
        "bo-qua-huong-vi-thai-nguyen": (
            "gift",
            lambda: [
                (gift_tray(
                        [(tin(150, 230, LA, tag=label(110, 92, "Chè", mark="1f331", band=None)), 0.14,
                                112),
                            (pouch(
                                    220, 330, "#cfa06a",
                                    tag=label(150, 110, "Miến dong", mark="1f33e", band=None), tag_at=0.4),
                                0.38, 150),
                            (bottle(
                                    140, 330, "#e39a12",
                                    tag=label(104, 90, "Mật ong", mark="1f41d", band=None)),
                                0.62, 98),
                            (pouch(
                                    200, 300, "#7d5a3c",
                                    tag=label(136, 110, "Nấm hương", mark=shiitake(60), band=None),
                                    tag_at=0.45),
                                0.84, 124)],
                        500, 150, DO),
                    320, 560, 560)]),
        "bo-qua-tra-tan-cuong-2-hop": (
            "gift",
            lambda: [
                (tin(
                        190, 270, "#1f6b46", tag=label(140, 150, "Trà\nTân Cương", mark="1f33f"),
                        lid="#e6c25a"),
                    180, 500, 215),
                (tin(190, 270, CHAM, tag=label(140, 150, "Trà\nTân Cương", mark="1f331"), lid="#e6c25a"),
                    432, 500, 215),
                (tea_heap("shrimp", 230, 84, 5), 195, 590, 240, 0, False),
                (emoji("1f380", 150, tint="#d8433a"), 330, 570, 128, 0, False),
                (cup(140), 468, 590, 146)]),
        "combo-mien-dong-va-nam-huong": (
            "gift",
            lambda: [
                (pouch(
                        230, 320, "#cfa06a", tag=label(160, 126, "Miến dong", mark="1f33e"),
                        window=noodle_hank(280, tie=None), tag_at=0.34),
                    190, 470, 230),
                (pouch(
                        210, 290, "#6f4c33", tag=label(150, 126, "Nấm hương", mark=shiitake(70)), tag_at=0.5),
                    440, 470, 215),
                (noodle_hank(300), 215, 582, 290, 3),
                (heap(
                        [shiitake(86), shiitake(86, "#8a5836", 3), shiitake(80, "#6b3f22", 5)], 220, 100,
                        r(2), step=52, spin=35, depth=4),
                    470, 590, 240)]),
        "mat-ong-rung": (
            "honey",
            lambda: [
                (leaf("#5b9a45", 150, 0.6), 505, 250, 130, 40, False),
                (bottle(170, 390, "#dd8e0e", tag=label(142, 132, "Mật ong\nrừng", mark="1f33c")), 215, 560,
                    205),
                (honeycomb(230), 445, 430, 250),
                (emoji("1f36f", 170), 440, 590, 180),
                (emoji("1f41d", 96), 330, 260, 92, 12, False)]),
        "mang-kho-vung-cao": (
            "dried",
            lambda: [
                (pouch(
                        240, 320, "#b98952", tag=label(170, 150, "Măng khô", mark=bamboo_shoot(60)),
                        tag_at=0.42),
                    205, 470, 245),
                (bamboo_shoot(120), 425, 470, 118, 4),
                (bamboo_shoot(120), 520, 480, 100, -10),
                (on_tray(spread(shoots, 270, 96, r(4), step=64, spin=26), 470, 0.46), 330, 600, 490)]),
        # HTX Hồng Phát
        "thit-trau-gac-bep": (
            "meat",
            lambda: [
                (drying_rack(strips, 460), 320, 350, 480, 0, False),
                (emoji("1fab5", 130), 110, 545, 110),
                (emoji("1fab5", 130, flip=True), 205, 560, 104),
                (emoji("1f525", 130), 158, 520, 124, 0, False),
                (palm_plate(400), 430, 590, 400, 0, False),
                (spread(strips, 150, 56, r(3), step=56, spin=14), 420, 572, 300, 0, False),
                (emoji("1f336-fe0f", 84), 560, 560, 72, 20, False)]),
        "mang-kho-pac-nam": (
            "dried",
            lambda: [
                (palm_plate(500), 300, 560, 560, 6, False),
                (pouch(
                        210, 285, "#8f9d52", tag=label(150, 136, "Măng khô\nPác Nặm", mark=bamboo_shoot(60)),
                        tag_at=0.45),
                    440, 490, 225),
                (bamboo_shoot(120), 250, 450, 112, 10),
                (heap(shoots, 300, 150, r(9), step=46, spin=22, depth=5), 225, 585, 400)]),
        "tinh-bot-nghe": (
            "honey",
            lambda: [
                (emoji("1fada", 210, tint="#d9851f", flip=True), 470, 410, 220, 0),
                (jar(
                        210, 260, fill="#eaa31c", tag=label(150, 120, "Tinh bột\nnghệ", mark=None),
                        lid="#d9dbe0"),
                    220, 525, 262),
                (bowl(220, "#f7f3ea", load=powder(166, 78, "#f0ad22", lo="#c9780c")), 455, 566, 220),
                (spoon(200, load=powder(64, 28, "#f0ad22", lo="#c9780c")), 240, 602, 210, 0, False)]),
        "muop-dang-rung-kho": (
            "herb",
            lambda: [
                (pouch(
                        230, 310, "#7f8f4e", tag=label(164, 150, "Mướp đắng\nrừng khô", mark=melon_ring(90)),
                        tag_at=0.5),
                    215, 470, 240),
                (long_gourd(300, 100, "#6f9d3f", bloom=False), 460, 400, 250, 38),
                (on_tray(
                        spread(
                            [melon_ring(80), melon_ring(74, "#7d8442"), melon_ring(84, "#9a9a58")], 330, 118,
                            r(8), step=60, spin=40),
                        480, 0.46),
                    330, 600, 490)]),
        "tep-chua-pac-nam": (
            "ferment",
            lambda: [
                (jar(
                        240, 280,
                        fill=heap(
                            [little_shrimp(64), little_shrimp(58, "#d9624a"), little_shrimp(70, "#ef8f74")],
                            300, 250, r(4), step=30, under="#c4553c", depth=2),
                        tag=label(150, 96, "Tép chua", mark=None), cloth=DO),
                    240, 545, 300),
                (emoji("1f336-fe0f", 110), 470, 430, 112, -16, False),
                (emoji("1f9c4", 120), 520, 520, 112),
                (heap([little_shrimp(84), little_shrimp(78, "#d9624a")], 170, 60, r(2), step=40, depth=3),
                    455, 592, 210, 0, False)]),
        # HTX Nấm Tam Đảo
        "dong-trung-ha-thao-tuoi-tam-dao": (
            "orange",
            lambda: [
                (clear_tub(
                        cordyceps(360, 250, 46, base=False), 430, 170,
                        label(200, 108, "Đông trùng hạ thảo\ntươi", mark=None)),
                    320, 560, 540)]),
        "dong-trung-ha-thao-say-thang-hoa": (
            "orange",
            lambda: [
                (carton(
                        190, 250, 54, "#1f5e5a",
                        tag=label(146, 170, "Đông trùng\nhạ thảo", mark=cordyceps(120, 110, 12), band=None),
                        band=CHAM),
                    460, 425, 270),
                (jar(
                        200, 250, fill=cordyceps(210, 220, 30, "#d9761a", 5), lid="#d9b44a",
                        tag=label(130, 66, "Sấy thăng hoa", mark=None), tag_at=0.74),
                    190, 545, 250),
                (bowl(
                        210, "#2f3b35",
                        load=heap(
                            [turned(cordyceps(46, 90, 1, "#e07f1c", i, base=False), 70) for i in range(4)],
                            150, 66, r(3), step=20, spin=40, depth=2),
                        stripe="#e8a317"),
                    455, 580, 200)]),
        "tra-tui-loc-dong-trung-hong-chi": (
            "orange",
            lambda: [
                (box_tea("Trà đông trùng\nhồng chi", "#1f5e5a", mark=lingzhi(120)), 215, 500, 300),
                (lingzhi(170), 505, 395, 175, 0, True),
                (cup(170, "#cf7a2c"), 505, 520, 165),
                (tea_bag(112, "#b5672a", "1f341", "#1f5e5a"), 400, 606, 205, 0, False)]),
        "com-dinh-duong-cordy-nutrition": (
            "sweet",
            lambda: [
                (carton(
                        230, 270, 66, "#e08a24",
                        tag=label(176, 176, "Cốm\ndinh dưỡng", mark="1f33e", band=None), band=CHAM),
                    225, 500, 310),
                (sachet(70, 190, "#e08a24", "1f33e"), 452, 440, 76, 8),
                (sachet(70, 190, "#e08a24", "1f33e"), 530, 445, 76, -6),
                (bowl(
                        250, "#f7f3ea",
                        load=heap(granules(), 190, 92, r(4), step=11, under="#a96f2c", depth=1.5)),
                    440, 582, 250)]),
        "mat-ong-hoa-tan-dong-trung": (
            "honey",
            lambda: [
                (carton(
                        230, 250, 66, "#f0b22e",
                        tag=label(176, 166, "Mật ong hòa tan\nđông trùng", mark="1f36f", band=None), band=CHAM),
                    225, 480, 310),
                (emoji("1f36f", 170), 490, 420, 170),
                (sachet(66, 180, "#e39a12", "1f41d"), 190, 600, 66, 62),
                (sachet(66, 180, "#e39a12", "1f41d"), 262, 606, 66, 78),
                (glass_of_tea(140, "#e8a02a"), 455, 588, 150)]),
        "ruou-dong-trung-nhat-vuong-bao": (
            "plain",
            lambda: [
                (carton(
                        170, 330, 56, "#6b2f22",
                        tag=label(128, 170, "Rượu\nđông trùng", mark=cordyceps(120, 110, 12), band=None),
                        band=CHAM),
                    420, 560, 225),
                (bottle(
                        190, 400, "#8a5a3f", tag=label(132, 124, "Rượu\nđông trùng\n18+", mark=None),
                        glass=False, gourd=False, cap="#b92f26"),
                    210, 572, 205)]),
        "nam-so-tuoi": (
            "leaf",
            lambda: [
                (on_tray(
                        heap(
                            [oyster(150), oyster(140, "#cbb892"), mirrored(oyster(150, "#e2d3b6")),
                                mirrored(oyster(130, "#bda67e"))],
                            290, 200, r(3), step=88, spin=14, depth=6),
                        480, 0.42),
                    320, 580, 540)]),
        "nam-linh-chi-kho": (
            "herb",
            lambda: [
                (pouch(
                        220, 300, "#8a5a3a", tag=label(154, 150, "Nấm linh chi", mark=lingzhi(90)), tag_at=0.5),
                    195, 470, 230),
                (lingzhi(240), 430, 480, 280),
                (mirrored(lingzhi(200, "#7a2f18")), 215, 590, 220),
                (heap(
                        [meat_strip(i, 90, "#9c5a34", "#e6c28a") for i in range(4)], 200, 60, r(2), step=36,
                        spin=40),
                    460, 592, 240, 0, False)]),
        # HTX Nông nghiệp hữu cơ V
        "rau-cai-ngot-huu-co": ("leaf", lambda: [(greens(360, "#6cb344"), 320, 592, 440, 6)]),
        "bi-xanh-huu-co": (
            "leaf",
            lambda: [
                (leaf("#5b9a45", 220, 0.85, None, 0.6), 160, 280, 190, 140, False),
                (leaf("#6fae4f", 180, 0.85, None, 0.6), 270, 250, 150, 40, False),
                (long_gourd(380, 160, "#4f8f3a", bloom=False, bend=0.03), 330, 480, 470, 16),
                (gourd_slice(220, "#4f8f3a"), 205, 590, 225),
                (gourd_slice(150, "#4f8f3a"), 430, 602, 150)]),
        "dua-chuot-huu-co": (
            "leaf",
            lambda: [
                (bamboo_tray(520, 0.42), 320, 560, 560),
                (fresh_cucumber(330), 300, 412, 350, 18),
                (fresh_cucumber(330, "#5aa03f"), 365, 450, 360, -10),
                (fresh_cucumber(340), 300, 500, 380, 5),
                (fruit_slice(110), 430, 540, 112, 0, False),
                (fruit_slice(110), 510, 520, 100, 20, False),
                (leaf("#5b9a45", 120, 0.8, None, 0.6), 150, 440, 110, 130, False)]),
        "du-du-chin-cay": (
            "fruit",
            lambda: [
                (leaf("#5b9a45", 230, 0.6), 470, 290, 210, 24, False),
                (leaf("#6fae4f", 200, 0.6), 180, 270, 180, 150, False),
                (papaya(400), 345, 430, 430, 22),
                (papaya(400, cut=True), 305, 590, 450, -6)]),
        "gio-rau-cu-huu-co-trong-tuan": (
            "leaf", lambda: [(woven_basket(430, 180, load=vegetables()), 320, 590, 520)]),
        # HTX Liên Hoa Chi
        "tra-la-sen-hong-sam": (
            "lotus",
            lambda: [
                (box_tea("Trà lá sen\nHồng Sâm", "#b8486a", mark="1fab7"), 215, 500, 300),
                (lotus_leaf(240), 505, 395, 220, 0, False),
                (cup(170, "#c9733a"), 505, 520, 165),
                (tea_bag(112, "#a8663a", "1f33f", "#b8486a"), 400, 606, 205, 0, False)]),
        "tra-la-sen-soi": (
            "lotus",
            lambda: [
                (pouch(
                        230, 310, "#8a9a58", tag=label(164, 150, "Trà lá sen\nsợi", mark="1fab7"), tag_at=0.5),
                    205, 480, 240),
                (lotus_leaf(430), 375, 606, 470, 0, False),
                (tea_heap("strips", 250, 110, 7), 380, 575, 280, 0, False),
                (emoji("1fab7", 150), 478, 400, 160)]),
        "hat-sen-kho": (
            "lotus",
            lambda: [
                (pouch(
                        250, 340, "#d7a9b9", tag=label(176, 140, "Hạt sen khô", mark="1fab7"),
                        window=heap(seeds(*ivory, w=26), 260, 200, r(4), step=20, under="#c9ab74", depth=2),
                        tag_at=0.33),
                    215, 510, 262),
                (emoji("1fab7", 150), 490, 370, 160),
                (bowl(
                        260, "#f7f3ea",
                        load=heap(seeds(*ivory, w=36), 200, 100, r(8), step=25, under="#b8925a", depth=2.5),
                        stripe="#b8486a"),
                    440, 580, 264)]),
        "tam-sen-say": (
            "lotus",
            lambda: [
                (lotus_leaf(300), 455, 500, 290, 0, False),
                (jar(
                        210, 250,
                        fill=heap(
                            [sprout(50), sprout(46, "#5f8a34"), sprout(52, "#84a84c")], 260, 230, r(3),
                            step=20, under="#4d6a2a", depth=2),
                        tag=label(140, 86, "Tâm sen", mark=None), lid="#d9b44a"),
                    215, 545, 270),
                (emoji("1fab7", 170), 465, 430, 180),
                (heap(
                        [sprout(62), sprout(58, "#5f8a34"), sprout(64, "#84a84c")], 210, 66, r(2), step=26,
                        depth=2.5),
                    440, 586, 240, 0, False)]),
        "hat-sen-tuoi": (
            "lotus",
            lambda: [
                (lotus_leaf(480, "#5a9a52"), 320, 592, 540, 0, False),
                (lotus_pod(190), 210, 500, 220, 16),
                (lotus_pod(190, "#9ab95c"), 430, 480, 190, -18),
                (emoji("1fab7", 150), 335, 330, 170),
                (heap(
                        seeds("#c3d68a", "#d7e3a8", "#f3efd2", "#b4ca78", w=40, tip="#6f8a3c"), 260, 84, r(5),
                        step=34, depth=3),
                    330, 566, 290, 0, False)]),
        # HTX mây tre đan Đỗ Xuyên
        "binh-hoa-con-rong-chau-tien": (
            "craft",
            lambda: [
                (vase(
                        [(0.2, 0), (0.17, 0.08), (0.24, 0.2), (0.45, 0.4), (0.5, 0.56), (0.42, 0.78),
                            (0.28, 0.95), (0.27, 1)],
                        290, 380, weave(300, 420, 13, "#e8bd78", "#cf9a55"),
                        bands=((0.17, 14, "#6b3a1a"), (0.88, 13, "#6b3a1a")), motif=drum_star),
                    320, 640, 380),
                (peach_branches(), 322, 148, 300, 0, False)]),
        "binh-hoa-khuyen-phat-trien": (
            "craft",
            lambda: [
                (vase(
                        [(0.3, 0), (0.24, 0.08), (0.19, 0.28), (0.28, 0.52), (0.44, 0.78), (0.46, 0.9),
                            (0.4, 1)],
                        300, 380, weave(310, 420, 12, "#f2deb2", "#dcbc84"), motif=rising_lines),
                    325, 640, 350),
                (dry_pods(), 325, 166, 262, 0, False)]),
        "khay-tre-tre-xanh-viet-nam": (
            "craft", lambda: [(slat_tray(470, "#a9b85a", load=tea_set("#4a7a5a")), 320, 575, 560)]),
        "khay-bien-bac": ("dusk", lambda: [(sea_tray(500), 320, 520, 560)]),
        "gio-may-dung-qua": (
            "craft",
            lambda: [
                (woven_basket(380, 200, load=fruit_load(), a="#e8c084", b="#c99552", band=False), 320, 590,
                    470),
                (emoji("1f380", 130, tint="#c8372d"), 320, 470, 130, 0, False)]),
        "den-tre-tha-tran": ("dusk", lambda: [(hanging_lamp(400, 290), 320, 560, 480, 0, False)]),
        # HTX chè Hảo Đạt
        "che-tom-non-tan-cuong-hao-dat": (
            "tea",
            lambda: [
                (box_tea("Chè tôm nõn\nTân Cương", "#1f6b46"), 225, 490, 300),
                (teapot("#e9e4d6", 200, flip=True), 488, 430, 190),
                (tea_heap("shrimp", 240, 104, 9), 245, 580, 262, 0, False),
                (cup(140), 470, 580, 146)]),
        "tra-dinh-tan-cuong-hao-dat": (
            "tea",
            lambda: [
                (tin(
                        190, 270, "#123f2c", tag=label(144, 150, "Trà đinh\nTân Cương", mark="1f331"),
                        lid="#e6c25a"),
                    190, 530, 236),
                (teapot("#24533f", 210, flip=True), 455, 430, 215),
                (on_tray(tea_heap("nail", 230, 90, 4), 330, 0.4), 420, 596, 350)]),
        "che-moc-cau-tan-cuong": (
            "tea",
            lambda: [
                (pouch(
                        235, 330, "#c3cbd2",
                        tag=label(166, 180, "Chè móc câu\nTân Cương", mark="1f33f", ground="#e7f3eb"),
                        tag_at=0.52),
                    425, 505, 250),
                (teapot("#7a3f2c", 230), 190, 450, 230),
                (tea_heap("hook", 250, 110, 12), 395, 590, 272, 0, False),
                (cup(124), 170, 580, 130)]),
        "keo-lac-che-xanh": (
            "sweet",
            lambda: [
                (carton(
                        220, 210, 64, "#9dbb4f",
                        tag=label(170, 130, "Kẹo lạc\nchè xanh", mark="1f95c", band=None), band=LA),
                    220, 440, 290),
                (emoji("1f33f", 130), 500, 330, 120, 20, False),
                (peanut_brittle(170), 430, 455, 190, -6),
                (peanut_brittle(170), 290, 575, 205, 4),
                (peanut_brittle(170), 440, 590, 200, -3),
                (emoji("1f95c", 110), 150, 590, 118)]),
        "bot-tra-xanh": (
            "tea",
            lambda: [
                (tin(170, 190, "#3f7a3a", tag=label(126, 108, "Bột trà xanh", mark="1f33f", band=None)),
                    195, 470, 212),
                (whisk(120), 480, 400, 130, 10),
                (bowl(270, "#2f3b35", load=powder(208, 96, "#8fc04a", lo="#5d8f2c"), stripe="#8fc04a"),
                    420, 574, 272),
                (spoon(210, load=powder(66, 30, "#8fc04a", lo="#5d8f2c")), 190, 592, 210, 0, False)]),
        # HTX Tài Hoan
        "mien-dong-tai-hoan": (
            "noodle",
            lambda: [
                (pouch(
                        270, 350, "#e8a63a", tag=label(180, 116, "Miến dong\nCôn Minh", mark=None),
                        window=fit(noodle_hank(tie=None, colour="#e2d6b8"), 260), tag_at=0.29,
                        window_at=(0.12, 0.46, 0.76, 0.42)),
                    400, 500, 285),
                (noodle_hank(320, "#e2d6b8", "#2a7048", 4), 235, 490, 300, 78),
                (noodle_hank(330, "#e2d6b8", "#2a7048", 6), 370, 590, 340, 3)]),
        "mien-dong-tai-hoan-hop-qua": (
            "noodle",
            lambda: [
                (gift_tray(
                        [(turned(noodle_hank(250, "#e2d6b8", LA, 3), 90), 0.2, 108),
                            (turned(noodle_hank(250, "#e2d6b8", LA, 4), 90), 0.44, 108),
                            (turned(noodle_hank(250, "#e2d6b8", LA, 5), 90), 0.68, 108)],
                        460, 190, "#c9861a", tag=label(220, 70, "Miến dong", mark=None, band=None)),
                    320, 580, 540)]),
        "tinh-bot-dong-rieng-con-minh": (
            "flour",
            lambda: [
                (sack(
                        250, 290, "#f0e8d6", load=powder(180, 90, "#fcf8ee"),
                        tag=label(170, 130, "Tinh bột\ndong riềng", mark=None)),
                    415, 545, 270),
                (emoji("1fada", 180, tint="#a9666a"), 175, 430, 190),
                (emoji("1fada", 120, tint="#b9787a", flip=True), 250, 460, 130),
                (on_tray(powder(220, 84, "#fcf8ee"), 330, 0.4), 225, 592, 350)]),
        # HTX Phìn Hồ
        "tra-xanh-shan-tuyet-phin-ho": (
            "mist",
            lambda: [
                (box_tea("Trà xanh\nShan tuyết", "#3c6e71", mark="26f0-fe0f"), 230, 490, 300),
                (teapot("#3c6e71", 200), 490, 420, 195),
                (tea_heap("snow", 240, 104, 5), 240, 580, 262, 0, False),
                (cup(140, "#d3d98c"), 470, 580, 146)]),
        "hong-tra-shan-tuyet-phin-ho": (
            "meat",
            lambda: [
                (box_tea("Hồng trà\nShan tuyết", "#8e2f22", mark="26f0-fe0f"), 410, 490, 300),
                (teapot("#6b2f20", 200, flip=True), 150, 440, 190),
                (tea_heap("red", 240, 104, 6), 400, 582, 262, 0, False),
                (glass_of_tea(130, "#c4552a"), 180, 584, 136)]),
        "bach-tra-shan-tuyet": (
            "mist",
            lambda: [
                (carton(
                        190, 200, 56, "#ece6d8",
                        tag=label(
                            146, 130, "Bạch trà\nShan tuyết", mark="26f0-fe0f", ground="#ece6d8", band=None),
                        band=CHAM),
                    230, 450, 262),
                (cup(150, "#e9dfa6", "#e7efe9", "#3c6e71"), 470, 450, 160),
                (on_tray(tea_heap("white", 270, 110, 8), 400, 0.4), 340, 592, 430)]),
        "pho-nhi-banh-shan-tuyet": (
            "dried",
            lambda: [
                (tea_cake(420), 290, 520, 420),
                (glass_of_tea(130, "#8a3a1c"), 490, 588, 142),
                (tea_heap("red", 170, 60, 2), 200, 598, 190, 0, False)]),
        # HTX Sen quê Bác
        "tra-tam-sen": (
            "lotus",
            lambda: [
                (box_tea("Trà tâm sen", "#4d8a5a", mark="1fab7"), 230, 490, 300),
                (emoji("1fab7", 170), 495, 400, 180),
                (heap(
                        [sprout(60), sprout(56, "#5f8a34"), sprout(62, "#84a84c")], 220, 84, r(6), step=24,
                        depth=2.5),
                    245, 580, 256, 0, False),
                (cup(150, "#cfd36e"), 470, 580, 156)]),
        "hat-sen-say": (
            "lotus",
            lambda: [
                (tin(
                        230, 200, "#c2527f", tag=label(170, 116, "Hạt sen sấy", mark="1fab7", band=None),
                        lid="#f0d9a4"),
                    225, 470, 272),
                (lotus_pod(150), 500, 440, 165, -14),
                (heap(roast, 380, 110, r(6), step=24, under="#a8763c", depth=2.5), 330, 594, 420, 0, False)]),
        "tra-lien-tu": (
            "lotus",
            lambda: [
                (carton(
                        180, 200, 52, "#e0b23c", tag=label(140, 126, "Trà liên tu", mark="1f33c", band=None),
                        band="#b8486a"),
                    440, 450, 250),
                (emoji("1fab7", 240), 205, 460, 250),
                (heap(stamens(), 260, 96, r(5), step=15, under="#a8792a", depth=2), 260, 585, 290, 0, False),
                (cup(140, "#e6c456"), 485, 582, 146)]),
        "cu-sen-say": (
            "dried",
            lambda: [
                (pouch(
                        230, 310, "#c98a6a", tag=label(164, 150, "Củ sen sấy", mark=lotus_root(90)),
                        tag_at=0.5),
                    215, 470, 244),
                (emoji("1fab7", 140), 480, 360, 150),
                (on_tray(
                        spread(
                            [lotus_root(92), lotus_root(86, "#ecd0a0"), lotus_root(98, "#f6e6c6")], 320, 110,
                            r(4), step=74, spin=40),
                        480, 0.46),
                    335, 600, 490)]),
        "tinh-bot-cu-sen": (
            "flour",
            lambda: [
                (carton(
                        210, 270, 60, "#c98aa6",
                        tag=label(162, 180, "Tinh bột\ncủ sen", mark=lotus_root(90), band=None), band=CHAM),
                    225, 500, 286),
                (lotus_root(150), 500, 420, 150, 10),
                (lotus_root(110, "#ecd0a0"), 430, 440, 104, 0),
                (bowl(260, "#f7f3ea", load=powder(200, 98, "#fbf1ec"), stripe="#b8486a"), 430, 576, 264),
                (spoon(190, load=powder(58, 26, "#fbf1ec")), 195, 594, 186, 0, False)]),
        "tra-la-sen": (
            "lotus",
            lambda: [
                (lotus_leaf(360, "#4a8a4e"), 420, 430, 340, -8, False),
                (pouch(230, 310, "#cfa06a", tag=label(160, 146, "Trà lá sen", mark="1f33f"), tag_at=0.5),
                    205, 500, 244),
                (heap(
                        dry_leaves("#66703a", "#7f8450", "#515c2e"), 250, 96, r(7), step=30, under="#3f4a22",
                        depth=3),
                    400, 582, 280, 0, False),
                (cup(130, "#c9b45a"), 495, 460, 136)]),
        # HTX Thảo Hảo
        "bo-giang-thao-hao": (
            "meat",
            lambda: [
                (pouch(235, 320, "#7a3524", tag=label(166, 140, "Bò giàng", mark="1f402"), tag_at=0.42),
                    210, 480, 255),
                (emoji("1f9c4", 110), 500, 420, 118),
                (emoji("1f336-fe0f", 84), 420, 400, 96, -14, False),
                (board(440), 340, 606, 480),
                (heap(beef, 220, 110, r(6), step=42, spin=24, depth=5), 350, 560, 340, 0, False)]),
        "thit-lon-den-gac-bep": (
            "meat",
            lambda: [
                (drying_rack(pork, 460), 320, 370, 480, 0, False),
                (board(470), 320, 604, 500),
                (spread(pork, 200, 60, r(5), step=64, spin=12), 320, 555, 320, 0, False),
                (emoji("1f9c5", 84), 130, 560, 84),
                (emoji("1f33f", 84), 512, 545, 84, 0, False)]),
        "cham-cheo-hat-doi": (
            "ferment",
            lambda: [
                (jar(
                        190, 220, fill="#6b5a26", tag=label(136, 96, "Chẳm chéo\nhạt dổi", mark=None),
                        lid="#3a3f3c"),
                    225, 520, 246),
                (emoji("1f336-fe0f", 130), 450, 380, 120, -14, False),
                (emoji("1f9c4", 120), 530, 450, 110),
                (bowl(220, "#8a5a3a", load=powder(170, 70, "#8a7434", lo="#5c4a1c"), stripe=None), 435,
                    575, 224),
                (heap(
                        seeds("#3a2a20", "#4d382a", "#2c201a", w=17, tip=None), 150, 40, r(3), step=14,
                        depth=1.5),
                    215, 594, 170, 0, False)]),
        # test sellers
        "me-ngao-tuong-duong": (
            "sweet",
            lambda: [
                (carton(
                        210, 230, 60, "#9c5a2c",
                        tag=label(162, 150, "Me ngào", mark=tamarind(120), band=None), band=CHAM),
                    200, 470, 285),
                (tamarind(240), 470, 350, 230, -18),
                (tamarind(220, "#9a6a40", 0.12), 480, 440, 210, 14),
                (heap(
                        [glazed_lump(i, 66) for i in range(6)], 240, 84, r(4), step=44, under="#3a160c",
                        depth=4),
                    390, 590, 310, 0, False)]),
        "giao-co-lam-kho": (
            "herb",
            lambda: [
                (pouch(
                        235, 320, "#7c9a62", tag=label(166, 150, "Giảo cổ lam\nkhô", mark=five_leaf()),
                        tag_at=0.5),
                    210, 500, 250),
                (five_leaf("#6f9f4a"), 485, 400, 190),
                (heap(
                        (*dry_leaves("#6f7a44", "#87905a", "#59653a"), *curls("herb")), 330, 120, r(5),
                        step=24, under="#414b26", depth=2.5),
                    370, 590, 370, 0, False)]),
        "la-mat-gan-kho": (
            "herb",
            lambda: [
                (on_tray(
                        heap(
                            dry_leaves("#8a8448", "#a09658", "#6f7038", "#b3a468"), 340, 150, r(11), step=34,
                            under="#5a5526", depth=3),
                        470, 0.44),
                    320, 580, 530),
                (leaf("#7f9a4a", 150, 0.5), 500, 320, 140, 34, False),
                (leaf("#93a85a", 130, 0.5), 410, 270, 120, 70, False),
                (pouch(190, 250, "#a8854f", tag=label(134, 116, "Lá khô", mark="1f343"), tag_at=0.5), 190,
                    410, 200)]),
        "tra-co-mau": (
            "meat",
            lambda: [
                (pouch(
                        225, 300, "#b98a5a", tag=label(160, 146, "Trà cỏ máu", mark=wood_slice(90)),
                        tag_at=0.5),
                    205, 480, 240),
                (glass_of_tea(170, "#a3261c"), 465, 450, 180),
                (heap(
                        [wood_slice(78), wood_slice(70, "#8e3c26"), wood_slice(84, "#b55a3a")], 360, 120,
                        r(4), step=58, spin=30, depth=4),
                    340, 592, 400, 0, False)]),
        "bi-tim": (
            "leaf",
            lambda: [
                (leaf("#5b9a45", 220, 0.85, None, 0.6), 500, 330, 190, 30, False),
                (ribbed_squash(340), 275, 540, 350),
                (ribbed_squash(240, "#6b4a8a"), 470, 590, 235)]),
        "tra-tom-non-huong-que": (
            "tea",
            lambda: [
                (tin(
                        200, 260, "#5b8c2a", tag=label(150, 146, "Trà tôm nõn\nhương quê", mark="1f33f"),
                        lid="#e9e4d6"),
                    430, 500, 238),
                (teapot("#5f8f5a", 220), 175, 440, 225),
                (tea_heap("shrimp", 260, 112, 15), 385, 590, 290, 0, False),
                (cup(124), 160, 584, 130)]),
        "tra-mam-suong-som": (
            "mist",
            lambda: [
                (carton(
                        200, 260, 58, "#cfe0b4",
                        tag=label(152, 170, "Trà mầm\nsương sớm", mark="1f331", ground="#f7fbee", band=None),
                        band=LA),
                    225, 490, 272),
                (emoji("1f331", 200), 485, 430, 190),
                (emoji("1f4a7", 60), 486, 232, 36, 0, False),
                (tea_heap("sprig", 240, 100, 5), 250, 582, 262, 0, False),
                (cup(140, "#d9e28a"), 470, 582, 146)]),
        "tra-moc-cau-huong-que": (
            "tea",
            lambda: [
                (pouch(
                        235, 320, "#b3c77a", tag=label(166, 170, "Trà móc câu\nhương quê", mark="1f343"),
                        tag_at=0.52),
                    205, 500, 248),
                (glass_of_tea(150, "#b9b64a"), 460, 440, 165),
                (on_tray(tea_heap("hook", 220, 96, 21), 320, 0.42), 425, 598, 350)]),
    }


def vegetables() -> Image.Image:
    s = Sheet(470, 330)
    for code, x, y, w, turn in (
        ("1f966", 130, 95, 140, 14), ("1f33d", 360, 95, 130, -24), ("1f96c", 245, 95, 165, 0),
        ("1f346", 385, 215, 120, 20), ("1f955", 85, 195, 115, 170), ("1f345", 180, 235, 118, 0),
        ("1f952", 290, 230, 120, 24)
    ):
        s.drop(turned(emoji(code, w), turn), x, y, depth=7, alpha=0.35)
    return s.done()


def fruit_load() -> Image.Image:
    s = Sheet(340, 240)
    jar_of_honey = fit(
        jar(150, 170, fill="#e39a12", lid="#d9b44a", tag=label(100, 60, "Mật ong", mark=None, band=None)), 110)
    box = fit(tin(150, 210, LA, tag=label(110, 92, "Trà", mark="1f331", band=None), lid="#e6c25a"), 104)
    for body, x, y in (
        (box, 110, 120), (jar_of_honey, 222, 128), (emoji("1f34a", 84), 300, 180),
        (emoji("1f33f", 84), 40, 140)
    ):
        s.drop(body, x, y, depth=6, alpha=0.35)
    return s.done()


def tea_set(tint: str) -> Image.Image:
    s = Sheet(360, 230)
    s.drop(teapot(tint, 170), 130, 100, depth=7)
    for x, y in ((255, 140), (320, 170), (215, 185)):
        s.drop(cup(78, "#b9c95a"), x, y, depth=5)
    return s.done()
