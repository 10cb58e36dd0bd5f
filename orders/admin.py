"""The operator's view of orders: to read. Statuses and sums are written by the rules alone."""

from oscar.apps.order.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks

from marketplace.foundation.admin import only_to_read

only_to_read("order")
