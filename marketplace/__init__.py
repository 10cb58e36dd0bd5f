"""The roof: settings, addresses, jobs and the pages that compose the floors below.

It may use every floor; no floor may use it. Start reading at ``urls.py`` and docs/architecture.md.
"""

from .celery import app as celery_app

__all__ = ["celery_app"]
