from django.urls import path

from ce_platform.office.merging import views

urlpatterns = [
    path("office/people/<uuid:uid>/merge/", views.person_merge, name="person-merge"),
]
