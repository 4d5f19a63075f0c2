from django.urls import path

from ce_platform.office.asking import desk, reply_views, views

urlpatterns = [
    path("ask/", views.ask, name="ask"),
    path("ask/sent/", views.ask_sent, name="ask-sent"),
    path("questions/", views.question_list, name="question-list"),
    path("questions/<uuid:uid>/", views.question_detail, name="question-detail"),
    path("questions/<uuid:uid>/files/<uuid:message>/", views.question_file, name="question-file"),
    path("office/questions/", desk.question_list, name="office-question-list"),
    path("office/questions/new/", desk.question_new, name="office-question-new"),
    path("office/questions/replies/", reply_views.reply_list, name="office-reply-list"),
    path("office/questions/replies/new/", reply_views.reply_new, name="office-reply-new"),
    path("office/questions/replies/<uuid:uid>/", reply_views.reply_edit, name="office-reply-edit"),
    path(
        "office/questions/replies/<uuid:uid>/remove/",
        reply_views.reply_remove,
        name="office-reply-remove",
    ),
    path("office/questions/<uuid:uid>/", desk.question_detail, name="office-question-detail"),
    path("office/questions/<uuid:uid>/write/", desk.question_write, name="office-question-write"),
    path("office/questions/<uuid:uid>/state/", desk.question_state, name="office-question-state"),
    path(
        "office/questions/<uuid:uid>/assign/", desk.question_assign, name="office-question-assign"
    ),
    path("office/questions/<uuid:uid>/erase/", desk.question_erase, name="office-question-erase"),
    path(
        "office/questions/<uuid:uid>/attach/", desk.question_attach, name="office-question-attach"
    ),
    path(
        "office/questions/<uuid:uid>/files/<uuid:message>/",
        desk.question_file,
        name="office-question-file",
    ),
]
