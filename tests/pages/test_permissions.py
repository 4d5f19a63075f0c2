"""The permission table: every URL of the resolver × who asks.

A URL that is missing here fails the suite. Columns: anonymous, stranger, owner, instructor,
registrar. `login` means: sent to sign in. GET unless the line says POST; a line marked POST is
also asked by GET and must answer 405 (or `login`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

from tests.pages.shared import made_once
from tests.pages.world import World, make_world

ROLES = ("anonymous", "stranger", "owner", "instructor", "registrar")


@dataclass(frozen=True)
class Line:
    name: str
    statuses: str
    method: str = "GET"
    key: str = ""
    """Which arguments of the world the URL takes."""


def line(name: str, statuses: str, method: str = "GET", key: str = "") -> Line:
    return Line(name=name, statuses=statuses, method=method, key=key)


ALL = "200 200 200 200 200"
PEOPLE = "login 200 200 200 200"
OWNER = "login 404 200 404 404"
OWNER_POST = "login 404 302 404 404"
REGISTRAR = "login 403 403 403 200"
REGISTRAR_POST = "login 403 403 403 302"
STAFF = "login 403 403 200 200"
STAFF_POST = "login 403 403 302 302"
# An author of the course: here the instructor; the office may do everything.
STUDIO = "login 404 404 200 200"
STUDIO_POST = "login 404 404 302 302"
NOT_A_DEMO = "404 404 404 404 404"

TABLE = [
    # ---- pages
    line("pages:home", ALL),
    line("pages:healthz", ALL),
    line("pages:learning", PEOPLE),
    line("pages:office", REGISTRAR),
    line("pages:office-index", REGISTRAR),
    line("pages:mail-list", REGISTRAR),
    line("pages:mail-detail", REGISTRAR, key="mail"),
    line("pages:mail-html", REGISTRAR, key="mail"),
    line("pages:mail-resend", REGISTRAR_POST, "POST", key="mail"),
    line("pages:mail-bounce", REGISTRAR_POST, "POST", key="mail"),
    line("pages:mail-mend", REGISTRAR_POST, "POST", key="mail"),
    line("pages:mail-kind-list", REGISTRAR),
    line("pages:mail-kind", REGISTRAR, key="mail-kind"),
    line("pages:mail-kind-html", REGISTRAR, key="mail-kind"),
    line("pages:my-mail", PEOPLE),
    # ---- how accounts end, and what people fetch of their own
    line("office:account-close", PEOPLE),
    line("office:own-data", PEOPLE),
    line("office:own-data-ask", "login 302 302 302 302", "POST"),
    line("office:own-data-download", OWNER_POST, "POST", key="own-data"),
    line("office:person-close", REGISTRAR, key="person"),
    line("office:person-merge", REGISTRAR, key="person"),
    line("pages:my-mail-works", "login 302 302 302 302", "POST"),
    # Whoever has the mail may switch its kind off, signed in or not.
    line("pages:stop-mail", ALL, key="stop"),
    line("pages:job-detail", STAFF, key="job"),
    # An instructor has the results of the own jobs only; this one is the office's.
    line("pages:job-result", "login 403 403 404 200", "POST", key="job"),
    line("pages:audit-pack-list", REGISTRAR),
    line("pages:audit-pack-new", REGISTRAR, key="pack-way"),
    line("pages:audit-pack-detail", REGISTRAR, key="pack"),
    line("pages:audit-pack-start", REGISTRAR_POST, "POST", key="pack"),
    line("pages:audit-pack-download", REGISTRAR, "POST", key="pack"),
    line("pages:audit-pack-delete", REGISTRAR_POST, "POST", key="pack-to-delete"),
    line("pages:components", STAFF),
    line("pages:teach", "login 403 403 200 403"),
    line("pages:demo-look-around", NOT_A_DEMO, "POST"),
    line("pages:demo-mailbox", NOT_A_DEMO),
    line("pages:demo-mail", NOT_A_DEMO, key="mail"),
    line("pages:demo-mail-html", NOT_A_DEMO, key="mail"),
    # ---- moving out; an operator may too (tests/office/moving_out)
    line("office:archive-list", REGISTRAR),
    line("office:archive-start", REGISTRAR_POST, "POST"),
    line("office:archive-detail", REGISTRAR, key="archive"),
    line("office:archive-download", REGISTRAR, "POST", key="archive"),
    line("office:archive-delete", REGISTRAR_POST, "POST", key="archive-to-delete"),
    line("office:numbers", REGISTRAR),
    line("office:numbers-table", REGISTRAR, key="numbers-table"),
    # ---- accounts
    line("accounts:profile", PEOPLE),
    line("accounts:security", PEOPLE),
    line("accounts:sign-ins-end-others", "login 302 302 302 302", "POST"),
    line("accounts:sign-in-end", OWNER_POST, "POST", key="sign-in"),
    # ---- second steps: who is signed in but not freshly is asked for the password first
    line("mfa_index", PEOPLE),
    line("mfa_authenticate", "login 302 302 302 302"),
    line("mfa_reauthenticate", "login 302 302 302 302"),
    line("mfa_reauthenticate_webauthn", "login 302 302 302 302"),
    line("mfa_activate_totp", "login 302 302 302 302"),
    line("mfa_deactivate_totp", "login 404 404 404 404"),
    line("mfa_view_recovery_codes", "login 404 404 404 404"),
    line("mfa_download_recovery_codes", "login 404 404 404 404"),
    line("mfa_generate_recovery_codes", "login 302 302 302 302"),
    line("mfa_list_webauthn", PEOPLE),
    line("mfa_add_webauthn", "login 302 302 302 302"),
    # Whose it is, is asked afterwards (tests/accounts/test_second_step.py).
    line("mfa_edit_webauthn", "login 302 302 302 302", key="passkey"),
    line("mfa_remove_webauthn", "login 302 302 302 302", key="passkey"),
    line("mfa_login_webauthn", "login 302 302 302 302"),
    line("account_login", "200 302 302 302 302"),
    line("account_signup", "200 302 302 302 302"),
    line("account_logout", "302 200 200 200 200"),
    line("account_inactive", ALL),
    line("account_change_password", PEOPLE),
    line("account_set_password", "login 302 302 302 302"),
    line("account_reauthenticate", PEOPLE),
    line("account_email", PEOPLE),
    line("account_email_verification_sent", "login 302 302 302 302"),
    line("account_reset_password", ALL),
    line("account_confirm_password_reset_code", "login login login login login"),
    line("account_complete_password_reset", "302 302 302 302 302"),
    line("account_password_reset_completed", ALL),
    line("account_confirm_login_code", "login 302 302 302 302"),
    # ---- courses
    line("courses:course-list", ALL),
    line("courses:course-detail", ALL, key="course"),
    line("courses:course-hours", ALL, key="course"),
    line("courses:course-enroll", "login 302 302 302 302", "POST", key="course"),
    line("courses:lesson-sample", ALL, key="sample"),
    line("courses:enrollment-detail", OWNER, key="enrollment"),
    line("courses:enrollment-withdraw", OWNER_POST, "POST", key="enrollment"),
    line("courses:enrollment-newer", OWNER, key="on-the-way"),
    line("courses:enrollment-move", OWNER_POST, "POST", key="on-the-way"),
    line("courses:enrollment-stay", OWNER_POST, "POST", key="on-the-way"),
    line("courses:course-print", OWNER, key="enrollment"),
    line("courses:evaluation", OWNER, key="enrollment"),
    line("courses:lesson-detail", OWNER, key="lesson"),
    line("courses:lesson-finish", OWNER_POST, "POST", key="lesson"),
    line("courses:lesson-unfinish", OWNER_POST, "POST", key="lesson"),
    line("courses:lesson-time", "login 404 204 404 404", "POST", key="lesson"),
    line("courses:lesson-questions", OWNER, key="lesson"),
    line("courses:figure", ALL, key="figure"),
    line("courses:drawing", ALL, key="drawing"),
    line("courses:recording", ALL, key="film"),
    line("courses:poster", ALL, key="poster"),
    line("courses:captions", ALL, key="captions"),
    line("courses:handout", ALL, key="sheet"),
    line("courses:office-package-import", STAFF),
    # ---- the studio
    line("courses:studio", STAFF),
    line("courses:studio-course-new", STAFF),
    # Everybody on the staff has an own profile; the licenses here are the instructor's.
    line("courses:studio-instructor", STAFF),
    line("courses:studio-instructor-license-add", STAFF),
    line("courses:studio-instructor-license", "login 403 403 200 404", key="own-license"),
    line(
        "courses:studio-instructor-license-remove",
        "login 403 403 302 404",
        "POST",
        key="other-license",
    ),
    line("courses:studio-instructor-license-check", REGISTRAR_POST, "POST", key="own-license"),
    line("courses:studio-instructors", REGISTRAR),
    line("courses:studio-instructor-detail", REGISTRAR, key="instructor"),
    line("courses:studio-instructor-cv", STAFF, key="instructor"),
    line("courses:studio-draft-begin", STAFF_POST, "POST", key="draft"),
    line("courses:studio-outline", STAFF, key="draft"),
    line("courses:studio-outline-undo", STAFF_POST, "POST", key="draft"),
    line("courses:studio-module-add", STAFF_POST, "POST", key="draft"),
    line("courses:studio-module", STAFF, key="draft-module"),
    line("courses:studio-module-move", STAFF_POST, "POST", key="draft-module"),
    line("courses:studio-module-duplicate", STAFF_POST, "POST", key="draft-module"),
    line("courses:studio-module-remove", STAFF_POST, "POST", key="draft-module"),
    line("courses:studio-lesson-add", STAFF_POST, "POST", key="draft-module"),
    line("courses:studio-lesson", STAFF, key="draft-lesson"),
    line("courses:studio-lesson-save", STAFF, "POST", key="draft-lesson"),
    line("courses:studio-lesson-preview", STAFF, key="draft-lesson"),
    line("courses:studio-lesson-history", STAFF, key="draft-lesson"),
    line("courses:studio-lesson-restore", STAFF_POST, "POST", key="draft-lesson"),
    # Nothing of theirs is set aside, so they are led back to the lesson.
    line("courses:studio-lesson-aside", "login 403 403 302 302", key="draft-lesson"),
    line("courses:studio-lesson-settings", STAFF_POST, "POST", key="draft-lesson"),
    line("courses:studio-lesson-move", STAFF_POST, "POST", key="draft-lesson"),
    line("courses:studio-lesson-duplicate", STAFF_POST, "POST", key="draft-lesson"),
    line("courses:studio-lesson-remove", STAFF_POST, "POST", key="draft-lesson"),
    line("courses:studio-chart-list", STAFF, key="draft"),
    line("courses:studio-chart-new", STAFF, key="draft"),
    line("courses:studio-chart", STAFF, key="draft-chart"),
    line("courses:studio-chart-save", STAFF, "POST", key="draft-chart"),
    line("courses:studio-chart-preview", STAFF, key="draft-chart"),
    line("courses:studio-chart-view-add", STAFF, key="draft-chart"),
    line("courses:studio-chart-duplicate", STAFF_POST, "POST", key="draft-chart"),
    line("courses:studio-chart-remove", STAFF, key="draft-chart"),
    line("courses:studio-word", STAFF, key="draft"),
    line("courses:studio-word-plan", STAFF, key="word"),
    # Without a reason a sentence does not stay.
    line("courses:studio-wording-dismiss", "login 403 403 422 422", "POST", key="draft"),
    line("courses:studio-wording-restore", STAFF_POST, "POST", key="draft"),
    line("courses:studio-publish", STAFF, key="draft"),
    line("courses:studio-draft-kind", STAFF_POST, "POST", key="draft"),
    line("courses:studio-draft-review", STAFF_POST, "POST", key="draft"),
    line("courses:studio-draft-discard", STAFF_POST, "POST", key="draft"),
    line("courses:studio-versions", STAFF, key="draft"),
    line("courses:studio-version-on-sale", "login 403 403 403 404", "POST", key="draft"),
    line("courses:studio-version-retire", "login 403 403 404 404", "POST", key="draft"),
    line("courses:studio-differences", STAFF, key="differences"),
    line("courses:studio-version-export", STAFF, "POST", key="draft-number"),
    line("courses:studio-people", STAFF, key="draft"),
    line("courses:studio-person-remove", STAFF_POST, "POST", key="draft"),
    line("courses:studio-comments", STAFF, key="draft"),
    line("courses:studio-comment-add", STAFF_POST, "POST", key="draft"),
    line("courses:studio-lesson-comment-add", STAFF_POST, "POST", key="draft-lesson"),
    line("courses:studio-comment-settle", STAFF_POST, "POST", key="comment"),
    line("courses:studio-course-page", STAFF, key="draft"),
    line("courses:studio-course-page-preview", STAFF, "POST", key="draft"),
    line("courses:studio-author-add", STAFF, key="draft"),
    line("courses:studio-author", STAFF, key="draft-author"),
    line("courses:studio-author-move", STAFF_POST, "POST", key="draft-author"),
    line("courses:studio-author-remove", STAFF_POST, "POST", key="draft-author"),
    line("courses:studio-objectives", STAFF, key="draft"),
    line("courses:studio-objective-add", STAFF_POST, "POST", key="draft"),
    line("courses:studio-objectives-renumber", STAFF_POST, "POST", key="draft"),
    line("courses:studio-objective", STAFF_POST, "POST", key="draft-objective"),
    line("courses:studio-objective-move", STAFF_POST, "POST", key="draft-objective"),
    line("courses:studio-objective-remove", STAFF, key="draft-objective"),
    line("courses:studio-session-list", STAFF, key="live"),
    line("courses:studio-session-add", STAFF, key="live"),
    line("courses:studio-session", STAFF, key="session"),
    line("courses:studio-session-cancel", STAFF_POST, "POST", key="session-to-cancel"),
    # Who was there is the office's word.
    line("courses:studio-session-attendance", REGISTRAR, key="session"),
    line("courses:studio-attendance-correct", REGISTRAR_POST, "POST", key="attended"),
    line("courses:studio-attendance-take-back", REGISTRAR_POST, "POST", key="attended"),
    line("courses:studio-matrix", STAFF, key="draft"),
    line("courses:studio-references", STAFF, key="draft"),
    line("courses:studio-reference-add", STAFF, key="draft"),
    line("courses:studio-references-order", STAFF_POST, "POST", key="draft"),
    line("courses:studio-reference", STAFF, key="draft-reference"),
    line("courses:studio-reference-move", STAFF_POST, "POST", key="draft-reference"),
    line("courses:studio-reference-remove", STAFF_POST, "POST", key="draft-reference"),
    line("courses:studio-glossary", STAFF, key="draft"),
    line("courses:studio-term-add", STAFF, key="draft"),
    line("courses:studio-term", STAFF, key="draft-term"),
    line("courses:studio-term-remove", STAFF_POST, "POST", key="draft-term"),
    # ---- the studio: the whole course as its learner; whoever may not look finds nothing there
    line("courses:studio-preview-course-detail", STUDIO, key="draft"),
    line("courses:studio-preview-course-hours", STUDIO, key="draft"),
    line("courses:studio-preview-lesson-sample", STUDIO, key="preview-lesson"),
    line("courses:studio-preview-enrollment-detail", STUDIO, key="draft"),
    line("courses:studio-preview-lesson-detail", STUDIO, key="preview-lesson"),
    line("courses:studio-preview-evaluation", STUDIO, key="draft"),
    line("quizzes:studio-preview-quiz-detail", STUDIO, key="preview-quiz"),
    line("quizzes:studio-preview-attempt-detail", STUDIO, key="preview-quiz"),
    line("certificates:studio-preview-finish", STUDIO, key="draft"),
    # ---- the studio: pictures
    line("courses:studio-pictures", STAFF, key="draft"),
    line("courses:studio-picture-add", "login 403 403 422 422", "POST", key="draft"),
    line("courses:studio-picture-undo", "login 403 403 302 302", "POST", key="draft"),
    line("courses:studio-picture", STAFF, key="draft-figure"),
    line("courses:studio-picture-replace", "login 403 403 422 422", "POST", key="draft-figure"),
    line("courses:studio-picture-remove", "login 403 403 302 302", "POST", key="draft-figure"),
    line("courses:studio-learners", STAFF, key="draft"),
    line("courses:studio-questions", STAFF, key="draft"),
    line("courses:studio-question-answer", STAFF_POST, "POST", key="margin-question"),
    line("courses:studio-question-show", STAFF_POST, "POST", key="margin-question"),
    # ---- the studio: video, audio, handouts
    line("courses:studio-recordings", STAFF, key="draft"),
    line("courses:studio-recording-add", "login 403 403 422 422", "POST", key="draft"),
    line("courses:studio-recording", STAFF, key="draft-recording"),
    line("courses:studio-recording-captions", STAFF_POST, "POST", key="draft-recording"),
    line("courses:studio-recording-transcript", STAFF_POST, "POST", key="draft-recording"),
    line(
        "courses:studio-recording-replace", "login 403 403 422 422", "POST", key="draft-recording"
    ),
    # Refused with a sentence: a lesson shows it.
    line("courses:studio-recording-remove", STAFF_POST, "POST", key="draft-recording"),
    line("courses:studio-upload-begin", "login 403 403 200 200", "POST", key="draft"),
    line("courses:studio-upload", "login 403 403 404 404", key="draft-upload"),
    line("courses:studio-upload-finish", "login 403 403 404 404", "POST", key="draft-upload"),
    line("courses:studio-upload-drop", "login 403 403 404 404", "POST", key="draft-upload"),
    line("courses:studio-handouts", STAFF, key="draft"),
    line("courses:studio-handout", STAFF, key="draft-handout"),
    line("courses:studio-handout-remove", STAFF_POST, "POST", key="draft-handout"),
    # ---- quizzes
    line("quizzes:quiz-detail", OWNER, key="quiz"),
    line("quizzes:attempt-start", OWNER_POST, "POST", key="fresh-quiz"),
    line("quizzes:attempt-request", OWNER_POST, "POST", key="used-up-quiz"),
    line("quizzes:attempt-detail", OWNER, key="attempt"),
    line("quizzes:item-save", OWNER, "POST", key="item"),
    line("quizzes:attempt-submit", OWNER, key="attempt"),
    line("quizzes:attempt-review", OWNER, key="graded"),
    line("quizzes:office-request-list", REGISTRAR),
    line("quizzes:office-learner-list", REGISTRAR),
    line("quizzes:office-learner-detail", REGISTRAR, key="enrollment"),
    line("quizzes:office-learner-time", REGISTRAR_POST, "POST", key="enrollment"),
    line("quizzes:office-learner-attempt", REGISTRAR_POST, "POST", key="learner-quiz"),
    line("quizzes:office-attempt-void", REGISTRAR_POST, "POST", key="attempt"),
    line("quizzes:office-request-answer", REGISTRAR_POST, "POST", key="request"),
    line("quizzes:office-regrade-list", REGISTRAR),
    line("quizzes:office-regrade-turn-down", REGISTRAR_POST, "POST", key="proposal"),
    line("quizzes:studio-quiz-list", STUDIO, key="draft"),
    line("quizzes:studio-quiz-add", STUDIO_POST, "POST", key="draft"),
    line("quizzes:studio-quiz-restore", STUDIO_POST, "POST", key="draft"),
    line("quizzes:studio-quiz-preview", STUDIO, "POST", key="draft"),
    line("quizzes:studio-quiz-bank", STUDIO, key="draft"),
    line("quizzes:studio-quiz-bank-question", STUDIO, key="bank-question"),
    line("quizzes:studio-quiz-bank-retire", STUDIO_POST, "POST", key="bank-question"),
    line("quizzes:studio-quiz-bank-add", STUDIO, key="draft"),
    line("quizzes:studio-quiz-bank-alike", STUDIO, key="draft"),
    line("quizzes:studio-quiz-bank-edit", STUDIO, key="bank-question"),
    line("quizzes:studio-quiz-bank-compare", STUDIO, key="bank-pair"),
    line("quizzes:studio-quiz-bank-keep", STUDIO_POST, "POST", key="bank-pair"),
    line("quizzes:studio-quiz-draw-add", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-draw", STUDIO_POST, "POST", key="draft-draw"),
    line("quizzes:studio-quiz-draw-restore", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-case-add", STUDIO, key="draft-quiz"),
    line("quizzes:studio-quiz-case", STUDIO, key="draft-case"),
    line("quizzes:studio-quiz-regrade", STUDIO, key="bank-question"),
    line("quizzes:studio-quiz-regrade-propose", STUDIO_POST, "POST", key="asked-question"),
    line(
        "quizzes:studio-quiz-regrade-apply",
        "login 404 404 403 302",
        "POST",
        key="asked-question",
    ),
    line("quizzes:studio-quiz-analysis", STUDIO, key="taught-quiz"),
    line("quizzes:studio-quiz-analysis-csv", STUDIO, key="taught-quiz"),
    line("quizzes:studio-quiz-detail", STUDIO, key="draft-quiz"),
    line("quizzes:studio-quiz-import", STUDIO, key="draft-quiz"),
    line("quizzes:studio-quiz-export", STUDIO, key="draft-quiz"),
    line("quizzes:studio-quiz-bank-import", STUDIO, key="draft"),
    line("quizzes:studio-quiz-import-template", STUDIO, key="import-template"),
    line("quizzes:studio-quiz-import-picture", STUDIO, key="import-picture"),
    line("quizzes:studio-quiz-paste", STUDIO, key="draft-quiz"),
    line("quizzes:studio-quiz-settings", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-move", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-remove", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-question-add", STUDIO, key="draft-quiz"),
    line("quizzes:studio-quiz-question-from-bank", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-question-restore", STUDIO_POST, "POST", key="draft-quiz"),
    line("quizzes:studio-quiz-question", STUDIO, key="draft-question"),
    line("quizzes:studio-quiz-question-move", STUDIO_POST, "POST", key="draft-question"),
    line("quizzes:studio-quiz-question-duplicate", STUDIO_POST, "POST", key="draft-question"),
    line("quizzes:studio-quiz-question-remove", STUDIO_POST, "POST", key="draft-question"),
    # ---- licensing
    line("licensing:license-list", PEOPLE),
    line("licensing:license-add", PEOPLE),
    line("licensing:license-change", OWNER, key="license"),
    line("licensing:license-remove", OWNER_POST, "POST", key="license"),
    line("licensing:license-restore", OWNER_POST, "POST", key="license"),
    line("licensing:planner", PEOPLE),
    line("licensing:planner-calendar", PEOPLE),
    line("licensing:plan-document-start", "login 302 302 302 302", "POST"),
    line("licensing:plan-document", OWNER, key="plan"),
    line("licensing:plan-document-file", OWNER, key="plan"),
    line("licensing:reminder-switch", "login 302 302 302 302", "POST"),
    line("licensing:credit-list", PEOPLE),
    line("licensing:credit-add", PEOPLE),
    line("licensing:credit-change", OWNER, key="elsewhere"),
    # The office opens a proof when it helps in an audit; instructors never.
    line("licensing:credit-proof", "login 404 200 404 200", key="elsewhere"),
    line("licensing:credit-remove", OWNER_POST, "POST", key="elsewhere"),
    line("licensing:credit-restore", OWNER_POST, "POST", key="elsewhere"),
    line("licensing:license-consent", OWNER_POST, "POST", key="license"),
    line("licensing:body-list", ALL),
    line("licensing:body-detail", ALL, key="body"),
    line("licensing:office-body-pending", REGISTRAR_POST, "POST", key="body"),
    line("licensing:office-body-list", REGISTRAR),
    line("licensing:office-body-detail", REGISTRAR, key="body"),
    line("licensing:office-rule-files", REGISTRAR),
    line("licensing:office-rule-change", REGISTRAR, key="body"),
    line("licensing:office-rule-decide", REGISTRAR_POST, "POST", key="body"),
    line("licensing:office-rule-restore", REGISTRAR_POST, "POST", key="rule"),
    line("licensing:office-rule-line-reopen", REGISTRAR_POST, "POST", key="rule-line"),
    line("licensing:office-rule-check", REGISTRAR_POST, "POST", key="rule"),
    line("licensing:office-submission-list", REGISTRAR),
    line("licensing:office-submission-board", REGISTRAR),
    line("licensing:office-submission-table", REGISTRAR),
    line("licensing:office-submission-table-file", REGISTRAR),
    line("licensing:office-submission-plan", REGISTRAR),
    line("licensing:office-submission-follow", REGISTRAR_POST, "POST"),
    line("licensing:office-submission-packet", REGISTRAR, key="submission"),
    line("licensing:office-submission-packet-file", "login 403 403 403 200", "POST", key="packet"),
    line("licensing:office-edition-packet", REGISTRAR, key="edition"),
    line("licensing:office-submission-add", REGISTRAR),
    line("licensing:office-submission-detail", REGISTRAR, key="submission"),
    line("licensing:office-submission-move", REGISTRAR_POST, "POST", key="submission"),
    line("licensing:office-submission-correct", REGISTRAR_POST, "POST", key="submission"),
    line("licensing:office-submission-note", REGISTRAR_POST, "POST", key="submission"),
    line("licensing:office-submission-letter", REGISTRAR, key="letter"),
    line("licensing:office-provider", REGISTRAR),
    line("licensing:office-provider-logo", REGISTRAR),
    line("licensing:office-number-add", REGISTRAR),
    line("licensing:office-number-change", REGISTRAR, key="number"),
    line("licensing:office-number-remove", REGISTRAR_POST, "POST", key="removable-number"),
    line("licensing:office-signatory-add", REGISTRAR),
    line("licensing:office-signatory-change", REGISTRAR, key="signatory"),
    line("licensing:office-signatory-picture", REGISTRAR, key="signatory"),
    # ---- certificates
    line("certificates:finish", OWNER, key="enrollment"),
    line("certificates:certificate-list", PEOPLE),
    # The office helps a holder on the phone: the registrar sees what the holder sees.
    line("certificates:certificate-detail", "login 404 200 404 200", key="certificate"),
    line("certificates:certificate-download", "login 404 200 404 200", key="certificate"),
    # Corrected by the holder here; the office has pages of its own.
    line("certificates:certificate-correct", OWNER, key="certificate"),
    line("certificates:certificate-correction-withdraw", OWNER_POST, "POST", key="to-correct"),
    line("certificates:certificate-history", "login 404 200 404 302", key="certificate"),
    line("certificates:verify", ALL),
    line("certificates:verify-detail", ALL, key="code"),
    line("certificates:verify-record", ALL, key="code"),
    # Anybody may send a file; without one the form comes back.
    line("certificates:verify-file", "422 422 422 422 422", "POST"),
    line("certificates:verify-file-json", "422 422 422 422 422", "POST"),
    line("certificates:verify-offline", ALL),
    line("certificates:signing-certificates-pem", ALL),
    line("certificates:signing-certificate-cer", ALL, key="fingerprint"),
    line("certificates:office-certificate-list", REGISTRAR),
    line("certificates:office-certificate-design", REGISTRAR),
    # Sent without a form: nothing is drawn.
    line("certificates:office-certificate-design-preview", "login 403 403 403 422", "POST"),
    line("certificates:office-certificate-design-choose", REGISTRAR_POST, "POST", key="design"),
    line("certificates:office-group-list", REGISTRAR),
    line("certificates:office-group-detail", REGISTRAR, key="group"),
    line("certificates:office-group-start", REGISTRAR_POST, "POST", key="group"),
    line("certificates:office-group-discard", REGISTRAR_POST, "POST", key="group-to-discard"),
    line("certificates:office-certificate-detail", REGISTRAR, key="certificate"),
    line("certificates:office-certificate-revoke", REGISTRAR_POST, "POST", key="certificate"),
    line("certificates:office-certificate-reissue", REGISTRAR, key="certificate"),
    line("certificates:office-certificate-history", REGISTRAR, key="certificate"),
    line("certificates:office-certificate-correction-list", REGISTRAR),
    line("certificates:office-certificate-correction", REGISTRAR, key="correction"),
    line("certificates:office-certificate-correction-proof", REGISTRAR, key="correction"),
    line(
        "certificates:office-certificate-correction-decide",
        REGISTRAR_POST,
        "POST",
        key="correction",
    ),
    line("certificates:office-certificate-bundle-list", REGISTRAR),
    line("certificates:office-certificate-bundle-new", REGISTRAR),
    line("certificates:office-certificate-bundle-detail", REGISTRAR, key="bundle"),
    line("certificates:office-certificate-bundle-download", REGISTRAR, "POST", key="bundle"),
    line("certificates:office-certificate-bundle-stop", REGISTRAR_POST, "POST", key="bundle"),
    line("certificates:office-certificate-bundle-again", REGISTRAR_POST, "POST", key="bundle"),
    line(
        "certificates:office-certificate-bundle-delete",
        REGISTRAR_POST,
        "POST",
        key="bundle-to-delete",
    ),
    # ---- moving in
    line("office:moving-in", REGISTRAR),
    line("office:import-bring", REGISTRAR, key="import-kind"),
    line("office:import-template", REGISTRAR, key="import-sheet"),
    line("office:import-detail", REGISTRAR, key="import"),
    line("office:import-columns", REGISTRAR, key="import"),
    line("office:import-problems", REGISTRAR, key="import"),
    line("office:import-check", REGISTRAR_POST, "POST", key="import"),
    line("office:import-apply", REGISTRAR_POST, "POST", key="import"),
    line("office:import-invite", REGISTRAR_POST, "POST", key="import"),
    line("office:import-undo", REGISTRAR_POST, "POST", key="import"),
    line("office:import-discard", REGISTRAR_POST, "POST", key="import"),
    line("office:redirect-list", REGISTRAR),
    line("office:redirect-remove", REGISTRAR_POST, "POST", key="redirect"),
    # ---- reports to licensing bodies
    # ---- transcripts and shared pages
    line("certificates:transcript", PEOPLE),
    # A person without a course has nothing to ask for.
    line("certificates:transcript-ask", "login 422 302 422 422", "POST"),
    line("certificates:transcript-detail", "login 404 200 404 200", key="transcript"),
    line("certificates:transcript-file", "login 404 200 404 200", key="transcript"),
    line("certificates:transcript-again", "login 404 302 404 302", "POST", key="transcript"),
    line("certificates:verify-transcript", ALL, key="transcript-code"),
    line("certificates:office-transcript", REGISTRAR, key="transcript-of"),
    line("certificates:office-transcript-ask", REGISTRAR_POST, "POST", key="transcript-of"),
    line("certificates:sharing", PEOPLE),
    # What is not one's own cannot be chosen.
    line("certificates:sharing-preview", "login 422 422 422 422"),
    line("certificates:sharing-on", "login 422 302 422 422", "POST"),
    line("certificates:sharing-off", OWNER_POST, "POST", key="shared-page"),
    line("certificates:sharing-new-link", OWNER_POST, "POST", key="shared-page"),
    line("certificates:certificate-share", OWNER, key="certificate"),
    line("certificates:shared-page", ALL, key="shared-token"),
    line("certificates:office-report-list", REGISTRAR),
    line("certificates:office-report-check", REGISTRAR),
    line("certificates:office-report-export", REGISTRAR_POST, "POST"),
    line("certificates:office-report-receipts", REGISTRAR),
    line("certificates:office-report-roster", REGISTRAR),
    # Without a period the form comes back.
    line("certificates:office-report-roster-file", "login 403 403 403 422", "POST"),
    line("certificates:office-report-batch-list", REGISTRAR),
    line("certificates:office-report-batch", REGISTRAR, key="report-batch"),
    line("certificates:office-report-batch-file", REGISTRAR, key="report-batch"),
    line("certificates:office-report-batch-accept", REGISTRAR_POST, "POST", key="report-batch"),
    line("certificates:office-report-line", REGISTRAR, key="report-line"),
    line("certificates:office-report-line-move", REGISTRAR_POST, "POST", key="report-line"),
    line("certificates:office-report-line-correct", REGISTRAR_POST, "POST", key="report-line"),
    line("certificates:office-report-line-ask", REGISTRAR_POST, "POST", key="report-line"),
    line("certificates:office-report-body-list", REGISTRAR),
    line("certificates:office-report-body", REGISTRAR, key="body"),
    line("certificates:office-report-body-number", REGISTRAR_POST, "POST", key="body"),
    # ---- policies and questions to the office
    line("office:policy-list", ALL),
    line("office:policy-detail", ALL, key="policy"),
    line("office:policy-version", ALL, key="policy-version"),
    line("office:policy-changes", ALL, key="policy-version"),
    line("office:policy-accept", "login 302 302 302 302", "POST"),
    line("office:office-policy-list", REGISTRAR),
    line("office:office-policy-edit", REGISTRAR, key="policy-draft"),
    line("office:office-policy-publish", REGISTRAR_POST, "POST", key="policy-draft"),
    line("office:office-policy-discard", REGISTRAR_POST, "POST", key="policy-draft"),
    line("office:ask", ALL),
    line("office:ask-sent", ALL),
    line("office:question-list", PEOPLE),
    line("office:question-detail", OWNER, key="question"),
    line("office:question-file", OWNER, key="question-file"),
    line("office:office-question-list", REGISTRAR),
    line("office:office-question-new", REGISTRAR),
    line("office:office-question-detail", REGISTRAR, key="question"),
    line("office:office-question-file", REGISTRAR, key="question-file"),
    line("office:office-question-write", REGISTRAR_POST, "POST", key="question"),
    line("office:office-question-state", REGISTRAR_POST, "POST", key="question"),
    line("office:office-question-assign", REGISTRAR_POST, "POST", key="question"),
    line("office:office-question-attach", REGISTRAR_POST, "POST", key="visitor-question"),
    # ---- access: codes, invitations, shops
    line("courses:redeem", PEOPLE),
    # For another address than the own: told so, and nothing else.
    line("courses:invitation", "login 403 200 403 403", key="invitation"),
    # Only the signature counts there; nobody is signed in, and these sign nothing.
    line("courses:shop-sale", "401 401 401 401 401", "POST"),
    line("courses:shop-refund", "401 401 401 401 401", "POST"),
    line("office:access-code-list", REGISTRAR),
    line("office:access-code-new", REGISTRAR),
    line("office:access-code-detail", REGISTRAR, key="access-code"),
    line("office:access-code-change", REGISTRAR_POST, "POST", key="access-code"),
    line("office:access-code-cancel", REGISTRAR_POST, "POST", key="access-code"),
    line("office:access-code-restore", REGISTRAR_POST, "POST", key="access-code"),
    line("office:access-code-send", REGISTRAR_POST, "POST", key="access-code"),
    line("office:access-batch", REGISTRAR, key="access-batch"),
    line("office:access-batch-csv", REGISTRAR, "POST", key="access-batch"),
    line("office:access-export", REGISTRAR, "POST", key="access-export"),
    line("office:access-invitation-list", REGISTRAR),
    line("office:access-invitation-new", REGISTRAR),
    line("office:access-invitation-again", REGISTRAR_POST, "POST", key="invitation"),
    line("office:access-invitation-withdraw", REGISTRAR_POST, "POST", key="invitation-to-withdraw"),
    line("office:access-course-list", REGISTRAR),
    line("office:access-course", REGISTRAR, key="access-course"),
    line("office:access-refund", REGISTRAR, key="enrollment"),
    line("office:access-refund-undo", REGISTRAR_POST, "POST", key="enrollment"),
    line("office:access-shop-desk", REGISTRAR),
    line("office:access-shop-key-new", REGISTRAR, "POST"),
    line("office:access-shop-key-revoke", REGISTRAR_POST, "POST", key="shop-key"),
    line("office:access-shop-test", REGISTRAR_POST, "POST"),
    # ---- the office: the first run; its first page is gone once there is a registrar
    line("office:first-run-owner", "404 404 404 404 302"),
    line("office:first-run", REGISTRAR),
    line("office:first-run-mail", REGISTRAR),
    line("office:first-run-bodies", REGISTRAR_POST, "POST"),
    line("office:first-run-course", REGISTRAR),
    line("office:first-run-skip", REGISTRAR_POST, "POST", key="first-run-step"),
    # ---- the office: staff
    line("office:staff-list", REGISTRAR),
    line("office:staff-permissions", REGISTRAR),
    line("office:staff-invite", REGISTRAR),
    line("office:staff-roles", REGISTRAR, key="instructor"),
    line("office:staff-invitation-send", REGISTRAR_POST, "POST", key="staff-invitation"),
    line("office:staff-invitation-withdraw", REGISTRAR_POST, "POST", key="staff-invitation"),
    # Whose address was invited; here the owner's.
    line("office:staff-invitation", OWNER, key="staff-invitation"),
    # ---- the people desk
    line("office:person-list", REGISTRAR),
    line("office:person-detail", REGISTRAR, key="person"),
    line("office:person-enroll", REGISTRAR_POST, "POST", key="person"),
    line("office:person-withdraw", REGISTRAR_POST, "POST", key="person-course"),
    line("office:person-time", REGISTRAR_POST, "POST", key="person-course"),
    line("office:person-attempts", REGISTRAR_POST, "POST", key="person-quiz"),
    line("office:person-mail-resend", REGISTRAR_POST, "POST", key="person-mail"),
    line("office:person-address-works", REGISTRAR_POST, "POST", key="person"),
    line("office:person-address", REGISTRAR_POST, "POST", key="person"),
    line("office:person-name", REGISTRAR_POST, "POST", key="person"),
    line("office:person-correction", REGISTRAR_POST, "POST", key="person-correction"),
    line("office:person-second-step", REGISTRAR_POST, "POST", key="person"),
    line("office:person-sign-ins-end", REGISTRAR_POST, "POST", key="person"),
    line("office:person-invite", REGISTRAR_POST, "POST", key="person"),
    line("office:people-list-new", REGISTRAR),
    line("office:people-list-detail", REGISTRAR, key="people-list"),
    line("office:people-list-start", REGISTRAR_POST, "POST", key="people-list"),
    line("office:people-list-discard", REGISTRAR_POST, "POST", key="people-to-discard"),
    line("office:message-list", REGISTRAR),
    line("office:message-detail", REGISTRAR, key="message"),
    line("office:message-send", REGISTRAR_POST, "POST", key="message"),
    line("office:message-discard", REGISTRAR_POST, "POST", key="message-to-discard"),
]


def names(patterns: Any = None, prefix: str = "") -> Iterator[str]:
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            # The admin has one nameless address, a redirect of its own.
            assert pattern.name or prefix == "admin:", f"{pattern.pattern} has no name"
            yield f"{prefix}{pattern.name}"


def test_every_url_is_in_the_table() -> None:
    known = {line.name for line in TABLE}
    found = {name for name in names() if not name.startswith("admin:")}

    assert found - known == set(), "not in the permission table"
    assert known - found == set(), "in the permission table, but no such URL"


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with made_once(make_world, blocker=django_db_blocker) as world:
        yield world


@pytest.fixture
def world(_world: World, db: None) -> World:
    return _world


def clients(world: World) -> dict[str, Client]:
    made = {"anonymous": Client()}
    for role in ROLES[1:]:
        made[role] = Client()
        made[role].force_login(world.people[role])
    return made


@pytest.mark.parametrize("asked", TABLE, ids=lambda asked: asked.name)
def test_permission(asked: Line, world: World) -> None:
    url = reverse(asked.name, kwargs=world.arguments[asked.key])

    seen = []
    for client in clients(world).values():
        if asked.method == "POST":
            assert client.get(url).status_code in (302, 403, 404, 405), "GET must change nothing"
            answer = client.post(url, world.forms.get(asked.name, {}))
        else:
            answer = client.get(url)
        to_login = answer.status_code == 302 and urlsplit(answer.url).path == reverse(
            "account_login"
        )
        seen.append("login" if to_login else str(answer.status_code))

    assert dict(zip(ROLES, seen, strict=True)) == dict(
        zip(ROLES, asked.statuses.split(), strict=True)
    )


@pytest.mark.django_db
def test_admin_is_for_operators_only(world: World) -> None:
    admin_names = [name for name in names() if name.startswith("admin:")]
    index = reverse("admin:index")

    assert len(admin_names) > 10
    for client in clients(world).values():
        assert client.get(index).status_code == 302
