"""Addresses of courses: the catalogue, learning, media, the office, the studio."""

from django.urls import path

from courses import views
from courses.shop import views as shop
from courses.studio.urls import urlpatterns as studio

app_name = "courses"

catalogue = [
    path("courses/", views.course_list, name="course-list"),
    path("courses/<slug:slug>/", views.course_detail, name="course-detail"),
    path("courses/<slug:slug>/hours/", views.course_hours, name="course-hours"),
    path("courses/<slug:slug>/enroll/", views.course_enroll, name="course-enroll"),
    path(
        "courses/<slug:slug>/lessons/<slug:lesson_slug>/",
        views.lesson_sample,
        name="lesson-sample",
    ),
]

learning = [
    path("learn/<uuid:uid>/", views.enrollment_detail, name="enrollment-detail"),
    path("learn/<uuid:uid>/withdraw/", views.enrollment_withdraw, name="enrollment-withdraw"),
    path("learn/<uuid:uid>/newer/", views.enrollment_newer, name="enrollment-newer"),
    path("learn/<uuid:uid>/newer/move/", views.enrollment_move, name="enrollment-move"),
    path("learn/<uuid:uid>/newer/stay/", views.enrollment_stay, name="enrollment-stay"),
    path("learn/<uuid:uid>/print/", views.course_print, name="course-print"),
    path("learn/<uuid:uid>/evaluation/", views.evaluation, name="evaluation"),
    path("learn/<uuid:uid>/lessons/<slug:slug>/", views.lesson_detail, name="lesson-detail"),
    path("learn/<uuid:uid>/lessons/<slug:slug>/finish/", views.lesson_finish, name="lesson-finish"),
    path(
        "learn/<uuid:uid>/lessons/<slug:slug>/unfinish/",
        views.lesson_unfinish,
        name="lesson-unfinish",
    ),
    path("learn/<uuid:uid>/lessons/<slug:slug>/time/", views.lesson_time, name="lesson-time"),
    path(
        "learn/<uuid:uid>/lessons/<slug:slug>/questions/",
        views.lesson_questions,
        name="lesson-questions",
    ),
]

media = [
    path("media/figures/<slug:sha256>.<slug:extension>", views.figure, name="figure"),
    path("media/drawings/<slug:sha256>.svg", views.drawing, name="drawing"),
    path("media/recordings/<slug:sha256>.<slug:extension>", views.recording, name="recording"),
    path("media/posters/<slug:sha256>.webp", views.poster, name="poster"),
    path("media/captions/<uuid:key>/<slug:sha256>.vtt", views.captions, name="captions"),
    path("media/handouts/<slug:sha256>/<str:name>", views.handout, name="handout"),
]

access = [
    path("redeem/", views.redeem_code, name="redeem"),
    path("invitations/<uuid:uid>/", views.invitation, name="invitation"),
    path("shop/sales/", shop.sale_received, name="shop-sale"),
    path("shop/refunds/", shop.refund_received, name="shop-refund"),
]

office = [
    path("office/packages/", views.office_package_import, name="office-package-import"),
]

urlpatterns = catalogue + learning + media + access + office + studio
