"""How the states of goods, changes and certificates look, and words that must not be overlooked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import template
from django.utils.html import conditional_escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

from catalog import changes
from catalog.models import ProductChange
from catalog.statuses import CertificateStatus, ChangeStatus, ProductStatus

register = template.Library()

# Words that several of the three share have one colour.
TINTS = {
    ProductStatus.DRAFT: "info",
    ProductStatus.SUBMITTED: "wait",
    ProductStatus.CHANGES_REQUESTED: "wait",
    ProductStatus.APPROVED: "ok",
    ProductStatus.REFUSED: "bad",
    ProductStatus.SUSPENDED: "bad",
    ChangeStatus.WAITING: "wait",
    ChangeStatus.WITHDRAWN: "info",
    CertificateStatus.VERIFIED: "ok",
}


@register.filter
def state_tint(status: str) -> str:
    """The colour class of a tag for the state of a product, a change or a certificate."""
    return TINTS.get(status, "info")  # type: ignore[call-overload]


@register.filter
def change_words(change: ProductChange) -> str:
    """What a change touches: "Ảnh, tên hàng"."""
    first, *rest = changes.labels(change) or [""]
    return ", ".join([first, *(word[:1].lower() + word[1:] for word in rest)])


@register.filter
def marked(text: str, words: Iterable[str]) -> SafeString:
    """``text`` in paragraphs, with ``words`` (as ``moderation.flagged_words`` gives them) marked."""
    safe = linebreaks(conditional_escape(text))
    wanted = sorted(map(re.escape, words), key=len, reverse=True)
    if wanted:
        safe = re.sub(
            rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", r"<mark>\g<0></mark>", safe, flags=re.IGNORECASE
        )
    # SECURITY: the text was escaped before the marks went in; flagged words hold letters and blanks only.
    return mark_safe(safe)
