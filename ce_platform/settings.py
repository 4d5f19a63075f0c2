"""All settings. What differs between machines comes from the environment (or a `.env` file)."""

from pathlib import Path
from urllib.parse import unquote

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from dotenv import load_dotenv

from ce_platform import env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(env.folder("ENV_FILE", BASE_DIR / ".env"))

# ---------------------------------------------------------------- what kind of installation

DEBUG = env.flag("DEBUG", default=False)
# A demo says SPECIMEN on every certificate, shows a mailbox page and lets anyone look around.
DEMO = env.flag("DEMO", default=False)
SECRET_KEY = env.text("SECRET_KEY")
# Former keys: what was signed or encrypted with them can still be read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Printed QR codes live longer than host names: production must say its public address.
PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL").rstrip("/")
_public = env.address(
    "PUBLIC_BASE_URL",
    PUBLIC_BASE_URL,
    schemes={"http", "https"},
    example="https://learn.example.com, without a path",
)
IS_HTTPS = _public.scheme == "https"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_host = f"[{_public.hostname}]" if ":" in str(_public.hostname) else str(_public.hostname)
# On one's own machine all of its names lead here.
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ",".join(_LOOPBACK) if _host in _LOOPBACK else _host)
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")

# ---------------------------------------------------------------- applications

INSTALLED_APPS = [
    "ce_platform.core",
    "ce_platform.accounts",
    "courses",
    "quizzes",
    "ce_platform.licensing",
    "certificates",
    "ce_platform.office",
    "ce_platform.pages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ce_platform.core.middleware.WithoutNulMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Closed by default: a public view says so with login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "ce_platform.accounts.middleware.PersonTimeZoneMiddleware",
    "ce_platform.accounts.safety.middleware.LastSeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Says its sentence by a message, so it stands after them.
    "ce_platform.accounts.safety.middleware.SecondStepMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "ce_platform.urls"
WSGI_APPLICATION = "ce_platform.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "ce_platform.pages.context_processors.platform",
            ],
            "builtins": [
                "django.templatetags.static",
                "ce_platform.core.templatetags.components",
                "ce_platform.core.templatetags.wording",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# ---------------------------------------------------------------- database

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'ce.sqlite3'}"),
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Immediate transactions: a reader that turns writer would otherwise fail under load.
    # FULL: what a page showed as saved survives a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        ),
    }

# ---------------------------------------------------------------- cache, sessions, background work

# Rate limits live in the cache, so all workers must share it.
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": env.text("CACHE_URL"),
        }
        if env.text("CACHE_URL", default="")
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "shared_cache",
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    )
}

# Where tasks wait: empty means a SQLite file; redis://… and postgresql://… are understood too.
QUEUE_URL = env.text("QUEUE_URL", default="")
# Tests run tasks at once; crash tests and production leave them to the worker.
QUEUE_IMMEDIATE = env.flag("QUEUE_IMMEDIATE", default=False)

# ---------------------------------------------------------------- people

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "ce_platform.accounts.validators.NotTheEmailValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:home"
ACCOUNT_ADAPTER = "ce_platform.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "ce_platform.accounts.forms.SignupFields"
ACCOUNT_FORMS = {
    "signup": "ce_platform.accounts.entrance_forms.SignupForm",
    "change_password": "ce_platform.accounts.entrance_forms.ChangePasswordForm",
    "set_password": "ce_platform.accounts.entrance_forms.SetPasswordForm",
    "reset_password_from_key": "ce_platform.accounts.entrance_forms.ResetPasswordKeyForm",
    "add_email": "ce_platform.accounts.entrance_forms.AddEmailForm",
    "change_email": "ce_platform.accounts.entrance_forms.ChangeEmailForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code is typed in: a link would open in the mail app's browser and lose the person.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True

# Who works in the office must have a second step; a demo is for looking around.
SECOND_STEP_REQUIRED = env.flag("SECOND_STEP_REQUIRED", default=not DEMO)
# How long a sign-in is fresh enough for what cannot be taken back; 0: never asked again.
FRESH_SIGN_IN_SECONDS = env.number("FRESH_SIGN_IN_SECONDS", default=0 if DEMO else 15 * 60)
MFA_ADAPTER = "ce_platform.accounts.safety.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "ce_platform.accounts.safety.forms.AuthenticateForm",
    "reauthenticate": "ce_platform.accounts.safety.forms.ReauthenticateForm",
    "activate_totp": "ce_platform.accounts.safety.forms.ActivateTOTPForm",
    "login_webauthn": "ce_platform.accounts.safety.forms.SignInPasskeyForm",
    "authenticate_webauthn": "ce_platform.accounts.safety.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "ce_platform.accounts.safety.forms.ReauthenticatePasskeyForm",
    "add_webauthn": "ce_platform.accounts.safety.forms.AddPasskeyForm",
    "edit_webauthn": "ce_platform.accounts.safety.forms.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# One step of 30 seconds before and after: clocks differ, and people type slowly.
MFA_TOTP_TOLERANCE = 1

# How many proxies in front of us set X-Forwarded-For; 0 means none is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0)

# ---------------------------------------------------------------- mail

DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", default="Continuing education <ce@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
_MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
if env.text("MAIL_URL", default=""):
    _mail = env.address(
        "MAIL_URL",
        env.text("MAIL_URL"),
        schemes=set(_MAIL_PORTS),
        example="smtp+tls://mail.example.com:587",
    )
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or _MAIL_PORTS[_mail.scheme]
    EMAIL_HOST_USER = env.text("MAIL_USER", default=unquote(_mail.username or ""))
    EMAIL_HOST_PASSWORD = env.text("MAIL_PASSWORD", default=unquote(_mail.password or ""))
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_TIMEOUT = 20
else:
    # The demo mailbox page reads the rows of outgoing mail; nothing leaves the machine.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# ---------------------------------------------------------------- language and time

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", _("English (United States)"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- files

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
STORAGES = {
    # "default" keeps private files: certificates, letters, uploads. Never served by path.
    "default": {
        "BACKEND": "ce_platform.core.storage.ContentAddressedStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "file_permissions_mode": 0o640},
    },
    "course_media": {
        "BACKEND": "ce_platform.core.storage.ContentAddressedStorage",
        "OPTIONS": {"location": DATA_DIR / "course-media", "file_permissions_mode": 0o640},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Pieces of large files on their way in; all web and worker processes must see the same folder.
UPLOAD_DIR = env.folder("UPLOAD_DIR", DATA_DIR / "uploads")
# Days after which the file of an audit pack is deleted: it holds what others must not find.
AUDIT_PACK_DAYS = env.number("AUDIT_PACK_DAYS", default=30)
ARCHIVE_DAYS = env.number("ARCHIVE_DAYS", default=7)
# The same for certificates that the office asked for in bulk.
CERTIFICATE_DOWNLOAD_DAYS = env.number("CERTIFICATE_DOWNLOAD_DAYS", default=14)
# The same for the zip of everything that is kept of a person, asked for by themselves.
OWN_DATA_DAYS = env.number("OWN_DATA_DAYS", default=7)
# Who signs certificates and transcripts (docs/production.md). PEM, in files or in the text itself;
# the first certificate is the signer's, its issuers follow.
SIGNING_KEY_FILE = env.folder("SIGNING_KEY_FILE", DATA_DIR / "signing" / "key.pem")
SIGNING_CERTIFICATES_FILE = env.folder(
    "SIGNING_CERTIFICATES_FILE", DATA_DIR / "signing" / "certificates.pem"
)
SIGNING_KEY = env.text("SIGNING_KEY", default="")
SIGNING_CERTIFICATES = env.text("SIGNING_CERTIFICATES", default="")
SIGNING_KEY_PASSWORD = env.text("SIGNING_KEY_PASSWORD", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# ---------------------------------------------------------------- security

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "ce_platform.pages.views.csrf_failure"
# A proxy may pass the host on without its port; browsers name it.
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
if IS_HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=60 * 60 * 24 * 365)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
    if env.flag("BEHIND_TLS_PROXY", default=True):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# ---------------------------------------------------------------- logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "huey": {"level": "WARNING"},
        # Scanners ask for made-up hosts all day; they get their 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
