"""The small page of the two floors: 1 KB of HTML that says nothing."""

from django.http import HttpRequest, HttpResponse

EMPTY = f"<!doctype html><title>empty</title><p>{'nothing ' * 120}</p>"


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(EMPTY)
