from django.urls import URLPattern, path

from certificates import views

app_name = "certificates"
urlpatterns: list[URLPattern] = [
    path("learn/<uuid:uid>/finish/", views.finish, name="finish"),
    path(
        "studio/<slug:slug>/preview/learn/finish/",
        views.preview_finish,
        name="studio-preview-finish",
    ),
    path("certificates/", views.certificate_list, name="certificate-list"),
    path("certificates/<str:serial>/", views.certificate_detail, name="certificate-detail"),
    path("certificates/<str:serial>/pdf/", views.certificate_download, name="certificate-download"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verify_detail, name="verify-detail"),
    path(
        "office/certificates/",
        views.office_certificate_list,
        name="office-certificate-list",
    ),
    path(
        "office/certificates/<str:serial>/",
        views.office_certificate_detail,
        name="office-certificate-detail",
    ),
    path(
        "office/certificates/<str:serial>/revoke/",
        views.office_certificate_revoke,
        name="office-certificate-revoke",
    ),
]
