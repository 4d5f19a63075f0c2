from django.urls import path

from ce_platform.office.moving_out import views

urlpatterns = [
    path("office/moving-out/", views.archive_list, name="archive-list"),
    path("office/moving-out/start/", views.archive_start, name="archive-start"),
    path("office/moving-out/<uuid:uid>/", views.archive_detail, name="archive-detail"),
    path("office/moving-out/<uuid:uid>/download/", views.archive_download, name="archive-download"),
    path("office/moving-out/<uuid:uid>/delete/", views.archive_delete, name="archive-delete"),
]
