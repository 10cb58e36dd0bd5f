"""Make the tables of the stock Oscar shop and fill them with the same goods as ours.

python -m bench.oscar_site.fill GOODS PAGES    the folder PAGES gets the requests that the client sends
"""

from __future__ import annotations

import os
import random
import shutil
import sys
from itertools import islice
from pathlib import Path

import django

BATCH = 5_000
ROOTS = 7  # as many kinds on the first level as ours


def fill(count: int, sellers: int = 200) -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oscar.core.loading import get_model
    from oscar.core.utils import slugify

    from bench import rows
    from bench.goods import KINDS, SEED, goods

    call_command("migrate", run_syncdb=True, verbosity=0)
    model = {
        name.rpartition(".")[2]: get_model(*name.split("."))
        for name in (
            "catalogue.Product", "catalogue.ProductClass", "catalogue.ProductCategory", "catalogue.ProductImage",
            "catalogue.Category", "partner.Partner", "partner.StockRecord", "address.Country",
            "analytics.ProductRecord",
        )
    }  # fmt: skip
    model["Country"].objects.create(
        iso_3166_1_a2="VN", iso_3166_1_a3="VNM", iso_3166_1_numeric="704", printable_name="Việt Nam",
        name="Việt Nam", is_shipping_country=True,
    )  # fmt: skip
    get_user_model().objects.create_user("owner", "owner@example.com")
    kind = model["ProductClass"].objects.create(name="Hàng", slug="hang")
    tree = model["Category"].objects
    roots = [tree.add_root({"name": f"Nhóm hàng {number}"}) for number in range(1, ROOTS + 1)]
    leaves = {
        name: tree.add_child(tree.get(pk=roots[number % ROOTS].pk), {"name": KINDS[name][0][0]}).pk
        for number, name in enumerate(KINDS)
    }
    partners = [model["Partner"].objects.create(name=f"HTX {number}").pk for number in range(sellers)]
    pictures = _pictures(Path(os.environ["OSCAR_MEDIA"]))
    draw, made = random.Random(SEED), goods(count)
    while batch := list(islice(made, BATCH)):
        put: dict[str, list] = {name: [] for name in ("Product", "StockRecord", "ProductCategory", "ProductImage",
                                                      "ProductRecord")}  # fmt: skip
        for good in batch:
            key = good.number + 1
            put["Product"].append(
                {"id": key, "title": good.title, "slug": slugify(good.title), "description": f"<p>{good.story}</p>",
                 "product_class_id": kind.pk, "upc": f"H{key}"}
            )  # fmt: skip
            put["StockRecord"].append(
                {"product_id": key, "partner_id": partners[good.number % sellers], "partner_sku": f"H{key}",
                 "price": good.price, "num_in_stock": draw.randrange(200, 900)}
            )  # fmt: skip
            put["ProductCategory"].append({"product_id": key, "category_id": leaves[good.kind]})
            put["ProductRecord"].append({"product_id": key})  # as in a shop where each was looked at once
            for order, picture in enumerate(draw.sample(pictures, draw.choice((1, 1, 1, 2, 3)))):
                put["ProductImage"].append({"product_id": key, "original": picture, "display_order": order})
        for name, made_rows in put.items():
            rows.write(model[name], made_rows)
    rows.finish(*(model[name] for name in put))


def _pictures(media: Path) -> list[str]:
    from bench.goods import pictures

    (media / "images").mkdir(parents=True, exist_ok=True)
    return [shutil.copy(path, media / "images") and f"images/{path.name}" for path in pictures(12)]


def main(count: int, folder: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.oscar_site.settings"
    django.setup()
    fill(count)
    from bench import asks

    asks.oscar(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
