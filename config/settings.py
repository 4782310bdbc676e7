"""Settings, read from the environment (docs/operations in README: "How to go to production").

Safe by default: DEBUG is off, cookies are hardened as soon as the site is served over HTTPS, and
with an outside database a missing SECRET_KEY stops the start.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env("SIJAFUNG_VAR", default=str(BASE_DIR / "var")))
EMBEDDED = env.bool("SIJAFUNG_EMBEDDED", default=False)  # set by the launcher, never by hand
DEBUG = env.bool("DEBUG", default=False)


def _secret_key() -> str:
    """SECRET_KEY from the environment; else a random one that this clone makes and keeps.

    A web server in production must be given one (config/wsgi.py refuses to start without): all
    its machines have to share it.
    """
    if key := env("SECRET_KEY", default=""):
        return key
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(50))
        temporary.rename(path)
    return path.read_text().strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# What encrypts the second factor's secrets at rest (accounts.encryption): the first encrypts, all
# decrypt. How to change them: docs/security.md.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[]) or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "config.apps.SijafungAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_filters",
    "rest_framework",
    "rest_framework_api_key",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "accounts",
    "positions",
    "employees",
    "credits",
    "assessors",
    "careers",
    "reports",
]

# Ours: every write to their tables is kept in the audit trail (accounts.audit).
OWN_APPS = ("accounts", "positions", "employees", "credits", "assessors", "careers", "reports")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.OriginMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "reports.context.site",
            ],
        },
    }
]

# One database; migrations may connect as its owner, the application as a role that owns nothing.
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://localhost:1/unset")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
    "OPTIONS": {"options": "-c lock_timeout=30s -c idle_in_transaction_session_timeout=600s"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "employees.sign_in.RegisterBackend",
]
# The first hashes what is new (decision 11); the second reads what older versions left.
PASSWORD_HASHERS = [
    "accounts.hashers.Argon2idHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.OfficeWordsValidator"},
    {"NAME": "employees.passwords.PersonValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_RESET_TIMEOUT = 3600

# A session ends after a day's work, and sooner when nobody is at the screen: soonest for those
# who see everybody's data (accounts.sign_ins).
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=240)
SESSION_IDLE_MINUTES_OFFICERS = env.int("SESSION_IDLE_MINUTES_OFFICERS", default=60)

# Who must show a second factor. The demonstration can be walked into with a password alone.
TWO_FACTOR_REQUIRED_ROLES = env.list(
    "TWO_FACTOR_REQUIRED_ROLES", default=[] if DEBUG or EMBEDDED else ["administrator"]
)
OTP_TOTP_ISSUER = "SIJAFUNG"

# Lock-out: five failures of one account from one address, a quarter of an hour. And twenty of one
# account from all addresses within an hour: until they are an hour old, passwords for it are taken
# only from networks where it signed in before (accounts.lockout).
AXES_HANDLER = "accounts.lockout.LockoutHandler"
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # kept a day at most (accounts.tasks.forget)
ACCOUNT_FAILURE_LIMIT = 20
ACCOUNT_COOLOFF_TIME = timedelta(hours=1)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # accounts.SignIn is our own list
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "employees.sign_in.attempt_key"  # never the NIP that was typed
AXES_WHITELIST_CALLABLE = "accounts.sign_ins.never_locks"
AXES_CLIENT_IP_CALLABLE = "accounts.browsers.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken", "next"]
AXES_LOCKOUT_CALLABLE = "accounts.views_sign_in.locked_out"

# Single sign-on by OpenID Connect: off, unless the provider is named.
OIDC_RP_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_RP_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
OIDC_OP_ISSUER = env("OIDC_ISSUER", default="")
OIDC_OP_AUTHORIZATION_ENDPOINT = env("OIDC_AUTHORIZATION_ENDPOINT", default="")
OIDC_OP_TOKEN_ENDPOINT = env("OIDC_TOKEN_ENDPOINT", default="")
OIDC_OP_USER_ENDPOINT = env("OIDC_USERINFO_ENDPOINT", default="")
OIDC_OP_JWKS_ENDPOINT = env("OIDC_JWKS_ENDPOINT", default="")
OIDC_RP_SIGN_ALGO = env("OIDC_SIGN_ALGORITHM", default="RS256")
OIDC_RP_SCOPES = env("OIDC_SCOPES", default="openid email profile")
OIDC_MATCH = env("OIDC_MATCH", default="email")  # or "nip", or "sub"
OIDC_NIP_CLAIM = env("OIDC_NIP_CLAIM", default="nip")
OIDC_LABEL = env("OIDC_LABEL", default="SSO")  # on the button
OIDC_TRUST_SECOND_FACTOR = env.bool("OIDC_TRUST_SECOND_FACTOR", default=False)
OIDC_USE_PKCE = True
OIDC_CREATE_USER = False
OIDC_TIMEOUT = 10
OIDC_AUTHENTICATION_CALLBACK_URL = "employees:oidc_callback"
OIDC_ENABLED = bool(OIDC_RP_CLIENT_ID and OIDC_OP_ISSUER)
if OIDC_ENABLED:
    AUTHENTICATION_BACKENDS.append("employees.oidc.ProviderBackend")

# E-mail: printed on the console until a server is named (EMAIL_URL=smtp+tls://user:pass@host:587).
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("EMAIL_FROM", default="sijafung@localhost")
EMAIL_TIMEOUT = 20
# Letters about notices: "digest" (one a day, at seven), "soon" (within five minutes), "off".
NOTICE_MAIL = env.str("NOTICE_MAIL", default="digest")

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Files people hand in are never under a public folder: they are served through a view that asks
# the policy (accounts.policy).
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = ""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": env(
            "STATICFILES_STORAGE",
            default="whitenoise.storage.CompressedManifestStaticFilesStorage",
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
# Before anything of it is read: what a whole request may hold.
UPLOAD_REQUEST_LIMIT_MIB = env.int("UPLOAD_REQUEST_LIMIT_MIB", default=512)
FILE_UPLOAD_HANDLERS = [
    "accounts.uploads.RequestLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Strict content security: no inline script or style, nothing from another host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
HTTPS = env.bool("HTTPS", default=not (DEBUG or EMBEDDED))
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours write X-Forwarded-For; 0 believes the connection's own address alone.
PROXY_HOPS = env.int("PROXY_HOPS", default=int(env.bool("BEHIND_PROXY", default=False)))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REDIS_URL = env("REDIS_URL", default="redis://localhost:1/0")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What all processes must count together: requests of one address.
    "throttle": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "throttle",
    },
}
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None  # runs live in PostgreSQL, the broker is only a bell
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_keepalive": True}
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # the worker's log is blanked like all others
CELERY_BEAT_SCHEDULE = {
    "resume-runs": {"task": "credits.tasks.sweep", "schedule": 10.0},
    "recalculate-stale": {
        "task": "credits.tasks.recalculate_stale",
        "schedule": crontab(hour=1, minute=30),
    },
    "resume-imports": {"task": "employees.tasks.sweep_imports", "schedule": 30.0},
    "seal-trails": {"task": "accounts.tasks.seal_trails", "schedule": 60.0},
    "check-trails": {
        "task": "accounts.tasks.check_trails",
        "schedule": crontab(hour=3, minute=30),
    },
    "anchor-ledger": {
        "task": "credits.tasks.anchor_ledger",
        "schedule": crontab(hour=2, minute=30),
    },
    # After midnight: what the register says about the new day.
    "accounts-from-register": {
        "task": "employees.tasks.synchronise_accounts",
        "schedule": crontab(hour=0, minute=10),
    },
    "forget-sign-ins": {
        "task": "accounts.tasks.forget",
        "schedule": crontab(hour=3, minute=10),
    },
    "destroy-approved": {
        "task": "accounts.tasks.destroy_approved",
        "schedule": crontab(hour=3, minute=50),
    },
    "remind-claims": {
        "task": "credits.tasks.remind_claims",
        "schedule": crontab(hour=6, minute=30),
    },
    "remind-teams": {
        "task": "assessors.tasks.remind_teams",
        "schedule": crontab(hour=6, minute=40),
    },
    "send-digests": {
        "task": "accounts.tasks.send_digests",
        "schedule": 300.0 if NOTICE_MAIL == "soon" else crontab(hour=7, minute=0),
    },
    "forget-notices": {
        "task": "accounts.tasks.forget_notices",
        "schedule": crontab(hour=3, minute=0),
    },
}

# The daily anchor of the ledger goes where the application cannot change it: a folder of another
# owner, or a mail box of the inspectorate. The default is for one clone only.
LEDGER_ANCHOR_DIR = Path(env("LEDGER_ANCHOR_DIR", default=str(VAR_DIR / "anchors")))

# The API is for keys alone (accounts.api): no session, no Basic, nothing open by default.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.ClientThrottle"],
    "DEFAULT_THROTTLE_RATES": {"client": env("API_RATE", default="120/min")},
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "accounts.api.problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

# Where the site is reached from outside: printed in documents as their address for checking.
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000")

# Evidence of claims: the largest file taken, and what looks for malware in it: the dotted path of a
# function (open binary file) -> name of what was found, "" for nothing. Without one, files are
# marked as not scanned.
EVIDENCE_LIMIT_MIB = env.int("EVIDENCE_LIMIT_MIB", default=10)
EVIDENCE_SCANNER = env("EVIDENCE_SCANNER", default="")

# Whether ratings imported by the operator's command without --approved-by wait for a second
# person; docker-compose.yml turns it on (decision record 0012).
FOUR_EYES_STRICT = env.bool("FOUR_EYES_STRICT", default=False)

AGENCY = {
    "name": env("AGENCY_NAME", default="Kementerian Ketenagakerjaan"),
    "place": env("AGENCY_PLACE", default="Jakarta"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "accounts.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "sijafung": {
            "handlers": ["console"],
            "level": env("LOG_LEVEL", default="INFO"),
            "propagate": False,
        },
    },
}
