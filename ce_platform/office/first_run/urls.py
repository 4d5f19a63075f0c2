from django.urls import path

from ce_platform.office.first_run import views

urlpatterns = [
    path("set-up/", views.owner, name="first-run-owner"),
    path("office/first-run/", views.first_run, name="first-run"),
    path("office/first-run/mail/", views.mail, name="first-run-mail"),
    path("office/first-run/bodies/", views.bodies, name="first-run-bodies"),
    path("office/first-run/course/", views.course, name="first-run-course"),
    path("office/first-run/<slug:code>/skip/", views.skip, name="first-run-skip"),
]
