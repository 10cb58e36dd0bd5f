"""Small pieces that nearly every page has, in every template without a ``load``."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from marketplace.foundation.memo import Kept, memo

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
    # SECURITY: "/en//host/" without its first part would be another host.
    return "/" + path.removeprefix("/en").lstrip("/") if get_language() == "en" else f"/en{path}"


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """``{% once a b %}…{% endonce %}``: render the piece once for equal words of ``a`` and ``b`` and each language.

    Name everything that the piece reads, apart from settings; what it sets with ``as`` stays inside.
    """
    _name, *inputs = token.split_contents()
    piece = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(piece, [parser.compile_filter(words) for words in inputs])


class OnceNode(Node):
    def __init__(self, nodelist: NodeList, inputs: list[FilterExpression]) -> None:
        self.nodelist, self.inputs = nodelist, inputs
        self.kept: Kept[SafeString] = Kept(most=200)

    def render(self, context: template.Context) -> SafeString:
        if settings.DEBUG:
            return self.piece(context)
        # As words: an object would be kept alive, and the request with it.
        inputs = [one.resolve(context, ignore_failures=True) for one in self.inputs]
        words = [None if value is None else str(value) for value in inputs]  # nothing is not the word "None"
        return self.kept.get((get_language(), *words), lambda: self.piece(context))

    def piece(self, context: template.Context) -> SafeString:
        with context.push():
            return self.nodelist.render(context)
