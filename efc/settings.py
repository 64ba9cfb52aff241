"""Settings, read from the environment and failing loudly. Nothing here exists only in production."""

from datetime import timedelta
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from efc.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if env.bool("EFC_READ_DOTENV", default=True):
    environ.Env.read_env(BASE_DIR / ".env")

# ── where we are ─────────────────────────────────────────────────────────
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("EFC_DEMO", default=False)
STATE_DIR = Path(env("EFC_STATE", default=str(BASE_DIR / ".run")))
SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
SITE_NAME = "European Financial Coalition"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECRETARIAT_EMAIL = env("SECRETARIAT_EMAIL", default="secretariat@efc.example")
SECRETARIAT_PHONE = env("SECRETARIAT_PHONE", default="")

# ── the floor plan: ground, rooms from left to right, then what we build on ──
INSTALLED_APPS = [
    "modeltranslation",
    "efc.apps.EfcConfig",
    "members.apps.MembersConfig",
    "workpackages.apps.WorkpackagesConfig",
    "events.apps.EventsConfig",
    "publications.apps.PublicationsConfig",
    "newsletter.apps.NewsletterConfig",
    "efc.apps.EfcAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_countries",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "simple_history",
    "django_structlog",
]
MIDDLEWARE = [
    "efc.middleware.RefuseOddInput",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "efc.middleware.PrivacyHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "efc.second_factor.RequireSecondFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = env("ROOT_URLCONF", default="efc.urls")
WSGI_APPLICATION = "efc.wsgi.application"
ASGI_APPLICATION = "efc.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "efc.templatetags.efc_tags",
                "efc.templatetags.text_tags",
                "efc.templatetags.letter_tags",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "efc.context.site",
            ],
        },
    }
]
FORMS_URLFIELD_ASSUME_HTTPS = True
FORM_RENDERER = "efc.renderers.FormRenderer"

# ── PostgreSQL, Redis, mail ──────────────────────────────────────────────
# The application role may not change the audit log nor the schema; migrations run as the owner.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True, ATOMIC_REQUESTS=False)
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", default="")
REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env("CACHE_URL", default=REDIS_URL),
        "KEY_PREFIX": "efc",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="European Financial Coalition <secretariat@efc.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 20
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", default="")  # where delivery reports arrive; empty: at DEFAULT_FROM_EMAIL
BOUNCE_URL = env("BOUNCE_URL", default="")  # its mailbox, imaps://user:password@host/folder, read by the clock

# ── Celery: the clock ────────────────────────────────────────────────────
CELERY_BROKER_URL = env(
    "BROKER_URL", default=REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that rings while the broker is away must not wait for it: one try, no pause before the next.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2, "socket_timeout": 10, "max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0,
}  # fmt: skip
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Brussels"
CELERY_BEAT_SCHEDULE = SCHEDULE

# ── how the Steering Group decides: a ballot keeps the numbers it was opened under (`members.rules`) ──
STEERING_GROUP_RULES = {
    "quorum_above": "1/2",  # of the voting seats that are not recused
    "silence_working_days": 10,
    "closing_hour": 18,  # in Brussels
    "reminder_working_days": 2,  # before the end
    "reminder_hour": 9,
}

# ── sign-in ──────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "efc.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "efc.permissions.RoleBackend",
    "efc.permissions.GrantBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
GUARDIAN_GET_INIT_ANONYMOUS_USER = None
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "efc.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a letter whenever a password, a key or the codes change
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # django-axes speaks for failed sign-ins, efc.second_factor for codes
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=True)  # of the roles in efc.roles.SECOND_FACTOR
SECOND_FACTOR_LIMITS = [(6, 900), (40, 86400)]  # (codes tried, seconds) of one person
MFA_ADAPTER = "efc.second_factor.SecondFactorAdapter"
ACCOUNT_FORMS = {
    "login": "efc.account_forms.SignInForm",
    "change_password": "efc.account_forms.ChangePasswordForm",
    "reset_password": "efc.account_forms.AskPasswordForm",
    "reset_password_from_key": "efc.account_forms.NewPasswordForm",
    "reauthenticate": "efc.account_forms.ConfirmPasswordForm",
}
MFA_FORMS = {
    "authenticate": "efc.account_forms.CodeForm",
    "reauthenticate": "efc.account_forms.ConfirmCodeForm",
    "activate_totp": "efc.account_forms.ActivateAppForm",
    "add_webauthn": "efc.account_forms.AddKeyForm",
    "edit_webauthn": "efc.account_forms.RenameKeyForm",
    "authenticate_webauthn": "efc.account_forms.KeyForm",
    "reauthenticate_webauthn": "efc.account_forms.ConfirmKeyForm",
    "login_webauthn": "efc.account_forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # who has an account came by a letter to its address
MFA_TOTP_TOLERANCE = 1  # clocks of telephones go half a minute wrong
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # http://localhost; browsers offer keys nowhere else without https
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  # a whole office may share one address
USERSESSIONS_TRACK_ACTIVITY = False  # where and with what somebody signed in is enough; we do not follow them
KNOX_TOKEN_MODEL = "efc.ApiToken"  # noqa: S105  (a model)
MIGRATION_MODULES = {"knox": None}  # its own table of tokens, which would stay empty, is not made
REST_KNOX = {"TOKEN_PREFIX": "efc_"}
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "efc.accounts.axes_username"
AXES_LOCKOUT_CALLABLE = "efc.accounts.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_DISABLE_ACCESS_LOG = True  # the audit log says who signed in; it keeps no network address
AXES_VERBOSE = False

# ── cookies and headers ──────────────────────────────────────────────────
SESSION_COOKIE_NAME = "efc_session"
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "worker-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# How many proxies in front of us set X-Forwarded-For; the rate limits count the client's address.
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT or None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── languages and time ───────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("de", _("German")), ("nl", _("Dutch"))]
LANGUAGE_NAMES = {"en": "English", "fr": "français", "de": "Deutsch", "nl": "Nederlands"}
LANGUAGE_COOKIE_NAME = "efc_language"
LOCALE_PATHS = [BASE_DIR / "efc" / "locale"]
FORMAT_MODULE_PATH = ["efc.formats"]
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/Brussels"

# ── files ────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(STATE_DIR / "static")))
STATICFILES_DIRS = []
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(STATE_DIR / "media")))
X_ACCEL_PREFIX = env("X_ACCEL_PREFIX", default="")  # where the proxy serves MEDIA_ROOT internally; empty: Django serves
STORAGES = {
    "default": {"BACKEND": "efc.files.PrivateStorage"},
    "staticfiles": {
        "BACKEND": env("STATICFILES_STORAGE", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
UPLOAD_LIMIT_BYTES = 20 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# ── the API ──────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    # The first one names the way in with a 401.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "efc.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["efc.rest_defaults.Acts"],
    "DEFAULT_PARSER_CLASSES": ["efc.rest_defaults.Parser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend", "efc.rest_defaults.Order"],
    "DEFAULT_SCHEMA_CLASS": "efc.openapi.Schema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "efc.rest.explain",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "EFC portal",
    "DESCRIPTION": "The public register, news, events and publications of the European Financial Coalition; signed in, what its "
    "members decide and keep. The same rows and the same acts as the pages: what you may not see answers as what does not exist.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "efc.openapi.add_problem"],
    "ENUM_NAME_OVERRIDES": {
        "SectorEnum": "members.models.Sector",
        "SeatKindEnum": "members.models.Seat.Kind",
        "OrganisationKindEnum": "members.models.Organisation.Kind",
        "EventKindEnum": "events.models.Event.Kind",
        "NewsKindEnum": "publications.models.NewsItem.Kind",
        "PublicationKindEnum": "publications.models.Publication.Kind",
        "DocumentKindEnum": "workpackages.models.Document.Kind",
        "ProgrammeKindEnum": "workpackages.models.Programme.Kind",
        "BallotKindEnum": "members.models.Ballot.Kind",
        "CheckKindEnum": "members.models.Check.Kind",
        "ApplicationStatusEnum": "members.models.Application.Status",
        "BallotStatusEnum": "members.models.Ballot.Status",
        "DecisionStatusEnum": "members.models.Decision.Status",
        "MemorandumStatusEnum": "members.models.MemorandumVersion.Status",
        "LevelEnum": "workpackages.models.Level",
    },
}

# The Member States and neighbours whose hotlines the report page lists.
HOTLINE_COUNTRIES = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT",
    "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "AD", "AL", "CH", "GB", "IS", "MD", "NO", "RS", "UA",
]  # fmt: skip

# ── the coalition's own rules ────────────────────────────────────────────
AUDIT_KEY = env("AUDIT_KEY", default=SECRET_KEY)  # keys the pseudonyms of people in the audit log
TWO_PERSONS_RELEASE = env.bool("TWO_PERSONS_RELEASE", default=True)  # a mailing is prepared by one, released by another
LETTER_LEASE_SECONDS = env.int("LETTER_LEASE_SECONDS", default=120)
MAILING_RISK = env.int("MAILING_RISK", default=1)  # messages in doubt per connection open in a killed process
MAILING_CONNECTIONS = env.int(
    "MAILING_CONNECTIONS", default=8
)  # SMTP connections of one worker process; they share a commit
MAILING_RATE_PER_SECOND = env.int("MAILING_RATE_PER_SECOND", default=0)  # 0: as fast as the server takes them
MAILING_LATE_AFTER = timedelta(minutes=env.int("MAILING_LATE_AFTER_MINUTES", default=60))
MAILING_LEASE_SECONDS = env.int("MAILING_LEASE_SECONDS", default=60)
CONTACT_RETENTION = timedelta(days=365)
CONTACT_LIMITS = [(3, 600), (10, 86400)]  # (messages, seconds) from one address of the network
API_LIMITS = [(env.int("API_ACTS_A_MINUTE", default=60), 60)]  # acts of one person; reading is not counted
SUBSCRIBE_LIMITS = [(5, 600), (20, 86400)]
APPLY_LIMITS = [(5, 600), (20, 86400)]
ALTCHA_HMAC_KEY = env("ALTCHA_HMAC_KEY", default=SECRET_KEY)

# ── logs: no network address, no browser, no local variables; requests only when they fail ──
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django_structlog": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "flufl.bounce": {"level": "CRITICAL"},  # it tells each style that it tries
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
