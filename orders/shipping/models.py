"""Oscar's shipping tables, unused: parcel fees stand on the stall (``fees.py``)."""

from oscar.apps.shipping.models import *  # noqa: F403
