"""Households a cooperative buys from or works with, and their plots. Names stay at the desk."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import audit
from marketplace.accounts.models import signed
from marketplace.foundation.actor import Actor
from marketplace.foundation.refusals import Refusal
from marketplace.foundation.text import clean

from .models import Cooperative, Household, Plot

MOST_AREA = 10_000_000  # m²: a thousand hectares


class HouseholdRefused(Refusal):
    """The household or plot cannot be written that way."""

    code = "household_refused"


@transaction.atomic
def add_household(
    cooperative: Cooperative, name: str, *, place: str = "", phone: str = "", by: Actor
) -> Household:
    """Write down a household; the same name at the same place is the same household. Raises HouseholdRefused."""
    name, place = _named(name, place)
    made, is_new = Household.objects.get_or_create(
        cooperative=cooperative, name=name, place=place, defaults={"phone": clean(phone), **signed(by)}
    )
    if is_new:
        audit.record("household.add", made, by=by)  # SECURITY: the audit holds no name
    return made


def change_household(
    household: Household, name: str, *, place: str = "", phone: str = "", by: Actor
) -> Household:
    """Write a household's name, place and phone anew; its slips and plots stay its own.

    Locks the household. Raises HouseholdRefused, also when another one has that name at that place.
    """
    name, place = _named(name, place)
    try:
        with transaction.atomic():
            one = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
            one.name, one.place, one.phone = name, place, clean(phone)
            one.save(update_fields=["name", "place", "phone"])
            audit.record("household.change", one, by=by)
    except IntegrityError:
        raise HouseholdRefused(_("Đã có hộ khác cùng tên ở đó."), field="name") from None
    return one


@transaction.atomic
def add_plot(household: Household, name: str, *, area: int | None = None, by: Actor) -> Plot:
    """Write down a plot of ``household``, ``area`` in m²; the same name is the same plot. Raises HouseholdRefused."""
    name = _measured(name, area)
    made, is_new = Plot.objects.get_or_create(
        household=household, name=name, defaults={"area": area, **signed(by)}
    )
    if is_new:
        audit.record("household.plot", made, by=by, household=household.pk)
    return made


def change_plot(plot: Plot, name: str, *, area: int | None = None, by: Actor) -> Plot:
    """Write a plot's name and ``area`` in m² anew. Locks the plot.

    Raises HouseholdRefused, also when another plot of the household has that name.
    """
    name = _measured(name, area)
    try:
        with transaction.atomic():
            one = Plot.objects.select_for_update(no_key=True).get(pk=plot.pk)
            one.name, one.area = name, area
            one.save(update_fields=["name", "area"])
            audit.record("household.plot_change", one, by=by, household=one.household_id)
    except IntegrityError:
        raise HouseholdRefused(_("Hộ này đã có thửa cùng tên."), field="name") from None
    return one


def _named(name: str, place: str) -> tuple[str, str]:
    name, place = clean(name), clean(place)
    if not 1 <= len(name) <= 120:
        raise HouseholdRefused(_("Hãy ghi tên chủ hộ."), field="name")
    if len(place) > 160:
        raise HouseholdRefused(_("Chỗ này dài quá."), field="place")
    return name, place


def _measured(name: str, area: int | None) -> str:
    name = clean(name)
    if not 1 <= len(name) <= 80:
        raise HouseholdRefused(_("Hãy ghi tên thửa."), field="name")
    if area is not None and not 1 <= area <= MOST_AREA:
        raise HouseholdRefused(_("Diện tích chưa đúng."), field="area")
    return name


def plots_of(cooperative: Cooperative) -> QuerySet[Plot]:
    """Return the plots of all households of ``cooperative``, each with its household."""
    return Plot.objects.filter(household__cooperative=cooperative).select_related("household")
