"""Every setting of the market, read from the environment (and ``.env``), safe for a first run.

Without any environment the market runs *embedded*: SQLite, jobs as threads of the one web process, files in
``var/``. Real installations set DATABASE_URL, BROKER_URL and SECRET_KEY; impossible combinations are refused by
``marketplace.checks``. Every name read here stands in ``.env.example`` (a test compares the two).
"""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

import environ
import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *  # noqa: F403  Oscar: its code reads OSCAR_* from settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")
env.ENVIRON = {name: value for name, value in os.environ.items() if value}  # an empty name is not set

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
# For the defaults that are addresses: a folder may be called "Chợ + phiên #1".
_VAR_URL = quote(str(VAR_DIR.absolute()), safe="/")


def _own_secret() -> str:
    """Return the secret of this copy, made once and kept in ``var/secret_key`` (embedded mode only)."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


# --- who we are -------------------------------------------------------------------------------------------
MARKET_NAME = env.str("MARKET_NAME", default="Chợ Phiên")
MARKET_URL = env.str("MARKET_URL", default="http://127.0.0.1:8000").rstrip("/")
OPERATOR_NAME = env.str("OPERATOR_NAME", default="")
OPERATOR_ADDRESS = env.str("OPERATOR_ADDRESS", default="")
OPERATOR_REGISTRATION = env.str("OPERATOR_REGISTRATION", default="")
OPERATOR_PHONE = env.str("OPERATOR_PHONE", default="")
OPERATOR_EMAIL = env.str("OPERATOR_EMAIL", default="")

# --- how we run -------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
EMBEDDED = env.bool("EMBEDDED", default=True)
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=1 if EMBEDDED else 2)  # web processes (gunicorn.conf.py)
SECRET_KEY = env.str("SECRET_KEY", default="") or (_own_secret() if EMBEDDED else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=False)
ADMIN_PATH = env.str("ADMIN_PATH", default="van-hanh/")

INSTALLED_APPS = [
    "marketplace.foundation.apps.FoundationConfig",
    "marketplace.accounts.apps.AccountsConfig",
    "marketplace.places.apps.PlacesConfig",
    "cooperatives.apps.CooperativesConfig",
    "catalog.apps.CatalogConfig",
    "traceability.apps.TraceabilityConfig",
    "orders.apps.OrdersConfig",
    "orders.basket.apps.BasketConfig",
    "orders.checkout.apps.CheckoutConfig",
    "orders.shipping.apps.ShippingConfig",
    "marketplace.apps.MarketplaceConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.forms",
    # Oscar's unforked tables that the forks point at; ranked with orders, otherwise unused.
    "marketplace.oscar_apps.AddressConfig",
    "marketplace.oscar_apps.PaymentConfig",
    "marketplace.oscar_apps.OfferConfig",
    "marketplace.oscar_apps.VoucherConfig",
    "marketplace.oscar_apps.CommunicationConfig",
    "marketplace.oscar_apps.CustomerConfig",
    "treebeard",
    "allauth",
    "allauth.account",
    "axes",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "marketplace.middleware.ContentPolicy",
    "marketplace.middleware.TraceFastLane",
    "marketplace.middleware.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "marketplace.middleware.NotAllowedPage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "orders.basket.middleware.LazyBasketMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # ours before Django's (templates/django/forms)
WSGI_APPLICATION = "marketplace.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"customer": "marketplace.oscar_migrations.customer"}
SITE_ID = 1

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["marketplace.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "marketplace.context_processors.market",
            ],
        },
    }
]

# --- data -------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{_VAR_URL}/market.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {"connect_timeout": 3, "options": "-c statement_timeout=20000 -c lock_timeout=5000"}
    )
CACHE_URL = env.str("CACHE_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not CACHE_URL
    else {
        "BACKEND": "marketplace.foundation.cache.ForgetfulRedisCache",
        "LOCATION": CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},  # a frozen one holds nobody up
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- people -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shop:me"
LOGOUT_REDIRECT_URL = "shop:home"
ACCOUNT_ADAPTER = "marketplace.accounts.adapter.MarketAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "marketplace.accounts.forms.LoginForm",
    "signup": "marketplace.accounts.forms.SignupForm",
    "change_password": "marketplace.accounts.forms.ChangePasswordForm",
    "reset_password": "marketplace.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "marketplace.accounts.forms.NewPasswordForm",
}
# Failed passwords are axes' business; a whole village may stand behind one address of the mobile network.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": None, "signup": "60/m/ip"}
# Where somebody lands after signing in without a page to return to: a function of a floor above the accounts.
FIRST_PAGE_OF = "cooperatives.access.first_page_of"
AXES_FAILURE_LIMIT = env.int("LOGIN_ATTEMPTS", default=8)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "marketplace.accounts.adapter.tried_name"
AXES_CLIENT_IP_CALLABLE = "marketplace.foundation.http.client_ip"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- language, time, money --------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Tiếng Việt")), ("en", _("Tiếng Anh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
OSCAR_DEFAULT_CURRENCY = "VND"
OSCAR_SHOP_NAME = MARKET_NAME
OSCAR_SLUG_MAP = {"Đ": "D", "đ": "d"}
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_DYNAMIC_CLASS_LOADER = "oscar.core.loading.default_class_loader"

# --- files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", default=str(VAR_DIR / "private")))
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_ENDPOINT = env.str("S3_ENDPOINT", default="")
_s3 = {"bucket_name": S3_BUCKET, "endpoint_url": S3_ENDPOINT or None, "file_overwrite": False}
STORAGES = {
    "default": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**_s3, "querystring_auth": False}}
        if S3_BUCKET
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    # Papers with names and tax codes: never under MEDIA_URL, only through a view with a door.
    "private": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {**_s3, "location": "private", "default_acl": "private"},
        }
        if S3_BUCKET
        else {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
        }
    ),
    "staticfiles": {"BACKEND": "marketplace.foundation.static.StaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=12 * 1024 * 1024)
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", default=50_000_000)

# --- jobs -------------------------------------------------------------------------------------------------
BROKER_URL = env.str("BROKER_URL", default="memory://localhost/" if EMBEDDED else "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.05}
    if BROKER_URL.startswith("memory")
    else {"socket_connect_timeout": 0.5, "socket_timeout": 1.5, "max_retries": 1, "visibility_timeout": 3600}
)

# Looks at codes are counted in the Redis of the queue, which forgets nothing; without one in a table.
SCAN_STREAM_URL = BROKER_URL if BROKER_URL.startswith("redis") else ""

# --- letters ----------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default=f"filemail:///{_VAR_URL}/mail")
vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 10  # seconds; a silent mail server must not outlast the lease of the outbox
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="cho-phien@localhost")
SMS_URL = env.str("SMS_URL", default="")
SMS_METHOD = env.str("SMS_METHOD", default="POST")
SMS_HEADERS = env.str("SMS_HEADERS", default='{"Content-Type": "application/json"}')
SMS_BODY = env.str("SMS_BODY", default="")
SMS_OK = env.str("SMS_OK", default="")
SMS_PHONE = env.str("SMS_PHONE", default="84")
SMS_MARKS = env.bool("SMS_MARKS", default=False)
SMS_PARTS = env.int("SMS_PARTS", default=2)
SMS_SENDER = env.str(
    "SMS_SENDER",
    default="marketplace.accounts.sms.HttpSender"
    if SMS_URL
    else "marketplace.accounts.senders.RecordingSender",
)
PUSH_PRIVATE_KEY = env.str("PUSH_PRIVATE_KEY", default="")
PUSH_PRIVATE_HOSTS = False  # tests stand in for a push service on this machine

# --- trade ------------------------------------------------------------------------------------------------
TRANSFER_HOURS = env.int("TRANSFER_HOURS", default=24)  # an unpaid VietQR order is held so long
UNCONFIRMED_HOURS = env.int(
    "UNCONFIRMED_HOURS", default=24
)  # then an order that nobody answered is cancelled
# By how many per cent goods sold by weight may be heavier, and dearer, than ordered where the buyer agrees to it.
WEIGHT_TOLERANCE = env.int("WEIGHT_TOLERANCE", default=10)
RETURN_DAYS = env.int("RETURN_DAYS", default=7)  # so long after delivery a buyer may ask to return goods
CASE_HOURS = env.int("CASE_HOURS", default=48)  # so long a side has to answer a return or a complaint

# --- trace ------------------------------------------------------------------------------------------------
# Signs the log of events; embedded mode makes one, servers call `manage.py make_log_key`.
LOG_KEY_FILE = Path(env.str("LOG_KEY_FILE", default=str(VAR_DIR / "log_key")))

# --- safety -----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"] + ([S3_ENDPOINT] if S3_ENDPOINT else []),
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
PIN_KEY = env.str("PIN_KEY", default="") or SECRET_KEY  # another key makes every printed scratch number wrong
# The header in which a proxy that knows says the visitor's province; without one, places do not count in alarms.
SCAN_PLACE_HEADER = env.str("SCAN_PLACE_HEADER", default="")
SECURE_SSL_REDIRECT = False  # the proxy in front redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 63072000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# One proxy in front adds one X-Forwarded-For entry; embedded mode has none.
PROXIES = env.int("PROXIES", default=0)
SILENCED_SYSTEM_CHECKS = ["security.W008"]
CSRF_FAILURE_VIEW = "marketplace.views.csrf_failed"

# --- logs -------------------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "foreign_pre_chain": [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name],
            "processors": [
                structlog.processors.TimeStamper(fmt="iso"),
                # SECURITY: tracebacks never print local variables; they hold phone numbers and passwords.
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
    },
}
