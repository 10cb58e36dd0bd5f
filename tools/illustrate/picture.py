"""One finished picture: its ground, its light, and how things are placed on it."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from .brush import SIDE, S, Sheet, darker, fit, oval, pad_of, paste_clear, rgb, shadow_of, turned

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
