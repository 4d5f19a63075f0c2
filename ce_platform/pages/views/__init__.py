from ce_platform.pages.views.demo import demo_look_around, demo_mail, demo_mailbox
from ce_platform.pages.views.errors import csrf_failure, forbidden, not_found, server_error
from ce_platform.pages.views.health import healthz
from ce_platform.pages.views.home import home, learning
from ce_platform.pages.views.office import (
    components,
    job_detail,
    job_result,
    mail_detail,
    mail_list,
    mail_resend,
    office,
)
from ce_platform.pages.views.teach import teach

__all__ = [
    "components",
    "csrf_failure",
    "demo_look_around",
    "demo_mail",
    "demo_mailbox",
    "forbidden",
    "healthz",
    "home",
    "job_detail",
    "job_result",
    "learning",
    "mail_detail",
    "mail_list",
    "mail_resend",
    "not_found",
    "office",
    "server_error",
    "teach",
]
