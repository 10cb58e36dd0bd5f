"""Emblems and labels; packets, boxes, glasses, bowls and sacks."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageEnhance

from .brush import (
    CHAM,
    DO,
    INK,
    LA,
    NGO,
    PAPER,
    Colour,
    S,
    Sheet,
    darker,
    emoji,
    fit,
    lighter,
    oval,
    paste_clear,
    ramp,
    ribbon,
    shadow_of,
    slab,
    smooth,
    taper,
    typeface,
)
from .laying import weave


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
