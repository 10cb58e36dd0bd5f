"""Find a commune by its name of today or by the name people still use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.foundation.text import fold

from .models import AdminUnit, OldUnit

MOST = 20
_KIND = re.compile(r"^(xa|phuong|thi tran|dac khu|x|p|tt)\s+(?=\D)")


@dataclass(frozen=True, slots=True)
class Found:
    """A commune of today; ``old_name`` says which old name led to it ("Xã Yến Dương, Huyện Ba Bể, …")."""

    commune: AdminUnit
    old_name: str = ""


def communes(q: str, province_code: str | None = None, *, limit: int = MOST) -> list[Found]:
    """Communes whose name of today or before July 2025 contains ``q``, marks or not, best match first.

    With ``province_code`` only communes of that province of today. Exact names come before beginnings,
    beginnings before the rest, today's names before old ones. At most ``limit``; three queries.
    """
    wanted = _KIND.sub("", fold(q[:80]))
    if len(wanted) < 2:
        return []
    current = AdminUnit.objects.current().exclude(province_code="")
    if province_code:
        current = current.filter(province_code=province_code)
    ranked: list[tuple[int, str, Found]] = [
        (_rank(unit.folded, wanted), unit.sort_key, Found(unit))
        for unit in current.filter(folded__contains=wanted)[:200]
    ]
    seen = {found.commune.code for _, _, found in ranked}
    old_units = list(OldUnit.objects.filter(folded__contains=wanted)[:400])
    codes = {code for old in old_units for code in old.new_codes.split()} - seen
    by_code = {unit.code: unit for unit in current.filter(code__in=codes)} if codes else {}
    for old in sorted(old_units, key=lambda old: (_rank(old.folded, wanted), old.folded)):
        for code in old.new_codes.split():
            if code in by_code:
                unit = by_code.pop(code)
                ranked.append((_rank(old.folded, wanted) + 1, unit.sort_key, Found(unit, str(old))))
    ranked.sort(key=lambda row: row[:2])
    return [found for _, _, found in ranked[:limit]]


def _rank(folded: str, wanted: str) -> int:
    name = _KIND.sub("", folded)
    if name == wanted:
        return 0
    return 2 if name.startswith(wanted) else 4


def is_exact(found: Found, q: str) -> bool:
    """Whether ``q`` is the whole name of what was found, old or new, and not a part of it."""
    wanted = _KIND.sub("", fold(q))
    old = fold(found.old_name.split(",")[0])
    return wanted in (_KIND.sub("", found.commune.folded), _KIND.sub("", old))
