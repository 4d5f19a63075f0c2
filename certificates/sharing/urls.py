from django.urls import URLPattern, path

from certificates.sharing import views

urlpatterns: list[URLPattern] = [
    path("sharing/", views.sharing, name="sharing"),
    path("sharing/preview/", views.sharing_preview, name="sharing-preview"),
    path("sharing/on/", views.sharing_on, name="sharing-on"),
    path("sharing/<uuid:uid>/off/", views.sharing_off, name="sharing-off"),
    path("sharing/<uuid:uid>/new-link/", views.sharing_new_link, name="sharing-new-link"),
    path("shared/<str:token>/", views.shared_page, name="shared-page"),
    path("certificates/<str:serial>/share/", views.certificate_share, name="certificate-share"),
]
