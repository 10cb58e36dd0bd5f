"""Woven goods and crafts: vases, drums, baskets, lamps, trays."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PIL import Image, ImageChops, ImageFilter

from .brush import (
    CHAM,
    DO,
    NGO,
    Point,
    S,
    Sheet,
    darker,
    emoji,
    fit,
    lighter,
    mix,
    oval,
    ribbon,
    slab,
    smooth,
)
from .laying import weave, woven
from .packets import brocade


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
