from django.urls import URLPattern, path

from certificates import views
from certificates.bulk import views as bulk
from certificates.designs import views as designs
from certificates.group import views as group
from certificates.reports import views as reports
from certificates.sharing import urls as sharing
from certificates.transcript import urls as transcript

app_name = "certificates"
urlpatterns: list[URLPattern] = [
    # Before the addresses below that take any word for a number.
    *transcript.urlpatterns,
    *sharing.urlpatterns,
    path("learn/<uuid:uid>/finish/", views.finish, name="finish"),
    path(
        "studio/<slug:slug>/preview/learn/finish/",
        views.preview_finish,
        name="studio-preview-finish",
    ),
    path("certificates/", views.certificate_list, name="certificate-list"),
    path("certificates/<str:serial>/", views.certificate_detail, name="certificate-detail"),
    path("certificates/<str:serial>/pdf/", views.certificate_download, name="certificate-download"),
    path(
        "certificates/<str:serial>/correct/", views.certificate_correct, name="certificate-correct"
    ),
    path(
        "certificates/<str:serial>/correct/withdraw/",
        views.certificate_correction_withdraw,
        name="certificate-correction-withdraw",
    ),
    path(
        "certificates/<str:serial>/history/", views.certificate_history, name="certificate-history"
    ),
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.verify_file, name="verify-file"),
    path("verify/file.json", views.verify_file_json, name="verify-file-json"),
    path("verify/without-us/", views.verify_offline, name="verify-offline"),
    path(
        "verify/signing-certificate.pem",
        views.signing_certificates_pem,
        name="signing-certificates-pem",
    ),
    path(
        "verify/signing-certificate/<str:fingerprint>.cer",
        views.signing_certificate_cer,
        name="signing-certificate-cer",
    ),
    path("verify/<str:code>/", views.verify_detail, name="verify-detail"),
    path("verify/<str:code>/record.json", views.verify_record, name="verify-record"),
    path(
        "office/certificates/",
        views.office_certificate_list,
        name="office-certificate-list",
    ),
    # ---- design
    path("office/certificates/design/", designs.design_detail, name="office-certificate-design"),
    path(
        "office/certificates/design/preview/",
        designs.design_preview,
        name="office-certificate-design-preview",
    ),
    path(
        "office/certificates/design/<int:number>/choose/",
        designs.design_choose,
        name="office-certificate-design-choose",
    ),
    # ---- for a group; before the serial, which takes any word
    path("office/certificates/group/", group.group_list, name="office-group-list"),
    path("office/certificates/group/<uuid:uid>/", group.group_detail, name="office-group-detail"),
    path(
        "office/certificates/group/<uuid:uid>/start/", group.group_start, name="office-group-start"
    ),
    path(
        "office/certificates/group/<uuid:uid>/discard/",
        group.group_discard,
        name="office-group-discard",
    ),
    path(
        "office/certificates/corrections/",
        views.office_certificate_correction_list,
        name="office-certificate-correction-list",
    ),
    path(
        "office/certificates/corrections/<uuid:uid>/",
        views.office_certificate_correction,
        name="office-certificate-correction",
    ),
    path(
        "office/certificates/corrections/<uuid:uid>/decide/",
        views.office_certificate_correction_decide,
        name="office-certificate-correction-decide",
    ),
    path(
        "office/certificates/corrections/<uuid:uid>/proof/",
        views.office_certificate_correction_proof,
        name="office-certificate-correction-proof",
    ),
    # ---- many at once
    path("office/certificates/downloads/", bulk.bundle_list, name="office-certificate-bundle-list"),
    path(
        "office/certificates/downloads/new/",
        bulk.bundle_new,
        name="office-certificate-bundle-new",
    ),
    path(
        "office/certificates/downloads/<uuid:uid>/",
        bulk.bundle_detail,
        name="office-certificate-bundle-detail",
    ),
    path(
        "office/certificates/downloads/<uuid:uid>/file/",
        bulk.bundle_download,
        name="office-certificate-bundle-download",
    ),
    path(
        "office/certificates/downloads/<uuid:uid>/stop/",
        bulk.bundle_stop,
        name="office-certificate-bundle-stop",
    ),
    path(
        "office/certificates/downloads/<uuid:uid>/again/",
        bulk.bundle_again,
        name="office-certificate-bundle-again",
    ),
    path(
        "office/certificates/downloads/<uuid:uid>/delete/",
        bulk.bundle_delete,
        name="office-certificate-bundle-delete",
    ),
    # ---- one
    path(
        "office/certificates/<str:serial>/",
        views.office_certificate_detail,
        name="office-certificate-detail",
    ),
    path(
        "office/certificates/<str:serial>/revoke/",
        views.office_certificate_revoke,
        name="office-certificate-revoke",
    ),
    path(
        "office/certificates/<str:serial>/reissue/",
        views.office_certificate_reissue,
        name="office-certificate-reissue",
    ),
    path(
        "office/certificates/<str:serial>/history/",
        views.office_certificate_history,
        name="office-certificate-history",
    ),
    # ---- reports to licensing bodies
    path("office/reports/", reports.report_list, name="office-report-list"),
    path("office/reports/check/", reports.report_check, name="office-report-check"),
    path("office/reports/export/", reports.report_export, name="office-report-export"),
    path("office/reports/receipts/", reports.report_receipts, name="office-report-receipts"),
    path("office/reports/roster/", reports.report_roster, name="office-report-roster"),
    path(
        "office/reports/roster/file/", reports.report_roster_file, name="office-report-roster-file"
    ),
    path("office/reports/batches/", reports.report_batch_list, name="office-report-batch-list"),
    path("office/reports/batches/<uuid:uid>/", reports.report_batch, name="office-report-batch"),
    path(
        "office/reports/batches/<uuid:uid>/file/",
        reports.report_batch_file,
        name="office-report-batch-file",
    ),
    path(
        "office/reports/batches/<uuid:uid>/accept/",
        reports.report_batch_accept,
        name="office-report-batch-accept",
    ),
    path("office/reports/lines/<uuid:uid>/", reports.report_line, name="office-report-line"),
    path(
        "office/reports/lines/<uuid:uid>/move/",
        reports.report_line_move,
        name="office-report-line-move",
    ),
    path(
        "office/reports/lines/<uuid:uid>/correct/",
        reports.report_line_correct,
        name="office-report-line-correct",
    ),
    path(
        "office/reports/lines/<uuid:uid>/ask/",
        reports.report_line_ask,
        name="office-report-line-ask",
    ),
    path("office/reports/bodies/", reports.report_body_list, name="office-report-body-list"),
    path("office/reports/bodies/<str:code>/", reports.report_body, name="office-report-body"),
    path(
        "office/reports/bodies/<str:code>/numbers/",
        reports.report_body_number,
        name="office-report-body-number",
    ),
]
