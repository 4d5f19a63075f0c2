from django.urls import path

from ce_platform.pages import views
from ce_platform.pages.audit_pack import views as audit_pack

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("learning/", views.learning, name="learning"),
    path("office/", views.office, name="office"),
    path("office/all/", views.office_index, name="office-index"),
    path("office/mail/", views.mail_list, name="mail-list"),
    path("office/mail/<uuid:uid>/", views.mail_detail, name="mail-detail"),
    path("office/mail/<uuid:uid>/html/", views.mail_html, name="mail-html"),
    path("office/mail/<uuid:uid>/resend/", views.mail_resend, name="mail-resend"),
    path("office/mail/<uuid:uid>/bounce/", views.mail_bounce, name="mail-bounce"),
    path("office/mail/<uuid:uid>/mend/", views.mail_mend, name="mail-mend"),
    path("office/mail/kinds/", views.mail_kind_list, name="mail-kind-list"),
    path("office/mail/kinds/<slug:code>/", views.mail_kind, name="mail-kind"),
    path("office/mail/kinds/<slug:code>/html/", views.mail_kind_html, name="mail-kind-html"),
    path("account/mail/", views.my_mail, name="my-mail"),
    path("account/mail/works/", views.my_mail_works, name="my-mail-works"),
    path("mail/stop/<str:token>/", views.stop_mail, name="stop-mail"),
    path("office/jobs/<uuid:uid>/", views.job_detail, name="job-detail"),
    path("office/jobs/<uuid:uid>/result/", views.job_result, name="job-result"),
    path("office/audit-packs/", audit_pack.audit_pack_list, name="audit-pack-list"),
    path("office/audit-packs/new/<slug:way>/", audit_pack.audit_pack_new, name="audit-pack-new"),
    path("office/audit-packs/<uuid:uid>/", audit_pack.audit_pack_detail, name="audit-pack-detail"),
    path(
        "office/audit-packs/<uuid:uid>/start/", audit_pack.audit_pack_start, name="audit-pack-start"
    ),
    path(
        "office/audit-packs/<uuid:uid>/download/",
        audit_pack.audit_pack_download,
        name="audit-pack-download",
    ),
    path(
        "office/audit-packs/<uuid:uid>/delete/",
        audit_pack.audit_pack_delete,
        name="audit-pack-delete",
    ),
    path("office/components/", views.components, name="components"),
    path("teach/", views.teach, name="teach"),
    path("demo/look-around/", views.demo_look_around, name="demo-look-around"),
    path("demo/mailbox/", views.demo_mailbox, name="demo-mailbox"),
    path("demo/mailbox/<uuid:uid>/", views.demo_mail, name="demo-mail"),
    path("demo/mailbox/<uuid:uid>/html/", views.demo_mail_html, name="demo-mail-html"),
    path("healthz", views.healthz, name="healthz"),
]
