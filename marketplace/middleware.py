"""The fast lane of scanned codes (no session, no cookie, no language redirect), sessions under real keys, and a page
instead of a bare "not allowed".
"""

import re
from collections.abc import Callable
from dataclasses import asdict

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from marketplace.foundation.memo import memo
from traceability.gs1_facts import KEYS
from traceability.views.resolver import resolve
from traceability.views.shop import trace

GS1_LINK = re.compile(rf"/(?:{'|'.join(KEYS)})/.+", re.DOTALL)
CODE = re.compile(r"/q/(?P<code>[^/]+)/?", re.IGNORECASE | re.DOTALL)


class TraceFastLane:
    """Answer ``/Q/<code>`` in any case, with or without a slash behind it, and GS1 links; everything else goes on.

    Stands behind the middleware that sets the security headers and before sessions and languages: a scan costs
    neither a cookie nor a query for a visitor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            asked = CODE.fullmatch(request.path_info)
            if asked:
                return trace(request, asked["code"])
            if GS1_LINK.fullmatch(request.path_info):
                return resolve(request)
        return self.get_response(request)


class ContentPolicy(CSPMiddleware):
    """django-csp's header, written once: nothing in this market adds to the policy for one answer."""

    def process_request(self, request: HttpRequest) -> None:
        """No nonce is made: the policy has none."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, _policy())
        return response


@memo(most=1)
def _policy() -> str:
    parts = CSPMiddleware(HttpResponse).get_policy_parts(request=HttpRequest(), response=HttpResponse())
    return str(build_policy(**asdict(parts)))


class Sessions(SessionMiddleware):
    """Django's sessions; a cookie that cannot be a key (PostgreSQL takes no NUL) is as if it were not there."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if key and not (key.isascii() and key.isalnum()):
            del request.COOKIES[settings.SESSION_COOKIE_NAME]
        super().process_request(request)


class NotAllowedPage:
    """Give an empty 405 a sentence and a way back: the address of a button is opened by reloading its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html")
        return response
