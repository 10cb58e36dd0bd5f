"""Small pieces that nearly every page has, in every template without a ``load``."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from marketplace.foundation.memo import memo

register = template.Library()


@register.simple_tag
@memo(most=200)
def icon(name: str, fill: bool = False) -> SafeString:
    """An icon of ``img/icons.svg``; ``fill`` draws it full. It says nothing to a screen reader."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        " fill" if fill else "",
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def other_language_url(context: template.Context) -> str:
    """The address of this page in the other language: ``/en/…`` for ``/…`` and back; "" without a request."""
    request = context.get("request")
    if request is None:
        return ""
    path = request.get_full_path()
    return path.removeprefix("/en") if get_language() == "en" else f"/en{path}"
