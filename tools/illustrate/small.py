"""Small things drawn from nothing: seeds, leaves, shoots, mushrooms, noodles, shrimps."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
import random
from functools import cache

from PIL import Image, ImageChops, ImageDraw

from .brush import Point, S, Sheet, darker, lighter, mix, oval, ribbon, slab, smooth, taper, turned


@cache
def seed(colour: str = "#f0dcb0", tip: str | None = "#8a5a2b", w: float = 30) -> Image.Image:
    s = Sheet(w * 1.4, w * 1.2)
    cx, cy = w * 0.7, w * 0.6
    s.clay(oval(cx, cy, w * 0.5, w * 0.39), colour, soft=w * 0.2, lo=darker(colour, 0.22), dark=0.6)
    s.glow(oval(cx - w * 0.14, cy - w * 0.15, w * 0.15, w * 0.07), "#ffffff", w * 0.04, 0.7)
    if tip:
        s.glow(oval(cx + w * 0.43, cy + 1, w * 0.05, w * 0.07), tip, w * 0.03, 0.9)
    return s.done()


@cache
def tea_curl(
    colour: str, w: float = 40, turn: float = 1.0, thick: float = 7.5, tip: str | None = None
) -> Image.Image:
    """One rolled tea leaf: a hook."""
    s = Sheet(w * 1.6, w * 1.4)
    path = smooth(
        [(w * 0.2, w * 0.85), (w * 0.45, w * (0.85 - 0.35 * turn)), (w * 0.85, w * (0.8 - 0.45 * turn)),
            (w * 1.2, w * (0.75 - 0.1 * turn)), (w * 1.25, w * (0.75 + 0.12 * turn))],
        closed=False)
    s.clay(ribbon(path, taper(thick, head=0.4, tail=0.5, least=1)), colour, soft=3, dark=0.85, light=0.55)
    if tip:
        s.clay(ribbon(path[-16:], taper(thick * 0.6, least=1)), tip, soft=2)
    return s.done()


@cache
def leaf(
    colour: str, w: float = 60, fat: float = 0.42, vein: str | None = None, blunt: float = 1.0
) -> Image.Image:
    s = Sheet(w * 1.3, w * 1.1)
    cy = w * 0.5
    x0, x1 = w * 0.1, w * 1.1
    steps = [i / 40 for i in range(41)]
    edge = [w * fat * 0.6 * max(0.0, math.sin(math.pi * t**0.8)) ** blunt for t in steps]
    top = [(x0 + (x1 - x0) * t, cy - e) for t, e in zip(steps, edge, strict=True)]
    low = [(x0 + (x1 - x0) * t, cy + e) for t, e in zip(steps, edge, strict=True)]
    m = s.clay(top + low[::-1], colour, soft=w * 0.11, dark=0.55, light=0.5)
    vein_colour = vein or lighter(colour, 0.4)
    s.line([(x0 + 2, cy), (x1 - w * 0.08, cy)], vein_colour, max(1.2, w * 0.022), 0.8)
    for i in range(1, 6):
        x = x0 + (x1 - x0) * i / 7
        for side in (-1, 1):
            path = [(x, cy), (x + w * 0.13, cy + side * w * fat * 0.45)]
            layer = Sheet(s.w, s.h)
            layer.line(path, vein_colour, max(0.8, w * 0.012), 0.55)
            s.im.alpha_composite(Image.composite(layer.im, Image.new("RGBA", s.im.size), m))
    return s.done()


@cache
def shoot_strip(colour: str = "#c98f3c", w: float = 170) -> Image.Image:
    """A dried bamboo shoot: flat, ribbed across, split at the tip."""
    s = Sheet(w * 1.15, w * 0.5)
    path = smooth(
        [(w * 0.05, w * 0.3), (w * 0.35, w * 0.22), (w * 0.7, w * 0.25), (w * 1.1, w * 0.14)], closed=False)
    m = s.clay(
        ribbon(path, lambda t: w * (0.21 - 0.15 * t**1.4)), colour, soft=7, lo=darker(colour, 0.32), dark=0.8)
    ribs = Sheet(s.w, s.h)
    for i in range(1, 11):
        t = i / 12
        x = w * (0.05 + 1.02 * t)
        ribs.line(
            [(x, 0), (x - w * 0.012, w * 0.25), (x + w * 0.02, w * 0.5)], darker(colour, 0.45), 1.5, 0.5)
        ribs.line(
            [(x + 2.2, 0), (x + 2.2 - w * 0.012, w * 0.25), (x + 2.2 + w * 0.02, w * 0.5)],
            lighter(colour, 0.6), 1.3, 0.45)
    for k in (-0.03, 0.025):
        ribs.line([(x, y + w * k) for x, y in path[12:]], darker(colour, 0.4), 1.2, 0.35)
    s.im.alpha_composite(Image.composite(ribs.im, Image.new("RGBA", s.im.size), m))
    return s.done()


@cache
def meat_strip(
    seed_no: int = 0, w: float = 190, colour: str = "#6f2418", fat: str | None = None
) -> Image.Image:
    """Smoked meat: a dark strip with its grain, perhaps with a rim of fat."""
    rng = random.Random(seed_no)
    s = Sheet(w * 1.2, w * 0.5)
    bend = rng.uniform(-0.05, 0.05)
    path = smooth(
        [(w * 0.05, w * 0.25), (w * 0.4, w * (0.25 + bend)), (w * 0.75, w * (0.25 - bend)),
            (w * 1.14, w * 0.25)],
        closed=False, steps=14)
    wobble = [rng.uniform(0.75, 1.12) for _ in range(9)]

    def width(t: float) -> float:
        k = t * 8
        i = min(7, int(k))
        return w * 0.2 * (
            wobble[i] + (wobble[i + 1] - wobble[i]) * (k - i)) * min(1, (t + 0.04) * 6, (1.04 - t) * 6) ** 0.5

    m = s.clay(
        ribbon(path, width), colour, hi=mix(colour, "#c2603a", 0.5), lo=darker(colour, 0.45), soft=8,
        dark=0.8, light=0.35)
    grain = Sheet(s.w, s.h)
    for _ in range(26):
        a = rng.randrange(0, len(path) - 12)
        b = a + rng.randrange(8, 14)
        off = rng.uniform(-0.09, 0.09) * w
        piece = [(x, y + off) for x, y in path[a:b]]
        grain.line(
            piece,
            rng.choice([mix(colour, "#d98a5a", 0.5), darker(colour, 0.5), mix(colour, "#b2502f", 0.6)]), 1.4,
            0.6)
    s.im.alpha_composite(Image.composite(grain.im, Image.new("RGBA", s.im.size), m))
    if fat:
        band = Sheet(s.w, s.h)
        band.clay(ribbon([(x, y + w * 0.075) for x, y in path], lambda t: w * 0.06), fat, soft=4)
        s.im.alpha_composite(Image.composite(band.im, Image.new("RGBA", s.im.size), m))
    s.glow(ribbon([(x, y - w * 0.05) for x, y in path[6:-10]], lambda t: w * 0.02), "#ffd9b8", 2.2, 0.55, m)
    return s.done()


@cache
def lotus_root(w: float = 90, colour: str = "#f3dfb8") -> Image.Image:
    s = Sheet(w * 1.2, w * 1.2)
    c = w * 0.6
    s.clay(oval(c, c + w * 0.05, w * 0.5, w * 0.46), darker(colour, 0.3), soft=4)
    s.clay(oval(c, c, w * 0.5, w * 0.46), colour, soft=6, hi="#fffaf0", lo=darker(colour, 0.12), dark=0.5)
    for i in range(7):
        a = math.radians(i * 360 / 7 - 90)
        hole = oval(c + w * 0.29 * math.cos(a), c + w * 0.27 * math.sin(a), w * 0.085, w * 0.075)
        s.clay(hole, "#a9763f", hi="#7c4f25", lo="#c99b61", soft=3, light=0)
    s.clay(oval(c, c, w * 0.06, w * 0.055), "#a9763f", hi="#7c4f25", lo="#c99b61", soft=2, light=0)
    return s.done()


@cache
def melon_ring(w: float = 74, colour: str = "#8b8f4a") -> Image.Image:
    """A dried slice of bitter gourd: a frilled ring with a pale heart."""
    s = Sheet(w * 1.2, w * 1.1)
    c, cy = w * 0.6, w * 0.52
    frill = [
        (c + w * (0.46 + 0.05 * math.cos(11 * math.radians(a))) * math.cos(math.radians(a)),
            cy + w * (0.38 + 0.045 * math.cos(11 * math.radians(a))) * math.sin(math.radians(a)))
        for a in range(0, 360, 3)]
    s.clay([(x, y + w * 0.06) for x, y in frill], darker(colour, 0.4), soft=3)
    s.clay(frill, colour, soft=5)
    s.clay(oval(c, cy, w * 0.3, w * 0.23), "#d9cf9a", hi="#efe7bd", lo="#b3a566", soft=5)
    s.clay(oval(c, cy, w * 0.13, w * 0.09), "#a5864a", hi="#7d6230", lo="#bfa56a", soft=3, light=0)
    for a in (20, 140, 255):
        r = math.radians(a)
        s.clay(
            oval(c + w * 0.2 * math.cos(r), cy + w * 0.15 * math.sin(r), w * 0.055, w * 0.035), "#b98f4d",
            soft=2)
    return s.done()


@cache
def wood_slice(w: float = 74, colour: str = "#a2492e") -> Image.Image:
    s = Sheet(w * 1.2, w * 1.1)
    c, cy = w * 0.6, w * 0.5
    s.clay(oval(c, cy + w * 0.09, w * 0.48, w * 0.34), "#5b2c1d", soft=4)
    m = s.clay(oval(c, cy, w * 0.48, w * 0.34), colour, hi=lighter(colour, 0.3), soft=5)
    for k in (0.8, 0.6, 0.4, 0.2):
        s.line(oval(c, cy, w * 0.48 * k, w * 0.34 * k), darker(colour, 0.35), 1.4, 0.55)
    for a in range(0, 360, 30):
        r = math.radians(a)
        s.line(
            [(c, cy), (c + w * 0.44 * math.cos(r), cy + w * 0.31 * math.sin(r))], lighter(colour, 0.3), 1, 0.3)
    s.line(oval(c, cy, w * 0.47, w * 0.33), "#5b2c1d", 2.4, 0.9)
    s.shade(m, soft=5, dark=0.3, light=0.2)
    return s.done()


@cache
def shiitake(w: float = 110, colour: str = "#7a4a2a", cracks: int = 1) -> Image.Image:
    s = Sheet(w * 1.2, w * 1.15)
    c = w * 0.6
    stem = ribbon(
        smooth([(c, w * 0.45), (c + w * 0.02, w * 0.75), (c - w * 0.03, w * 0.98)], closed=False),
        lambda t: w * 0.24)
    s.clay(stem, "#ead6b3", soft=8)
    s.clay(oval(c, w * 0.57, w * 0.47, w * 0.13), "#dcbf92", lo="#a67c4c", soft=5)
    cap = oval(c, w * 0.55, w * 0.52, w * 0.46, 180, 360) + oval(c, w * 0.55, w * 0.52, w * 0.13, 0, 180)
    m = s.clay(cap, colour, hi=lighter(colour, 0.28), soft=14)
    if cracks:
        rng = random.Random(cracks)
        for _ in range(11):
            a, k = rng.uniform(190, 350), rng.uniform(0.15, 0.75)
            x, y = (
                c + w * 0.5 * k * math.cos(math.radians(a)),
                w * 0.55 + w * 0.44 * k * math.sin(math.radians(a)))
            r = w * rng.uniform(0.03, 0.055)
            crack = smooth(
                [(x + r * rng.uniform(0.7, 1.5) * math.cos(t),
                        y + r * 0.55 * rng.uniform(0.6, 1.2) * math.sin(t))
                    for t in [i * math.pi / 3 for i in range(6)]],
                steps=3)
            s.flat(ImageChops.multiply(s.mask(crack), m), "#dcb98a", 0.6)
    s.glow(oval(c - w * 0.17, w * 0.28, w * 0.16, w * 0.06), "#fff2dc", 4, 0.5, m)
    return s.done()


@cache
def oyster(w: float = 130, colour: str = "#d8c7a8") -> Image.Image:
    """One oyster mushroom: a fan on a side stem, its gills in view."""
    s = Sheet(w * 1.25, w * 1.25)
    stem = ribbon(
        smooth([(w * 0.62, w * 0.5), (w * 0.6, w * 0.85), (w * 0.52, w * 1.15)], closed=False),
        lambda t: w * (0.3 - 0.13 * t))
    s.clay(stem, "#f3ead6", lo="#c5b28c", soft=8)
    under = smooth(
        [(w * 0.1, w * 0.46), (w * 0.32, w * 0.62), (w * 0.6, w * 0.78), (w * 0.9, w * 0.62),
            (w * 1.12, w * 0.46), (w * 0.6, w * 0.3)])
    gills = s.clay(under, "#efe3c8", lo="#b79f74", soft=5)
    for i in range(-9, 10):
        ray = s.mask(ribbon([(w * 0.605, w * 0.84), (w * (0.605 + i * 0.062), w * 0.44)], lambda t: 1.6))
        s.flat(ImageChops.multiply(ray, gills), "#a68c60", 0.6)
    cap = smooth(
        [(w * 0.07, w * 0.47), (w * 0.16, w * 0.22), (w * 0.4, w * 0.09), (w * 0.62, w * 0.13),
            (w * 0.86, w * 0.08), (w * 1.08, w * 0.24), (w * 1.14, w * 0.47), (w * 0.95, w * 0.54),
            (w * 0.76, w * 0.5), (w * 0.6, w * 0.55), (w * 0.42, w * 0.5), (w * 0.26, w * 0.55)])
    m = s.clay(cap, colour, hi=lighter(colour, 0.6), lo=mix(colour, "#7d5f3a", 0.45), soft=12, dark=0.55)
    s.glow(oval(w * 0.6, w * 0.42, w * 0.3, w * 0.07), darker(colour, 0.25), 8, 0.5, m)
    s.glow(oval(w * 0.4, w * 0.2, w * 0.2, w * 0.05), "#fffdf4", 5, 0.7, m)
    return s.done()


@cache
def lingzhi(w: float = 170, colour: str = "#8e3a1e") -> Image.Image:
    """A reishi: a kidney-shaped shelf, ringed and varnished, pale at the rim."""
    s = Sheet(w * 1.2, w * 1.0)
    stem = ribbon(
        smooth([(w * 0.62, w * 0.42), (w * 0.66, w * 0.66), (w * 0.58, w * 0.92)], closed=False),
        lambda t: w * (0.15 - 0.03 * t))
    s.clay(stem, "#5c2413", soft=6)
    shape = [
        (0.08, 0.44), (0.16, 0.2), (0.42, 0.07), (0.74, 0.07), (1.02, 0.2), (1.1, 0.44), (0.9, 0.58),
        (0.62, 0.5), (0.3, 0.58)]

    def scaled(k: float) -> list[Point]:
        return smooth([(w * (0.6 + (x - 0.6) * k), w * (0.44 + (y - 0.44) * k)) for x, y in shape])

    s.clay([(x, y + w * 0.05) for x, y in scaled(1)], "#d9b27a", lo="#9c6f3a", soft=4)
    m = s.clay(scaled(1), "#e9bf73", hi="#f7dfa6", lo="#c98b3f", soft=6)
    for k, c in (
        (0.9, mix("#e0953f", colour, 0.3)), (0.78, mix("#d06a30", colour, 0.4)), (0.62, colour),
        (0.44, darker(colour, 0.15)), (0.26, darker(colour, 0.3))
    ):
        s.clay(scaled(k), c, soft=8, dark=0.45, light=0.5)
    s.glow(
        ribbon([(w * 0.25, w * 0.3), (w * 0.45, w * 0.17), (w * 0.7, w * 0.15)], taper(w * 0.05)), "#fff0dc",
        4, 0.75, m)
    return s.done()


@cache
def cordyceps(
    w: float = 220, h: float = 190, number: int = 26, colour: str = "#ef8a1d", seed_no: int = 3,
    base: bool = True
) -> Image.Image:
    """Grown cordyceps: a thicket of orange clubs on a pale bed."""
    rng = random.Random(seed_no)
    s = Sheet(w + 40, h + 40)
    stalks = []
    for i in range(number):
        x = 20 + w * (0.08 + 0.84 * (i + 0.5) / number) + rng.uniform(-6, 6)
        lean = (x - 20 - w / 2) / w * 46 + rng.uniform(-10, 10)
        height = h * rng.uniform(0.62, 1.0) * (1 - 0.25 * abs(x - 20 - w / 2) / (w / 2))
        stalks.append((rng.random(), x, lean, height))
    foot = h + 14
    for depth, x, lean, height in sorted(stalks):
        path = smooth(
            [(x, foot), (x + lean * 0.2, foot - height * 0.4),
                (x + lean * 0.7 + rng.uniform(-4, 4), foot - height * 0.75), (x + lean, foot - height)],
            closed=False)
        c = mix(colour, "#c95a10", 0.45 * (1 - depth))
        s.clay(
            ribbon(path, lambda t: 7 + 5 * t if t < 0.9 else 12 * (1.08 - t) / 0.18), c,
            hi=mix(c, "#ffd36b", 0.5), soft=4, dark=0.7)
    if base:
        s.clay(slab(20, foot - 10, w, 20, 10), "#f2dcae", lo="#c79a58", soft=6)
    return s.done()


@cache
def noodle_hank(
    w: float = 330, colour: str = "#d8c8a4", tie: str | None = "#b92f26", seed_no: int = 1, strands: int = 64
) -> Image.Image:
    """Dried glass noodles: a hank of clear strands, folded at both ends and tied in the middle."""
    rng = random.Random(seed_no)
    h = w * 0.42
    s = Sheet(w + 40, h + 60)
    draw = ImageDraw.Draw(s.im)
    cx, cy = (w + 40) / 2, (h + 60) / 2

    def strand(k: float, shade: float) -> None:
        # A strand runs out, folds back, and comes home; k = -1 lowest to 1 highest in the bundle.
        spread = h * 0.5
        pinch = 0.62 if tie else 1.0
        wob = rng.uniform(-3, 3)
        pts: list[Point] = []
        for i in range(41):
            t = i / 40 * 2 - 1
            squeeze = pinch + (1 - pinch) * min(1, abs(t) * 1.6) ** 1.5
            end = (1 - abs(t) ** 9) ** 0.5 if abs(t) < 1 else 0
            pts.append(
                (cx + t * w * 0.5 * (0.94 + 0.06 * (1 - abs(k))),
                    cy - k * spread * squeeze * (0.55 + 0.45 * end) + wob * math.sin(t * 5 + k * 9)))
        c = mix(mix("#8d744a", colour, 0.35 + 0.65 * shade), "#fffaf0", max(0, shade - 0.72) * 1.8)
        xy = [(x * S, y * S) for x, y in pts]
        draw.line(xy, fill=(*mix(c, "#6b5230", 0.45), 255), width=round(4.6 * S), joint="curve")
        draw.line([(x, y - 0.7 * S) for x, y in xy], fill=(*c, 255), width=round(2.9 * S), joint="curve")
        draw.line(
            [(x, y - 1.2 * S) for x, y in xy], fill=(*mix(c, "#ffffff", 0.5), 255), width=round(0.9 * S),
            joint="curve")

    body = s.mask(
        smooth(
            [(cx - w * 0.49, cy), (cx - w * 0.4, cy - h * 0.42), (cx, cy - h * (0.3 if tie else 0.46)),
                (cx + w * 0.4, cy - h * 0.42), (cx + w * 0.49, cy), (cx + w * 0.4, cy + h * 0.42),
                (cx, cy + h * (0.3 if tie else 0.46)), (cx - w * 0.4, cy + h * 0.42)]))
    s.flat(body, "#9d8355")
    order = [i / (strands - 1) * 2 - 1 for i in range(strands)]
    rng.shuffle(order)
    for k in sorted(order, key=lambda k: rng.uniform(0, 1) - 0.6 * abs(k) * -1, reverse=True):
        strand(k, min(1, max(0, 0.55 + 0.35 * k + rng.uniform(-0.25, 0.25))))
    whole = s.im.getchannel("A")
    s.shade(whole, soft=18, dark=0.6, light=0.25, dark_colour="#6b4a20")
    if tie:
        band = slab(cx - w * 0.045, cy - h * 0.36, w * 0.09, h * 0.72, 8)
        s.clay(ImageChops.multiply(s.mask(band), whole), tie, soft=9)
        for dx in (-0.022, 0.022):
            s.line([(cx + w * dx, cy - h * 0.33), (cx + w * dx, cy + h * 0.33)], lighter(tie, 0.35), 1.3, 0.5)
    return s.done()


@cache
def peanut_brittle(w: float = 120, colour: str = "#93ad49") -> Image.Image:
    rng = random.Random(5)
    s = Sheet(w * 1.15, w * 0.95)
    x, y = w * 0.06, w * 0.1
    s.clay(slab(x, y + w * 0.12, w, w * 0.66, 14), darker(colour, 0.35), soft=6)
    m = s.clay(slab(x, y, w, w * 0.64, 14), colour, hi=lighter(colour, 0.4), soft=9)
    for r in range(3):
        for c in range(4):
            px, py = (
                x + w * (0.15 + c * 0.235 + rng.uniform(-0.03, 0.03)),
                y + w * (0.14 + r * 0.18 + rng.uniform(-0.02, 0.02)))
            nut = turned(seed("#e8c48c", None, w * 0.21), rng.uniform(0, 180))
            s.drop(nut, px, py, depth=2, alpha=0.35)
    s.glow(slab(x + w * 0.08, y + w * 0.05, w * 0.5, w * 0.05, 4), "#ffffff", 3, 0.55, m)
    return s.done()


@cache
def tamarind(w: float = 190, colour: str = "#8a5a33", bend: float = 0.18) -> Image.Image:
    """A tamarind pod: a brown curve with its seeds showing as swellings."""
    s = Sheet(w * 1.15, w * 0.7)
    path = smooth(
        [(w * 0.06, w * 0.2), (w * 0.35, w * (0.2 + bend)), (w * 0.72, w * (0.2 + bend)),
            (w * 1.08, w * 0.16)],
        closed=False, steps=20)
    m = s.clay(
        ribbon(
            path,
            lambda t: w * 0.16 * min(1, (t + 0.02) * 9, (1.02 - t) * 9) ** 0.5 * (
                1 + 0.12 * math.cos(t * math.pi * 9))),
        colour, soft=8)
    s.line([(x, y + 2) for x, y in path[4:-4]], darker(colour, 0.3), 1.5, 0.4)
    s.glow(ribbon([(x, y - w * 0.035) for x, y in path[5:-8]], lambda t: w * 0.018), "#ffe7c4", 2, 0.6, m)
    return s.done()


@cache
def glazed_lump(seed_no: int = 0, w: float = 62, colour: str = "#5a2614") -> Image.Image:
    """Candied tamarind flesh: dark, sticky, shining, dusted with sugar."""
    rng = random.Random(seed_no)
    s = Sheet(w * 1.3, w * 1.1)
    shape = smooth(
        [(w * 0.65 + w * 0.48 * rng.uniform(0.85, 1.08) * math.cos(a),
                w * 0.55 + w * 0.36 * rng.uniform(0.85, 1.1) * math.sin(a))
            for a in [i * math.pi / 4 for i in range(8)]])
    m = s.clay(shape, colour, hi="#9a4a25", lo="#331009", soft=9)
    s.glow(oval(w * 0.5, w * 0.33, w * 0.14, w * 0.06), "#ffe9d0", 2, 0.95, m)
    for _ in range(9):
        s.flat(oval(w * rng.uniform(0.3, 1.0), w * rng.uniform(0.25, 0.75), 1.3, 1.3), "#fff3dd", 0.8)
    return s.done()


@cache
def little_shrimp(w: float = 64, colour: str = "#e8765a") -> Image.Image:
    s = Sheet(w * 1.3, w * 1.1)
    path = smooth(
        [(w * 0.2, w * 0.35), (w * 0.5, w * 0.2), (w * 0.9, w * 0.32), (w * 1.02, w * 0.62),
            (w * 0.84, w * 0.85)],
        closed=False)
    m = s.clay(ribbon(path, lambda t: w * (0.2 - 0.13 * t)), colour, hi="#ffc1a8", lo="#b9442f", soft=4)
    for i in range(10, len(path) - 6, 6):
        x, y = path[i]
        s.flat(ImageChops.multiply(s.mask(oval(x, y, w * 0.012, w * 0.14)), m), "#fff0e6", 0.5)
    s.flat(oval(w * 0.28, w * 0.3, w * 0.025, w * 0.025), "#3a1430")
    s.line([(w * 0.2, w * 0.33), (w * 0.03, w * 0.2)], lighter(colour, 0.3), 1.3)
    s.line([(w * 0.2, w * 0.36), (w * 0.0, w * 0.42)], lighter(colour, 0.3), 1.3)
    return s.done()


@cache
def sprout(w: float = 54, colour: str = "#6f9a3c") -> Image.Image:
    """The green heart of a lotus seed: two folded blades on a short yellow foot."""
    s = Sheet(w * 1.2, w * 0.8)
    for dy, c in ((0.08, darker(colour, 0.2)), (-0.08, colour)):
        path = smooth(
            [(w * 0.25, w * 0.4), (w * 0.55, w * (0.4 + dy)), (w * 0.85, w * (0.38 + dy * 2)),
                (w * 1.1, w * (0.42 + dy * 0.5))],
            closed=False)
        s.clay(ribbon(path, taper(w * 0.16, head=0.2, tail=0.5, least=1.5)), c, soft=3)
    s.clay(oval(w * 0.2, w * 0.4, w * 0.13, w * 0.075), "#e9cf7a", soft=2)
    return s.done()


@cache
def lotus_pod(w: float = 190, colour: str = "#86a84f") -> Image.Image:
    s = Sheet(w * 1.15, w * 1.5)
    c = w * 0.575
    stem = ribbon(
        smooth([(c, w * 0.8), (c + w * 0.03, w * 1.1), (c - w * 0.02, w * 1.45)], closed=False),
        lambda t: w * 0.1)
    s.clay(stem, darker(colour, 0.15), soft=5, across=True)
    cone = oval(c, w * 0.34, w * 0.5, w * 0.26, 180, 360) + smooth(
        [(c + w * 0.5, w * 0.34), (c + w * 0.3, w * 0.68), (c + w * 0.1, w * 0.86),
            (c - w * 0.1, w * 0.86), (c - w * 0.3, w * 0.68), (c - w * 0.5, w * 0.34)],
        closed=False)
    s.clay(cone, colour, soft=16)
    s.clay(
        oval(c, w * 0.34, w * 0.5, w * 0.24), lighter(colour, 0.3), hi=lighter(colour, 0.45), lo=colour,
        soft=8, dark=0.5)
    spots = [(0, 0)] + [
        (math.cos(a) * 0.3, math.sin(a) * 0.135) for a in [i * math.pi / 4 + 0.2 for i in range(8)]]
    for dx, dy in spots:
        s.clay(
            oval(c + w * dx, w * (0.34 + dy), w * 0.078, w * 0.052), darker(colour, 0.4),
            hi=darker(colour, 0.55), lo=darker(colour, 0.15), soft=3, light=0)
        s.clay(
            oval(c + w * dx, w * (0.33 + dy), w * 0.058, w * 0.042),
            mix(lighter(colour, 0.3), "#cfdc8e", 0.4), soft=4)
    return s.done()


@cache
def lotus_leaf(w: float = 300, colour: str = "#4f8f4a") -> Image.Image:
    s = Sheet(w * 1.1, w * 0.7)
    cx, cy = w * 0.55, w * 0.33
    rim = [
        (cx + w * 0.5 * (1 + 0.025 * math.sin(a * 9)) * math.cos(a),
            cy + w * 0.28 * (1 + 0.05 * math.sin(a * 7 + 1)) * math.sin(a))
        for a in [i * math.pi / 60 for i in range(120)]]
    s.clay([(x, y + 7) for x, y in rim], darker(colour, 0.35), soft=5)
    m = s.clay(rim, colour, hi=lighter(colour, 0.3), soft=16)
    veins = Sheet(s.w, s.h)
    for i in range(18):
        a = i * math.pi / 9 + 0.1
        veins.line(
            [(cx, cy), (cx + w * 0.46 * math.cos(a), cy + w * 0.25 * math.sin(a))], lighter(colour, 0.45),
            1.8, 0.55)
    s.im.alpha_composite(Image.composite(veins.im, Image.new("RGBA", s.im.size), m))
    s.glow(oval(cx, cy, w * 0.05, w * 0.03), lighter(colour, 0.6), 4, 0.9)
    return s.done()
