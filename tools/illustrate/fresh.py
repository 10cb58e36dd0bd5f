"""Fresh goods: gourds, greens, fruit, honeycomb, and what they lie on."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageChops

from .brush import (
    CHAM,
    LA,
    Point,
    S,
    Sheet,
    darker,
    emoji,
    lighter,
    mix,
    oval,
    ribbon,
    slab,
    smooth,
    taper,
    turned,
)
from .small import leaf, lotus_pod, seed, tea_curl


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
