"""The market's settings as on a server; the only thing added is the address of the empty view."""

from marketplace.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls_ours"
