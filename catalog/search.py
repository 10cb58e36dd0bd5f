"""Search: a product's words as both databases store them, the match, the ranking, and the repair of typing errors.

Everything is normalised in Python (DESIGN 14): "mien dong", "miến dong" and "MIEN DONG" are the same words, the
exact marks only rank first. What differs between SQLite (FTS5) and PostgreSQL (tsvector) is in the two classes at
the end, nowhere else. The index itself is made by the migration ``0035_search_index`` through ``install``.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from itertools import product as combinations
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Value, When
from django.db.models.expressions import RawSQL

from cooperatives import stalls
from marketplace.foundation.text import clean, fold, glued, low, sort_key

from .categories import trail_of
from .models import Category, Product, ProductQuerySet, ProductSearch
from .statuses import ProductStatus

LONGEST_QUERY = 100
MOST_WORDS = 8
_LONGEST_BODY = 4000
_MOST_TRIES = 12


@dataclass(slots=True)
class Query:
    """What somebody typed, read once: ``shown`` for the page, ``low`` with marks, ``words`` folded."""

    shown: str
    low: str
    words: list[str]

    @classmethod
    def of(cls, typed: str) -> Query:
        """Read ``typed``: at most 100 characters and 8 words count; NUL and other control characters are dropped."""
        shown = clean(str(typed or "")[: LONGEST_QUERY * 4])[:LONGEST_QUERY].strip()
        return cls(shown, low(shown), fold(shown).split()[:MOST_WORDS])

    @property
    def norm(self) -> str:
        return " ".join(self.words)

    def __bool__(self) -> bool:
        return bool(self.words)


# --- writing ----------------------------------------------------------------------------------------------
def index(product: Product) -> None:
    """Write the product's words; take them out when it is not approved or is in the bin. Call it in the transaction.

    What lists and counts say has changed with it, so the stall has a new version.
    """
    if product.status != ProductStatus.APPROVED or product.removed_at:
        ProductSearch.objects.filter(product_id=product.pk).delete()
    else:
        above = trail_of(product.category) if product.category else []
        ProductSearch.objects.update_or_create(
            product_id=product.pk, defaults=words_of(product, [node.name for node in above])
        )
    stalls.touch(product.cooperative_id)


def words_of(product: Product, kinds: Sequence[str]) -> dict[str, str]:
    """The columns of a product's row in the index; ``kinds``: the names of its category and those above."""
    cooperative = product.cooperative
    names = [cooperative.name, cooperative.place, *kinds]
    rest = [product.origin, product.ingredients, product.standard, product.season, product.description]
    return {
        # Blanks at both ends make "is a whole word" a plain substring test on either database.
        "low": f" {low(product.title)} ",
        "norm": f" {fold(product.title)} ",
        "body": fold(" . ".join(part for part in (*names, *rest) if part))[:_LONGEST_BODY],
        "glued": " ".join((*_glued(product.title), *_glued(cooperative.name))),
        "sort_key": sort_key(product.title)[:600],
    }


def _glued(text: str) -> Iterable[str]:
    """The text without blanks from each of its words on: a part written together is the start of one of them."""
    words = fold(text).split()
    return (glued(" ".join(words[start:]))[:60] for start in range(min(len(words) - 1, 6)))


def reindex(products: ProductQuerySet | None = None) -> int:
    """Write the words of all (or the given) products anew; return how many."""
    rows = (Product.objects.all() if products is None else products).select_related("cooperative", "category")
    number = 0
    for row in rows.iterator(chunk_size=500):
        index(row)
        number += 1
    return number


# --- finding ----------------------------------------------------------------------------------------------
def matching(query: Query, products: ProductQuerySet) -> ProductQuerySet:
    """Those of ``products`` in which every word of ``query`` begins some word."""
    return products.filter(pk__in=backend().matches(query.words)) if query else products.none()


def ranked(query: Query, products: ProductQuerySet) -> ProductQuerySet:
    """Order matches by ``_tier``, newest first in each: exact marks (0, 1), names that start with the words (2) or
    hold them (3), the rest (4)."""
    phrase = query.norm
    whens = [
        When(search_row__norm__startswith=f" {phrase}", then=Value(2)),
        When(search_row__norm__contains=f" {phrase}", then=Value(3)),
    ]
    if query.low != phrase:
        whens.insert(0, When(search_row__low__startswith=f" {query.low}", then=Value(0)))
        whens.insert(1, When(search_row__low__contains=f" {query.low}", then=Value(1)))
    tier = Case(*whens, default=Value(4), output_field=IntegerField())
    return products.annotate(_tier=tier).order_by("_tier", "-approved_at", "-pk")


# --- repairing --------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Vocabulary:
    """The words of the index: how often each comes, which follow each other, how they look with marks."""

    often: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    marked: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    marked_pairs: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    by_delete: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, marked_title: str, title: str, body: str) -> None:
        words = title.split()
        self.often.update(set(words))
        self.often.update(set(body.split()) - set(words))
        self.pairs.update(set(pairwise(words)))
        shown = marked_title.split()
        if len(shown) == len(words):
            for word, text in zip(words, shown, strict=True):
                self.marked[word][text] += 1
            for place in range(len(words) - 1):
                pair = (words[place], words[place + 1])
                self.marked_pairs[pair][f"{shown[place]} {shown[place + 1]}"] += 1

    def close(self) -> None:
        for word in self.often:
            if 2 <= len(word) <= 20:
                for part in _deletes(word):
                    self.by_delete[part].add(word)

    def candidates(self, word: str) -> list[str]:
        """Known words one slip away from ``word`` (left out, put in, wrong, swapped), likely ones first."""
        if word in self.often or any(known.startswith(word) for known in self.often):
            return [word]
        if not 3 <= len(word) <= 20:
            return []
        near = {known for part in _deletes(word) for known in self.by_delete.get(part, ())}
        slips = [(_slips(word, known), -self.often[known], known) for known in near]
        return [known for slip, _often, known in sorted(slips) if slip <= 1][:5]

    def show(self, words: Sequence[str]) -> str:
        """Write folded ``words`` with the marks they mostly carry, side by side words decided together."""
        shown: list[str] = []
        for place, word in enumerate(words):
            before = self.marked_pairs.get((words[place - 1], word)) if place else None
            after = self.marked_pairs.get((word, words[place + 1])) if place + 1 < len(words) else None
            if before:
                shown.append(before.most_common(1)[0][0].split()[1])
            elif after:
                shown.append(after.most_common(1)[0][0].split()[0])
            else:
                alone = self.marked.get(word)
                shown.append(alone.most_common(1)[0][0] if alone else word)
        return " ".join(shown)


def _deletes(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _slips(one: str, other: str) -> int:
    """0 for the same word, 1 for one letter left out, put in, changed or swapped with its neighbour, else 2.

    >>> _slips("dogn", "dong"), _slips("cuog", "cuong"), _slips("ong", "dang")
    (1, 1, 2)
    """
    if one == other:
        return 0
    if abs(len(one) - len(other)) > 1:
        return 2
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest, wanted = one[start:], other[start:]
    if rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]:
        return 1
    return 1 if rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:] else 2


@dataclass(slots=True)
class _Read:
    """A vocabulary, the sum of the stalls' versions it was read at, and when it may be read again."""

    words: Vocabulary
    version: int
    again_at: float


_READING_SHARE = 50  # of the time at most one part in so many goes into reading
_read: _Read | None = None
_reading = threading.Lock()


def vocabulary() -> Vocabulary:
    """The words of the index, kept in this process while no stall's version changes.

    A large market takes seconds to read; its words then stay for a while although goods came or went. They only
    help to guess what was meant: what is found is always asked of the index itself.
    """
    global _read
    version, known = stalls.all_versions(), _read
    if known and (known.version == version or time.monotonic() < known.again_at):
        return known.words
    with _reading:
        if _read is known:
            began = time.monotonic()
            words = Vocabulary()
            rows = ProductSearch.objects.values_list("low", "norm", "body")
            for row in rows.iterator(chunk_size=2000):
                words.add(*row)
            words.close()
            now = time.monotonic()
            _read = _Read(words, version, now + (now - began) * _READING_SHARE)
        assert _read is not None
        return _read.words


def repair(query: Query) -> Query | None:
    """What ``query`` was probably meant to be, written with marks; None when nothing near is known."""
    words = vocabulary()
    choices = [words.candidates(word) for word in query.words]
    if not all(choices):
        return None
    tries = islice(combinations(*choices), _MOST_TRIES)
    best = max(
        tries,
        key=lambda meant: (
            sum(words.pairs[pair] > 0 for pair in pairwise(meant)),
            sum(words.often[word] for word in meant),
        ),
    )
    if list(best) == query.words:
        return None
    shown = words.show(best)
    return Query(shown, low(shown), list(best))


def near_categories(query: Query, *, most: int = 6) -> list[Category]:
    """Categories whose names share a word with ``query``, most shared first; for a page that found nothing.

    Somebody who types marks means them: "xe máy" is not near to "mây tre".
    """
    read = low if query.low != query.norm else fold
    words = {word for word in read(query.shown).split() if len(word) > 2}
    scored = []
    for category in Category.objects.filter(is_public=True, ancestors_are_public=True):
        shared = len(words & set(read(category.name).split()))
        if shared:
            scored.append((-shared, category.path, category))
    return [category for _shared, _path, category in sorted(scored, key=lambda row: row[:2])[:most]]


# --- the two databases ------------------------------------------------------------------------------------
TABLE = "catalogue_productsearch"
FTS = "catalogue_productsearch_fts"


class SqliteIndex:
    """An FTS5 table that holds no text of its own; triggers keep it true whoever writes or deletes a row."""

    @staticmethod
    def matches(words: Sequence[str]) -> RawSQL:
        match = " AND ".join(f'"{word}"*' for word in words)
        return RawSQL(f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s", [match])

    @staticmethod
    def install() -> list[str]:
        columns = "norm, body, glued"
        new = "new.product_id, new.norm, new.body, new.glued"
        old = "old.product_id, old.norm, old.body, old.glued"
        gone = f"INSERT INTO {FTS}({FTS}, rowid, {columns}) VALUES ('delete', {old});"
        return [
            # Marks were folded away in Python: FTS5's own folding does not know đ.
            f"CREATE VIRTUAL TABLE {FTS} USING fts5({columns}, content='{TABLE}', content_rowid='product_id', "
            "tokenize='ascii', prefix='2 3')",
            f"CREATE TRIGGER {TABLE}_added AFTER INSERT ON {TABLE} BEGIN "
            f"INSERT INTO {FTS}(rowid, {columns}) VALUES ({new}); END",
            f"CREATE TRIGGER {TABLE}_removed AFTER DELETE ON {TABLE} BEGIN {gone} END",
            f"CREATE TRIGGER {TABLE}_changed AFTER UPDATE ON {TABLE} BEGIN {gone} "
            f"INSERT INTO {FTS}(rowid, {columns}) VALUES ({new}); END",
            f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')",
        ]

    @staticmethod
    def uninstall() -> list[str]:
        triggers = [f"DROP TRIGGER IF EXISTS {TABLE}_{name}" for name in ("added", "removed", "changed")]
        return [*triggers, f"DROP TABLE IF EXISTS {FTS}"]


class PostgresIndex:
    """A GIN index on the words of the same row."""

    DOCUMENT = "to_tsvector('simple', norm || ' ' || body || ' ' || glued)"

    @classmethod
    def matches(cls, words: Sequence[str]) -> RawSQL:
        match = " & ".join(f"{word}:*" for word in words)
        return RawSQL(
            f"SELECT product_id FROM {TABLE} WHERE {cls.DOCUMENT} @@ to_tsquery('simple', %s)", [match]
        )

    @classmethod
    def install(cls) -> list[str]:
        return [f"CREATE INDEX {TABLE}_words ON {TABLE} USING gin ({cls.DOCUMENT})"]

    @staticmethod
    def uninstall() -> list[str]:
        return [f"DROP INDEX IF EXISTS {TABLE}_words"]


def backend(vendor: str | None = None) -> Any:
    """Return the search of the database at hand, or of ``vendor``."""
    return PostgresIndex if (vendor or connection.vendor) == "postgresql" else SqliteIndex


def install(schema_editor: Any) -> None:
    """Make the index. A later migration that alters the table on SQLite must call ``uninstall`` before and this
    after: Django copies the table and loses its triggers."""
    for statement in backend(schema_editor.connection.vendor).install():
        schema_editor.execute(statement)


def uninstall(schema_editor: Any) -> None:
    """Take the search index away, inside a migration; ``install`` makes it again."""
    for statement in backend(schema_editor.connection.vendor).uninstall():
        schema_editor.execute(statement)
