from ce_platform.pages.views.errors import csrf_failure, forbidden, not_found, server_error
from ce_platform.pages.views.health import healthz

__all__ = ["csrf_failure", "forbidden", "healthz", "not_found", "server_error"]
