from django.urls import path

from ce_platform.licensing import views

app_name = "licensing"
urlpatterns = [
    # ---- a therapist's own
    path("licenses/", views.license_list, name="license-list"),
    path("licenses/add/", views.license_add, name="license-add"),
    path("licenses/<uuid:uid>/", views.license_change, name="license-change"),
    path("licenses/<uuid:uid>/remove/", views.license_remove, name="license-remove"),
    path("licenses/<uuid:uid>/restore/", views.license_restore, name="license-restore"),
    path("planner/", views.planner, name="planner"),
    path("planner/renewals.ics", views.planner_calendar, name="planner-calendar"),
    path("planner/document/", views.plan_document_start, name="plan-document-start"),
    path("planner/document/<uuid:uid>/", views.plan_document, name="plan-document"),
    path("planner/document/<uuid:uid>/file/", views.plan_document_file, name="plan-document-file"),
    path("planner/reminders/", views.reminder_switch, name="reminder-switch"),
    # From the mail itself, without signing in.
    path("planner/elsewhere/", views.credit_list, name="credit-list"),
    path("planner/elsewhere/add/", views.credit_add, name="credit-add"),
    path("planner/elsewhere/<uuid:uid>/", views.credit_change, name="credit-change"),
    path("planner/elsewhere/<uuid:uid>/proof/", views.credit_proof, name="credit-proof"),
    path("planner/elsewhere/<uuid:uid>/remove/", views.credit_remove, name="credit-remove"),
    path("planner/elsewhere/<uuid:uid>/restore/", views.credit_restore, name="credit-restore"),
    path("licenses/<uuid:uid>/consent/", views.license_consent, name="license-consent"),
    # ---- for everybody
    path("licensing-bodies/", views.body_list, name="body-list"),
    path("licensing-bodies/<str:code>/", views.body_detail, name="body-detail"),
    # ---- the office
    path("office/licensing-bodies/", views.office_body_list, name="office-body-list"),
    path("office/licensing-bodies/files/", views.office_rule_files, name="office-rule-files"),
    path(
        "office/licensing-bodies/<str:code>/", views.office_body_detail, name="office-body-detail"
    ),
    path(
        "office/licensing-bodies/<str:code>/rule/",
        views.office_rule_change,
        name="office-rule-change",
    ),
    path(
        "office/licensing-bodies/<str:code>/decide/",
        views.office_rule_decide,
        name="office-rule-decide",
    ),
    path(
        "office/licensing-bodies/<str:code>/pending/",
        views.office_body_pending,
        name="office-body-pending",
    ),
    path("office/rules/<int:pk>/check/", views.office_rule_check, name="office-rule-check"),
    path("office/rules/<int:pk>/restore/", views.office_rule_restore, name="office-rule-restore"),
    path(
        "office/rule-lines/<int:pk>/reopen/",
        views.office_rule_line_reopen,
        name="office-rule-line-reopen",
    ),
    path("office/submissions/", views.submission_list, name="office-submission-list"),
    path("office/submissions/board/", views.submission_board, name="office-submission-board"),
    path("office/submissions/table/", views.submission_table, name="office-submission-table"),
    path(
        "office/submissions/table.csv",
        views.submission_table_file,
        name="office-submission-table-file",
    ),
    path("office/submissions/plan/", views.submission_plan, name="office-submission-plan"),
    path("office/submissions/follow/", views.submission_follow, name="office-submission-follow"),
    path("office/submissions/add/", views.submission_add, name="office-submission-add"),
    path(
        "office/submissions/<uuid:uid>/", views.submission_detail, name="office-submission-detail"
    ),
    path(
        "office/submissions/<uuid:uid>/move/", views.submission_move, name="office-submission-move"
    ),
    path(
        "office/submissions/<uuid:uid>/correct/",
        views.submission_correct,
        name="office-submission-correct",
    ),
    path(
        "office/submissions/<uuid:uid>/note/", views.submission_note, name="office-submission-note"
    ),
    path(
        "office/submissions/<uuid:uid>/letters/<str:sha256>/",
        views.submission_letter,
        name="office-submission-letter",
    ),
    path(
        "office/submissions/<uuid:uid>/packet/",
        views.submission_packet,
        name="office-submission-packet",
    ),
    path(
        "office/submissions/<uuid:uid>/packets/<str:sha256>/",
        views.submission_packet_file,
        name="office-submission-packet-file",
    ),
    path(
        "office/submissions/editions/<slug:slug>/<int:edition>/packet/",
        views.edition_packet,
        name="office-edition-packet",
    ),
    path("office/provider/", views.provider_detail, name="office-provider"),
    path("office/provider/logo/", views.provider_logo, name="office-provider-logo"),
    path("office/provider/numbers/add/", views.number_add, name="office-number-add"),
    path("office/provider/numbers/<int:pk>/", views.number_change, name="office-number-change"),
    path(
        "office/provider/numbers/<int:pk>/remove/", views.number_remove, name="office-number-remove"
    ),
    path("office/provider/signatories/add/", views.signatory_add, name="office-signatory-add"),
    path(
        "office/provider/signatories/<int:pk>/",
        views.signatory_change,
        name="office-signatory-change",
    ),
    path(
        "office/provider/signatories/<int:pk>/picture/",
        views.signatory_picture,
        name="office-signatory-picture",
    ),
]
