"""What can happen to a lot, as data: which kinds the desk offers for which goods, and how EPCIS tells each of them.

A group is a kind of goods as a farmer sees it; its kinds stand in the order of a lot's life. Categories of the
catalogue lead to groups, a category of two kinds of goods (vegetables and mushrooms) to both. What is not sorted, or
not named here, is of the general group. Whatever is not offered can still be told: the form has it under "other work".
"""

from __future__ import annotations

from typing import NamedTuple

from catalog.models import Category

from .statuses import TraceKind as K


class Told(NamedTuple):
    """How one of our kinds is told in CBV's words; it has none for planting, care and harvest."""

    action: str
    step: str
    disposition: str
    own: str  # our own word, as an extension


CBV: dict[str, Told] = {
    K.PLANTED: Told("ADD", "creating_class_instance", "active", "planting"),
    K.SPAWNED: Told("ADD", "creating_class_instance", "active", "spawning"),
    K.CARED: Told("OBSERVE", "other", "active", "care"),
    K.FERTILISED: Told("OBSERVE", "other", "active", "fertilising"),
    K.SPRAYED: Told("OBSERVE", "other", "active", "spraying"),
    K.HARVESTED: Told("ADD", "commissioning", "active", "harvest"),
    K.GATHERED: Told("ADD", "commissioning", "active", "gathering"),
    K.FELLED: Told("ADD", "commissioning", "active", "felling"),
    K.EXTRACTED: Told("ADD", "commissioning", "active", "extracting_honey"),
    K.BOUGHT_IN: Told("OBSERVE", "receiving", "in_progress", "buying_in"),
    K.WASHED: Told("OBSERVE", "other", "in_progress", "washing"),
    K.DRIED: Told("OBSERVE", "other", "in_progress", "drying"),
    K.ROASTED: Told("OBSERVE", "other", "in_progress", "roasting"),
    K.MILLED: Told("OBSERVE", "other", "in_progress", "milling"),
    K.FERMENTED: Told("OBSERVE", "other", "in_progress", "fermenting"),
    K.FILTERED: Told("OBSERVE", "other", "in_progress", "filtering"),
    K.PROCESSED: Told("OBSERVE", "other", "in_progress", "processing"),
    K.CRAFTED: Told("OBSERVE", "assembling", "in_progress", "crafting"),
    # A TransformationEvent, which has no action.
    K.MADE_FROM: Told("", "commissioning", "active", "making"),
    # That it was tested is known, not with what outcome.
    K.TESTED: Told("OBSERVE", "inspecting", "", "testing"),
    K.PACKED: Told("OBSERVE", "packing", "in_progress", "packing"),
    K.STORED: Told("OBSERVE", "storing", "in_progress", "storing"),
    K.DISPATCHED: Told("OBSERVE", "shipping", "in_transit", "dispatching"),
    K.RECALLED: Told("OBSERVE", "holding", "recalled", "recall"),
    K.LIFTED: Told("OBSERVE", "holding", "sellable_not_accessible", "recall_lifted"),
}

_END = (K.TESTED, K.PACKED, K.STORED, K.DISPATCHED)
_FIELD = (K.PLANTED, K.CARED, K.FERTILISED, K.SPRAYED, K.HARVESTED, K.BOUGHT_IN)

GROUPS: dict[str, tuple[str, ...]] = {
    "tea": (K.CARED, K.FERTILISED, K.SPRAYED, K.HARVESTED, K.BOUGHT_IN, K.ROASTED, *_END),
    "rice": (*_FIELD, K.DRIED, K.MILLED, *_END),
    "vegetables": (*_FIELD, K.WASHED, *_END),
    "mushrooms": (K.SPAWNED, K.CARED, K.HARVESTED, K.BOUGHT_IN, K.DRIED, *_END),
    "honey": (K.CARED, K.EXTRACTED, K.BOUGHT_IN, K.FILTERED, *_END),
    "forestry": (K.PLANTED, K.CARED, K.GATHERED, K.BOUGHT_IN, K.WASHED, K.DRIED, *_END),
    "handicraft": (
        *(K.FELLED, K.BOUGHT_IN, K.DRIED, K.PROCESSED, K.CRAFTED),
        *(K.PACKED, K.STORED, K.DISPATCHED),
    ),
    "dried food": (*_FIELD, K.WASHED, K.DRIED, K.PROCESSED, *_END),
    "made food": (K.BOUGHT_IN, K.WASHED, K.DRIED, K.FERMENTED, K.PROCESSED, *_END),
    "general": (*_FIELD, K.PROCESSED, *_END),
}

CATEGORIES: dict[str, tuple[str, ...]] = {
    "che-tra-do-uong": ("tea", "made food"),
    "tra-che": ("tea",),
    "ruou": ("made food",),
    "luong-thuc-do-kho": ("rice", "dried food"),
    "gao-ngu-coc": ("rice",),
    "hat-dau": ("rice",),
    "mien-bun-pho": ("dried food",),
    "bot-gia-vi": ("dried food",),
    "rau-cu-kho": ("dried food", "mushrooms"),
    "rau-qua-tuoi": ("vegetables", "mushrooms"),
    "rau-cu-tuoi": ("vegetables", "mushrooms"),
    "trai-cay": ("vegetables",),
    "thit-ca": ("made food",),
    "thit-che-bien": ("made food",),
    "do-len-men": ("made food",),
    "mat-ong-thao-duoc": ("honey", "forestry"),
    "mat-ong": ("honey",),
    "thao-duoc": ("forestry", "mushrooms"),
    "thuc-pham-bo-sung": ("made food",),
    "banh-keo-qua-tang": ("made food",),
    "banh-keo": ("made food",),
    "qua-tang-bo-san-pham": ("made food",),
    "do-thu-cong": ("handicraft",),
    "may-tre-dan": ("handicraft",),
}


def offered(category: Category | None) -> list[str]:
    """Return the kinds that are offered for goods of ``category``, in the order of a lot's life."""
    groups = CATEGORIES.get(category.slug if category else "", ("general",))
    wanted = {kind for group in groups for kind in GROUPS[group]}
    return [kind for kind in K.values if kind in wanted]
