"""The doors: every desk view starts at ``cooperative_for``, every review view at ``province_for``.

A stranger gets 404, a member without the right 403, nobody signed in is sent to sign in. The door makes the
actor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from marketplace.accounts import letters
from marketplace.foundation.actor import Actor
from marketplace.places.loading import short_name

from . import queues
from .models import Application, BankAccount, Cooperative, Membership, Officer, OfficerScope, Stall
from .statuses import ApplicationStatus, Role

Q = TypeVar("Q", bound=QuerySet)
View = Callable[..., HttpResponse]

ANYBODY = frozenset(Role)  # every member of the cooperative


@dataclass(frozen=True)
class Desk:
    """A member at work: for which cooperative, in which place, as which actor."""

    cooperative: Cooperative
    membership: Membership
    actor: Actor

    @property
    def stall(self) -> Stall:
        return self.cooperative.stall

    @property
    def slug(self) -> str:
        return self.cooperative.stall.slug

    @property
    def role(self) -> str:
        return self.membership.role

    @property
    def is_director(self) -> bool:
        return self.membership.role == Role.DIRECTOR

    @property
    def sells(self) -> bool:
        """May change products and prices."""
        return self.membership.role in (Role.DIRECTOR, Role.SELLER)

    def may(self, *roles: Role) -> bool:
        """Whether this member has one of ``roles``; a director may everything."""
        return self.is_director or self.membership.role in roles

    def page(self, active_tab: str = "", **context: Any) -> dict[str, Any]:
        """``context`` with what ``desk/layout.html`` needs: desk, cooperative, active_tab, unread letters."""
        return {
            "desk": self,
            "cooperative": self.cooperative,
            "active_tab": active_tab,
            "unread": letters.unread(self.cooperative.mailbox),
            **context,
        }


@dataclass(frozen=True)
class Review:
    """An officer at work: which office, as which actor. ``province_code`` is None for the whole country."""

    officer: Officer
    actor: Actor
    province_code: str | None

    @property
    def place(self) -> str:
        """The province's name; empty for the whole country."""
        return self.officer.province_name if self.province_code else ""

    def within(self, things: Q, province_path: str) -> Q:
        """``things`` narrowed to the officer's province, found by the lookup ``province_path``."""
        return things if self.province_code is None else things.filter(**{province_path: self.province_code})

    def cooperatives(self) -> QuerySet[Cooperative]:
        return self.within(Cooperative.objects.all(), "province_code")

    def stalls(self) -> QuerySet[Stall]:
        return self.within(Stall.objects.select_related("cooperative"), "cooperative__province_code")

    def applications(self) -> QuerySet[Application]:
        """Applications that were handed in; drafts stay the applicant's own."""
        handed_in = Application.objects.exclude(
            status__in=[ApplicationStatus.DRAFT, ApplicationStatus.WITHDRAWN]
        )
        return self.within(handed_in, "province_code")

    def bank_accounts(self) -> QuerySet[BankAccount]:
        accounts = BankAccount.objects.select_related("cooperative__stall", "bank", "paper")
        return self.within(accounts, "cooperative__province_code")

    def page(self, queue: str = "", **context: Any) -> dict[str, Any]:
        """``context`` with what ``review/layout.html`` needs:

        review, province, queues (``queue`` marked as on).
        """
        return {
            "review": self,
            "province": {"name": short_name(self.place), "code": self.province_code} if self.place else None,
            "queues": queues.of(self, queue),
            **context,
        }


def cooperative_for(
    user: Any, slug: str, role: Role | None = None, roles: frozenset[str] | set[Role] | None = None
) -> Desk:
    """Open the desk of the cooperative whose stall is called ``slug`` for ``user``, in one query.

    Raises Http404 for a stranger and for an address without a stall, PermissionDenied for nobody signed in
    and for a member who is neither director nor has ``role`` (or one of ``roles``). Neither given: directors
    only.
    """
    if not user.is_authenticated:
        raise PermissionDenied
    membership = (
        Membership.objects.select_related("cooperative__stall")
        .filter(user=user, until__isnull=True, cooperative__stall__slug=slug)
        .first()
    )
    if membership is None:
        raise Http404
    allowed = set(roles or ()) | ({role} if role else set()) | {Role.DIRECTOR}
    if membership.role not in allowed:
        raise PermissionDenied
    return Desk(membership.cooperative, membership, Actor.of(user))


def province_for(user: Any) -> Review:
    """Open the alliance's desk for ``user``: a national office first, else the newest one of a province.

    Raises PermissionDenied for nobody signed in, Http404 for everybody without an office in force.
    """
    if not user.is_authenticated:
        raise PermissionDenied
    offices = list(Officer.objects.filter(user=user, until__isnull=True).order_by("-id"))
    if not offices:
        raise Http404
    office = next((one for one in offices if one.scope == OfficerScope.NATIONAL), offices[0])
    return Review(office, Actor.of(user), office.province_code or None)


def desk(*roles: Role | frozenset[Role]) -> Callable[[View], View]:
    """Put the door of a cooperative before a view: ``view(request, desk, …)``; the URL names it in ``slug``.

    ``@desk(Role.PACKER)`` lets in packers and directors, ``@desk(ANYBODY)`` every member, ``@desk()``
    directors.
    """
    allowed: set[Role] = set()
    for one in roles:
        allowed |= set(one) if isinstance(one, frozenset) else {one}

    def door(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return sign_in_first(request)
            return view(request, cooperative_for(request.user, slug, roles=allowed), *args, **kwargs)

        return inner

    return door


def review(view: View) -> View:
    """Put the alliance's door before a view: ``view(request, review, …)``."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        return view(request, province_for(request.user), *args, **kwargs)

    return inner


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send a guest to the sign-in page and afterwards back:

    to this page, or after a form to the page it stood on.
    """
    address = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        referer = request.headers.get("Referer", "")
        safe = url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure())
        address = referer if safe else "/"
    answer = redirect_to_login(address, reverse("account_login"))
    if getattr(request, "htmx", False):
        swapped = HttpResponse()
        swapped["HX-Redirect"] = answer["Location"]
        return swapped
    return answer


def first_page_of(user: Any) -> str:
    """Where a person lands after signing in:

    at the desk of their one cooperative, at the alliance's, else at "me".
    """
    slugs = list(
        Membership.objects.filter(user=user, until__isnull=True)
        .order_by("pk")
        .values_list("cooperative__stall__slug", flat=True)[:2]
    )
    if len(slugs) == 1:
        return reverse("desk:today", args=slugs)
    if not slugs and Officer.objects.filter(user=user, until__isnull=True).exists():
        return reverse("review:home")
    return reverse("shop:me")
