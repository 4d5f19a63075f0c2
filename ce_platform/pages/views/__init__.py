from ce_platform.pages.views.demo import demo_look_around, demo_mail, demo_mail_html, demo_mailbox
from ce_platform.pages.views.errors import csrf_failure, forbidden, not_found, server_error
from ce_platform.pages.views.health import healthz
from ce_platform.pages.views.home import home, learning
from ce_platform.pages.views.mail import (
    mail_bounce,
    mail_detail,
    mail_html,
    mail_kind,
    mail_kind_html,
    mail_kind_list,
    mail_list,
    mail_mend,
    mail_resend,
)
from ce_platform.pages.views.office import (
    components,
    job_detail,
    job_result,
    office,
    office_index,
)
from ce_platform.pages.views.own_mail import my_mail, my_mail_works, stop_mail
from ce_platform.pages.views.teach import teach

__all__ = [
    "components",
    "csrf_failure",
    "demo_look_around",
    "demo_mail",
    "demo_mail_html",
    "demo_mailbox",
    "forbidden",
    "healthz",
    "home",
    "job_detail",
    "job_result",
    "learning",
    "mail_bounce",
    "mail_detail",
    "mail_html",
    "mail_kind",
    "mail_kind_html",
    "mail_kind_list",
    "mail_list",
    "mail_mend",
    "mail_resend",
    "my_mail",
    "my_mail_works",
    "not_found",
    "office",
    "office_index",
    "server_error",
    "stop_mail",
    "teach",
]
