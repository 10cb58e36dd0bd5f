"""Ways of laying things out: heaps, spreads, powders, and the woven trays under them."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageChops, ImageFilter

from .brush import Colour, Point, S, Sheet, darker, lighter, mix, oval, ramp, slab, smooth, turned


def heap(
    bodies: Sequence[Image.Image], w: float, h: float, rng: random.Random, *, step: float,
    under: str | Colour | None = None, spin: float = 180, depth: float = 3, flatness: float = 0.35
) -> Image.Image:
    """A mound of many small bodies, the front ones last."""
    pad = 12 + max(max(b.size) for b in bodies) / S * 0.62
    s = Sheet(w + 2 * pad, h + 2 * pad)
    cx, foot = pad + w / 2, pad + h * 0.82
    dome = oval(cx, foot, w / 2, h * 0.82, 180, 360) + oval(cx, foot, w / 2, h * 0.18, 0, 180)
    if under:
        s.clay([(cx + (x - cx) * 0.94, foot + (y - foot) * 0.94) for x, y in dome], under, soft=18)
    spots: list[Point] = []
    y = -0.82 * h
    while y <= 0.18 * h:
        half = (w / 2) * math.sqrt(
            max(0, 1 - (y / (0.82 * h)) ** 2)
        ) if y < 0 else (w / 2) * math.sqrt(max(0, 1 - (y / (0.18 * h)) ** 2))
        half = half * 0.94
        n = max(1, round(2 * half / step))
        for i in range(n):
            spots.append(
                (cx - half + (i + 0.5) * 2 * half / n + rng.uniform(-step, step) * 0.35,
                    foot + y + rng.uniform(-step, step) * 0.3))
        y += step * (1 - flatness)
    for x, y in sorted(spots, key=lambda p: p[1]):
        s.drop(turned(rng.choice(bodies), rng.uniform(-spin, spin)), x, y, depth=depth)
    s.shade(s.im.getchannel("A"), soft=w * 0.09, dark=0.42, light=0.18, dark_colour="#2c1420")
    return s.done()


def spread(
    bodies: Sequence[Image.Image], w: float, h: float, rng: random.Random, *, step: float, spin: float = 180,
    depth: float = 4
) -> Image.Image:
    """Bodies lying loosely over an ellipse."""
    pad = 12 + max(max(b.size) for b in bodies) / S * 0.62
    s = Sheet(w + 2 * pad, h + 2 * pad)
    cx, cy = pad + w / 2, pad + h / 2
    squash = h / w
    spots = []
    y = -h / 2
    row = 0
    while y <= h / 2:
        half = (w / 2) * math.sqrt(max(0, 1 - (2 * y / h) ** 2))
        x = -half + (row % 2) * step / 2
        while x <= half:
            spots.append(
                (cx + x + rng.uniform(-step, step) * 0.22, cy + y + rng.uniform(-step, step) * 0.22 * squash))
            x += step
        y += step * max(0.45, squash)
        row += 1
    for x, y in sorted(spots, key=lambda p: p[1]):
        s.drop(turned(rng.choice(bodies), rng.uniform(-spin, spin)), x, y, depth=depth)
    return s.done()


def powder(w: float, h: float, colour: str, *, lo: str | Colour | None = None) -> Image.Image:
    """A soft cone of flour."""
    s = Sheet(w + 40, h + 40)
    cx, foot = 20 + w / 2, 20 + h * 0.9
    shape = smooth(
        [(cx - w / 2, foot), (cx - w * 0.3, foot - h * 0.42), (cx - w * 0.08, foot - h * 0.86),
            (cx + w * 0.08, foot - h * 0.86), (cx + w * 0.28, foot - h * 0.45), (cx + w / 2, foot)],
        closed=False) + oval(cx, foot, w / 2, h * 0.12, 0, 180)
    m = s.clay(
        shape, colour, hi=lighter(colour, 0.6), lo=lo or mix(darker(colour, 0.12), "#c9a878", 0.3), soft=18,
        dark=0.35)
    rng = random.Random(int(w))
    for _ in range(46):
        x, y = cx + rng.uniform(-0.45, 0.45) * w, foot - rng.uniform(-0.05, 0.7) * h
        s.flat(
            ImageChops.multiply(s.mask(oval(x, y, 1.4, 1.1)), m),
            rng.choice([lighter(colour, 0.8), darker(colour, 0.25)]), 0.5)
    for _ in range(14):
        x = cx + rng.choice((-1, 1)) * w * rng.uniform(0.46, 0.56)
        s.flat(oval(x, foot + rng.uniform(0, 0.08) * h, 2, 1.5), darker(colour, 0.05), 0.9)
    return s.done()


# --- weaving ----------------------------------------------------------------------------------------------


@cache
def weave(
    w: int, h: int, cell: float, a: str = "#d9a760", b: str = "#b97f3c", *, diagonal: bool = False,
    seed_no: int = 0
) -> Image.Image:
    """Strips over and under, w × h units."""
    side = math.ceil(math.hypot(w, h)) if diagonal else max(w, h)
    c = round(cell * S)
    n = side * S // c + 2
    tiles = []
    for colour, upright in ((a, False), (b, True)):
        t = Sheet(cell, cell)
        shape = slab(-cell * 0.12, cell * 0.05, cell * 1.24, cell * 0.9, cell * 0.2)
        if upright:
            shape = [(y, x) for x, y in shape]
        t.flat(slab(0, 0, cell, cell), darker(b, 0.38))
        size = (t.im.width, t.im.height)
        g = ramp(
            [(0, darker(colour, 0.15)), (0.3, lighter(colour, 0.4)), (0.65, colour),
                (1, darker(colour, 0.22))],
            *size, upright=not upright)
        g2 = ramp([(0, "#b3a08e"), (0.5, "#ffffff"), (1, "#b3a08e")], *size, upright=upright)
        t.im.paste(ImageChops.multiply(g, g2), (0, 0), t.mask(shape))
        tiles.append(t.im.convert("RGB").resize((c, c)))
    im = Image.new("RGB", (n * c, n * c))
    for i in range(n):
        for j in range(n):
            im.paste(tiles[(i + j) % 2], (i * c, j * c))
    if diagonal:
        im = im.rotate(45, Image.Resampling.BICUBIC)
    x, y = (im.width - w * S) // 2, (im.height - h * S) // 2
    return im.crop((x, y, x + w * S, y + h * S))


def woven(s: Sheet, m: Image.Image, cloth: Image.Image, *, round_: bool = False, soft: float = 14) -> None:
    """Fill a mask with weaving, then light it."""
    box = m.getbbox()
    if box is None:
        return
    size = (box[2] - box[0], box[3] - box[1])
    piece = cloth.crop(
        (0, 0, *size)) if cloth.width >= size[0] and cloth.height >= size[1] else cloth.resize(size)
    s.im.paste(piece, box[:2], m.crop(box))
    if round_:
        g = ramp(
            [(0, "#a58c7c"), (0.2, "#fbf6ef"), (0.4, "#ffffff"), (0.72, "#dccdbd"), (1, "#90766c")], *size)
        lit = ImageChops.multiply(s.im.crop(box).convert("RGB"), g)
        s.im.paste(lit, box[:2], m.crop(box))
    s.shade(m, soft=soft, dark=0.4, light=0.3, dark_colour="#5a2c12")


def bamboo_tray(w: float = 430, ratio: float = 0.5, *, a: str = "#e3b873", b: str = "#c48d47") -> Image.Image:
    """A winnowing tray (mẹt), seen from above the edge."""
    h = w * ratio
    s = Sheet(w + 20, h + 50)
    cx, cy = (w + 20) / 2, h / 2 + 10
    s.clay(oval(cx, cy + 20, w / 2 * 0.985, h / 2 * 0.98), darker(b, 0.3), soft=8)
    s.clay(oval(cx, cy + 6, w / 2, h / 2), b, hi=lighter(a, 0.3), soft=8)
    s.clay(oval(cx, cy, w / 2 * 0.985, h / 2 * 0.97), a, hi=lighter(a, 0.5), soft=5)
    inner = s.mask(oval(cx, cy + 4, w / 2 * 0.93, h / 2 * 0.89))
    cloth = weave(round(w) + 10, round(w) + 10, 17, a, b, diagonal=True)
    cloth = cloth.resize((cloth.width, round(cloth.height * ratio)), Image.Resampling.LANCZOS)
    woven(s, inner, cloth, soft=10)
    dark = s.mask(oval(cx, cy + 18, w / 2 * 0.9, h / 2 * 0.86)).filter(ImageFilter.GaussianBlur(9 * S))
    s.flat(ImageChops.multiply(ImageChops.invert(dark), inner), "#4a2a12", 0.55)
    for i in range(26):
        a_ = i * 2 * math.pi / 26
        x, y = cx + w / 2 * 0.96 * math.cos(a_), cy + 2 + h / 2 * 0.94 * math.sin(a_)
        s.line([(x - 3, y - 4), (x + 3, y + 5)], darker(b, 0.35), 2.4, 0.7)
    return s.done()


def on_tray(
    load: Image.Image, w: float = 430, ratio: float = 0.5, lift: float = 0.06, **tray: str
) -> Image.Image:
    """A tray with its load, as one body."""
    t = bamboo_tray(w, ratio, **tray)
    top = max(0, round(load.height / 2 - t.height * (0.5 - lift)))
    s = Sheet(1, 1)
    s.im = Image.new("RGBA", (max(t.width, load.width), t.height + top))
    s.im.alpha_composite(t, ((s.im.width - t.width) // 2, top))
    s.drop(load, s.im.width / 2 / S, (top + t.height * (0.5 - lift)) / S, depth=5, alpha=0.3)
    return s.done()
