"""The market's settings with what tests need changed, and nothing else."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="cho-phien-tests-"))

from marketplace.settings import *  # noqa: F403
from marketplace.settings import DATABASES, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
PUSH_PRIVATE_KEY = (
    "AHPIzdmo4gey8wD2Dknv-lVzF4DE6XJN80eYc3mnsQ0"  # of nobody; pages show what is shown with a key
)

(VAR_DIR / "static").mkdir(exist_ok=True)  # WhiteNoise says so when it is missing

# A file, not memory: threads of one test share it the way threads of one process share the real one.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": Path(os.environ.get("TABLES_DIR", VAR_DIR)) / "test.sqlite3"}

SCAN_STREAM_URL = ""  # tests share one Redis; those of the stream take a database of their own in it
