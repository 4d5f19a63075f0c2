from django.urls import path

from quizzes import views

app_name = "quizzes"
urlpatterns = [
    path("learn/<uuid:uid>/quizzes/<slug:slug>/", views.quiz_detail, name="quiz-detail"),
    path("learn/<uuid:uid>/quizzes/<slug:slug>/start/", views.attempt_start, name="attempt-start"),
    path(
        "learn/<uuid:uid>/quizzes/<slug:slug>/request/",
        views.attempt_request,
        name="attempt-request",
    ),
    path("attempts/<uuid:uid>/", views.attempt_detail, name="attempt-detail"),
    path("attempts/<uuid:uid>/items/<int:position>/", views.item_save, name="item-save"),
    path("attempts/<uuid:uid>/submit/", views.attempt_submit, name="attempt-submit"),
    path("attempts/<uuid:uid>/review/", views.attempt_review, name="attempt-review"),
    path("office/attempt-requests/", views.office_request_list, name="office-request-list"),
    path(
        "office/attempt-requests/<uuid:uid>/answer/",
        views.office_request_answer,
        name="office-request-answer",
    ),
]
