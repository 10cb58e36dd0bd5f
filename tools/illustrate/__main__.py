"""Draw the demo market: one picture per product, one banner per stall, three sample papers."""

# Tables of points and places read better in packed rows than one number a line.
# fmt: off
from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from .brush import BANNER_LIMIT, PAPER_LIMIT, PICTURE_LIMIT, Sources
from .goods import goods
from .papers import papers
from .picture import HANGING, Scene
from .stalls import stall_scenes


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
