"""The bare floor: Django with one view and no middleware, no session, no database."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

from .page import empty

urlpatterns = [path("bench/empty/", empty)]

settings.configure(ROOT_URLCONF=__name__, SECRET_KEY="bench", ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[])
application = get_wsgi_application()
