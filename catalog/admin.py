from oscar.apps.catalogue.admin import *  # noqa: F403  Oscar: its admin classes must exist for checks
