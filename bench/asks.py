"""What the client asks of a site: for each page a file of many different requests, one a line.

A line is METHOD, path, body and cookies, parted by tabs; ``wrk.lua`` and ``client`` read it. ``goods.tsv`` names what
the buyers of whole purchases buy. Run inside Django with the site's settings.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from .goods import SEED

# The pages of each site, in the order they are measured.
OURS = (
    "home",
    "list",
    "narrowed",
    "category",
    "search",
    "mistyped",
    "product",
    "stall",
    "trace",
    "scan",
    "packet",
    "basket",
    "purchase",
)
OSCAR = ("list", "category", "product", "basket", "purchase")
MOST = 3_000  # requests of one kind of page before they begin anew
SCANNED = 1_000  # the newest lots: what stands on shelves is what is scanned
VISITORS = 200
AT_A_FAIR = 50  # lots that go from hand to hand, and as many lots whose packets do
PACKETS = 5  # of one lot that have codes of their own
PAGES_OF_A_LIST = 40
QUERIES = 400


def ours(folder: Path) -> None:
    """Write the requests to our market."""
    from catalog.models import Category, Product
    from cooperatives.models import Stall
    from traceability.models import TraceCode

    draw = random.Random(SEED)
    goods = list(
        Product.objects.on_sale()
        .order_by("pk")
        .values_list("pk", "slug", "title", "stockrecords__num_in_stock")
    )
    kinds = list(Category.objects.order_by("path").values_list("slug", flat=True))
    provinces = list(Stall.objects.open().values_list("cooperative__province_code", flat=True).distinct())
    some = draw.sample(goods, min(MOST, len(goods)))
    in_stock = [(pk, slug) for pk, slug, _title, left in some if left]
    newest = TraceCode.objects.filter(kind="lot").order_by("-lot__made_on", "-lot_id")
    codes = list(newest.values_list("code", flat=True)[:SCANNED])
    stalls = list(Stall.objects.open().order_by("pk").values_list("slug", flat=True))
    packets = list(
        TraceCode.objects.filter(kind="unit", status="activated")
        .order_by("-lot__made_on", "-lot_id", "code")
        .values_list("code", flat=True)[: AT_A_FAIR * PACKETS]
    )
    searched = _searched([title for _pk, _slug, title, _left in some], draw)

    def kept(prefix: str, last: int) -> list[str]:
        return [prefix if page == 1 else f"{prefix}?trang={page}" for page in range(1, last + 1)]

    def narrowed() -> str:
        words: list[dict[str, Any]] = [
            {"tinh": draw.choice(provinces)}, {"sao": draw.choice((3, 4, 5))}, {"con": 1}, {"mua": 1},
            {"xep": draw.choice(("gia", "gia-giam"))}, {"gia_tu": 50000, "gia_den": draw.choice((100000, 200000))},
        ]  # fmt: skip
        asked = {
            name: value for word in draw.sample(words, draw.choice((1, 1, 2))) for name, value in word.items()
        }
        return f"/san-pham/?{urlencode(asked)}"

    last = min(PAGES_OF_A_LIST, len(goods) // 24)
    _write(folder, "empty", ["/bench/empty/"])
    _write(folder, "home", ["/"])
    _write(folder, "list", _popular(kept("/san-pham/", last), draw))
    _write(folder, "narrowed", (narrowed() for _n in range(QUERIES)))
    _write(folder, "category", [path for kind in kinds for path in kept(f"/danh-muc/{kind}/", 3)])
    _write(folder, "search", _popular([f"/tim/?q={quote(words)}" for words in searched], draw))
    _write(folder, "mistyped", _popular([f"/tim/?q={quote(_slip(words, draw))}" for words in searched], draw))
    _write(folder, "product", _popular([f"/san-pham/{slug}/" for _pk, slug, *_rest in goods], draw))
    _write(folder, "stall", _popular([f"/gian-hang/{slug}/" for slug in stalls], draw))
    _write(folder, "trace", _popular([f"/Q/{code}" for code in codes], draw))
    _write(folder, "scan", _popular([f"/Q/{code}" for code in codes[:AT_A_FAIR]], draw))
    _write(folder, "packet", _popular([f"/Q/{code}" for code in packets], draw))
    _write_posts(
        folder, "basket", draw,
        lambda: ("/gio-hang/them/", {"product": draw.choice(in_stock)[0], "quantity": 1}),
    )  # fmt: skip
    lines = [f"{pk}\t/san-pham/{slug}/" for pk, slug in in_stock]
    (folder / "goods.tsv").write_text("\n".join(lines), encoding="utf-8")


def oscar(folder: Path) -> None:
    """Write the requests to the stock Oscar shop."""
    from oscar.core.loading import get_model

    draw = random.Random(SEED)
    found = list(get_model("catalogue", "Product").objects.order_by("pk"))
    some = draw.sample(found, min(MOST, len(found)))
    kinds = [kind.get_absolute_url() for kind in get_model("catalogue", "Category").objects.order_by("path")]
    last = min(PAGES_OF_A_LIST, len(found) // 20)
    pages = ["/catalogue/", *(f"/catalogue/?page={page}" for page in range(2, last + 1))]
    _write(folder, "list", _popular(pages, draw))
    _write(folder, "category", [f"{kind}{rest}" for kind in kinds for rest in ("", "?page=2", "?page=3")])
    _write(folder, "product", _popular([product.get_absolute_url() for product in found], draw))
    _write_posts(folder, "basket", draw, lambda: (f"/basket/add/{draw.choice(some).pk}/", {"quantity": 1}))
    lines = [f"{product.pk}\t{product.get_absolute_url()}" for product in some]
    (folder / "goods.tsv").write_text("\n".join(lines), encoding="utf-8")


def _searched(titles: list[str], draw: random.Random) -> list[str]:
    """Queries of one to four words out of the names of goods, a third of them without marks."""
    from marketplace.foundation.text import unmarked

    queries = []
    for title in draw.choices(titles, k=QUERIES):
        words = title.split()[: draw.choice((1, 2, 2, 3, 3, 4))]
        query = " ".join(words)
        queries.append(unmarked(query).lower() if draw.random() < 0.35 else query)
    return queries


def _popular(paths: list[str], draw: random.Random) -> list[str]:
    """MOST requests as people make them: the second most wanted of ``paths`` half as often as the first, the tenth
    a tenth as often (Zipf's law). Which of them are wanted is drawn; the first page of a list stays the first."""
    ranked = paths if paths and "?" in paths[-1] and "q=" not in paths[-1] else draw.sample(paths, len(paths))
    return draw.choices(ranked, [1 / rank for rank in range(1, len(ranked) + 1)], k=MOST)


def _slip(query: str, draw: random.Random) -> str:
    """``query`` with one letter typed twice in its longest word."""
    word = max(query.split(), key=len)
    place = draw.randrange(1, len(word)) if len(word) > 1 else 0
    return query.replace(word, word[:place] + word[place] + word[place:], 1)


def _write(folder: Path, name: str, paths: Iterable[str]) -> None:
    _lines(folder, name, (f"GET\t{path}\t\t" for path in paths))


def _write_posts(
    folder: Path, name: str, draw: random.Random, post: Callable[[], tuple[str, dict[str, Any]]]
) -> None:
    """POSTs of visitors who each have a CSRF cookie and a session, and no basket yet."""
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string

    visitors = []
    for _n in range(VISITORS):
        session = SessionStore()
        session["seen"] = 1
        session.create()
        visitors.append((session.session_key, _get_new_csrf_string()))
    lines = []
    for _n in range(MOST):
        key, secret = draw.choice(visitors)
        path, fields = post()
        body = urlencode({**fields, "csrfmiddlewaretoken": secret})
        cookies = f"{settings.CSRF_COOKIE_NAME}={secret}; {settings.SESSION_COOKIE_NAME}={key}"
        lines.append(f"POST\t{path}\t{body}\t{cookies}")
    _lines(folder, name, lines)


def _lines(folder: Path, name: str, lines: Iterable[str]) -> None:
    shuffled = list(lines)
    random.Random(SEED).shuffle(shuffled)
    (folder / f"{name}.tsv").write_text("\n".join(shuffled), encoding="utf-8")
