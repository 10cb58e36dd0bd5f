"""Draw the demo market: one picture per product, one banner per stall, three sample papers.

    python tools/illustrate.py EMOJI_DIR DEMO_JSON [--out marketplace/demo] [--only PART] [--fonts DIR]

EMOJI_DIR is the unpacked package @lobehub/fluent-emoji-3d (`assets/<code point>.webp`, 256 px, MIT); it is
not committed. DEMO_JSON lists the sellers and their goods. Everything else is drawn here by Pillow, with a
fixed seed per picture, so the same input gives the same picture. Units are pixels of the finished picture;
drawing is done at three times the size and reduced once, which makes the edges smooth.

Pictures say what is in the packet and no more: no stars, no brand, no person, no red toadstool for food.
"""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

S = 3  # supersampling
SIDE = 640
PICTURE_LIMIT = 20_000  # bytes, each
BANNER_LIMIT = 25_000
PAPER_LIMIT = 40_000

Point = tuple[float, float]
Colour = tuple[int, int, int]

CHAM, CHAM_DEEP, LA, NGO, DO = "#27346b", "#1a2450", "#2a7048", "#e8a317", "#b92f26"
PAPER, INK = "#fbf7f0", "#1e2230"


class Sources:
    """Where bodies and letters come from; set once by main()."""

    emoji = Path()
    fonts = Path("/usr/share/fonts/truetype/noto")


# --- colour -----------------------------------------------------------------------------------------------


def rgb(colour: str | Colour) -> Colour:
    if isinstance(colour, tuple):
        return colour
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))  # type: ignore[return-value]


def mix(a: str | Colour, b: str | Colour, share: float) -> Colour:
    """`share` of b in a, 0..1."""
    return tuple(
        round(x + (y - x) * share) for x, y in zip(rgb(a), rgb(b), strict=True))  # type: ignore[return-value]


def lighter(colour: str | Colour, share: float = 0.45) -> Colour:
    return mix(colour, "#fffdf4", share)


def darker(colour: str | Colour, share: float = 0.4) -> Colour:
    """A shadow of the colour: deeper and fuller, not greyer."""
    c = rgb(colour)
    top = max(*c, 1)
    deep = tuple(round(v * (1 - share * 0.78) * (v / top) ** (share * 0.9)) for v in c)
    return mix(deep, "#4a1c2c", share * 0.22)  # type: ignore[arg-type]


def ramp(stops: Sequence[tuple[float, str | Colour]], width: int, height: int, *, upright: bool = False):
    """A gradient through `stops` (0..1), across the width or, if upright, down the height."""
    n = 256
    line = Image.new("RGB", (n, 1))
    for i in range(n):
        t = i / (n - 1)
        for (t0, c0), (t1, c1) in pairwise(stops):
            if t <= t1:
                line.putpixel((i, 0), mix(c0, c1, 0 if t1 == t0 else max(0.0, (t - t0) / (t1 - t0))))
                break
        else:
            line.putpixel((i, 0), rgb(stops[-1][1]))
    if upright:
        line = line.transpose(Image.Transpose.ROTATE_270)
    return line.resize((max(1, width), max(1, height)), Image.Resampling.BICUBIC)


# --- shapes: lists of points ------------------------------------------------------------------------------


def oval(cx: float, cy: float, rx: float, ry: float, start: float = 0, end: float = 360) -> list[Point]:
    steps = max(16, int(abs(end - start) / 4))
    return [
        (cx + rx * math.cos(math.radians(start + (end - start) * i / steps)),
            cy + ry * math.sin(math.radians(start + (end - start) * i / steps)))
        for i in range(steps + 1)]


def slab(x: float, y: float, w: float, h: float, r: float = 0) -> list[Point]:
    """A rectangle with round corners."""
    r = min(r, w / 2, h / 2)
    if not r:
        return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
    return oval(x + r, y + r, r, r, 180, 270) + oval(x + w - r, y + r, r, r, 270, 360) + oval(
        x + w - r, y + h - r, r, r, 0, 90) + oval(x + r, y + h - r, r, r, 90, 180)


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    n = len(points)
    out: list[Point] = []
    for i in range(n if closed else n - 1):
        if closed:
            p = [points[(i + k) % n] for k in (-1, 0, 1, 2)]
        else:
            p = [points[min(max(i + k, 0), n - 1)] for k in (-1, 0, 1, 2)]
        for step in range(steps):
            t = step / steps
            out.append(
                tuple(
                    0.5 * (
                        2 * p[1][a] + (p[2][a] - p[0][a]) * t +
                        (2 * p[0][a] - 5 * p[1][a] + 4 * p[2][a] - p[3][a]) * t * t +
                        (3 * p[1][a] - p[0][a] - 3 * p[2][a] + p[3][a]) * t**3)
                    for a in (0, 1))  # type: ignore[arg-type]
            )
    if not closed:
        out.append(points[-1])
    return out


def ribbon(path: Sequence[Point], width: Callable[[float], float]) -> list[Point]:
    """The outline of a stroke along `path`; `width(t)` is its full width at t = 0..1."""
    left: list[Point] = []
    right: list[Point] = []
    n = len(path)
    for i, (x, y) in enumerate(path):
        x0, y0 = path[max(0, i - 1)]
        x1, y1 = path[min(n - 1, i + 1)]
        length = math.hypot(x1 - x0, y1 - y0) or 1
        nx, ny = -(y1 - y0) / length, (x1 - x0) / length
        half = width(i / (n - 1)) / 2
        left.append((x + nx * half, y + ny * half))
        right.append((x - nx * half, y - ny * half))
    return left + right[::-1]


def taper(
    most: float, *, head: float = 0.3, tail: float = 0.3, least: float = 0.0
) -> Callable[[float], float]:
    def width(t: float) -> float:
        rise = min(1.0, t / head) if head else 1.0
        fall = min(1.0, (1 - t) / tail) if tail else 1.0
        return least + (most - least) * math.sin(math.pi / 2 * min(rise, fall)) ** 0.7

    return width


# --- a sheet: a piece of clear film on which one body is modelled -----------------------------------------


class Sheet:
    """An RGBA image of w × h units. Later strokes lie on top."""

    def __init__(self, w: float, h: float):
        self.w, self.h = w, h
        self.im = Image.new("RGBA", (round(w * S), round(h * S)))

    def mask(self, *shapes: Sequence[Point]) -> Image.Image:
        m = Image.new("L", self.im.size)
        draw = ImageDraw.Draw(m)
        for shape in shapes:
            draw.polygon([(x * S, y * S) for x, y in shape], fill=255)
        return m

    def _box(self, m: Image.Image, pad: float) -> tuple[int, int, int, int] | None:
        box = m.getbbox()
        if box is None:
            return None
        p = round(pad * S)
        return box[0] - p, box[1] - p, box[2] + p, box[3] + p

    def clay(
        self, shape: Sequence[Point] | Image.Image, base: str | Colour, *, hi: str | Colour | None = None,
        lo: str | Colour | None = None, soft: float = 12, dark: float = 0.75, light: float = 0.6,
        across: bool = False
    ) -> Image.Image:
        """Fill a shape so that it looks round: a gradient, a shaded lower edge, a lit upper edge. Returns its mask."""
        m = shape if isinstance(shape, Image.Image) else self.mask(shape)
        box = self._box(m, 0)
        if box is None:
            return m
        hi, lo = hi or lighter(base, 0.35), lo or darker(base, 0.28)
        size = (box[2] - box[0], box[3] - box[1])
        fill = ramp([(0, hi), (0.45, base), (1, lo)], *size, upright=not across)
        self.im.paste(fill, box[:2], m.crop(box))
        self.shade(
            m, soft=soft, dark=dark, light=light, dark_colour=darker(lo, 0.35), light_colour=lighter(hi, 0.55))
        return m

    def shade(
        self, m: Image.Image, *, soft: float = 12, dark: float = 0.7, light: float = 0.5,
        dark_colour: str | Colour = "#3a1430", light_colour: str | Colour = "#fffdf4"
    ) -> None:
        """Light from the upper left on whatever is already painted under the mask."""
        box = self._box(m, soft * 2)
        if box is None:
            return
        local = m.crop(box)
        blurred = local.filter(ImageFilter.GaussianBlur(soft * S * 0.8))
        shift = round(soft * S * 0.55)
        for sign, strength, colour in ((-1, dark, dark_colour), (1, light, light_colour)):
            edge = ImageChops.invert(ImageChops.offset(blurred, sign * shift // 2, sign * shift))
            edge = ImageChops.multiply(edge, local)
            self._lay(edge, colour, strength, box)

    def _lay(self, m: Image.Image, colour: str | Colour, alpha: float, box: tuple[int, ...]) -> None:
        layer = Image.new("RGBA", m.size, (*rgb(colour), 0))
        layer.putalpha(m if alpha >= 1 else m.point([round(v * alpha) for v in range(256)]))
        paste_clear(self.im, layer, box[0], box[1])

    def flat(
        self, shape: Sequence[Point] | Image.Image, colour: str | Colour, alpha: float = 1.0
    ) -> Image.Image:
        m = shape if isinstance(shape, Image.Image) else self.mask(shape)
        box = m.getbbox()
        if box:
            self._lay(m.crop(box), colour, alpha, box)
        return m

    def glow(
        self, shape: Sequence[Point], colour: str | Colour, blur: float, alpha: float = 1.0, inside=None
    ) -> None:
        """A blurred patch of colour: a highlight or a soft shadow; kept inside a mask if given."""
        m = self.mask(shape).filter(ImageFilter.GaussianBlur(blur * S))
        if inside is not None:
            m = ImageChops.multiply(m, inside)
        self.flat(m, colour, alpha)

    def line(self, path: Sequence[Point], colour: str | Colour, width: float, alpha: float = 1.0) -> None:
        m = Image.new("L", self.im.size)
        ImageDraw.Draw(m).line(
            [(x * S, y * S) for x, y in path], fill=255, width=max(1, round(width * S)), joint="curve")
        self.flat(m, colour, alpha)

    def stamp(self, body: Image.Image, cx: float, cy: float, inside: Image.Image | None = None) -> None:
        """Lay a body (already at S×) with its middle at cx, cy."""
        layer = Image.new("RGBA", self.im.size)
        layer.paste(body, (round(cx * S - body.width / 2), round(cy * S - body.height / 2)))
        if inside is not None:
            layer.putalpha(ImageChops.multiply(layer.getchannel("A"), inside))
        self.im.alpha_composite(layer)

    def drop(self, body: Image.Image, cx: float, cy: float, *, depth: float = 4, alpha: float = 0.35) -> None:
        """Stamp with a small shadow of its own, as one piece lying on others."""
        x, y = round(cx * S - body.width / 2), round(cy * S - body.height / 2)
        paste_clear(
            self.im, shadow_of(body, depth * 0.8, alpha), x - pad_of(depth),
            y - pad_of(depth) + round(depth * S * 0.6))
        paste_clear(self.im, body, x, y)

    def write(
        self, text: str, cx: float, cy: float, size: float, colour: str | Colour, *, font: str = "bold"
    ) -> None:
        ImageDraw.Draw(self.im).text(
            (cx * S, cy * S), text, font=typeface(font, round(size * S)), fill=(*rgb(colour), 255),
            anchor="mm", align="center")

    def done(self) -> Image.Image:
        box = self.im.getbbox()
        return self.im.crop(box) if box else self.im


def pad_of(depth: float) -> int:
    return round(depth * S * 2)


def shadow_of(body: Image.Image, blur: float, alpha: float, colour: str | Colour = "#3c280a") -> Image.Image:
    pad = pad_of(blur / 0.8)
    m = Image.new("L", (body.width + 2 * pad, body.height + 2 * pad))
    m.paste(body.getchannel("A"), (pad, pad))
    m = m.filter(ImageFilter.GaussianBlur(blur * S)).point([round(v * alpha) for v in range(256)])
    out = Image.new("RGBA", m.size, (*rgb(colour), 0))
    out.putalpha(m)
    return out


def paste_clear(onto: Image.Image, body: Image.Image, x: int, y: int) -> None:
    """alpha_composite that allows places partly outside."""
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(body.width, onto.width - x), min(body.height, onto.height - y)
    if right > left and bottom > top:
        onto.alpha_composite(body.crop((left, top, right, bottom)), (x + left, y + top))


@cache
def typeface(kind: str, size: int) -> ImageFont.FreeTypeFont:
    names = {"bold": "NotoSans-Bold.ttf", "regular": "NotoSans-Regular.ttf", "serif": "NotoSerif-Bold.ttf"}
    names["serif-regular"] = "NotoSerif-Regular.ttf"
    return ImageFont.truetype(str(Sources.fonts / names[kind]), size)


@cache
def emoji(code: str, width: float = 256 / S, *, tint: str | None = None, flip: bool = False) -> Image.Image:
    """One body of the set, cut to its edges, `width` units wide; `tint` gives it another colour and keeps its light."""
    im = Image.open(Sources.emoji / "assets" / f"{code}.webp").convert("RGBA")
    im = im.crop(im.getbbox())
    if flip:
        im = ImageOps.mirror(im)
    if tint:
        alpha = im.getchannel("A")
        grey = ImageOps.autocontrast(
            im.convert("RGB").convert("L"), cutoff=1, mask=alpha.point([255 * (v > 200) for v in range(256)]))
        im = ImageOps.colorize(grey, darker(tint, 0.62), lighter(tint, 0.75), mid=rgb(tint))
        im.putalpha(alpha)
    return fit(im, width)


def fit(body: Image.Image, width: float) -> Image.Image:
    w = round(width * S)
    if w == body.width:
        return body
    return body.resize((w, max(1, round(body.height * w / body.width))), Image.Resampling.LANCZOS)


def turned(body: Image.Image, degrees: float) -> Image.Image:
    if not degrees:
        return body
    out = body.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    return out.crop(out.getbbox())


def mirrored(body: Image.Image) -> Image.Image:
    return ImageOps.mirror(body)


# --- small things: what is in the packets -----------------------------------------------------------------


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


# --- ways of laying them out ------------------------------------------------------------------------------


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


# --- emblems, labels, bands -------------------------------------------------------------------------------


def brocade(w: float, h: float, ground: str = CHAM) -> Image.Image:
    """The market's one band: diamonds in red, maize and leaf green."""
    s = Sheet(w, h)
    s.flat(slab(0, 0, w, h), ground)
    u = h / 16
    x = -24 * u * ((w / (48 * u)) % 1)
    step = 0
    while x < w + 24 * u:
        cx, cy = x + 12 * u, 8 * u
        big, small = (DO, PAPER) if step % 2 == 0 else (NGO, ground)
        for r, c in ((6 * u, big), (3 * u, small)):
            s.flat([(cx, cy - r), (cx + r, cy), (cx, cy + r), (cx - r, cy)], c)
        ex = x + 24 * u
        s.flat([(ex, 0), (ex + 5 * u, 5 * u), (ex, 10 * u), (ex - 5 * u, 5 * u)], "#2f7d4f")
        s.flat([(ex, 11 * u), (ex + 3 * u, 14 * u), (ex - 3 * u, 14 * u)], PAPER)
        x += 24 * u
        step += 1
    return s.im


def label(
    w: float, h: float, text: str, *, ground: str = PAPER, ink: str = INK, mark: str | None = None,
    band: str | None = CHAM, r: float = 10, mark_size: float = 0.5, size: float | None = None
) -> Image.Image:
    """A paper label: a mark, the kind of goods in one or two lines, the brocade band."""
    s = Sheet(w, h)
    shape = s.flat(slab(0, 0, w, h, r), ground)
    lines = text.split("\n") if text else []
    band_h = min(18.0, h * 0.13) if band else 0
    if band:
        strip = brocade(w, band_h, band)
        s.im.paste(
            strip, (0, round((h - band_h - 7) * S)),
            ImageChops.multiply(
                strip.getchannel("A"),
                shape.crop(
                    (0, round((h - band_h - 7) * S), strip.width, round((h - band_h - 7) * S) + strip.height))))
    room = h - band_h - (10 if band else 0)
    font_size = size or min(w * 0.155, room * (0.2 if mark else 0.34))
    longest = max((typeface("bold", round(font_size * S)).getlength(line) / S for line in lines), default=0)
    if longest > w * 0.88:
        font_size *= w * 0.88 / longest
    text_h = len(lines) * font_size * 1.22
    if mark and not band:
        room -= h * 0.05
    if mark:
        side = min(w * mark_size, (room - text_h) * 0.86)
        body = emoji(mark, side) if isinstance(mark, str) else fit(mark, side)
        if body.height > (room - text_h) * 0.86 * S:
            body = fit(body, body.width / S * (room - text_h) * 0.86 * S / body.height)
        s.stamp(body, w / 2, (room - text_h) / 2 + 3)
    y = room - text_h / 2 if mark else room / 2
    for i, line in enumerate(lines):
        s.write(line, w / 2, y + (i - (len(lines) - 1) / 2) * font_size * 1.22, font_size, ink)
    return s.im


# --- packets, boxes, glass --------------------------------------------------------------------------------


def pouch(
    w: float = 250, h: float = 330, colour: str = "#c99a63", *, tag: Image.Image | None = None,
    window: Image.Image | None = None, window_at: tuple[float, float, float, float] = (0.2, 0.56, 0.6, 0.3),
    tag_at: float = 0.36
) -> Image.Image:
    """A stand-up pouch; `window` shows what is inside."""
    s = Sheet(w + 20, h + 20)
    x, y = 10, 10
    body = (
        [(x + w * 0.06, y), (x + w * 0.94, y), (x + w * 0.95, y + h * 0.13)] +
        smooth(
            [(x + w * 0.95, y + h * 0.13), (x + w * 0.985, y + h * 0.5), (x + w, y + h * 0.9),
                (x + w * 0.97, y + h * 0.975)],
            closed=False)
        +
        smooth(
            [(x + w * 0.97, y + h * 0.975), (x + w * 0.5, y + h), (x + w * 0.03, y + h * 0.975)], closed=False)
        +
        smooth(
            [(x + w * 0.03, y + h * 0.975), (x, y + h * 0.9), (x + w * 0.015, y + h * 0.5),
                (x + w * 0.05, y + h * 0.13)],
            closed=False))
    m = s.clay(body, colour, hi=lighter(colour, 0.3), lo=darker(colour, 0.16), soft=20, dark=0.6, light=0.45)
    s.glow(
        smooth(
            [(x + w * 0.08, y + h * 0.93), (x + w * 0.5, y + h * 0.875), (x + w * 0.92, y + h * 0.93),
                (x + w * 0.92, y + h * 0.955), (x + w * 0.5, y + h * 0.9), (x + w * 0.08, y + h * 0.955)]),
        darker(colour, 0.5), 3, 0.45, m)
    s.glow(slab(x + w * 0.06, y + h * 0.2, w * 0.07, h * 0.6, 8), "#ffffff", 7, 0.35, m)
    for i in range(9):
        s.line(
            [(x + w * 0.065, y + 5 + i * h * 0.0105), (x + w * 0.935, y + 5 + i * h * 0.0105)],
            darker(colour, 0.35), 0.9, 0.3)
    s.line([(x + w * 0.05, y + h * 0.125), (x + w * 0.95, y + h * 0.125)], darker(colour, 0.4), 2, 0.55)
    s.line([(x + w * 0.05, y + h * 0.133), (x + w * 0.95, y + h * 0.133)], lighter(colour, 0.6), 1.6, 0.6)
    if window is not None:
        wx, wy, ww, wh = x + w * window_at[0], y + h * window_at[1], w * window_at[2], h * window_at[3]
        hole = s.mask(slab(wx, wy, ww, wh, min(ww, wh) * 0.3))
        s.clay(hole, "#5a4630", soft=6)
        s.stamp(window, wx + ww / 2, wy + wh / 2, hole)
        s.shade(hole, soft=8, dark=0.0, light=0.55, light_colour="#2b1810")
        s.glow(
            [(wx + ww * 0.1, wy + wh * 0.1), (wx + ww * 0.3, wy + wh * 0.1),
                (wx + ww * 0.16, wy + wh * 0.9), (wx + ww * 0.04, wy + wh * 0.9)],
            "#ffffff", 3, 0.5, hole)
        s.line(
            slab(wx, wy, ww, wh, min(ww, wh) * 0.3) + [(wx + ww * 0.0, wy + min(ww, wh) * 0.3)],
            lighter(colour, 0.5), 2, 0.8)
    if tag is not None:
        s.stamp(shadow_of(tag, 2, 0.3), x + w / 2, y + h * tag_at + 2)
        s.stamp(tag, x + w / 2, y + h * tag_at)
        s.shade(m, soft=16, dark=0.18, light=0.1)
    return s.done()


def carton(
    w: float = 230, h: float = 260, d: float = 60, colour: str = CHAM, *, tag: Image.Image | None = None,
    lid: bool = False, band: str | None = None
) -> Image.Image:
    """A box seen a little from the right and above."""
    rise = d * 0.45
    s = Sheet(w + d + 20, h + rise + 20)
    x, y = 10, 10 + rise
    side = [(x + w, y), (x + w + d, y - rise), (x + w + d, y + h - rise * 0.75), (x + w, y + h)]
    top = [(x, y), (x + d, y - rise), (x + w + d, y - rise), (x + w, y)]
    s.clay(
        side, darker(colour, 0.3), hi=darker(colour, 0.12), lo=darker(colour, 0.42), soft=6, light=0.1,
        dark=0.35)
    s.clay(
        top, lighter(colour, 0.28), hi=lighter(colour, 0.45), lo=lighter(colour, 0.12), soft=5, dark=0.1,
        light=0.3)
    front = s.clay(
        slab(x, y, w, h, 3), colour, hi=lighter(colour, 0.16), lo=darker(colour, 0.12), soft=10, dark=0.35,
        light=0.35)
    if band:
        strip = brocade(w, 18, band)
        s.stamp(strip, x + w / 2, y + h - 24)
        turned_strip = strip.resize((round(d * S), strip.height)).transform(
            (round(d * S), strip.height + round(rise * S)), Image.Transform.AFFINE,
            (1, 0, 0, rise / d, 1, -rise * S), Image.Resampling.BICUBIC)
        turned_strip = Image.composite(
            ImageEnhance.Brightness(turned_strip).enhance(0.68), Image.new("RGBA", turned_strip.size),
            turned_strip.getchannel("A"))
        paste_clear(s.im, turned_strip, round((x + w) * S), round((y + h - 33) * S - rise * S))
    if lid:
        s.line([(x, y + h * 0.2), (x + w, y + h * 0.2)], darker(colour, 0.5), 2.4, 0.7)
        s.line([(x, y + h * 0.2 + 2), (x + w, y + h * 0.2 + 2)], lighter(colour, 0.5), 1.2, 0.5)
        s.line([(x + w, y + h * 0.2), (x + w + d, y + h * 0.2 - rise * 0.95)], darker(colour, 0.6), 2.4, 0.7)
    if tag is not None:
        s.stamp(tag, x + w / 2, y + h * (0.5 if not band else 0.46))
    s.glow([(x + 4, y + 4), (x + w * 0.3, y + 4), (x + 4, y + h * 0.5)], "#ffffff", 10, 0.25, front)
    return s.done()


def tin(
    w: float = 190, h: float = 250, colour: str = LA, *, tag: Image.Image | None = None, lid: str = "#d9dbe0"
) -> Image.Image:
    """A round tin with a slip lid."""
    e = w * 0.15
    s = Sheet(w + 30, h + e * 2 + 20)
    x, y = 15, 10 + e
    m = s.mask(slab(x, y, w, h), oval(x + w / 2, y + h, w / 2, e))
    box = m.getbbox()
    size = (box[2] - box[0], box[3] - box[1])

    def metal(c: str) -> list[tuple[float, Colour]]:
        return [
            (0, darker(c, 0.45)), (0.14, c), (0.27, lighter(c, 0.55)), (0.42, lighter(c, 0.08)),
            (0.78, darker(c, 0.22)), (0.93, darker(c, 0.5)), (1, darker(c, 0.3))]

    s.im.paste(ramp(metal(colour), *size), box[:2], m.crop(box))
    s.shade(m, soft=8, dark=0.35, light=0)
    if tag is not None:
        s.stamp(tag, x + w / 2, y + h * 0.56)
        s.glow(slab(x + w * 0.74, y, w * 0.3, h + e, 0), "#2a1020", 12, 0.4, m)
        s.glow(slab(x - w * 0.04, y, w * 0.1, h + e, 0), "#2a1020", 9, 0.4, m)
        s.glow(slab(x + w * 0.2, y, w * 0.07, h, 0), "#ffffff", 8, 0.4, m)
    lw = w + 8
    lm = s.mask(slab(x - 4, y, lw, h * 0.14), oval(x + w / 2, y + h * 0.14, lw / 2, e))
    s.glow(oval(x + w / 2, y + h * 0.17, lw / 2, e), "#2a1020", 5, 0.5, m)
    box = lm.getbbox()
    s.im.paste(ramp(metal(lid), box[2] - box[0], box[3] - box[1]), box[:2], lm.crop(box))
    s.clay(
        oval(x + w / 2, y, lw / 2, e), lighter(lid, 0.3), hi=lighter(lid, 0.65), lo=darker(lid, 0.06), soft=5,
        dark=0.25)
    s.line(oval(x + w / 2, y, lw / 2 * 0.9, e * 0.86), darker(lid, 0.25), 1.6, 0.6)
    return s.done()


def jar(
    w: float = 200, h: float = 240, *, fill: Image.Image | str = "#e8a317", level: float = 0.86,
    lid: str = "#c98a3c", tag: Image.Image | None = None, tag_at: float = 0.58, cloth: str | None = None
) -> Image.Image:
    """A glass jar; `fill` is a colour (honey, flour) or a picture of what lies in it."""
    s = Sheet(w + 60, h + 60)
    x, y = 30, 42
    outline = smooth(
        [(x + w * 0.14, y), (x + w * 0.14, y + h * 0.05), (x + w * 0.02, y + h * 0.17), (x, y + h * 0.4),
            (x, y + h * 0.85), (x + w * 0.07, y + h * 0.98), (x + w * 0.5, y + h),
            (x + w * 0.93, y + h * 0.98), (x + w, y + h * 0.85), (x + w, y + h * 0.4),
            (x + w * 0.98, y + h * 0.17), (x + w * 0.86, y + h * 0.05), (x + w * 0.86, y)],
        closed=False)
    glass = s.clay(outline, "#dfe9ea", hi="#f4fafa", lo="#b9c9cc", soft=10, dark=0.35, light=0.4)
    inner = s.mask(
        [(x + w / 2 + (px - x - w / 2) * 0.92, y + h / 2 + (py - y - h / 2) * 0.965) for px, py in outline])
    top = y + h * (1 - level)
    body = ImageChops.multiply(inner, s.mask(slab(0, top, s.w, s.h)))
    body = ImageChops.lighter(
        body, ImageChops.multiply(inner, s.mask(oval(x + w / 2, top, w * 0.46, w * 0.06))))
    if isinstance(fill, str):
        s.clay(body, fill, hi=lighter(fill, 0.25), lo=darker(fill, 0.25), soft=16)
        s.clay(
            ImageChops.multiply(inner, s.mask(oval(x + w / 2, top, w * 0.45, w * 0.055))),
            lighter(fill, 0.35), soft=4, dark=0.2)
    else:
        s.flat(body, "#6b5032", 0.35)
        s.stamp(fill, x + w / 2, (top + y + h) / 2, body)
        s.shade(body, soft=18, dark=0.5, light=0.12)
    if tag is not None:
        s.stamp(tag, x + w / 2, y + h * tag_at)
        s.glow(slab(x + w * 0.8, y + h * 0.1, w * 0.25, h * 0.9), "#2a1020", 9, 0.28, glass)
    s.glow(slab(x + w * 0.07, y + h * 0.2, w * 0.055, h * 0.62, 6), "#ffffff", 2.5, 0.85, glass)
    s.glow(slab(x + w * 0.9, y + h * 0.3, w * 0.03, h * 0.5, 4), "#ffffff", 2, 0.6, glass)
    lx, lw, lh = x + w * 0.1, w * 0.8, h * 0.15
    if cloth:
        cap = smooth(
            [(lx, y - lh * 0.6), (lx + lw * 0.5, y - lh * 1.0), (lx + lw, y - lh * 0.6), (lx + lw, y + 3),
                (lx + lw * 1.1, y + lh * 0.9), (lx + lw * 0.85, y + lh * 0.62),
                (lx + lw * 0.62, y + lh * 0.98), (lx + lw * 0.38, y + lh * 0.62),
                (lx + lw * 0.14, y + lh * 0.98), (lx - lw * 0.1, y + lh * 0.8), (lx, y + 3)])
        m = s.clay(cap, cloth, soft=10)
        for i in range(-3, 12):
            s.flat(
                ImageChops.multiply(m, s.mask(slab(lx + i * lw * 0.11, y - lh * 1.1, 3, lh * 2.2))),
                lighter(cloth, 0.6), 0.35)
        s.clay(slab(lx - 2, y - 2, lw + 4, 7, 3), "#e9d3a4", soft=3)
    else:
        lm = s.mask(slab(lx, y - lh * 0.75, lw, lh, 5))
        box = lm.getbbox()
        s.im.paste(
            ramp(
                [(0, darker(lid, 0.35)), (0.15, lid), (0.3, lighter(lid, 0.55)), (0.5, lid),
                    (0.85, darker(lid, 0.3)), (1, darker(lid, 0.15))],
                box[2] - box[0], box[3] - box[1]),
            box[:2], lm.crop(box))
        s.clay(oval(x + w / 2, y - lh * 0.75, lw / 2, lw * 0.07), lighter(lid, 0.35), soft=4, dark=0.2)
        for i in range(16):
            s.line(
                [(lx + lw * (i + 0.5) / 16, y - lh * 0.5), (lx + lw * (i + 0.5) / 16, y + lh * 0.18)],
                darker(lid, 0.4), 1.2, 0.35)
    return s.done()


def bottle(
    w: float = 150, h: float = 340, colour: str = "#e8a317", *, tag: Image.Image | None = None,
    cap: str = "#a9743a", glass: bool = True, gourd: bool = False, tag_at: float = 0.66
) -> Image.Image:
    """A bottle: clear glass with its contents, or stoneware (glass=False)."""
    s = Sheet(w + 40, h + 40)
    x, y = 20, 30
    c = x + w / 2
    if gourd:
        right = [
            (0.13, 0), (0.14, 0.07), (0.3, 0.15), (0.33, 0.25), (0.2, 0.36), (0.34, 0.45), (0.5, 0.62),
            (0.47, 0.86), (0.33, 1)]
    else:
        right = [
            (0.16, 0), (0.16, 0.2), (0.2, 0.29), (0.44, 0.4), (0.5, 0.5), (0.5, 0.9), (0.46, 0.985), (0.3, 1)]
    pts = smooth([(c + dx * w, y + dy * h) for dx, dy in right], closed=False)
    outline = pts + [(2 * c - px, py) for px, py in reversed(pts)]
    if glass:
        m = s.clay(outline, "#e4ecec", hi="#f6fbfb", lo="#bccbcd", soft=8, dark=0.35)
        inner = s.mask([(c + (px - c) * 0.93, y + h / 2 + (py - y - h / 2) * 0.985) for px, py in outline])
        body = ImageChops.multiply(inner, s.mask(slab(0, y + h * 0.17, s.w, s.h)))
        s.clay(body, colour, hi=lighter(colour, 0.3), lo=darker(colour, 0.3), soft=16)
        s.glow(oval(c + w * 0.12, y + h * 0.8, w * 0.22, h * 0.13), lighter(colour, 0.65), 16, 0.5, body)
    else:
        m = s.clay(outline, colour, hi=lighter(colour, 0.25), lo=darker(colour, 0.3), soft=22)
    if tag is not None:
        s.stamp(tag, c, y + h * tag_at)
        s.glow(slab(c + w * 0.32, y + h * 0.35, w * 0.3, h * 0.7), "#2a1020", 10, 0.3, m)
    s.glow(slab(c - w * 0.41, y + h * 0.47, w * 0.07, h * 0.42, 6), "#ffffff", 3, 0.8 if glass else 0.4, m)
    s.glow(slab(c - w * 0.1, y + h * 0.03, w * 0.04, h * 0.2, 4), "#ffffff", 2, 0.7 if glass else 0.3, m)
    s.clay(slab(c - w * 0.13, y - 22, w * 0.26, 34, 6), cap, soft=6)
    s.clay(slab(c - w * 0.18, y - 2, w * 0.36, 14, 5), darker(cap, 0.1), soft=4)
    return s.done()


def bowl(
    w: float = 260, colour: str = "#f4f1ea", *, load: Image.Image | None = None, load_lift: float = 0.0,
    stripe: str | None = CHAM, liquid: str | None = None, depth: float = 0.42
) -> Image.Image:
    """A footed bowl; `load` is heaped in it, or it holds a liquid."""
    e = w * 0.15
    h = w * depth
    extra = load.height / S if load is not None else 20
    s = Sheet(w + 20, h + e * 2 + extra + 20)
    x, y = 10, 10 + extra * 0.7 + e
    c = x + w / 2
    s.clay(slab(c - w * 0.2, y + h - 14, w * 0.4, 22, 7), darker(colour, 0.12), soft=5)
    shell = [(x, y)] + smooth(
        [(x, y), (x + w * 0.05, y + h * 0.42), (x + w * 0.2, y + h * 0.84), (x + w * 0.34, y + h),
            (x + w * 0.66, y + h), (x + w * 0.8, y + h * 0.84), (x + w * 0.95, y + h * 0.42), (x + w, y)],
        closed=False)
    back = s.clay(
        oval(c, y, w / 2, e), darker(colour, 0.16), hi=darker(colour, 0.3), lo=colour, soft=7, light=0)
    if liquid:
        pool = s.mask(oval(c, y + e * 0.22, w * 0.44, e * 0.74))
        pool = ImageChops.multiply(pool, back)
        s.clay(pool, liquid, hi=darker(liquid, 0.12), lo=lighter(liquid, 0.3), soft=6, dark=0.2, light=0.2)
        s.glow(oval(c - w * 0.14, y + e * 0.12, w * 0.12, e * 0.14), "#ffffff", 3, 0.6, pool)
    rim = s.mask(oval(c, y, w / 2 * 0.965, e * 0.93))
    if load is not None:  # it may rise above the far rim, and ends inside the near one
        open_ = ImageChops.lighter(rim, s.mask(slab(0, 0, s.w, y)))
        s.stamp(load, c, y + e * 0.85 - load.height / S / 2 - load_lift, open_)
    front = ImageChops.subtract(s.mask(shell), rim)
    s.clay(front, colour, hi=lighter(colour, 0.5), lo=darker(colour, 0.22), soft=18, dark=0.6)
    if stripe:
        pts = [
            (px, py + h * 0.2 + e * 0.9 * (1 - ((px - c) / (w / 2)) ** 2) ** 0.5) for px,
            py in [(x + w * i / 40, y) for i in range(2, 39)]]
        s.line(pts, stripe, 4.5, 0.8)
        s.line([(px, py + 9) for px, py in pts[1:-1]], stripe, 1.8, 0.7)
    return s.done()


def cup(
    w: float = 120, tea: str = "#b9c95a", colour: str = "#fbfaf6", stripe: str | None = CHAM
) -> Image.Image:
    """A small tea cup without a handle, full."""
    return bowl(w, colour, liquid=tea, stripe=stripe, depth=0.58)


def sack(
    w: float = 280, h: float = 330, colour: str = "#e0c89b", *, load: Image.Image | None = None,
    tag: Image.Image | None = None
) -> Image.Image:
    """An open cloth bag with a rolled edge."""
    extra = load.height / S * 0.6 if load is not None else 0
    s = Sheet(w + 30, h + extra + 40)
    x, y = 15, 20 + extra
    c = x + w / 2
    if load is not None:
        s.clay(oval(c, y + 6, w * 0.37, w * 0.11), darker(colour, 0.4), soft=6)
        s.stamp(load, c, y + 24 - load.height / S / 2)
    shape = smooth(
        [(x + w * 0.12, y + 8), (x + w * 0.08, y + h * 0.2), (x, y + h * 0.55),
            (x + w * 0.03, y + h * 0.92), (x + w * 0.16, y + h), (x + w * 0.5, y + h * 0.985),
            (x + w * 0.84, y + h), (x + w * 0.97, y + h * 0.92), (x + w, y + h * 0.55),
            (x + w * 0.92, y + h * 0.2), (x + w * 0.88, y + 8), (x + w * 0.7, y + 26), (x + w * 0.5, y + 31),
            (x + w * 0.3, y + 26)])
    m = s.clay(shape, colour, soft=24)
    cloth = weave(round(w) + 20, round(h) + 20, 7, "#ffffff", "#e6dccb")
    layer = Image.new("RGBA", s.im.size)
    box = m.getbbox()
    thin = cloth.crop((0, 0, box[2] - box[0], box[3] - box[1])).convert("RGBA")
    layer.paste(thin, box[:2])
    layer.putalpha(m.point([round(v * 0.16) for v in range(256)]))
    s.im.alpha_composite(layer)
    for dx, k in ((0.25, 0.5), (0.72, 0.6), (0.5, 0.35)):
        s.glow(
            ribbon([(x + w * dx, y + 40), (x + w * (dx + (dx - 0.5) * 0.2), y + h * k)], taper(10)),
            darker(colour, 0.5), 5, 0.4, m)
    roll = smooth(
        [(x + w * 0.1, y + 10), (x + w * 0.3, y + 30), (x + w * 0.5, y + 35), (x + w * 0.7, y + 30),
            (x + w * 0.9, y + 10)],
        closed=False)
    s.clay(ribbon(roll, lambda t: 24), lighter(colour, 0.2), soft=7)
    if tag is not None:
        s.stamp(shadow_of(tag, 2, 0.3), c, y + h * 0.6 + 2)
        s.stamp(tag, c, y + h * 0.6)
    return s.done()


def sachet(w: float = 70, h: float = 190, colour: str = NGO, mark: str | None = None) -> Image.Image:
    s = Sheet(w + 10, h + 10)
    m = s.clay(slab(5, 5, w, h, 4), colour, soft=8, light=0.6)
    for yy in (5, h - 9):
        for i in range(4):
            s.line([(6, yy + 3 + i * 3.2), (w + 4, yy + 3 + i * 3.2)], darker(colour, 0.4), 1, 0.4)
    s.flat(slab(5, h * 0.34, w, h * 0.36), PAPER, 0.95)
    if mark:
        s.stamp(emoji(mark, w * 0.62), 5 + w / 2, h * 0.52)
    s.glow(slab(12, 20, w * 0.12, h * 0.8), "#ffffff", 4, 0.5, m)
    return s.done()


def tea_bag(
    w: float = 110, tea: str = "#6d7a35", mark: str | None = "1f33f", tag_colour: str = LA
) -> Image.Image:
    """A filter bag on its thread."""
    s = Sheet(w * 1.9, w * 2.0)
    bx, by = w * 0.2, w * 0.55
    shape = [
        (bx + w * 0.18, by), (bx + w * 0.82, by), (bx + w, by + w * 0.22), (bx + w, by + w * 1.2),
        (bx, by + w * 1.2), (bx, by + w * 0.22)]
    m = s.clay(shape, "#fbf7ec", lo="#ded2b8", soft=8, dark=0.5)
    s.glow(slab(bx + w * 0.1, by + w * 0.45, w * 0.8, w * 0.68, 12), tea, 7, 0.75, m)
    rng = random.Random(7)
    for _ in range(60):
        s.flat(
            oval(bx + w * rng.uniform(0.12, 0.88), by + w * rng.uniform(0.5, 1.1), 2, 1.4),
            darker(tea, rng.uniform(0.1, 0.5)), 0.6)
    s.line([(bx, by + w * 1.13), (bx + w, by + w * 1.13)], "#cbbd9d", 1.4, 0.8)
    s.line(
        smooth(
            [(bx + w * 0.5, by + 4), (bx + w * 0.55, by - w * 0.4), (bx + w * 1.0, by - w * 0.42),
                (bx + w * 1.32, by - w * 0.12)],
            closed=False),
        "#f1e7cf", 3)
    tx, ty = bx + w * 1.1, by - w * 0.14
    s.clay(slab(tx, ty, w * 0.46, w * 0.46, 6), tag_colour, soft=5)
    if mark:
        s.stamp(emoji(mark, w * 0.32), tx + w * 0.23, ty + w * 0.23)
    return s.done()


def spoon(w: float = 190, colour: str = "#c58b4a", load: Image.Image | None = None) -> Image.Image:
    """A wooden scoop lying flat, perhaps full."""
    s = Sheet(w * 1.1, w * 0.6)
    path = [(w * 0.36, w * 0.34), (w * 1.04, w * 0.14)]
    s.clay(ribbon(path, lambda t: w * (0.06 + 0.025 * t)), colour, soft=5)
    s.clay(oval(w * 0.24, w * 0.38, w * 0.2, w * 0.125), colour, soft=7)
    s.clay(
        oval(w * 0.24, w * 0.37, w * 0.165, w * 0.09), darker(colour, 0.35), hi=darker(colour, 0.45),
        lo=colour, soft=4, light=0)
    if load is not None:
        s.stamp(load, w * 0.24, w * 0.375 - load.height / S / 2 + w * 0.06)
    return s.done()


# --- fresh goods ------------------------------------------------------------------------------------------


def long_gourd(
    w: float = 400, thick: float = 92, colour: str = "#6fa84a", *, bloom: bool = True, bend: float = 0.04,
    spots: bool = True
) -> Image.Image:
    s = Sheet(w + 60, thick + w * 0.2 + 40)
    cy = 30 + thick / 2 + w * 0.06
    path = smooth(
        [(34, cy), (34 + w * 0.3, cy + w * bend), (34 + w * 0.7, cy + w * bend), (34 + w, cy)], closed=False,
        steps=16)
    m = s.clay(
        ribbon(
            path,
            lambda t: thick * min(
                1, (1 - (1 - min(1, (t + 0.008) / 0.14)) ** 2) ** 0.5,
                (1 - (1 - min(1, (1.008 - t) / 0.13)) ** 2) ** 0.5) * (0.94 + 0.08 * t)),
        colour, hi=lighter(colour, 0.4), lo=darker(colour, 0.4), soft=20, dark=0.7)
    rng = random.Random(int(w))
    if spots:
        for _ in range(60):
            x = 34 + w * rng.uniform(0.05, 0.95)
            s.flat(
                ImageChops.multiply(
                    m,
                    s.mask(
                        oval(x, cy + thick * rng.uniform(-0.45, 0.5), rng.uniform(1.2, 3), rng.uniform(1, 2)))),
                lighter(colour, 0.6), 0.5)
    if bloom:
        s.glow(
            ribbon([(x, y - thick * 0.22) for x, y in path[8:-8]], taper(thick * 0.2)), "#f4fbef", 7, 0.6, m)
    s.clay(
        ribbon(smooth([(44, cy), (26, cy - 6), (12, cy - 20)], closed=False), lambda t: 17 - 5 * t),
        "#7c8f3e", soft=4)
    return s.done()


def gourd_slice(
    w: float = 120, skin: str = "#5b9440", flesh: str = "#f3f7e2", seeds: str = "#e7dcae"
) -> Image.Image:
    s = Sheet(w * 1.2, w * 1.2)
    c = w * 0.6
    s.clay(oval(c, c + w * 0.07, w * 0.5, w * 0.42), darker(skin, 0.3), soft=5)
    s.clay(oval(c, c, w * 0.5, w * 0.42), skin, soft=4)
    s.clay(oval(c, c, w * 0.45, w * 0.37), flesh, hi="#ffffff", lo=mix(flesh, skin, 0.3), soft=8, dark=0.4)
    s.glow(oval(c, c, w * 0.25, w * 0.2), mix(flesh, skin, 0.25), 6, 0.8)
    for i in range(10):
        a = math.radians(i * 36 + 10)
        s.clay(
            oval(c + w * 0.2 * math.cos(a), c + w * 0.155 * math.sin(a), w * 0.038, w * 0.026), seeds, soft=2)
    return s.done()


def ribbed_squash(w: float = 330, colour: str = "#5d3f7a", stem: str = "#7f8f45") -> Image.Image:
    h = w * 0.78
    s = Sheet(w + 30, h + 90)
    cx, cy = (w + 30) / 2, 70 + h / 2
    s.clay(oval(cx, cy, w / 2 * 0.97, h / 2 * 0.97), darker(colour, 0.3), soft=10)
    for dx, rx in ((-0.36, 0.17), (0.36, 0.17), (-0.22, 0.2), (0.22, 0.2), (0, 0.21)):
        s.clay(
            oval(cx + w * dx * 0.93, cy + abs(dx) * 8, w * rx, h * (0.5 - abs(dx) * 0.22)), colour,
            hi=lighter(colour, 0.34), lo=darker(colour, 0.42), soft=17)
    whole = s.im.getchannel("A")
    s.shade(whole, soft=34, dark=0.5, light=0.25)
    s.glow(oval(cx - w * 0.16, cy - h * 0.27, w * 0.1, h * 0.07), "#ffffff", 8, 0.6, whole)
    s.clay(oval(cx, cy - h * 0.44, w * 0.14, h * 0.06), darker(stem, 0.25), soft=5)
    s.clay(
        ribbon(
            smooth([(cx, cy - h * 0.43), (cx + 4, cy - h * 0.56), (cx + 26, cy - h * 0.66)], closed=False),
            lambda t: 36 - 12 * t),
        stem, soft=7, across=True)
    return s.done()


def papaya(w: float = 330, *, cut: bool = False) -> Image.Image:
    h = w * 0.6
    s = Sheet(w + 40, h + 40)
    x, cy = 20, 20 + h / 2

    def outline(k: float) -> list[Point]:
        top = [(0.0, 0), (0.05, -0.2), (0.25, -0.34), (0.5, -0.43), (0.74, -0.48), (0.93, -0.36), (1.0, 0)]
        pts = [(tx, ty * 0.98) for tx, ty in top] + [(tx, -ty * 0.98) for tx, ty in reversed(top[1:-1])]
        return smooth(
            [(x + w * (0.5 + (tx - 0.5) * k), cy + h * ty * (k if k > 0.9 else k * 0.92)) for tx, ty in pts])

    if not cut:
        m = s.clay(outline(1), "#f29a2e", hi="#f7c24b", lo="#d8661a", soft=26)
        s.glow(oval(x + w * 0.12, cy, w * 0.16, h * 0.3), "#9fae3c", 18, 0.75, m)
        s.glow(oval(x + w * 0.6, cy - h * 0.27, w * 0.2, h * 0.06), "#fff4d0", 7, 0.85, m)
        s.clay(oval(x + 2, cy, 10, 13), "#7a6a2a", soft=4)
        return s.done()
    s.clay(outline(1), "#e58a22", lo="#b85c10", soft=10)
    m = s.clay(outline(0.93), "#ff8a3c", hi="#ffa95a", lo="#f06a22", soft=20, dark=0.35)
    hollow = [
        (x + w * tx, cy + h * ty) for tx,
        ty in [
            (0.22, 0), (0.35, -0.13), (0.6, -0.2), (0.8, -0.15), (0.86, 0), (0.8, 0.15), (0.6, 0.2),
            (0.35, 0.13)]]
    s.clay(smooth(hollow), "#e8591c", hi="#c9430f", lo="#ff8a4a", soft=12, light=0)
    rng = random.Random(11)
    black = seed("#2c2724", None, 26)
    for _ in range(44):
        t = rng.uniform(0.27, 0.82)
        half = 0.15 * math.sin(math.pi * min(1, (t - 0.18) / 0.7)) ** 0.6
        s.drop(
            turned(black, rng.uniform(0, 180)), x + w * t, cy + h * rng.uniform(-half, half), depth=2,
            alpha=0.4)
    s.glow(oval(x + w * 0.5, cy - h * 0.33, w * 0.24, h * 0.035), "#ffe2c2", 4, 0.8, m)
    return s.done()


def greens(
    w: float = 330, colour: str = "#4f9a3d", stalk: str = "#c6dd97", tie: str = "#d9b679"
) -> Image.Image:
    """A bunch of leafy greens, tied near the foot."""
    h = w * 1.18
    s = Sheet(w + 120, h + 80)
    cx, foot = (w + 120) / 2, h + 50
    rng = random.Random(8)
    knot = foot - h * 0.24
    blades = [
        (-62, 0.8), (62, 0.8), (-40, 0.96), (42, 0.98), (-18, 1.05), (20, 1.04), (-52, 0.62), (50, 0.64),
        (0, 0.82), (-28, 0.72), (30, 0.7)]
    for lean, k in blades:
        a = math.radians(lean * 0.72)
        tip = (cx + math.sin(a) * h * 0.5 * k, knot - math.cos(a) * h * 0.5 * k)
        stem = smooth(
            [(cx + lean * 0.4, foot + rng.uniform(-8, 2)), (cx + lean * 0.2, knot),
                ((cx + tip[0]) / 2 + lean * 0.1, (knot + tip[1]) / 2), tip],
            closed=False)
        s.clay(ribbon(stem, lambda t: 25 - 14 * t), stalk, hi="#eef6d2", lo=darker(stalk, 0.2), soft=5)
        shade = mix(colour, rng.choice(["#2f7a35", "#76b84a", "#3f8a3a"]), 0.5)
        hexed = "#{:02x}{:02x}{:02x}".format(*shade)
        blade = turned(leaf(hexed, 150 * (0.8 + 0.2 * k), 0.8, "#d9edb4", 0.62), 90 - math.degrees(a))
        s.drop(blade, tip[0] + math.sin(a) * 30, tip[1] - math.cos(a) * 30, depth=5, alpha=0.35)
    s.clay(slab(cx - 49, knot + 16, 98, 20, 9), tie, soft=5)
    s.clay(slab(cx - 49, knot + 34, 98, 11, 5), darker(tie, 0.12), soft=4)
    return s.done()


def fresh_cucumber(w: float = 300, colour: str = "#4f9438") -> Image.Image:
    s = Sheet(w + 30, w * 0.4)
    cy = w * 0.18
    path = smooth(
        [(15, cy - 8), (15 + w * 0.35, cy + 8), (15 + w * 0.7, cy + 6), (15 + w, cy - 10)], closed=False,
        steps=16)
    m = s.clay(
        ribbon(
            path,
            lambda t: w * 0.2 * min(
                1, (1 - (1 - min(1, (t + 0.01) / 0.12)) ** 2) ** 0.5,
                (1 - (1 - min(1, (1.01 - t) / 0.14)) ** 2) ** 0.5)),
        colour, hi=lighter(colour, 0.3), lo=darker(colour, 0.4), soft=13)
    for k in (-0.04, 0.03):
        s.line([(x, y + w * k) for x, y in path[14:]], lighter(colour, 0.5), 2, 0.35)
    rng = random.Random(3)
    for _ in range(26):
        i = rng.randrange(4, len(path) - 4)
        x, y = path[i][0], path[i][1] + rng.uniform(-0.07, 0.07) * w
        s.flat(oval(x, y + 1, 2.6, 2.2), darker(colour, 0.3), 0.7)
        s.flat(oval(x - 0.6, y, 1.7, 1.4), lighter(colour, 0.6), 0.9)
    s.glow(ribbon([(x, y - w * 0.055) for x, y in path[6:-6]], taper(w * 0.025)), "#f2ffe6", 3, 0.6, m)
    s.clay(oval(17, cy - 8, 7, 9), "#a9bf6b", soft=3)
    return s.done()


def fruit_slice(w: float = 96) -> Image.Image:
    """A slice of cucumber."""
    return gourd_slice(w, "#4f9438", "#e6f2c4", "#f3f4d0")


@cache
def bamboo_shoot(w: float = 130, colour: str = "#9c6b3a") -> Image.Image:
    """A fresh shoot in its sheaths: each lower one wraps over the one above."""
    h = w * 1.75
    s = Sheet(w + 30, h + 30)
    cx, foot = w / 2 + 15, h + 12
    half = [(0.4, 0.0), (0.46, 0.2), (0.36, 0.52), (0.2, 0.8), (0.0, 1.0)]
    cone = [(cx - x * w, foot - y * h) for x, y in half] + [
        (cx + x * w, foot - y * h) for x, y in half[-2::-1]]
    m = s.clay(
        [*smooth(cone, closed=False), (cx, foot + h * 0.03)], "#b9c46a", hi="#d9df9a", lo="#8a9a48", soft=12)
    for i, k in enumerate((0.72, 0.57, 0.42, 0.27, 0.13)):
        side = 1 if i % 2 else -1
        y0 = foot - h * k
        rim = [(-0.6, 0.0), (-0.3, -0.03), (-0.14, -0.13), (0.1, 0.02), (0.6, 0.1)]
        edge = smooth([(cx - side * x * w, y0 + y * h) for x, y in rim], closed=False)
        if edge[0][0] > edge[-1][0]:
            edge.reverse()
        shape = ImageChops.multiply(m, s.mask([*edge, (cx + w * 0.6, foot + 20), (cx - w * 0.6, foot + 20)]))
        s.glow([(x, y - 7) for x, y in edge] + edge[::-1], "#3c280a", 3, 0.45, m)
        tone = mix("#a3a352", colour, 0.3 + i * 0.18)
        s.clay(shape, tone, hi=lighter(tone, 0.3), lo=darker(tone, 0.25), soft=9, dark=0.6, light=0.55)
        for j in range(-4, 5):
            ray = s.mask(
                ribbon([(cx + j * w * 0.13, foot), (cx + j * w * 0.05, y0 - h * 0.12)], lambda t: 1.3))
            s.flat(ImageChops.multiply(ray, shape), darker(tone, 0.4), 0.22)
    return s.done()


@cache
def peach_branches(w: float = 380, h: float = 300) -> Image.Image:
    """Bare twigs with peach blossom."""
    s = Sheet(w + 60, h + 60)
    cx, foot = (w + 60) / 2, h + 40
    rng = random.Random(16)
    twigs = [
        [(0, 0), (-0.06, 0.4), (-0.2, 0.66), (-0.24, 0.95)], [(0, 0), (0.06, 0.45), (0.02, 0.75), (0.1, 1.0)],
        [(0, 0), (0.12, 0.38), (0.3, 0.6), (0.36, 0.85)], [(-0.09, 0.48), (-0.26, 0.58), (-0.42, 0.64)],
        [(0.17, 0.45), (0.34, 0.46), (0.45, 0.56)]]
    flowers: list[Point] = []
    for twig in twigs:
        path = smooth([(cx + x * w, foot - y * h) for x, y in twig], closed=False)
        s.clay(ribbon(path, lambda t: 10 - 6.5 * t), "#6b4330", soft=3)
        for t in (0.5, 0.66, 0.84, 1.0):
            x, y = path[min(len(path) - 1, round(t * (len(path) - 1)))]
            if y < foot - h * 0.34:
                flowers.append((x + rng.uniform(-8, 8), y + rng.uniform(-8, 8)))
    for x, y in flowers:
        if rng.random() < 0.3:
            s.drop(turned(leaf("#7fb04f", 40, 0.4), rng.uniform(0, 360)), x + 14, y + 10, depth=2)
        s.drop(turned(emoji("1f338", rng.choice((46, 54, 62))), rng.uniform(0, 70)), x, y, depth=3)
    return s.done()


@cache
def dry_pods(w: float = 330, h: float = 300) -> Image.Image:
    """Dried lotus pods and grasses on long stems."""
    s = Sheet(w + 80, h + 80)
    cx, foot = (w + 80) / 2, h + 60
    for lean, k in ((-0.4, 0.8), (0.42, 0.86), (-0.2, 0.98), (0.24, 1.0)):
        path = smooth(
            [(cx, foot), (cx + lean * w * 0.35, foot - h * k * 0.55), (cx + lean * w, foot - h * k)],
            closed=False)
        s.clay(ribbon(path, lambda t: 4), "#b89a4a", soft=2)
        for i in range(9):
            x, y = path[-1 - i]
            side = 1 if i % 2 else -1
            s.clay(turned_oval(x + 6 * side, y - 4, 8, 4, 90 - 30 * side), "#e2bd5a", soft=2)
    for lean, k, c, wide in (
        (-0.3, 0.62, "#a87f4a", 104), (0.3, 0.66, "#96703f", 100), (0.0, 0.86, "#b58c55", 118)
    ):
        pod = turned(lotus_pod(wide, c), -lean * 40)
        path = smooth(
            [(cx, foot), (cx + lean * w * 0.4, foot - h * k * 0.5), (cx + lean * w, foot - h * k)],
            closed=False)
        s.clay(ribbon(path, lambda t: 9), darker(c, 0.2), soft=3)
        s.drop(pod, cx + lean * w, foot - h * k - 10, depth=4)
    return s.done()


def turned_oval(cx: float, cy: float, rx: float, ry: float, degrees: float) -> list[Point]:
    c, n = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(cx + x * c - y * n, cy + x * n + y * c) for x, y in oval(0, 0, rx, ry)]


@cache
def honeycomb(w: float = 190) -> Image.Image:
    s = Sheet(w + 30, w * 0.9 + 30)
    r = w / 10
    cells = []
    for row in range(5):
        for col in range(5 - abs(row - 2)):
            cells.append(
                (15 + w / 2 + (col - (4 - abs(row - 2)) / 2) * r * 1.86, 15 + w * 0.4 + (row - 2) * r * 1.62))
    hexes = [
        [(x + rr * math.cos(math.radians(a)), y + rr * 0.95 * math.sin(math.radians(a)))
            for a in range(30, 390, 60)]
        for x, y in cells for rr in (r * 1.22,)]
    base = s.mask(*hexes)
    low = ImageChops.offset(base, 0, round(13 * S))
    s.clay(ImageChops.lighter(base, low), "#c9780f", soft=7)
    s.clay(base, "#f0ad2a", soft=8)
    for i, (x, y) in enumerate(cells):
        hole = [
            (x + r * 0.86 * math.cos(math.radians(a)), y + r * 0.82 * math.sin(math.radians(a)))
            for a in range(30, 390, 60)]
        if i % 5 == 3:
            s.clay(hole, "#f7d389", soft=4)
        else:
            s.clay(hole, "#d9860f", hi="#a85a08", lo="#ffc23d", soft=4, light=0)
            s.glow(oval(x - r * 0.2, y + r * 0.2, r * 0.22, r * 0.13), "#fff0b8", 1.5, 0.9)
    return s.done()


def palm_plate(w: float = 470, colour: str = "#4d8a3c") -> Image.Image:
    """A banana leaf laid flat under food."""
    s = Sheet(w + 20, w * 0.42)
    cy = w * 0.2
    n = 40
    top = [
        (10 + w * t, cy - w * 0.155 * math.sin(math.pi * min(1, t * 1.02)) ** 0.55)
        for t in [i / n for i in range(n + 1)]]
    low = [
        (10 + w * t, cy + w * 0.155 * math.sin(math.pi * min(1, t * 1.02)) ** 0.55)
        for t in [i / n for i in range(n + 1)]]
    s.clay([(x, y + 6) for x, y in top + low[::-1]], darker(colour, 0.4), soft=4)
    m = s.clay(top + low[::-1], colour, hi=lighter(colour, 0.25), soft=14)
    veins = Sheet(s.w, s.h)
    for i in range(1, 30):
        x = 10 + w * i / 30
        for side in (-1, 1):
            veins.line([(x, cy), (x + w * 0.05, cy + side * w * 0.17)], lighter(colour, 0.35), 1.6, 0.5)
    veins.line([(12, cy), (w + 2, cy)], "#c4d98a", 5, 0.9)
    s.im.alpha_composite(Image.composite(veins.im, Image.new("RGBA", s.im.size), m))
    return s.done()


def board(w: float = 430, colour: str = "#c48a52") -> Image.Image:
    """A round chopping block of ironwood."""
    s = Sheet(w + 20, w * 0.55)
    cx, cy = w / 2 + 10, w * 0.2
    rim = s.mask(
        oval(cx, cy, w / 2, w * 0.17), slab(10, cy, w, w * 0.1), oval(cx, cy + w * 0.1, w / 2, w * 0.17))
    s.clay(rim, darker(colour, 0.3), soft=9)
    m = s.clay(oval(cx, cy, w / 2, w * 0.17), colour, hi=lighter(colour, 0.35), soft=8)
    for k in (0.86, 0.7, 0.52, 0.34, 0.16):
        s.line(oval(cx + 6 * k, cy, w / 2 * k, w * 0.17 * k), darker(colour, 0.25), 2, 0.45)
    s.shade(m, soft=8, dark=0.25, light=0.2)
    return s.done()


def drying_rack(strips: Sequence[Image.Image], w: float = 430) -> Image.Image:
    """A bamboo pole with strips of meat hung over it, as above a kitchen fire."""
    s = Sheet(w + 20, 330)
    n = len(strips)
    for i, strip in enumerate(strips):
        hung = turned(strip, 90)
        s.drop(hung, 10 + w * (0.16 + 0.68 * i / (n - 1)), 34 + hung.height / S / 2, depth=6, alpha=0.4)
    pole = slab(8, 26, w, 22, 10)
    s.clay(pole, "#b9a24c", hi="#e9d98d", lo="#7c6a26", soft=6)
    for k in (0.08, 0.36, 0.64, 0.92):
        s.clay(slab(8 + w * k, 24, 8, 26, 4), "#8f7c33", soft=3)
    for i in range(n):
        x = 10 + w * (0.16 + 0.68 * i / (n - 1))
        s.clay(slab(x - 4, 22, 8, 34, 4), "#e6d2a4", soft=3)
    return s.done()


def whisk(w: float = 90) -> Image.Image:
    s = Sheet(w * 1.2, w * 1.9)
    c = w * 0.6
    s.clay(slab(c - w * 0.16, 8, w * 0.32, w * 0.7, 8), "#dcb873", soft=6, across=True)
    for i in range(-7, 8):
        path = smooth(
            [(c + i * w * 0.02, w * 0.72), (c + i * w * 0.062, w * 1.2), (c + i * w * 0.045, w * 1.65)],
            closed=False)
        s.clay(ribbon(path, lambda t: 4.5 - 2 * t), "#e6c98d", soft=2)
    s.clay(slab(c - w * 0.2, w * 0.72, w * 0.4, 8, 4), CHAM, soft=2)
    return s.done()


def tea_cake(w: float = 340, *, wrapped: bool = True) -> Image.Image:
    """A pressed disc of old-tree tea, half out of its paper."""
    rng = random.Random(12)
    s = Sheet(w + 40, w + 60)
    cx, cy = w / 2 + 20, w / 2 + 20
    s.clay(oval(cx, cy + 16, w / 2, w * 0.47), "#3c2a1a", soft=8)
    m = s.clay(oval(cx, cy, w / 2, w * 0.47), "#5c4128", hi="#7a5c3a", lo="#3a2715", soft=20)
    bits = [
        tea_curl(c, 46, t, 8, None) for c in ("#7a5a35", "#5a3f26", "#8f7247", "#4a3520", "#c9b083")
        for t in (0.4, 0.9)]
    for _ in range(330):
        a, k = rng.uniform(0, 2 * math.pi), math.sqrt(rng.uniform(0, 0.88))
        s.drop(
            turned(rng.choice(bits[:8] if rng.random() < 0.9 else bits[8:]), rng.uniform(0, 360)),
            cx + w / 2 * k * math.cos(a), cy + w * 0.47 * k * math.sin(a), depth=1.5, alpha=0.4)
    s.shade(m, soft=26, dark=0.5, light=0.25)
    if wrapped:
        paper = oval(cx, cy, w / 2 * 1.03, w * 0.485, 28, 208)
        edge = smooth(
            [paper[-1], (cx - w * 0.2, cy + w * 0.02), (cx + w * 0.02, cy - w * 0.01),
                (cx + w * 0.2, cy + w * 0.12), paper[0]],
            closed=False)
        pm = s.clay(paper + edge, "#f0e4c6", lo="#d2bd8d", soft=12)
        s.line([(x, y + 2) for x, y in edge], "#fffaf0", 4, 0.9)
        s.glow(
            [(x, y - 5) for x, y in edge] + [(x, y + 3) for x, y in reversed(edge)], "#3c280a", 3, 0.3,
            ImageChops.subtract(m, pm))
        for k in (0.93, 0.89):
            ring = oval(cx, cy, w / 2 * k, w * 0.47 * k, 34, 200)
            s.flat(ImageChops.multiply(pm, s.mask(ribbon(ring, lambda t: 3))), LA, 0.8)
        s.stamp(emoji("1f33f", 76), cx - w * 0.1, cy + w * 0.17)
        s.write("Phổ nhĩ", cx - w * 0.07, cy + w * 0.315, 27, LA)
    return s.done()


def glass_of_tea(w: float = 130, tea: str = "#c4452a") -> Image.Image:
    h = w * 1.05
    s = Sheet(w + 30, h + 40)
    x, y = 15, 20
    side = [
        (x, y), (x + w, y), (x + w * 0.9, y + h * 0.94), (x + w * 0.8, y + h), (x + w * 0.2, y + h),
        (x + w * 0.1, y + h * 0.94)]
    m = s.clay(side, "#e8eeee", hi="#fafdfd", lo="#c4d0d2", soft=7, dark=0.3)
    inner = s.mask(
        [(x + w * 0.05, y + h * 0.2), (x + w * 0.95, y + h * 0.2), (x + w * 0.85, y + h * 0.9),
            (x + w * 0.15, y + h * 0.9)])
    s.clay(inner, tea, hi=lighter(tea, 0.25), lo=darker(tea, 0.3), soft=12)
    s.clay(oval(x + w / 2, y + h * 0.2, w * 0.45, w * 0.09), lighter(tea, 0.35), soft=4, dark=0.2)
    s.line(oval(x + w / 2, y, w * 0.5, w * 0.1), "#ffffff", 3, 0.9)
    s.glow(slab(x + w * 0.14, y + h * 0.2, w * 0.07, h * 0.6, 5), "#ffffff", 2.5, 0.85, m)
    return s.done()


def clear_tub(
    load: Image.Image, w: float = 400, h: float = 120, tag: Image.Image | None = None
) -> Image.Image:
    """A clear tub with goods standing in it."""
    s = Sheet(w + 40, h + load.height / S + 30)
    top = load.height / S * 0.72
    x, y = 20, 10 + top
    s.clay(oval(x + w / 2, y + 4, w * 0.47, 20), "#cfdcda", soft=5)
    s.stamp(load, x + w / 2, y + h * 0.62 - load.height / S / 2)
    shape = [
        (x, y), (x + w, y), (x + w * 0.94, y + h - 16), (x + w * 0.9, y + h), (x + w * 0.1, y + h),
        (x + w * 0.06, y + h - 16)]
    m = s.flat(shape, "#e8f4f2", 0.5)
    s.shade(m, soft=12, dark=0.22, light=0.75, dark_colour="#47787a")
    s.clay(slab(x - 10, y - 8, w + 20, 18, 8), "#eef7f6", lo="#b4cbca", soft=4)
    s.glow(slab(x + w * 0.08, y + 22, w * 0.035, h * 0.6, 5), "#ffffff", 2.5, 0.9, m)
    if tag is not None:
        s.stamp(tag, x + w / 2, y + h * 0.54)
    return s.done()


# --- woven goods ------------------------------------------------------------------------------------------


def vase(
    profile: Sequence[Point], w: float, h: float, cloth: Image.Image, *,
    bands: Sequence[tuple[float, float, str]] = (), rim: str = "#8a5626",
    motif: Callable[[Sheet, Image.Image, float, float], None] | None = None
) -> Image.Image:
    """A woven vase; `profile` gives half widths (share of w) by height (share of h)."""
    s = Sheet(w + 30, h + 40)
    cx, y = (w + 30) / 2, 24
    pts = smooth([(cx + dx * w, y + dy * h) for dx, dy in profile], closed=False)
    outline = pts + [(2 * cx - px, py) for px, py in reversed(pts)]
    m = s.mask(outline)
    woven(s, m, cloth, round_=True, soft=20)
    for at, thick, colour in bands:
        dx = profile_at(profile, at)
        curve = [
            (cx + w * dx * math.cos(math.radians(a)), y + h * at + w * dx * 0.16 * math.sin(math.radians(a)))
            for a in range(0, 181, 6)]
        s.clay(
            ImageChops.multiply(m, s.mask(ribbon(curve, lambda t, thick=thick: thick))), colour,
            hi=darker(colour, 0.3), lo=darker(colour, 0.35), soft=5, across=True)
    if motif:
        motif(s, m, cx, y)
    top = profile[0][0] * w
    s.clay(oval(cx, y, top + 6, (top + 6) * 0.24), rim, soft=4)
    s.clay(oval(cx, y, top - 4, (top - 4) * 0.2), "#3b2412", hi="#20120a", lo="#5a3a20", soft=4, light=0)
    return s.done()


def profile_at(profile: Sequence[Point], at: float) -> float:
    for (x0, y0), (x1, y1) in pairwise(profile):
        if y0 <= at <= y1:
            return x0 + (x1 - x0) * (at - y0) / (y1 - y0 or 1)
    return profile[-1][0]


def drum_star(s: Sheet, m: Image.Image, cx: float, y: float) -> None:
    """The sun of the bronze drums: twelve rays in rings."""
    cy = y + 196
    rays = [
        (cx + (44 if i % 2 == 0 else 17) * math.cos(math.radians(i * 15)),
            cy + (44 if i % 2 == 0 else 17) * math.sin(math.radians(i * 15)))
        for i in range(24)]
    s.flat(ImageChops.multiply(m, s.mask(oval(cx, cy, 88, 88))), "#f2d9a4", 0.55)
    s.clay(ImageChops.multiply(m, s.mask(rays)), "#6b3216", soft=4)
    for r, thick in ((54, 4), (88, 5)):
        s.flat(
            ImageChops.multiply(m, s.mask(ribbon(oval(cx, cy, r, r), lambda t, thick=thick: thick))),
            "#6b3216")
    for i in range(24):
        a = math.radians(i * 15)
        px, py = cx + 71 * math.cos(a), cy + 71 * math.sin(a)
        s.flat(
            ImageChops.multiply(m, s.mask([(px, py - 8), (px + 7, py), (px, py + 8), (px - 7, py)])),
            DO if i % 2 else CHAM, 0.85)


def rising_lines(s: Sheet, m: Image.Image, cx: float, y: float) -> None:
    """Chevrons growing upwards."""
    for i, k in enumerate((0.42, 0.56, 0.7)):
        for j in range(-3, 4):
            x, yy = cx + j * 30, y + 330 * k
            up = [
                (x - 15, yy + 16), (x, yy), (x + 15, yy + 16), (x + 15, yy + 25), (x, yy + 9),
                (x - 15, yy + 25)]
            s.flat(ImageChops.multiply(m, s.mask(up)), (DO, CHAM, NGO)[i], 0.8)


def woven_basket(
    w: float = 380, h: float = 190, *, load: Image.Image | None = None, a: str = "#dba961",
    b: str = "#b57b39", handle: bool = True, band: bool = True
) -> Image.Image:
    """A basket with its load showing over the edge."""
    up = max((load.height / S * 0.62 if load is not None else 30), 210 if handle else 0)
    s = Sheet(w + 40, h + up + 60)
    cx, y = (w + 40) / 2, up + 20
    arch = oval(cx, y + 6, w * 0.42, 195, 180, 360)
    if handle:
        s.clay(ribbon(arch, lambda t: 20), darker(b, 0.12), soft=6)
        for i in range(2, len(arch) - 2, 2):
            (x0, y0), (x1, y1) = arch[i], arch[i + 1]
            s.line([(x0 - 5, y0 + 8), (x1 + 6, y1 - 8)], lighter(a, 0.35), 2.5, 0.6)
    e = w * 0.11
    s.clay(oval(cx, y, w / 2, e), darker(b, 0.5), hi=darker(b, 0.65), lo=darker(b, 0.3), soft=8, light=0)
    if load is not None:
        s.stamp(load, cx, y + e * 1.9 - load.height / S / 2)
    shape = [(cx - w / 2, y)] + smooth(
        [(cx - w / 2, y), (cx - w * 0.46, y + h * 0.55), (cx - w * 0.38, y + h), (cx, y + h + e * 0.62),
            (cx + w * 0.38, y + h), (cx + w * 0.46, y + h * 0.55), (cx + w / 2, y)],
        closed=False) + oval(cx, y, w / 2, e, 0, 180)
    m = s.mask(shape)
    woven(s, m, weave(round(w) + 8, round(h) + 60, 21, a, b), round_=True, soft=20)
    if band:
        curve = oval(cx, y + h * 0.42, w * 0.475, e * 0.95, 0, 180)
        for off, c, thick in ((0, CHAM, 26), (0, NGO, 5), (-17, DO, 4), (17, DO, 4)):
            s.flat(
                ImageChops.multiply(
                    m, s.mask(ribbon([(px, py + off) for px, py in curve], lambda t, thick=thick: thick))),
                c, 0.85)
        s.shade(m, soft=20, dark=0.3, light=0.1)
    s.clay(ribbon(oval(cx, y, w / 2 + 3, e + 2, -4, 184), lambda t: 19), b, hi=lighter(a, 0.3), soft=5)
    return s.done()


def slat_tray(
    w: float = 460, colour: str = "#a9b85a", load: Image.Image | None = None, rim: str = "#d9b36a"
) -> Image.Image:
    """A straight-sided bamboo tray in perspective, with two handles."""
    d = w * 0.42
    s = Sheet(w + 90, d + 130)
    x, y = 45, 60
    inset = w * 0.13

    def at(u: float, v: float, z: float = 0) -> Point:
        return x + inset * (1 - v) + (w - 2 * inset * (1 - v)) * u, y + d * v - z

    s.clay([at(0, 0, -22), at(1, 0, -22), at(1, 1, -34), at(0, 1, -34)], darker(rim, 0.45), soft=6)
    floor = s.clay([at(0, 0), at(1, 0), at(1, 1), at(0, 1)], colour, soft=10)
    n = 15
    for i in range(n):
        c = mix(colour, ("#8aa046", "#c3cc7a", "#99ab4e")[i % 3], 0.6)
        s.clay(
            [at(i / n + 0.004, 0), at((i + 1) / n - 0.004, 0), at((i + 1) / n - 0.004, 1),
                at(i / n + 0.004, 1)],
            c, soft=3, across=True)
    for v in (0.3, 0.72):
        s.flat([at(0, v), at(1, v), at(1, v + 0.025), at(0, v + 0.025)], darker(colour, 0.4), 0.45)
    s.glow([at(0, 0), at(1, 0), at(1, 0.16), at(0, 0.1)], "#3c280a", 6, 0.5, floor)
    s.clay([at(-0.02, -0.02, 26), at(1.02, -0.02, 26), at(1.02, -0.02, 0), at(-0.02, -0.02, 0)], rim, soft=5)
    for u in (0, 1):
        s.clay(
            [at(u, -0.02, 26), at(u, 1.02, 32), at(u + (0.02 if u else -0.02), 1.02, -12),
                at(u + (0.02 if u else -0.02), -0.02, 0)],
            darker(rim, 0.12), soft=5)
        hx, hy = at(u, 0.5, 24)
        side = 1 if u else -1
        s.clay(
            ribbon(
                smooth(
                    [(hx - side * 4, hy - 26), (hx + side * 26, hy - 24), (hx + side * 30, hy + 18),
                        (hx + side * 4, hy + 26)],
                    closed=False),
                lambda t: 12),
            darker(rim, 0.2), soft=4)
    if load is not None:
        s.stamp(load, x + w / 2, y + d * 0.7 - load.height / S / 2 + 20)
    s.clay(
        [at(-0.02, 1.02, 32), at(1.02, 1.02, 32), at(1.02, 1.02, -16), at(-0.02, 1.02, -16)], rim,
        hi=lighter(rim, 0.4), soft=7)
    strip = brocade(w * 0.44, 18)
    s.stamp(strip, x + w / 2, y + d * 1.02 - 8)
    return s.done()


def sea_tray(w: float = 460) -> Image.Image:
    """A round tray woven in silver and blue, in rows like waves."""
    h = w * 0.6
    s = Sheet(w + 20, h + 50)
    cx, cy = w / 2 + 10, h / 2 + 10
    s.clay(oval(cx, cy + 22, w / 2 * 0.98, h / 2 * 0.98), "#4a5877", soft=8)
    s.clay(oval(cx, cy + 6, w / 2, h / 2), "#8f9ab5", soft=6)
    s.clay(oval(cx, cy, w / 2, h / 2 * 0.985), "#dfe4ee", hi="#ffffff", lo="#a3adc4", soft=6)
    inner = s.mask(oval(cx, cy + 5, w / 2 * 0.9, h / 2 * 0.87))
    woven(s, inner, weave(round(w), round(h), 13, "#eef1f6", "#b9c3d6"), soft=8)
    waves = Sheet(s.w, s.h)
    row = 0
    yy = cy - h * 0.42
    while yy < cy + h * 0.5:
        step = 34 + row * 3.2
        start = cx - w * 0.5 - (row % 2) * step / 2
        k = 0
        while start + k * step < cx + w * 0.52:
            x = start + k * step + step / 2
            for q, c, t in ((1.0, "#3f5f9e", 4), (0.66, "#7f9bc9", 3), (0.34, "#3f5f9e", 3)):
                waves.flat(
                    ribbon(
                        oval(x, yy + step * 0.3, step * 0.46 * q, step * 0.3 * q, 180, 360), lambda u, t=t: t),
                    c, 0.85)
            k += 1
        yy += step * 0.46
        row += 1
    faint = s.mask(
        oval(cx, cy + 5, w / 2 * 0.5, h / 2 * 0.46)
    ).filter(ImageFilter.GaussianBlur(30 * S)).point([round(v * 0.75) for v in range(256)])
    s.im.alpha_composite(
        Image.composite(waves.im, Image.new("RGBA", s.im.size), ImageChops.subtract(inner, faint)))
    soft_dark = s.mask(oval(cx, cy + 20, w / 2 * 0.87, h / 2 * 0.84)).filter(ImageFilter.GaussianBlur(9 * S))
    s.flat(ImageChops.multiply(ImageChops.invert(soft_dark), inner), "#26345c", 0.5)
    s.line(oval(cx, cy + 5, w / 2 * 0.89, h / 2 * 0.86), "#3f5f9e", 5, 0.8)
    s.glow(oval(cx - w * 0.1, cy - h * 0.02, w * 0.2, h * 0.12), "#ffffff", 18, 0.5, inner)
    return s.done()


def hanging_lamp(w: float = 380, h: float = 270) -> Image.Image:
    """A bell of bamboo strips, lit from within, on its cord."""
    s = Sheet(w + 40, h + 260)
    cx, y = w / 2 + 20, 180
    s.line([(cx, 0), (cx, y + 10)], "#4a3a34", 5)
    s.clay(slab(cx - 22, y - 34, 44, 44, 10), "#6b4523", soft=6)
    bell = smooth(
        [(cx - 26, y), (cx - w * 0.26, y + h * 0.1), (cx - w * 0.42, y + h * 0.4),
            (cx - w * 0.5, y + h * 0.95)],
        closed=False)
    outline = bell + [(2 * cx - px, py) for px, py in reversed(bell)]
    m = s.mask(outline, oval(cx, y + h * 0.95, w / 2, w * 0.1))
    s.clay(m, "#ffd778", hi="#c98a35", lo="#fff0b5", soft=16, light=0.1, dark=0.3)
    s.glow(oval(cx, y + h * 0.72, w * 0.26, h * 0.26), "#fffbe0", 26, 1.0, m)
    lattice = Sheet(s.w, s.h)
    n = 17
    for side in (-1, 1):
        for i in range(n):
            base = (i / (n - 1) - 0.5) * 2
            path = []
            for k in range(25):
                v = k / 24
                wide = 0.07 + 0.43 * math.sin(v * math.pi / 2) ** 0.85
                u = base + side * (v - 0.5) * 0.55
                path.append((cx + w * wide * math.sin(max(-1.4, min(1.4, u * 1.35))), y + h * 0.97 * v**1.1))
            lattice.line(path, "#8a5a26", 7.5, 1)
            lattice.line([(px - 1.2, py) for px, py in path], "#d9a659", 3.4, 1)
    s.im.alpha_composite(Image.composite(lattice.im, Image.new("RGBA", s.im.size), m))
    s.shade(m, soft=26, dark=0.45, light=0.1)
    for v in (0.24, 0.6):
        wide = 0.07 + 0.43 * math.sin(v * math.pi / 2) ** 0.85
        s.clay(
            ImageChops.multiply(
                m, s.mask(ribbon(oval(cx, y + h * v, w * wide * 1.02, w * 0.07, 0, 180), lambda t: 11))),
            "#9a6830", soft=4)
    s.clay(oval(cx, y + h * 0.95, w / 2, w * 0.1), "#a8743a", soft=5)
    s.clay(
        oval(cx, y + h * 0.955, w / 2 * 0.95, w * 0.083), "#ffe9a6", hi="#fff6d4", lo="#f0b955", soft=8,
        dark=0.3)
    s.glow(oval(cx, y + h * 0.955, w * 0.17, w * 0.05), "#ffffff", 8, 1)
    return s.done()


def gift_tray(
    items: Iterable[tuple[Image.Image, float, float]], w: float = 470, h: float = 150, colour: str = DO, *,
    bow: bool = True, tag: Image.Image | None = None
) -> Image.Image:
    """An open gift box; items (body, middle x as a share, width) stand in it."""
    s = Sheet(w + 60, h + 400)
    x, y = 30, 380
    s.clay(
        [(x + 14, y - 34), (x + w - 14, y - 34), (x + w, y + 6), (x, y + 6)], darker(colour, 0.5), soft=6,
        light=0)
    for body, at, width in items:
        b = fit(body, width)
        s.drop(b, x + w * at, y + 14 - b.height / S / 2, depth=7, alpha=0.35)
    s.clay(slab(x - 4, y, w + 8, h, 8), colour, soft=14)
    strip = brocade(w + 8, 30)
    s.im.paste(strip, (round((x - 4) * S), round((y + h - 50) * S)))
    s.glow(slab(x + 6, y + 4, w - 12, 8, 4), "#ffffff", 4, 0.35)
    if tag is not None:
        s.stamp(tag, x + w / 2, y + h * 0.34)
    if bow:
        s.drop(emoji("1f380", 110, tint="#eab02f"), x + w * 0.86, y + 16, depth=4)
    return s.done()


# --- the picture ------------------------------------------------------------------------------------------

Placed = tuple  # body, middle x, foot y, width[, turn in degrees[, standing on the ground]]
HANGING = {"den-tre-tha-tran"}  # stays where it is put: its cord comes from above

GROUNDS = {
    "tea": ("#eff7ea", "#cbe1c0"),
    "noodle": ("#fff6df", "#f1dcae"),
    "honey": ("#fff2d3", "#f4d08e"),
    "craft": ("#eef0fb", "#cbd2ee"),
    "meat": ("#fbeee8", "#eacbbb"),
    "lotus": ("#fdf1f7", "#eccfe2"),
    "leaf": ("#f3f9e6", "#d3e6b0"),
    "fruit": ("#fff1e0", "#f8d3a6"),
    "dried": ("#fbf4e4", "#e9d6b0"),
    "flour": ("#f7f4fb", "#dcd6e8"),
    "herb": ("#f1f6ec", "#cfdcc6"),
    "ferment": ("#fdefe9", "#f2cbbb"),
    "sweet": ("#fff3e3", "#f1d8b8"),
    "gift": ("#fdeeeb", "#f0c8c0"),
    "rice": ("#fdf7e6", "#ebdfba"),
    "plain": ("#f5f2ec", "#dbd3c6"),
    "orange": ("#fff2e2", "#f7d5ae"),
    "dusk": ("#e2e6f7", "#aeb9e2"),
    "mist": ("#f0f6f6", "#c9dcdd")}


class Scene:
    """The ground, the light, and bodies standing on it."""

    def __init__(self, ground: str):
        near, far = GROUNDS[ground]
        mask = Image.radial_gradient("L").resize((SIDE * 2, SIDE * 2), Image.Resampling.BICUBIC)
        left, top = SIDE - SIDE // 2, SIDE - round(SIDE * 0.38)
        mask = mask.crop((left, top, left + SIDE, top + SIDE)).point(
            [min(255, round(v * 1.5)) for v in range(256)])
        im = Image.composite(
            Image.new("RGB", mask.size, rgb(far)), Image.new("RGB", mask.size, rgb(near)), mask)
        self.im = im.resize((SIDE * S, SIDE * S), Image.Resampling.BICUBIC).convert("RGBA")
        self.far = far
        floor = Sheet(SIDE, SIDE)
        floor.glow(oval(SIDE / 2, 560, 330, 66), darker(far, 0.35), 40, 0.34)
        self.im.alpha_composite(floor.im)

    def put(self, placed: Sequence[Placed], *, fitted: bool = True) -> None:
        """Stand the bodies, back to front; the whole group is brought to one size and to the middle of the picture."""
        bodies = []
        for body, x, foot, width, *rest in placed:
            turn, standing = (*rest, *(0, True)[len(rest) :])
            b = turned(fit(body, width), turn)
            bodies.append((b, x - b.width / S / 2, foot - b.height / S, standing))
        k = dx = dy = 0.0
        if fitted:
            left, top = min(b[1] for b in bodies), min(b[2] for b in bodies)
            right, low = (
                max(b[1] + b[0].width / S for b in bodies), max(b[2] + b[0].height / S for b in bodies))
            k = min((SIDE - 52) / (right - left), (SIDE - 104) / (low - top), 1.2)
            dx, dy = SIDE / 2 - k * (left + right) / 2, SIDE / 2 + 16 - k * (top + low) / 2
        for b, x, y, standing in bodies:
            if fitted:
                self.stand(fit(b, b.width / S * k), x * k + dx, y * k + dy, standing)
            else:
                self.stand(b, x, y, standing)

    def stand(self, b: Image.Image, x: float, y: float, standing: bool) -> None:
        left, top, w = round(x * S), round(y * S), b.width / S
        if standing:
            under = Sheet(w * 1.3, 90)
            under.glow(oval(w * 0.65, 45, w * 0.45, max(8, w * 0.045)), "#3c280a", 9, 0.5)
            paste_clear(self.im, under.im, round(left - w * 0.15 * S), top + b.height - 51 * S)
        paste_clear(self.im, shadow_of(b, 8, 0.26), left - pad_of(10), top - pad_of(10) + 9 * S)
        paste_clear(self.im, b, left, top)

    def done(self) -> Image.Image:
        return self.im.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)


# --- the goods: what each picture shows -------------------------------------------------------------------


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


# --- banners: the land behind a stall ---------------------------------------------------------------------

WIDE, TALL = 1200, 480


class Land:
    """A wide picture painted from the sky to the foreground."""

    def __init__(self, sky: Sequence[str], seed_no: int):
        self.rng = random.Random(seed_no)
        stops = [(i / (len(sky) - 1), c) for i, c in enumerate(sky)]
        self.im = ramp(stops, WIDE * S, TALL * S, upright=True).convert("RGBA")

    def sun(self, x: float, y: float, r: float, colour: str, halo: float = 0.5) -> None:
        s = Sheet(WIDE, TALL)
        s.glow(oval(x, y, r * 2.2, r * 2.2), colour, r * 0.9, halo)
        s.clay(oval(x, y, r, r), colour, hi=lighter(colour, 0.5), lo=colour, soft=8, dark=0, light=0.3)
        self.im.alpha_composite(s.im)

    def clouds(self, y: float, colour: str, alpha: float, number: int = 5) -> None:
        s = Sheet(WIDE, TALL)
        for _ in range(number):
            x, w = self.rng.uniform(0, WIDE), self.rng.uniform(160, 360)
            s.glow(
                slab(x - w / 2, y + self.rng.uniform(-16, 16), w, self.rng.uniform(10, 22), 10), colour, 9,
                alpha)
        self.im.alpha_composite(s.im)

    def curve(self, y: float, amp: float, waves: float, *, karst: bool = False) -> list[Point]:
        """A skyline as points from left to right."""
        parts = [
            (self.rng.uniform(0, 2 * math.pi), waves * k, amp / k**1.15)
            for k in (1, 2.1, 4.3, *((9.1,) if karst else ()))]
        out = []
        for i in range(241):
            x = WIDE * i / 240
            t = x / WIDE * 2 * math.pi
            if karst:
                lift = sum(a * abs(math.sin(t * f / 2 + p)) ** 0.7 for p, f, a in parts) - amp * 0.8
            else:
                lift = sum(a * math.sin(t * f + p) for p, f, a in parts)
            out.append((x, y - lift))
        return out

    def ground(
        self, skyline: Sequence[Point], top: str | Colour, low: str | Colour, depth: float = 200,
        rim: float = 0.35
    ) -> None:
        """Everything below a skyline, with a lit edge."""
        s = Sheet(WIDE, TALL)
        m = s.mask([*skyline, (WIDE, TALL), (0, TALL)])
        y0 = min(y for _, y in skyline)
        fill = ramp([(0, top), (1, low)], WIDE * S, round(depth * S), upright=True)
        layer = Image.new("RGB", s.im.size, rgb(low))
        layer.paste(fill, (0, round(y0 * S)))
        self.im.paste(layer, (0, 0), m)
        if rim:
            s.line([(x, y + 2) for x, y in skyline], lighter(top, 0.6), 3.5, rim)
            self.im.alpha_composite(Image.composite(s.im, Image.new("RGBA", s.im.size), m))

    def mist(self, y: float, h: float, colour: str = "#ffffff", alpha: float = 0.6) -> None:
        s = Sheet(WIDE, TALL)
        s.glow(slab(-60, y, WIDE + 120, h, h / 2), colour, h * 0.45, alpha)
        self.im.alpha_composite(s.im)

    def mountains(
        self, far: str, near: str, y: float = 250, layers: int = 3, amp: float = 60, *, karst: bool = False,
        haze: str = "#ffffff"
    ) -> None:
        for i in range(layers):
            k = i / max(1, layers - 1)
            c = mix(far, near, k)
            self.ground(
                self.curve(y + i * 38, amp * (1 - 0.18 * i), 1.3 + 0.8 * i, karst=karst), c,
                mix(c, haze, 0.45), 150, 0.12)

    def tea_hill(
        self, y: float, amp: float, dark: str, light: str, rows: int = 9, waves: float = 0.7, step: float = 21
    ) -> None:
        """A hill with clipped tea in rows that follow it."""
        crest = self.curve(y, amp, waves)
        self.ground(crest, light, dark, 220, 0.3)
        lean = self.rng.uniform(-0.08, 0.08)
        for k in range(rows):
            gap = 12 + k * step * (1 + k * 0.07)
            bump = 5 + k * 1.1
            pitch = 17 + k * 2.6
            s = Sheet(WIDE, TALL)
            top, low = [], []
            for i in range(401):
                x = WIDE * i / 400
                j = x / WIDE * 240
                cy = crest[min(240, int(j))][1] + gap + lean * (x - WIDE / 2) * (0.3 + k * 0.12)
                puff = bump * abs(math.sin(x / pitch + k * 1.3)) ** 0.6
                top.append((x, cy - puff - 3))
                low.append((x, cy + 8 + k * 0.9))
            m = s.mask(top + low[::-1])
            c = mix(light, dark, 0.25 + 0.06 * k)
            s.flat(
                [(x, yy + 5) for x, yy in top] + [(x, yy + 6) for x, yy in low[::-1]], darker(dark, 0.35),
                0.55)
            s.flat(m, c)
            s.line([(x, yy + 2.5) for x, yy in top], lighter(light, 0.45), 2.6, 0.75)
            self.im.alpha_composite(s.im)

    def terraces(
        self, y: float, colours: Sequence[str], steps: int = 8, amp: float = 26, gap: float = 23
    ) -> None:
        """Rice terraces: bands that follow the hill, each with its lit bund."""
        base = self.curve(y, amp, 0.9)
        for k in range(steps):
            phase = k * 0.35
            line = [
                (x, yy + k * gap * (1 + k * 0.05) + 9 * math.sin(x / 130 + phase) * (1 + k * 0.1)) for x,
                yy in base]
            c = colours[k % len(colours)]
            self.ground(line, c, mix(c, darker(c, 0.3), 0.6), 60 + k * 10, 0)
            s = Sheet(WIDE, TALL)
            s.line(line, lighter(c, 0.65), 3.4, 0.8)
            s.line([(x, yy + 4) for x, yy in line], darker(c, 0.4), 2.6, 0.4)
            self.im.alpha_composite(s.im)

    def water(self, y: float, top: str, low: str) -> None:
        self.ground([(0, y), (WIDE, y)], top, low, TALL - y, 0)
        s = Sheet(WIDE, TALL)
        for _ in range(46):
            yy = y + (TALL - y) * self.rng.random() ** 1.4
            w = 30 + (yy - y) * 0.9 * self.rng.uniform(0.4, 1.2)
            x = self.rng.uniform(0, WIDE)
            s.flat(slab(x, yy, w, 1.6 + (yy - y) / 110, 2), lighter(top, 0.6), 0.35)
        self.im.alpha_composite(s.im)

    def put(
        self, body: Image.Image, x: float, foot: float, width: float, *, shade: float = 0.3,
        alpha: float = 1.0
    ) -> None:
        b = fit(body, width)
        left, top = round(x * S - b.width / 2), round(foot * S - b.height)
        if alpha < 1:
            b = b.copy()
            b.putalpha(b.getchannel("A").point([round(v * alpha) for v in range(256)]))
        if shade:
            paste_clear(self.im, shadow_of(b, 5, shade), left - pad_of(6.25), top - pad_of(6.25) + 4 * S)
        paste_clear(self.im, b, left, top)

    def lotus_pond(
        self, y: float, number: int = 34, leaf_colours: Sequence[str] = ("#4f8f4a", "#5fa058", "#3f7d4a")
    ) -> None:
        spots = sorted(
            (y + 10 + (TALL - y + 40) * self.rng.random() ** 1.25, self.rng.uniform(-30, WIDE + 30))
            for _ in range(number))
        for i, (yy, x) in enumerate(spots):
            near = (yy - y) / (TALL - y)
            w = 42 + 150 * near
            self.put(lotus_leaf(300, leaf_colours[i % len(leaf_colours)]), x, yy + w * 0.3, w, shade=0.25)
            if i % 3 == 1:
                self.put(emoji("1fab7"), x + w * 0.1, yy + w * 0.12, w * 0.5, shade=0.2)
            elif i % 7 == 3:
                self.put(lotus_pod(120), x, yy + w * 0.18, w * 0.3, shade=0.2)

    def bamboo(
        self, xs: Iterable[float], colour: str = "#6f9a4a", foot: float = TALL + 10, thick: float = 24
    ) -> None:
        for x in xs:
            s = Sheet(WIDE, TALL)
            t = thick * self.rng.uniform(0.6, 1.1)
            lean = self.rng.uniform(-40, 40)
            y = foot
            while y > -60:
                step = self.rng.uniform(70, 96)
                x0 = x + lean * (foot - y) / TALL
                x1 = x + lean * (foot - y + step) / TALL
                s.clay(
                    [(x0 - t / 2, y - 2), (x1 - t / 2, y - step), (x1 + t / 2, y - step),
                        (x0 + t / 2, y - 2)],
                    colour, soft=5, across=True, dark=0.5)
                s.clay(slab(x1 - t / 2 - 2, y - step - 4, t + 4, 7, 3), darker(colour, 0.2), soft=2)
                if self.rng.random() < 0.75:
                    for _ in range(3):
                        side = self.rng.choice((-1, 1))
                        blade = turned(
                            leaf(("#7fae52", "#5f9445", "#93bd62")[self.rng.randrange(3)], 90, 0.22),
                            -side * self.rng.uniform(20, 50) + (180 if side < 0 else 0))
                        s.drop(
                            blade, x1 + side * (t / 2 + 36), y - step + self.rng.uniform(0, 30), depth=3,
                            alpha=0.2)
                y -= step
            self.im.alpha_composite(s.im)

    def racks(self, y: float, rows: int = 2, number: int = 6, colour: str = "#e6dcc2") -> None:
        """Bamboo racks of noodles drying in the sun."""
        for r in range(rows):
            k = 1 + 0.55 * r
            foot = y + r * 76
            w = WIDE / number * 1.0 * (0.92 + 0.12 * r)
            for i in range(-1, number + 1):
                x = i * w * 1.06 + (40 if r % 2 else 0)
                s = Sheet(w + 40, 130 * k + 30)
                top, low = 18.0, 78 * k
                for px in (14, w * 0.86):
                    s.clay(slab(px, top, 6 * k, low + 34 * k - top, 3), "#9c7a3c", soft=2)
                face = [(10, top), (w * 0.9, top), (w * 0.96, low), (4, low)]
                m = s.clay(face, colour, hi=lighter(colour, 0.5), lo=darker(colour, 0.12), soft=5, dark=0.3)
                n = round(w / 5.5)
                for j in range(n):
                    u = (j + 0.5) / n
                    shade = self.rng.choice(
                        (darker(colour, 0.28), lighter(colour, 0.8), darker(colour, 0.16)))
                    s.flat(
                        ImageChops.multiply(
                            m,
                            s.mask(
                                ribbon(
                                    [(10 + w * 0.89 * u, top),
                                        (4 + w * 0.955 * u, low + self.rng.uniform(-6, 2))],
                                    lambda t: 2.0))),
                        shade, 0.75)
                for yy in (top, low):
                    s.clay(slab(0, yy - 4 * k, w, 8 * k, 4), "#b8924c", soft=3)
                self.put(s.done(), x + w / 2, foot + 40 * k, w, shade=0.25)

    def house(self, x: float, foot: float, w: float, *, roof: str = "#6b4a34", smoke: bool = False) -> None:
        """A house on stilts."""
        s = Sheet(w + 40, w * 0.9 + 120)
        x0, y = 20, 110
        h = w * 0.62
        for i in range(5):
            s.clay(slab(x0 + w * (0.1 + 0.19 * i), y + h * 0.62, w * 0.035, h * 0.42, 2), "#4a3226", soft=2)
        s.clay(slab(x0 + w * 0.07, y + h * 0.4, w * 0.86, h * 0.26, 2), "#9a6b42", soft=5)
        for i in range(12):
            s.line(
                [(x0 + w * (0.1 + i * 0.07), y + h * 0.42), (x0 + w * (0.1 + i * 0.07), y + h * 0.64)],
                "#6f4729", 1.4, 0.6)
        for u in (0.24, 0.56):
            s.clay(slab(x0 + w * u, y + h * 0.46, w * 0.1, h * 0.15, 2), "#ffd980", soft=3, dark=0.2)
        s.clay(
            [(x0 + w * 0.16, y), (x0 + w * 0.84, y), (x0 + w, y + h * 0.45), (x0, y + h * 0.45)], roof, soft=9)
        for i in range(1, 18):
            s.line(
                [(x0 + w * (0.16 + 0.68 * i / 18), y + 2), (x0 + w * i / 18, y + h * 0.44)],
                darker(roof, 0.3), 1.3, 0.45)
        if smoke:
            for i in range(6):
                s.glow(
                    oval(x0 + w * 0.7 + 10 * math.sin(i), y - 12 - i * 15, 7 + i * 2.4, 7 + i * 2), "#ffffff",
                    5, 0.5 - i * 0.06)
        self.put(s.done(), x, foot, w * 1.02, shade=0.2)

    def trees(
        self, y: float, number: int, colour: str, size: tuple[float, float] = (26, 52), *, pine: bool = False
    ) -> None:
        for yy, x in sorted(
            (y + self.rng.uniform(-14, 14), self.rng.uniform(0, WIDE)) for _ in range(number)
        ):
            r = self.rng.uniform(*size)
            s = Sheet(r * 2.6, r * 4)
            c = mix(colour, self.rng.choice(("#1f4a3a", "#8fb05a", colour)), 0.25)
            cx = r * 1.3
            s.clay(slab(cx - r * 0.09, r * 2.2, r * 0.18, r * 1.3, 2), "#5b4030", soft=2)
            if pine:
                for k in range(3):
                    half = r * (0.5 + 0.22 * k)
                    s.clay(
                        [(cx, r * (0.2 + 0.62 * k)), (cx + half, r * (1.25 + 0.68 * k)),
                            (cx - half, r * (1.25 + 0.68 * k))],
                        c, soft=4)
            else:
                for dx, dy, q in ((-0.5, 1.9, 0.6), (0.5, 1.9, 0.6), (0, 1.35, 0.78)):
                    s.clay(oval(cx + dx * r, dy * r, q * r, q * r * 0.86), c, soft=6)
            self.put(s.done(), x, yy + r * 0.5, s.done().width / S, shade=0.15)

    def rows_of(
        self, bodies: Sequence[Image.Image], y: float, *, rows: int = 4, first: float = 34,
        pitch: float = 1.15
    ) -> None:
        """Plants in rows, larger towards the front."""
        yy = y
        for r in range(rows):
            w = first * 1.42**r
            n = round(WIDE / (w * pitch)) + 2
            for i in range(n):
                self.put(
                    bodies[(i + r) % len(bodies)] if len(bodies) > 1 else bodies[0],
                    (i - 0.5 + (r % 2) / 2) * w * pitch, yy + self.rng.uniform(-3, 3), w, shade=0.25)
            yy += w * 0.75

    def finish(self) -> Image.Image:
        return self.im.convert("RGB").resize((WIDE, TALL), Image.Resampling.LANCZOS)


def cabbage(colour: str = "#6cb344", w: float = 120) -> Image.Image:
    s = Sheet(w * 1.3, w)
    for a, k, c in ((-64, 1, 0.3), (64, 1, 0.3), (-34, 0.95, 0.1), (34, 0.95, 0.1), (0, 0.9, 0.0)):
        blade = leaf("#{:02x}{:02x}{:02x}".format(*darker(colour, c)), w * 0.55 * k, 0.8, "#e3f0c0", 0.62)
        r = w * 0.3
        s.drop(
            turned(blade, 90 - a), w * 0.65 + r * math.sin(math.radians(a)),
            w * 0.86 - r * math.cos(math.radians(a)), depth=3, alpha=0.25)
    return s.done()


def awning(w: float, colour: str) -> Image.Image:
    """A market stall: striped awning, posts, a counter with the brocade."""
    s = Sheet(w + 20, w * 1.05)
    x = 10
    for px in (0.06, 0.9):
        s.clay(slab(x + w * px, w * 0.25, w * 0.04, w * 0.72, 3), "#7a5636", soft=3)
    s.clay(slab(x + w * 0.02, w * 0.68, w * 0.96, w * 0.3, 5), "#b98550", soft=7)
    s.stamp(brocade(w * 0.96, w * 0.07), x + w / 2, w * 0.76)
    n = 7
    for i in range(n):
        c = colour if i % 2 == 0 else PAPER
        u, v = i / n, (i + 1) / n
        s.clay(
            [(x + w * (0.08 + 0.84 * u), w * 0.08), (x + w * (0.08 + 0.84 * v), w * 0.08),
                (x + w * v, w * 0.3), (x + w * u, w * 0.3)],
            c, soft=5, dark=0.35)
        s.clay(oval(x + w * (u + v) / 2, w * 0.3, w / n / 2, w * 0.055, 0, 180), c, soft=3, dark=0.35)
    return s.done()


def stall_scenes() -> dict[str, Callable[[int], Land]]:
    """cooperative id -> its land."""

    def yen_duong(n: int) -> Land:
        z = Land(["#cfe3f2", "#f3efe0", "#fbf3df"], n)
        z.sun(930, 120, 46, "#ffd98a")
        z.mountains("#a9bfd6", "#5b86a0", 215, 3, 74, karst=True)
        z.water(318, "#a9d2d6", "#6aa3ad")
        z.ground(z.curve(372, 9, 0.8), "#93b85a", "#5c8a3e", 120)
        z.trees(376, 12, "#5b8f4a", (16, 30))
        z.racks(404, 1, 6)
        return z

    def ban_viet(n: int) -> Land:
        z = Land(["#27346b", "#6a6aa8", "#f3c9a0", "#fbe3c0"], n)
        z.sun(600, 250, 60, "#ffe3a6", 0.6)
        z.mountains("#7f83b8", "#3b4a86", 270, 3, 52)
        z.ground(z.curve(415, 5, 0.6), "#d9b98a", "#b08a5c", 90, 0.2)
        for i, c in enumerate((DO, CHAM, LA, "#c9861a", DO)):
            z.put(awning(220, c), 120 + i * 240, 462, 216)
        for x, code in (
            (120, "1f36f"), (330, "1f9fa"), (385, "1f33d"), (600, "1fad6"), (840, "1f330"), (880, "1f33f"),
            (1080, "1f381"), (70, "1f34a"), (180, "1f33e"), (560, "1f375"), (1030, "1f95c")
        ):
            z.put(emoji(code), x, 420, 46)
        return z

    def hong_phat(n: int) -> Land:
        z = Land(["#bfd9ec", "#e8f0ec", "#f6f1dc"], n)
        z.clouds(90, "#ffffff", 0.8)
        z.mountains("#9fb8c9", "#4f7d78", 200, 3, 66)
        z.terraces(300, ("#a9bf55", "#8bab48", "#c4c65f", "#7c9c42"), 9)
        z.house(880, 372, 190, smoke=True)
        z.trees(350, 7, "#4f8a4a", (18, 30))
        z.put(emoji("1f403"), 300, 438, 96)
        z.put(emoji("1f403", flip=True), 420, 418, 66)
        return z

    def nam_tam_dao(n: int) -> Land:
        z = Land(["#c4dbe0", "#e4efee", "#f3f6ee"], n)
        z.mountains("#a9c4c9", "#4c7a78", 180, 3, 80)
        z.mist(270, 70)
        z.trees(330, 34, "#2f6a58", (24, 44), pine=True)
        z.mist(346, 40, alpha=0.5)
        z.ground(z.curve(400, 9, 0.8), "#7a6a48", "#4d3e2a", 110)
        for i, x in enumerate(range(50, 1200, 122)):
            z.put(
                (oyster(150), mirrored(oyster(140, "#cbb892")), shiitake(120), oyster(130, "#e2d3b6"))[i % 4],
                x, 466 + (i % 3) * 8, 116 + (i % 2) * 26)
            z.put((oyster(150, "#e2d3b6"), shiitake(120, "#8a5836", 3))[i % 2], x + 58, 476, 74)
        return z

    def huu_co(n: int) -> Land:
        z = Land(["#c6e4f2", "#eef6e6"], n)
        z.sun(220, 110, 44, "#ffe08a")
        z.clouds(120, "#ffffff", 0.8)
        z.mountains("#a5c7b4", "#5f9a63", 230, 2, 46)
        z.ground(z.curve(306, 7, 0.7), "#8a6a44", "#5f4329", 170, 0.2)
        z.rows_of([cabbage(), cabbage("#5aa03f"), cabbage("#86bf52")], 326, rows=4, first=44, pitch=1.02)
        return z

    def lien_hoa_chi(n: int) -> Land:
        z = Land(["#f6d3dd", "#fbe9e0", "#fdf4e6"], n)
        z.sun(860, 150, 52, "#ffdca6")
        z.mountains("#dcb9c9", "#a884a8", 220, 2, 40)
        z.water(292, "#f0cfd6", "#8fb3b8")
        z.lotus_pond(296, 44)
        return z

    def do_xuyen(n: int) -> Land:
        z = Land(["#dcead0", "#f1f5df", "#f8f3dc"], n)
        z.mountains("#bcd3b0", "#8fb587", 260, 2, 36)
        z.bamboo(range(30, 1220, 150), "#a9c482", thick=16)
        z.mist(200, 160, "#f8f5e0", 0.55)
        z.bamboo((40, 150, 250, 965, 1060, 1160), "#6f9a4a", thick=30)
        z.ground(z.curve(430, 5, 0.7), "#c2a56a", "#94773f", 60, 0.3)
        z.put(woven_basket(380, 190, handle=False, band=True), 470, 464, 170)
        z.put(
            vase(
                [(0.2, 0), (0.17, 0.08), (0.24, 0.2), (0.45, 0.4), (0.5, 0.56), (0.42, 0.78), (0.28, 0.95),
                    (0.27, 1)],
                290, 380, weave(300, 420, 13, "#e8bd78", "#cf9a55"), motif=drum_star),
            635, 466, 130)
        z.put(bamboo_tray(430, 0.5), 790, 466, 190)
        return z

    def hao_dat(n: int) -> Land:
        z = Land(["#f7dcae", "#fbeed2", "#eaf3e0"], n)
        z.sun(820, 170, 54, "#ffcf7a", 0.6)
        z.mountains("#bcd0b4", "#7fa885", 220, 2, 44)
        z.mist(262, 40, "#fff8e8", 0.6)
        z.tea_hill(282, 22, "#3f7d3c", "#7fb552", 5, 1.0, 17)
        z.tea_hill(358, 18, "#2f6a34", "#6aa843", 7, 0.7, 22)
        return z

    def tai_hoan(n: int) -> Land:
        z = Land(["#f6c98a", "#fbe3b4", "#fdf2d6"], n)
        z.sun(300, 170, 56, "#fff0c0", 0.7)
        z.mountains("#e3b98a", "#b98a5a", 230, 3, 50)
        z.ground(z.curve(352, 8, 0.8), "#c9b25a", "#94853c", 130)
        z.racks(336, 2, 7, "#e9dfc4")
        return z

    def phin_ho(n: int) -> Land:
        z = Land(["#b4cfe0", "#dbe9ec", "#f2f4ea"], n)
        z.mountains("#8fb0c4", "#3c6e71", 150, 3, 96)
        z.mist(236, 70, alpha=0.9)
        z.ground(z.curve(292, 30, 0.9), "#5f8f6e", "#3c6a55", 160)
        z.mist(318, 34, alpha=0.6)
        z.trees(352, 11, "#4f8a52", (36, 64))
        z.tea_hill(392, 14, "#2f5f48", "#6b9f62", 5, 0.7, 20)
        return z

    def sen_que_bac(n: int) -> Land:
        z = Land(["#cfe6ee", "#f1f3e2"], n)
        z.clouds(80, "#ffffff", 0.8)
        z.mountains("#b4cdb8", "#86b08a", 226, 2, 26)
        z.trees(286, 20, "#5b9a52", (20, 40))
        z.house(260, 300, 170, roof="#b08a4a")
        z.water(288, "#b9dcd8", "#5f9a9a")
        z.lotus_pond(294, 40, ("#5a9a52", "#4a8a4e", "#6fae5a"))
        return z

    def thao_hao(n: int) -> Land:
        z = Land(["#3f4a86", "#a8708c", "#f0a878", "#f8d09a"], n)
        z.sun(700, 236, 52, "#ffe0a0", 0.7)
        z.mountains("#a0708a", "#5a4468", 250, 3, 74, haze="#e8a890")
        z.ground(z.curve(388, 12, 0.8), "#7a6a48", "#4a3c30", 110)
        z.trees(386, 9, "#4f5f42", (20, 36))
        z.house(260, 436, 240, smoke=True)
        z.put(emoji("1f402"), 760, 452, 104)
        z.put(emoji("1f402", flip=True), 900, 440, 80)
        z.put(emoji("1f402"), 1040, 456, 92)
        return z

    def tam_thai(n: int) -> Land:
        z = Land(["#f3d9b0", "#fbeed4"], n)
        z.sun(950, 130, 46, "#ffd890")
        z.mountains("#cdb48a", "#8f9a62", 240, 3, 48)
        z.ground(z.curve(380, 14, 0.7), "#a9a552", "#74783a", 120)
        z.trees(392, 6, "#6f8f42", (70, 104))
        pods = [tamarind(110), tamarind(100, "#9a6a40", 0.12), tamarind(104, "#7a4a2c", 0.2)]
        z.put(on_tray(spread(pods, 290, 100, random.Random(n), step=62, spin=40), 470, 0.44), 420, 470, 290)
        z.put(
            woven_basket(
                380, 190, load=heap(pods, 300, 120, random.Random(n), step=50, spin=40), handle=False),
            700, 468, 190)
        return z

    def nghia_thuan(n: int) -> Land:
        z = Land(["#cfe0d6", "#eef3e4"], n)
        z.mountains("#a9c2b4", "#5f8a6c", 200, 3, 70)
        z.mist(280, 44, alpha=0.6)
        z.trees(340, 26, "#4f8a5a", (24, 44))
        z.ground(z.curve(386, 8, 0.8), "#8fae62", "#5f8448", 110)
        r = random.Random(n)
        for i, x in enumerate((150, 450, 750, 1050)):
            load = (
                spread(dry_leaves("#8a8448", "#a09658", "#6f7038"), 330, 110, r, step=38),
                spread([wood_slice(70)], 330, 110, r, step=58),
                spread([melon_ring(70)], 330, 110, r, step=58), spread(curls("herb"), 330, 110, r, step=22))[i]
            z.put(on_tray(load, 470, 0.44), x, 470, 260)
        return z

    def phu_luong(n: int) -> Land:
        z = Land(["#bfe0ea", "#e6f3ea", "#f6f8e4"], n)
        z.sun(300, 130, 44, "#fff0b0", 0.7)
        z.mountains("#a9cbb9", "#6fa386", 200, 2, 50)
        z.mist(240, 46, alpha=0.7)
        z.tea_hill(270, 30, "#4a8a3c", "#93c55c", 6, 1.3, 16)
        z.mist(340, 26, alpha=0.35)
        z.tea_hill(372, 12, "#3a7a34", "#7ab54a", 6, 0.5, 22)
        z.house(900, 318, 110, roof="#9a5a3a")
        return z

    return {
        "yen-duong": yen_duong,
        "ban-viet": ban_viet,
        "hong-phat": hong_phat,
        "nam-tam-dao": nam_tam_dao,
        "huu-co-v": huu_co,
        "lien-hoa-chi": lien_hoa_chi,
        "do-xuyen": do_xuyen,
        "hao-dat": hao_dat,
        "tai-hoan": tai_hoan,
        "phin-ho": phin_ho,
        "sen-que-bac": sen_que_bac,
        "thao-hao": thao_hao,
        "tht-me-tam-thai": tam_thai,
        "ho-thao-duoc-nghia-thuan": nghia_thuan,
        "nong-san-phu-luong": phu_luong
    }


# --- sample papers ----------------------------------------------------------------------------------------

MARK = "MẪU – DỮ LIỆU DEMO"
BLANK = "…" * 16


def ruled(
    s: Sheet, rows: Iterable[tuple[str, str]], x: float, y: float, w: float, pitch: float, size: float
) -> None:
    """Lines of `what: value` over dotted rules."""
    draw = ImageDraw.Draw(s.im)
    for i, (what, value) in enumerate(rows):
        yy = (y + i * pitch) * S
        draw.text(
            (x * S, yy), what, font=typeface("regular", round(size * S)), fill=(*rgb("#4a4d5a"), 255),
            anchor="ls")
        draw.text(
            ((x + w) * S, yy), value, font=typeface("bold", round(size * S)), fill=(*rgb(INK), 255),
            anchor="rs")
        s.line([(x, yy / S + 7), (x + w, yy / S + 7)], "#cfc6b4", 1)


def paper(w: float, h: float, title: str, under: str, *, ornate: bool) -> Sheet:
    s = Sheet(w, h)
    s.flat(slab(0, 0, w, h), "#fffdf6" if ornate else "#fdfdfb")
    if ornate:
        for inset, c, t in ((20, NGO, 6), (30, CHAM, 2)):
            for box in (
                (inset, inset, w - 2 * inset, t), (inset, h - inset - t, w - 2 * inset, t),
                (inset, inset, t, h - 2 * inset), (w - inset - t, inset, t, h - 2 * inset)
            ):
                s.flat(slab(*box), c)
        s.im.alpha_composite(brocade(w - 90, 20), (45 * S, 44 * S))
        s.im.alpha_composite(brocade(w - 90, 20), (45 * S, round(h - 64) * S))
    s.write("TÀI LIỆU MẪU DÙNG ĐỂ MINH HOẠ", w / 2, 96 if ornate else 52, 17, "#595d6b", font="regular")
    s.write(title, w / 2, 158 if ornate else 108, 40 if ornate else 31, DO if ornate else CHAM, font="serif")
    s.write(under, w / 2, 206 if ornate else 148, 18, "#595d6b", font="regular")
    return s


def stamped(s: Sheet) -> Image.Image:
    """Lay the mark across the paper from corner to corner."""
    w, h = s.w, s.h
    angle = math.degrees(math.atan2(h, w))
    size = 0.72 * math.hypot(w, h) / (typeface("bold", 100).getlength(MARK) / 100)
    strip = Sheet(math.hypot(w, h), size * 1.6)
    strip.write(MARK, strip.w / 2, strip.h / 2, size, DO)
    mark = strip.im.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    mark.putalpha(mark.getchannel("A").point([round(v * 0.34) for v in range(256)]))
    paste_clear(s.im, mark, round(w * S - mark.width) // 2, round(h * S - mark.height) // 2)
    return s.im.convert("RGB").resize((round(w), round(h)), Image.Resampling.LANCZOS)


def papers() -> dict[str, Image.Image]:
    """Three papers a stall may be asked for; plainly not real: no arms, no names, a mark across each."""
    certificate = paper(
        1123, 794, "GIẤY CHỨNG NHẬN SẢN PHẨM OCOP", "Chương trình Mỗi xã một sản phẩm", ornate=True)
    star = [
        (0.5 + (0.5 if i % 2 == 0 else 0.21) * math.sin(i * math.pi / 5),
            0.5 - (0.5 if i % 2 == 0 else 0.21) * math.cos(i * math.pi / 5))
        for i in range(10)]
    for i in range(4):
        certificate.clay([(452 + i * 57 + x * 46, 236 + y * 46) for x, y in star], NGO, soft=4)
    rows = [
        ("Sản phẩm", "Sản phẩm mẫu"), ("Chủ thể", "Hợp tác xã mẫu"), ("Địa chỉ", "Xã mẫu, tỉnh mẫu"),
        ("Xếp hạng", "4 sao"), ("Quyết định số", "00/QĐ-MẪU"), ("Ngày cấp", "01/01/2026"),
        ("Có giá trị đến", "01/01/2029")]
    ruled(certificate, rows, 220, 338, 683, 42, 20)
    certificate.write("Nơi cấp (mẫu)", 760, 648, 18, "#4a4d5a", font="regular")
    certificate.write(BLANK, 760, 690, 16, "#9a917f", font="regular")

    report = paper(794, 1123, "PHIẾU KẾT QUẢ THỬ NGHIỆM", "Số: 0000/MẪU · Ngày 01/01/2026", ornate=False)
    ruled(
        report,
        [("Tên mẫu", "Sản phẩm mẫu"), ("Số lô", "LÔ-MẪU-01"), ("Nơi gửi mẫu", "Hợp tác xã mẫu"),
            ("Ngày nhận mẫu", "01/01/2026")],
        70, 206, 654, 38, 18)
    columns = (70, 120, 372, 520, 628, 724)
    table = [
        ("TT", "Chỉ tiêu", "Phương pháp", "Kết quả", "Giới hạn"),
        ("1", "Độ ẩm (%)", "PP mẫu 01", "0,0", "0,0"), ("2", "Tro tổng số (%)", "PP mẫu 02", "0,0", "0,0"),
        ("3", "Tổng số vi sinh vật", "PP mẫu 03", "0", "0"), ("4", "E. coli", "PP mẫu 04", "0", "0"),
        ("5", "Nấm men, nấm mốc", "PP mẫu 05", "0", "0"), ("6", "Chì (mg/kg)", "PP mẫu 06", "0,0", "0,0"),
        ("7", "Cadimi (mg/kg)", "PP mẫu 07", "0,0", "0,0")]
    draw = ImageDraw.Draw(report.im)
    for r, cells in enumerate(table):
        y = 392 + r * 48
        if r == 0:
            report.flat(slab(70, y, 654, 48), "#eceef8")
        for c, cell in enumerate(cells):
            draw.text(
                ((columns[c] + 10) * S, (y + 24) * S), cell,
                font=typeface("bold" if r == 0 else "regular", 17 * S), fill=(*rgb(INK), 255), anchor="lm")
    for r in range(len(table) + 1):
        report.line([(70, 392 + r * 48), (724, 392 + r * 48)], "#b9b6c4", 1.2)
    for x in columns:
        report.line([(x, 392), (x, 392 + len(table) * 48)], "#b9b6c4", 1.2)
    report.write(
        "Kết quả chỉ để minh hoạ, không có giá trị pháp lý.", 397, 836, 17, "#595d6b", font="regular")
    for x, who in ((220, "Người thử nghiệm"), (574, "Phụ trách phòng thử nghiệm")):
        report.write(who, x, 904, 18, INK)
        report.write(BLANK, x, 1010, 16, "#9a917f", font="regular")

    registration = paper(794, 1123, "GIẤY CHỨNG NHẬN ĐĂNG KÝ", "HỢP TÁC XÃ", ornate=True)
    rows = [
        ("Mã số", "0000000000"), ("Tên hợp tác xã", "Hợp tác xã mẫu"), ("Tên viết tắt", "HTX mẫu"),
        ("Địa chỉ trụ sở", "Xã mẫu, tỉnh mẫu"), ("Điện thoại", "0000 000 000"),
        ("Ngành, nghề", "Trồng trọt, chế biến nông sản"), ("Vốn điều lệ", "0 ₫"), ("Số thành viên", "00"),
        ("Người đại diện", "(để trống trong bản mẫu)"), ("Đăng ký lần đầu", "01/01/2026")]
    ruled(registration, rows, 90, 296, 614, 54, 19)
    registration.write("Nơi cấp (mẫu)", 540, 880, 18, "#4a4d5a", font="regular")
    registration.write(BLANK, 540, 980, 16, "#9a917f", font="regular")
    return {
        "ocop-certificate": stamped(certificate),
        "test-report": stamped(report),
        "registration": stamped(registration)
    }


# --- writing files ----------------------------------------------------------------------------------------


def save_webp(im: Image.Image, path: Path, limit: int, best: int = 86) -> int:
    """Save at the best quality that stays under `limit` bytes; returns the size in bytes."""
    for quality in range(best, 20, -4):
        im.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= limit:
            return path.stat().st_size
    raise ValueError(f"{path.name} stays over {limit} bytes")


def draw_goods(sellers: list[dict], out: Path, only: str) -> int:
    table = goods()
    total = 0
    for seller in sellers:
        for product in seller["products"]:
            name = f"{seller['id']}--{product['slug']}"
            if only and only not in name:
                continue
            ground, placed = table[product["slug"]]
            scene = Scene(ground)
            scene.put(placed(), fitted=product["slug"] not in HANGING)
            total += save_webp(scene.done(), out / f"{name}.webp", PICTURE_LIMIT)
    return total


def draw_stalls(sellers: list[dict], out: Path, only: str) -> int:
    scenes = stall_scenes()
    total = 0
    for number, seller in enumerate(sellers, 1):
        name = f"stall--{seller['id']}"
        if not only or only in name:
            total += save_webp(scenes[seller["id"]](number).finish(), out / f"{name}.webp", BANNER_LIMIT, 58)
    return total


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("emoji_dir", type=Path)
    parser.add_argument("demo_json", type=Path)
    parser.add_argument("--out", type=Path, default=Path("marketplace/demo"))
    parser.add_argument("--only", default="", help="draw only files whose name contains this")
    parser.add_argument("--fonts", type=Path, default=Sources.fonts)
    args = parser.parse_args(argv)
    Sources.emoji, Sources.fonts = args.emoji_dir, args.fonts
    data = json.loads(args.demo_json.read_text(encoding="utf-8"))
    sellers = data["cooperatives"] + data["extra_test_sellers"]
    pictures = args.out / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    total = draw_goods(sellers, pictures, args.only)
    print(f"goods: {total:,} bytes")
    print(f"stalls: {draw_stalls(sellers, pictures, args.only):,} bytes")
    folder = args.out / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    for name, sheet in papers().items() if not args.only or args.only == "papers" else ():
        print(f"{name}: {save_webp(sheet, folder / f'{name}.webp', PAPER_LIMIT):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
