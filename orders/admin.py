from oscar.apps.order.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks
