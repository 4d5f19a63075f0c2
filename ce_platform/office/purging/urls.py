from django.urls import path

from ce_platform.office.purging import views

urlpatterns = [
    path("office/past-their-time/", views.purge_list, name="purge-list"),
    path("office/past-their-time/purge/", views.purge_confirm, name="purge-confirm"),
    path("office/people/<uuid:uid>/keep/", views.purge_hold, name="purge-hold"),
]
