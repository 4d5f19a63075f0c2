"""The people desk."""

from django.urls import path

from ce_platform.office.people.views import bulk, helping, messages, person

_PERSON = "office/people/<uuid:uid>/"
_LIST = "office/people/from-a-list/<uuid:uid>/"
_MESSAGE = "office/people/messages/<uuid:uid>/"
_COURSE = f"{_PERSON}courses/<uuid:enrollment>/"

urlpatterns = [
    path("office/people/", person.person_list, name="person-list"),
    path("office/people/from-a-list/", bulk.list_new, name="people-list-new"),
    path(_LIST, bulk.list_detail, name="people-list-detail"),
    path(f"{_LIST}start/", bulk.list_start, name="people-list-start"),
    path(f"{_LIST}discard/", bulk.list_discard, name="people-list-discard"),
    path("office/people/messages/", messages.message_list, name="message-list"),
    path(_MESSAGE, messages.message_detail, name="message-detail"),
    path(f"{_MESSAGE}html/", messages.message_html, name="message-html"),
    path(f"{_MESSAGE}send/", messages.message_send, name="message-send"),
    path(f"{_MESSAGE}discard/", messages.message_discard, name="message-discard"),
    path(_PERSON, person.person_detail, name="person-detail"),
    path(f"{_PERSON}enroll/", helping.person_enroll, name="person-enroll"),
    path(f"{_COURSE}withdraw/", helping.person_withdraw, name="person-withdraw"),
    path(f"{_COURSE}time/", helping.person_time, name="person-time"),
    path(
        f"{_COURSE}quizzes/<uuid:quiz>/attempts/", helping.person_attempts, name="person-attempts"
    ),
    path(
        f"{_PERSON}mail/<uuid:mail>/again/", helping.person_mail_resend, name="person-mail-resend"
    ),
    path(f"{_PERSON}address/works/", helping.person_address_works, name="person-address-works"),
    path(f"{_PERSON}address/", helping.person_address, name="person-address"),
    path(f"{_PERSON}phone/", helping.person_phone, name="person-phone"),
    path(f"{_PERSON}name/", helping.person_name, name="person-name"),
    path(
        f"{_PERSON}corrections/<uuid:correction>/grant/",
        helping.person_correction,
        name="person-correction",
    ),
    path(f"{_PERSON}second-step/reset/", helping.person_second_step, name="person-second-step"),
    path(f"{_PERSON}sign-ins/end/", helping.person_sign_ins_end, name="person-sign-ins-end"),
    path(f"{_PERSON}invite/", helping.person_invite, name="person-invite"),
]
