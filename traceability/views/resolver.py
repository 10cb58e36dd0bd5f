"""The GS1 resolver: ``/01/<gtin>/10/<lot>/21/<serial>`` and ``/414/<gln>`` answer, or lead on.

Reads no session and sets no cookie. Where it leads is always a page of this market, never what a request names.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from traceability import digital_link, resolving
from traceability.digital_link import Link
from traceability.gs1 import NotGS1

from . import shop

LINKSET = "application/linkset+json"
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"


# A GET in all but name: it changes nothing, so no token guards it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "OPTIONS"])
def resolve(request: HttpRequest, **_parts: str) -> HttpResponse:
    """Answer a Digital Link of this market.

    The page of the item itself with 200; with ``linkType`` 307 to a page of that type, 300 with a small linkset where
    there are several, 404 where there is none; the whole linkset with 200 for ``linkType=linkset`` or an Accept header
    that asks for it. 400 with a sentence for a link that is not right. Unknown and hidden goods look alike: 404.
    """
    return _open_to_all(_answer(request))


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(headers={"Allow": "GET, HEAD, OPTIONS"})
    asked = {key.lower(): value for key, value in request.GET.items()}
    # What somebody chose on the page goes before what the browser says.
    chosen = asked.get("lang", "")
    languages = [chosen] if chosen in ("vi", "en") else _languages(request)
    wants_data = _wants_data(request)
    try:
        link = digital_link.parse(_address(request))
    except NotGS1 as refusal:
        return _malformed(refusal, languages[0], wants_data)
    found = resolving.find(link)
    shown = resolving.targets(found) if found else []
    if found is None or not shown:
        return _nothing(request, link, languages, wants_data)
    kind = asked.get("linktype", "")
    if kind.lower() in ("linkset", "all") or (wants_data and not kind):
        response = _linkset(request, found.anchor, shown)
    elif kind:
        response = _of_type(request, found, resolving.of_type(shown, kind, languages), languages, wants_data)
    elif found.code:
        response = shop.answer(request, found.code, languages[0])
    else:
        response = _lead_on(request, resolving.of_type(shown, shown[0].type, languages)[0])
    patch_vary_headers(response, ["Accept", "Accept-Language"])
    links = [
        f'<{found.anchor}?linkType=linkset>; rel="linkset"; type="{LINKSET}"',
        f'<{CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
    ]
    response["Link"] = ", ".join(links)
    return response


def _of_type(
    request: HttpRequest,
    found: resolving.Found,
    chosen: list[resolving.Target],
    languages: list[str],
    wants_data: bool,
) -> HttpResponse:
    if not chosen:
        return _nothing(request, found.link, languages, wants_data)
    if len(chosen) == 1:
        return _lead_on(request, chosen[0])
    response = _linkset(request, found.anchor, chosen)
    response.status_code = 300
    return response


def _address(request: HttpRequest) -> str:
    """The address as it was sent: an escaped slash inside a lot must not part it.

    The server tells it as RAW_URI; where none does, the decoded path is escaped again.
    """
    raw = str(request.META.get("RAW_URI") or "")
    path = raw.partition("?")[0] if raw.startswith("/") else quote(request.path, safe="/:@!$&'()*+,;=-._~")
    return f"{settings.MARKET_URL}{path}?{request.META.get('QUERY_STRING', '')}"


def _languages(request: HttpRequest) -> list[str]:
    return resolving.languages_of(request.headers.get("Accept-Language", "")) or ["vi"]


def _wants_data(request: HttpRequest) -> bool:
    """Whether the visitor is a program: it names JSON and no page."""
    accept = request.headers.get("Accept", "")
    return (
        "application/linkset+json" in accept or "application/json" in accept
    ) and "text/html" not in accept


def _linkset(request: HttpRequest, anchor: str, shown: list[resolving.Target]) -> HttpResponse:
    accept = request.headers.get("Accept", "")
    media = "application/json" if "application/json" in accept and LINKSET not in accept else LINKSET
    return JsonResponse(
        resolving.linkset(anchor, shown),
        content_type=media,
        json_dumps_params={"ensure_ascii": False},
    )


def _lead_on(request: HttpRequest, target: resolving.Target) -> HttpResponse:
    """307 to a page of ours, with what was asked behind the ``?`` passed on; never 301 or 308, which phones keep."""
    path, _hash, part = target.path.partition("#")
    query = request.META.get("QUERY_STRING", "")
    if query:
        path += ("&" if "?" in path else "?") + quote(query, safe="=&:;,/+%-._~!*'()")
    return HttpResponseRedirect(path + (f"#{part}" if part else ""), preserve_request=True)


def _malformed(refusal: NotGS1, language: str, wants_data: bool) -> HttpResponse:
    with translation.override(language):
        if wants_data:
            return JsonResponse({"error": refusal.code, "text": str(refusal)}, status=400)
        context = {"why": str(refusal), **shop.shown_on_all(language)}
        response = HttpResponse(render_to_string("trace/malformed.html", context), status=400)
    response["Content-Language"] = language
    response["Cache-Control"] = shop.PRIVATE
    return response


def _nothing(request: HttpRequest, link: Link, languages: list[str], wants_data: bool) -> HttpResponse:
    if wants_data:
        return JsonResponse({"error": "unknown"}, status=404)
    with translation.override(languages[0]):
        return shop.unknown(request, link.get("21") or link.get("10") or link.path[0][1], languages[0])


def _open_to_all(response: HttpResponse) -> HttpResponse:
    """Programs of other sites may ask: what is answered here is public and hangs on nobody's cookie."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Expose-Headers"] = "Link, Location"
    return response


@require_safe
def description(_request: HttpRequest) -> HttpResponse:
    """What this resolver can do, as GS1 wants it told at ``/.well-known/gs1resolver``."""
    told: dict[str, Any] = {
        "name": settings.MARKET_NAME,
        "resolverRoot": settings.MARKET_URL,
        "supportedLinkType": [
            {
                "namespace": resolving.VOCABULARY,
                "prefix": "gs1:",
                "profile": "https://gs1.org/voc/?show=linktypes",
            }
        ],
        "supportedPrimaryKeys": list(resolving.PRIMARY_KEYS),
        "linkTypeDefaultCanBeLinkset": False,
        "contact": {"fn": settings.OPERATOR_NAME},
    }
    return _open_to_all(JsonResponse(told, json_dumps_params={"ensure_ascii": False}))
