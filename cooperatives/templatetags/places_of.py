"""Panels of the ground floor for pages of others, and how long something has been waiting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperatives import applications
from cooperatives.models import Membership, Officer
from cooperatives.statuses import ApplicationStatus

register = template.Library()

_TAGS = {
    ApplicationStatus.DRAFT: "info",
    ApplicationStatus.SUBMITTED: "wait",
    ApplicationStatus.CHANGES_REQUESTED: "wait",
    ApplicationStatus.APPROVED: "ok",
    ApplicationStatus.REFUSED: "bad",
}


@register.inclusion_tag("cooperatives/_my_places.html")
def my_places(user: Any) -> dict[str, Any]:
    """Where ``user`` works: desks, the alliance, the application (three queries)."""
    memberships = Membership.objects.filter(user=user, until__isnull=True)
    application = applications.current_for(user)
    if application and application.status == ApplicationStatus.APPROVED:
        application = None  # the desk is listed instead
    return {
        "memberships": list(memberships.select_related("cooperative__stall").order_by("pk")),
        "office": Officer.objects.filter(user=user, until__isnull=True).order_by("-scope", "-id").first(),
        "application": application,
        "kind": _TAGS.get(ApplicationStatus(application.status), "info") if application else "",
    }


@register.filter
def age(moment: dt.datetime | None) -> str:
    """How long ago: "vừa xong", "3 giờ", "2 ngày"; nothing for nothing."""
    if moment is None:
        return ""
    passed = timezone.now() - moment
    if passed.days >= 1:
        return ngettext("%(n)s ngày", "%(n)s ngày", passed.days) % {"n": passed.days}
    hours = passed.seconds // 3600
    if hours >= 1:
        return ngettext("%(n)s giờ", "%(n)s giờ", hours) % {"n": hours}
    return _("vừa xong")


@register.filter
def is_old(moment: dt.datetime | None) -> bool:
    """Whether something has been waiting for two days or more."""
    return moment is not None and timezone.now() - moment >= dt.timedelta(days=2)
