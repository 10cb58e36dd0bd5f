"""The operator's view of the ground floor: a cooperative's words may be mended, stock and prices are read only."""

from oscar.apps.partner.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import only_to_read

only_to_read("partner", but=("Partner",))
