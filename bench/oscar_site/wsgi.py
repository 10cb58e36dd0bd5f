"""The stock Oscar shop as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.oscar_site.settings"
application = get_wsgi_application()
