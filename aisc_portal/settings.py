"""One settings file, driven by the environment. `docs/operations.md` lists the variables."""

from pathlib import Path

import environ
import pghistory
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from core.logs import configuration

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of portal this is ------------------------------------------------------------------
MODE = env.str("PORTAL_MODE", default="production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("PORTAL_MODE must be production, demo or test")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
TESTING = MODE == "test"

PORTAL_HOME = Path(env.str("PORTAL_HOME", default=str(BASE_DIR / ".portal")))
SITE_URL = env.str("SITE_URL", default="" if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY") if PRODUCTION else env.str("SECRET_KEY", default="demo-and-test-only-" + "x" * 40)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # former keys: links sent before a change
# Personal data at rest (core.sealed): the first data key seals, every one opens. `make` makes the demo its own.
DATA_KEYS = env.str("DATA_KEYS") if PRODUCTION else env.str("DATA_KEYS", default=f"demo:{'demo' * 10}aaa=")
DATA_INDEX_KEY = env.str("DATA_INDEX_KEY") if PRODUCTION else env.str("DATA_INDEX_KEY", default=f"{'test' * 10}aaa=")
# Certificates: the private key signs; former ones' public keys go on verifying (awards.certificates.keys).
_CERTIFICATE_DEFAULT = env.NOTSET if PRODUCTION else f"test:{'test' * 10}aaa="
CERTIFICATE_KEY = env.str("CERTIFICATE_KEY", default=_CERTIFICATE_DEFAULT)
CERTIFICATE_OLD_KEYS = env.str("CERTIFICATE_OLD_KEYS", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if SITE_URL else [])

# --- Apps: floors from the ground up ---------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the site is ours: core.portal_admin.PortalSite
    "unfold.contrib.filters",
    "core.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_celery_beat",
    "django_cotton",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "rules",
    "core",
    "core.accounts",
    "core.api",
    "core.audit",
    "core.files",
    "core.jobs",
    "core.notices",
    "core.sealed",
    "tracks",
    "registrations",
    "judging",
    "seasons",
    "awards",
    "aisc_portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.request_log.RequestLog",
    "core.csp.ContentPolicy",
    "core.csp.AdminPolicy",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.short_way.Fork",  # a ballot goes on at the join
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.accounts.middleware.WhoIsSignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.accounts.middleware.StaffSessionsEndWhenIdle",
    "core.accounts.middleware.StaffNeedSecondFactor",
    "core.accounts.middleware.PrivatePagesAreNotStored",
    "django_htmx.middleware.HtmxMiddleware",
    "core.short_way.join",
]
SHORT_WAY = r"/vote/[^/]+/"  # a ballot: its voter is in a signed cookie, never in the session

FORM_RENDERER = "core.form_rendering.Renderer"
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees its attributes and the context processors, not the page

ROOT_URLCONF = "aisc_portal.urls"
WSGI_APPLICATION = "aisc_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "core.context.portal",
                "aisc_portal.context.edition",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]

# --- Postgres, Redis --------------------------------------------------------------------------------
# Two roles: the application may only select and insert in append-only tables; the owner migrates
# (the runner then sets DATABASE_URL to the owner's address). Architecture, decision 5.
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///portal")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=0 if TESTING else 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# Compiling a query takes PostgreSQL about 80 ms, more than any of ours runs; comparing a work took ten times as long.
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
_OPTIONS["options"] = f"{_OPTIONS.get('options', '')} -c jit=off".strip()
APP_ROLE = env.str("DATABASE_APP_ROLE", default="portal_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

# Sign-in, sessions and rate limits live in Postgres, so that they work while Redis is down (R9, R20).
CACHES = {"default": {"BACKEND": "core.cache.PostgresCache", "LOCATION": "core_cache"}}
SESSION_ENGINE = "core.accounts.sessions"

# --- Celery: wakes workers ---------------------------------------------------------------------------
# Celery names a unix socket differently from redis-py.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: by default workers give up after 100 tries and stay dead
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 0}
CELERY_BEAT_SCHEDULER = "core.jobs.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "core.jobs.tasks.sweep", "schedule": 30.0, "options": {"expires": 60}},
    "codes": {"task": "tracks.tasks.watch_codes", "schedule": 300.0, "options": {"expires": 300}},
    "remind": {"task": "registrations.tasks.remind", "schedule": 300.0, "options": {"expires": 300}},
    "watch": {"task": "judging.tasks.watch", "schedule": 300.0, "options": {"expires": 300}},
    "train": {"task": "seasons.tasks.train", "schedule": 300.0, "options": {"expires": 300}},
    "awards": {"task": "awards.tasks.close_windows", "schedule": 300.0, "options": {"expires": 300}},
    "uploads": {"task": "core.files.tasks.expire_uploads", "schedule": 600.0, "options": {"expires": 600}},
    "checkup": {"task": "aisc_portal.tasks.checkup", "schedule": 3600.0, "options": {"expires": 3600}},
    "expire": {"task": "aisc_portal.tasks.expire", "schedule": 3600.0, "options": {"expires": 3600}},
}
CELERY_TIMEZONE = "Asia/Shanghai"

# --- Accounts (see core/accounts) --------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "core.accounts.backends.Backend",  # allauth's, the only door; it is a ModelBackend too
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["core.accounts.hashers.Argon2Hasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("real_name", "phone", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 14 * 86400  # staff: half an hour without a request (core.accounts.middleware)

ACCOUNT_ADAPTER = "core.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
# The sign-up form asks for one contact, either kind; allauth is told of both so that it has the pages for both.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # which lets a taken mailbox look like a free one
ACCOUNT_PREVENT_ENUMERATION = True
# Codes everywhere, links nowhere: they reach another device, and a forged Host header has nothing to forge.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True  # one mailbox an account; the new one counts once it has answered
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # password or second factor again before phone or mailbox change (T16)
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {
    "login": "core.accounts.forms.LoginForm",
    "request_login_code": "core.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "core.accounts.forms.ConfirmLoginCodeForm",
    "signup": "core.accounts.forms.SignupForm",
    "confirm_email_verification_code": "core.accounts.forms.ConfirmEmailForm",
    "verify_phone": "core.accounts.forms.VerifyPhoneForm",
    "reset_password": "core.accounts.forms.ResetPasswordForm",
    "confirm_password_reset_code": "core.accounts.forms.ConfirmResetForm",
    "reset_password_from_key": "core.accounts.forms.NewPasswordForm",
    "change_password": "core.accounts.forms.ChangePasswordForm",
    "set_password": "core.accounts.forms.SetPasswordForm",
    "reauthenticate": "core.accounts.forms.ReauthenticateForm",
    "add_email": "core.accounts.forms.EmailForm",
    "change_phone": "core.accounts.forms.ChangePhoneForm",
}
# Per account first: a school's hundred people share one address (R20). A code has 3 tries, so 20 codes a day
# leave 60 guesses at 1,000,000.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # counting all sign-ins of an address would only make a school queue at one lock
    "login_failed": "60/m/ip,5/15m/key",
    "request_login_code": "60/m/ip,3/m/key,10/h/key,20/d/key",
    "reset_password": "60/m/ip,3/m/key,10/h/key,20/d/key",
    "signup": "60/m/ip",
    "verify_phone": "60/m/ip,1/30s/key,10/h/key",
    "confirm_email": "60/m/ip,1/10s/key,10/h/key",
    # The public's vote (judging.views.voting): never by address, since a hall shares one.
    "ballot_code": "1/50s/key,4/h/key,8/d/key",  # a phone
    "ballot_device": "12/h/key",  # a browser: codes asked for, codes and tokens tried
    "certificate_lookup": "10/m/ip,60/h/ip",  # typed numbers of certificates: they are without gaps (awards)
    "api": "120/m/ip",  # the public part of the API
    "api_token": "300/m/key",  # a program with a token
    "training_code": "10/5m/key",  # a person's tries at the code on the screen (seasons.views.training)
    "ballot_hall": "3000/h/key",  # what a hall may cost in messages
}
# How many proxies of ours add to X-Forwarded-For; what others write there is not believed (R20).
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1 if PRODUCTION else 0)
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
MFA_ADAPTER = "core.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]  # WebAuthn waits: it needs a script of ours in place of allauth's
MFA_TOTP_ISSUER = env.str("TOTP_ISSUER", default="AI科普+大赛")
MFA_TOTP_TOLERANCE = 1  # phones' clocks are off by seconds
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody gets this far without having answered a code
MFA_FORMS = {
    "authenticate": "core.accounts.forms.AuthenticateForm",
    "reauthenticate": "core.accounts.forms.ReauthenticateMFAForm",
    "activate_totp": "core.accounts.forms.ActivateTOTPForm",
}

API_SCOPES = {  # what a token may open (core.api), and what the organiser reads in the form
    "entries": "报名（没有姓名和联系方式）",
    "works": "作品的状态和版本（没有内容）",
    "scores": "各轮评分（评委只有编号）",
    "awards": "获奖名单，含未公示的",
    "metrics": "运行指标（/metrics）",
}

# --- Language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Static and private files ------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("guides", BASE_DIR / "docs" / "images")]  # the guides' pictures
STATIC_ROOT = PORTAL_HOME / "static"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(PORTAL_HOME / "files")))
FILES_SYNCED = env.bool("FILES_SYNCED", default=True)  # wait for the disk; a rehearsal's files may be lost
PRIVATE_FILES_ACCEL = env.str("PRIVATE_FILES_ACCEL", default="")  # e.g. /protected/ behind the proxy
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")  # clamd's socket, or host:port; empty: no virus scan
STORAGES = {
    "default": {
        "BACKEND": env.str("FILE_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("FILE_STORAGE_OPTIONS", default={}),
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a grid of 300 rows

# --- Mail and SMS ------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="core.notices.backends.FolderBackend" if DEMO else EMAIL_CONFIG["EMAIL_BACKEND"],
)
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = PORTAL_HOME / "mail"  # the demo's mails, shown at /dev/mail/
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="AI科普+大赛 <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# What the foot of every page must say in China: filing numbers, as the authorities write them; empty: said to be open.
ICP_NUMBER = env.str("ICP_NUMBER", default="")  # 粤ICP备…号
POLICE_NUMBER = env.str("POLICE_NUMBER", default="")  # 粤公网安备…号
SITE_NAME = "广东省“AI科普+”创意与应用大赛"  # how mails sign themselves
SMS_BACKEND = env.str("SMS_BACKEND", default="core.notices.sms.ConsoleBackend")
# Voters at the live final by WeChat (a service account's web authorisation); without both nobody is offered it.
WECHAT_APP_ID = env.str("WECHAT_APP_ID", default="")
WECHAT_APP_SECRET = env.str("WECHAT_APP_SECRET", default="")
WECHAT_AUTHORIZE_URL = "https://open.weixin.qq.com/connect/oauth2/authorize"
WECHAT_TOKEN_URL = "https://api.weixin.qq.com/sns/oauth2/access_token"  # noqa: S105 - an address

# --- History -----------------------------------------------------------------------------------------
# Insert-only context: the application role may not update history (R17).
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
PGHISTORY_APPEND_ONLY = True
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)  # a version is found by its row: 230 indexes less
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)

# --- Admin (unfold) ----------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "AI科普+ 大赛后台",
    "SITE_HEADER": "AI科普+ 大赛后台",
    "SITE_SUBHEADER": "赛道联系人与组委会",
    "SITE_URL": "/",
    "SHOW_HISTORY": False,  # every page shows 办理记录 instead
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "aisc_portal.admin_home.dashboard",
    "ACCOUNT": {"navigation": [{"title": "我的账号", "link": reverse_lazy("account")}]},
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _: static("icons/favicon.svg")}],
    "SIDEBAR": {"show_search": False, "navigation": "aisc_portal.admin_home.sidebar"},
    "STYLES": [lambda _: static("css/tokens.css"), lambda _: static("css/admin.css")],
    "SCRIPTS": [lambda _: static("js/admin-words.js")],
    "THEME": "light",  # the colours are in static/css/admin.css
}

# --- Logs: to standard output, where the process manager or container keeps them -----------------------
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "line")  # line: for people's eyes
LOGGING = configuration(LOG_FORMAT, requests=env.bool("LOG_REQUESTS", default=PRODUCTION))

# --- Security ----------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^metrics$"]  # proxy, container and collector ask over plain http
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    # The admin alone adds 'unsafe-eval' and inline styles: unfold's Alpine needs them (core.csp).
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
CSP_ADMIN_EXTRA = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}

if env.str("SENTRY_DSN", default=""):
    import sentry_sdk

    # Neither forms nor variables leave the house: both hold names and numbers.
    sentry_sdk.init(
        dsn=env.str("SENTRY_DSN"), send_default_pii=False, include_local_variables=False, max_request_body_size="never"
    )
