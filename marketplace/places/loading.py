"""Load units and banks from the files in ``data/`` into the tables; the only writer of both."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction

from marketplace.foundation.text import clean, fold, slug, sort_key

from .models import DATA_VERSION

DATA = Path(__file__).parent / "data"
BATCH = 1000


def load(get_model: Callable[[str, str], Any] = apps.get_model) -> dict[str, int]:
    """Bring the tables to what the files say and return how many rows of each kind there are.

    May run again and again: units of this data version and banks are updated in place, units of other
    versions stay (addresses refer to them), a bank that an operator switched off stays off. ``get_model``
    lets a migration pass its historical models. One transaction.
    """
    unit_model, old_model = get_model("places", "AdminUnit"), get_model("places", "OldUnit")
    bank_model = get_model("places", "Bank")
    units = [_unit(unit_model, row, "") for row in _rows("provinces")]
    units += [_unit(unit_model, row, row["province_code"]) for row in _rows("communes")]
    old = [
        old_model(
            old_code=row["old_code"],
            commune=clean(row["old_commune"]),
            district=clean(row["old_district"]),
            province=clean(row["old_province"]),
            folded=fold(row["old_commune"]),
            is_split=row["split"] == "1",
            new_codes=row["new_codes"],
        )
        for row in _rows("old_units")
    ]
    banks = [
        bank_model(bin=row["bin"], name=clean(row["name"]), position=position)
        for position, row in enumerate(_rows("banks"))
    ]
    with transaction.atomic():
        unit_model.objects.bulk_create(
            units,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["version", "province_code", "code"],
            update_fields=["name", "kind", "folded", "slug", "sort_key"],
        )
        old_model.objects.all().delete()
        old_model.objects.bulk_create(old, batch_size=BATCH)
        bank_model.objects.bulk_create(
            banks, update_conflicts=True, unique_fields=["bin"], update_fields=["name", "position"]
        )
    return {"units": len(units), "old_units": len(old), "banks": len(banks)}


def _unit(model: Any, row: dict[str, str], province_code: str) -> Any:
    name = clean(row["name"])
    return model(
        version=DATA_VERSION,
        code=row["code"],
        name=name,
        kind=row["kind"],
        province_code=province_code,
        folded=fold(name),
        slug=slug(short_name(name)),
        sort_key=sort_key(short_name(name)),
    )


def short_name(name: str) -> str:
    """The name without its kind, by which people sort and look for it; "Phường 9" keeps its kind."""
    for kind in ("Thành phố ", "Tỉnh ", "Xã ", "Phường ", "Đặc khu ", "Thị trấn "):
        rest = name.removeprefix(kind)
        if rest != name and not rest.isdigit():
            return rest
    return name


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
