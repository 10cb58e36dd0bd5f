"""The market's category tree: which kinds of goods there are, their words and icons, and which are food."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, gettext

from cooperatives import stalls
from marketplace.foundation.memo import Kept
from marketplace.foundation.refusals import N_

from .models import Category

STEP = 4  # treebeard: characters a level takes in a path
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# slug, name, icon, children. Children without an icon of their own show their parent's.
TREE: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("che-tra-do-uong", N_("Chè, trà và đồ uống"), "leaf", (
        ("tra-che", N_("Chè, trà"), ""),
        ("ruou", N_("Rượu"), ""),
    )),
    ("luong-thuc-do-kho", N_("Lương thực và đồ khô"), "wheat", (
        ("mien-bun-pho", N_("Miến, bún, phở"), ""),
        ("gao-ngu-coc", N_("Gạo, ngũ cốc"), ""),
        ("hat-dau", N_("Hạt, đậu"), ""),
        ("rau-cu-kho", N_("Măng, nấm, rau củ khô"), ""),
        ("bot-gia-vi", N_("Bột, gia vị"), ""),
    )),
    ("rau-qua-tuoi", N_("Rau quả tươi"), "carrot", (
        ("rau-cu-tuoi", N_("Rau, củ, nấm tươi"), ""),
        ("trai-cay", N_("Trái cây"), ""),
    )),
    ("thit-ca", N_("Thịt, cá, đồ muối"), "drumstick", (
        ("thit-che-bien", N_("Thịt gác bếp, thịt chế biến"), ""),
        ("do-len-men", N_("Đồ muối, đồ lên men"), ""),
    )),
    ("mat-ong-thao-duoc", N_("Mật ong và thảo dược"), "flower", (
        ("mat-ong", N_("Mật ong"), ""),
        ("thao-duoc", N_("Thảo dược, nấm quý"), ""),
        ("thuc-pham-bo-sung", N_("Thực phẩm bổ sung"), ""),
    )),
    ("banh-keo-qua-tang", N_("Bánh kẹo và quà tặng"), "gift", (
        ("banh-keo", N_("Bánh, kẹo"), ""),
        ("qua-tang-bo-san-pham", N_("Bộ quà tặng"), ""),
    )),
    ("do-thu-cong", N_("Đồ thủ công"), "amphora", (
        ("may-tre-dan", N_("Mây tre đan, đồ tre gỗ"), ""),
    )),
)  # fmt: skip

NOT_FOOD = frozenset({"do-thu-cong", "may-tre-dan"})
ALCOHOL = frozenset({"ruou"})


def ensure_categories(model: Any = Category) -> int:
    """Create what is missing of the tree and return how much; names and places of existing ones stay as they are.

    Works with a migration's historical ``model``, which lacks treebeard's methods: path, depth and number of
    children are counted here.
    """
    made = 0
    for slug, name, icon, children in TREE:
        parent = model.objects.filter(slug=slug).first()
        if parent is None:
            parent, made = _add(model, None, slug=slug, name=name, icon=icon), made + 1
        for child_slug, child_name, child_icon in children:
            if not model.objects.filter(slug=child_slug).exists():
                _add(model, parent, slug=child_slug, name=child_name, icon=child_icon)
                made += 1
    return made


def _add(model: Any, parent: Any, **fields: Any) -> Any:
    prefix, depth = (parent.path, parent.depth + 1) if parent else ("", 1)
    last = (
        model.objects.filter(depth=depth, path__startswith=prefix)
        .order_by("-path")
        .values_list("path", flat=True)
    ).first()
    number = int(last[-STEP:], 36) + 1 if last else 1
    row = model.objects.create(path=prefix + _base36(number), depth=depth, numchild=0, **fields)
    if parent:
        parent.numchild += 1
        model.objects.filter(pk=parent.pk).update(numchild=parent.numchild)
    return row


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text.rjust(STEP, "0")


def is_food(category: Category | None) -> bool:
    """Whether the label rules of food apply: to everything but handicrafts, also to what is not sorted yet."""
    if category is None or category.slug in NOT_FOOD:
        return category is None
    return not NOT_FOOD & {node.slug for node in trail_of(category)[:-1]}


def trail_of(category: Category) -> list[Category]:
    """The category with those above it, root first. One query, none for a root."""
    if category.depth == 1:
        return [category]
    above = [category.path[:end] for end in range(STEP, len(category.path), STEP)]
    return [*Category.objects.filter(path__in=above).order_by("path"), category]


@dataclass(slots=True)
class Node:
    """A public category with its place in the tree, without asking the database again."""

    id: int
    slug: str
    name: str
    icon: str
    path: str
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def trail(self) -> list[Node]:
        """From the root down to this node."""
        return [*(self.parent.trail if self.parent else []), self]

    @property
    def ids(self) -> list[int]:
        """This category and everything under it."""
        return [self.id, *(key for child in self.children for key in child.ids)]


class Tree:
    """The whole public tree, from rows of (id, slug, name, icon, path) in the order of their paths; ``version`` is
    the sum of the stalls' versions (``stalls.all_versions``) when it was read."""

    def __init__(self, rows: Iterable[tuple[int, str, str, str, str]], version: int) -> None:
        self.version = version
        self.by_id: dict[int, Node] = {}
        self.by_slug: dict[str, Node] = {}
        self.roots: list[Node] = []
        by_path: dict[str, Node] = {}
        for key, slug, name, icon, path in rows:
            parent = by_path.get(path[:-STEP])
            node = Node(
                key, slug, gettext(name), icon or (parent.icon if parent else "package"), path, parent
            )
            (parent.children if parent else self.roots).append(node)
            by_path[path] = self.by_id[key] = self.by_slug[slug] = node


_trees: Kept[Tree] = Kept(most=8)


def public_tree() -> Tree:
    """The tree as it stands, in the language of the moment. Everybody shares it: change nothing in it.

    Two queries, one while no stall's version has changed: whoever changes a category calls ``stalls.touch_all``.
    """
    version = stalls.all_versions()

    def read() -> Tree:
        rows = Category.objects.filter(is_public=True, ancestors_are_public=True).order_by("path")
        return Tree(rows.values_list("id", "slug", "name", "icon", "path"), version)

    return _trees.get((version, get_language()), read)
