"""Who works for a cooperative, in which place, since when and until when."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit, push
from marketplace.accounts.models import User
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal

from . import notices
from .models import Cooperative, Membership
from .statuses import Role


class AlreadyMember(Refusal):
    code = "already_member"
    default_text = _("Người này đã ở trong hợp tác xã rồi.")


class LastDirector(Refusal):
    code = "last_director"
    default_text = _("Hợp tác xã cần ít nhất một giám đốc. Hãy thêm giám đốc khác trước.")


class NotMember(Refusal):
    code = "not_member"
    default_text = _("Người này đã thôi việc ở đây rồi.")


def add_member(cooperative: Cooperative, user: User, role: str, *, by: Actor) -> Membership:
    """Give ``user`` a place in the cooperative from now on and tell them by letter.

    Raises AlreadyMember when they have one (whichever role).
    """
    role = Role(role)
    try:
        with transaction.atomic():
            membership = Membership.objects.create(cooperative=cooperative, user=user, role=role)
            audit.record("member.add", membership, by=by, role=role, user=user.pk)
            notices.member_added(membership)
    except IntegrityError:
        raise AlreadyMember(field="phone") from None
    return membership


def end_membership(membership: Membership, *, by: Actor) -> None:
    """End a place from now on; the row stays, their devices are told nothing more. Locks the cooperative's places.

    Raises NotMember when it has ended before, LastDirector when nobody would direct the cooperative.
    """
    with transaction.atomic():
        places = Membership.objects.select_for_update(no_key=True).filter(
            cooperative_id=membership.cooperative_id, until__isnull=True
        )
        by_key = {place.pk: place for place in places.order_by("pk")}
        place = by_key.pop(membership.pk, None)
        if place is None:
            raise NotMember
        if place.role == Role.DIRECTOR and not any(one.role == Role.DIRECTOR for one in by_key.values()):
            raise LastDirector
        place.until = timezone.now()
        place.save(update_fields=["until"])
        push.forget(place.cooperative.mailbox, user_id=place.user_id)
        audit.record("member.end", place, by=by, role=place.role, user=place.user_id)
