"""What every picture is drawn with: colours, shapes, a sheet three times the size, letters and emoji."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

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
