"""All settings, read top to bottom. Whatever differs between machines comes from the environment.

Every variable is listed in ``.env.example``. Nothing insecure is a default: without the environment
saying so there is no debug mode, no demo, no secret and no allowed host.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from kombu import Exchange, Queue

from mentoring import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent

# What this installation is
DEMO = env.flag("UPWELL_DEMO")
DEMO_FOLDER = Path(env.text("UPWELL_DEMO_FOLDER", default=str(BASE_DIR / ".var" / "demo")))
DEBUG = env.flag("UPWELL_DEBUG")
COMPANY_NAME = env.text("UPWELL_COMPANY_NAME", default="Northwind Rail" if DEMO else "your company")
BASE_URL = env.text(
    "UPWELL_BASE_URL", purpose="It is the address people type, as https://mentoring.example.org."
).rstrip("/")
SECRET_KEY = env.text(
    "UPWELL_SECRET_KEY", purpose="Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'."
)
ALLOWED_HOSTS = env.listing(
    "UPWELL_HOSTS", purpose="It lists the host names this site answers to, with commas between."
)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SEALING_KEYS = env.sealing_keys("UPWELL_SEALING_KEYS", purpose="It holds the keys that seal private text.")

# After so long a search for pairs stops, with what it has found and a stated gap (docs/matching.md)
SEARCH_SECONDS = env.number("UPWELL_SEARCH_SECONDS", default=1800, least=1)

# Smallest group of people a figure may speak about (docs/disclosure.md)
SMALLEST_GROUP = env.number("UPWELL_SMALLEST_GROUP", default=5, least=3)

# Whoever says this may read the numbers of /metrics; without it there are none
METRICS_TOKEN = env.text("UPWELL_METRICS_TOKEN", default="")

INSTALLED_APPS = [
    "mentoring",
    "dashboards",
    "matching",
    "surveys",
    "pairings",
    "participants",
    "programs",
    "notifications",
    "people",
    "ui",
    "privacy",
    "mentoring.admin_apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "people.middleware.LocalTimeMiddleware",
    "people.middleware.KeptByNoBrowserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "mentoring.urls"
WSGI_APPLICATION = "mentoring.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "dashboards.navigation.navigation",
                "mentoring.demo.personas.for_templates",
            ],
            "builtins": ["ui.templatetags.upwell"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Database: PostgreSQL only
DATABASES = {
    "default": {
        **dj_database_url.parse(
            env.text(
                "DATABASE_URL", purpose="It names the PostgreSQL database, as postgres://user:password@host/name."
            ),
            conn_max_age=60,
            conn_health_checks=True,
        ),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Who signs in
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["people.backends.DirectoryBackend"]
# E-mail is unique without regard to case, by a constraint this check does not read.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "dashboards:home"
LOGOUT_REDIRECT_URL = "people:sign_in"
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds for which the link works that lets somebody choose a password
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# In the memory of each process, and of nothing but how often something was tried: so many sources at once that nobody
# makes us forget a count by trying under other names.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Language and time. Instants are stored in UTC; each person reads them in their own zone.
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files, served by the application itself
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("UPWELL_STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Transport and browser security. UPWELL_INSECURE_HTTP is for the demo and tests on this machine only.
INSECURE_HTTP = env.flag("UPWELL_INSECURE_HTTP")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not INSECURE_HTTP
BEHIND_PROXY = env.flag("UPWELL_BEHIND_PROXY")  # one that sets X-Forwarded-Proto, and adds to X-Forwarded-For
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
# In the session and in no cookie of their own: they end with it, and whoever signs in next reads none of them
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Mail leaves through SMTP, and only from workers
EMAIL_BACKEND = "notifications.smtp.Backend"
EMAIL_HOST = env.text("UPWELL_SMTP_HOST", default="localhost")
EMAIL_PORT = env.number("UPWELL_SMTP_PORT", default=25, least=1)
EMAIL_HOST_USER = env.text("UPWELL_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.text("UPWELL_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.flag("UPWELL_SMTP_TLS")
EMAIL_TIMEOUT = 20
MAIL_LINES = env.number("UPWELL_MAIL_LINES", default=4, least=1)
DEFAULT_FROM_EMAIL = env.text(
    "UPWELL_MAIL_FROM", default=f"Upwell <upwell@{ALLOWED_HOSTS[0].lstrip('.*') or 'localhost'}>"
)

# When people are written to of what may wait, unless they say otherwise; in the demo, whenever there is something
MESSAGE_WEEKDAYS = env.weekdays(
    "UPWELL_WORKING_DAYS", default=env.WEEKDAYS if DEMO else ("mon", "tue", "wed", "thu", "fri")
)
PUBLIC_HOLIDAYS = env.days("UPWELL_PUBLIC_HOLIDAYS")
MESSAGE_HOURS = env.hours("UPWELL_MESSAGE_HOURS", default="00:00-23:59" if DEMO else "09:00-18:00")
MESSAGES_GATHERED = not env.flag("UPWELL_MESSAGES_AS_THEY_COME", default=DEMO)

# Workers: PostgreSQL is the record, the broker is only the bell (docs/adr)
BROKER_FOLDER = env.text("UPWELL_BROKER_FOLDER", default="")
CELERY_BROKER_URL = "filesystem://" if BROKER_FOLDER else env.text("REDIS_URL", default="redis://localhost:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = (
    {"data_folder_in": BROKER_FOLDER, "data_folder_out": BROKER_FOLDER, "control_folder": BROKER_FOLDER}
    if BROKER_FOLDER
    else {
        "visibility_timeout": 300,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        # Somebody who asks for a search while the broker is away is not kept waiting; the next tick finds the run.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long the broker is away, a worker is there when it comes back
# A search may last half an hour, and messages wait for none: it has a queue, so that processes of its own may hear it.
# A worker that is told no queue hears both.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("celery", "searches")]
CELERY_TASK_ROUTES = {"matching.solve_run": {"queue": "searches"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULER = "mentoring.heartbeats.Scheduler"
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "mentoring.tick",
        "schedule": timedelta(seconds=env.number("UPWELL_TICK_SECONDS", default=5 if DEMO else 60, least=1)),
        "options": {"expires": 60},
    }
}

# Nothing of a row that the database refused (mentoring.logs), and one handler, so that no other writes it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"class": "mentoring.logs.Plain", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"django": {"handlers": [], "level": "INFO"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
