"""Settings of the test suite: the real ones, with a test's environment."""

import os
import tempfile
from pathlib import Path

# One folder per pytest process; removed by the operating system's own tidying.
_folder = Path(tempfile.mkdtemp(prefix="ce-tests-"))
(_folder / "static").mkdir()
os.environ["ENV_FILE"] = str(_folder / "absent.env")
os.environ["DATA_DIR"] = str(_folder)
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ["PUBLIC_BASE_URL"] = "http://testserver"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["QUEUE_IMMEDIATE"] = "yes"
os.environ["DEMO"] = "no"
os.environ["DEBUG"] = "no"
# Tests about them switch them on; all others look at the office itself.
os.environ["SECOND_STEP_REQUIRED"] = "no"
os.environ["FRESH_SIGN_IN_SECONDS"] = "0"
os.environ["DATABASE_URL"] = (
    os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{_folder / 'db.sqlite3'}"
)
for _name in (
    "CACHE_URL",
    "MAIL_URL",
    "QUEUE_URL",
    "SECRET_KEY_FALLBACKS",
    "SIGNING_CERTIFICATES",
    "SIGNING_CERTIFICATES_FILE",
    "SIGNING_KEY",
    "SIGNING_KEY_FILE",
    "SIGNING_KEY_PASSWORD",
    "TRUSTED_PROXY_COUNT",
):
    os.environ.pop(_name, None)

from ce_platform.settings import *  # noqa: E402, F403
from ce_platform.settings import DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: in memory all threads share one connection and races hide.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
