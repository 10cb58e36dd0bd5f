from oscar.apps.partner.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks
