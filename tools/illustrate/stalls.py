"""The banner of each stall of the demo market."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageChops

from .brush import (
    CHAM,
    DO,
    LA,
    PAPER,
    Colour,
    Point,
    S,
    Sheet,
    darker,
    emoji,
    fit,
    lighter,
    mirrored,
    mix,
    oval,
    pad_of,
    paste_clear,
    ramp,
    rgb,
    ribbon,
    shadow_of,
    slab,
    turned,
)
from .goods import curls, dry_leaves
from .laying import bamboo_tray, heap, on_tray, spread, weave
from .packets import brocade
from .small import leaf, lotus_leaf, lotus_pod, melon_ring, oyster, shiitake, tamarind, wood_slice
from .woven import drum_star, vase, woven_basket

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
