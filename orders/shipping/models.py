"""Oscar's shipping tables, unused: what a parcel costs is ``cooperatives.rates``'s."""

from oscar.apps.shipping.models import *  # noqa: F403
