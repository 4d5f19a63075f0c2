from django.urls import URLPattern, path

from certificates.transcript import views

urlpatterns: list[URLPattern] = [
    path("transcript/", views.transcript, name="transcript"),
    path("transcript/ask/", views.transcript_ask, name="transcript-ask"),
    path("transcript/<uuid:uid>/", views.transcript_detail, name="transcript-detail"),
    path("transcript/<uuid:uid>/pdf/", views.transcript_file, name="transcript-file"),
    path("transcript/<uuid:uid>/again/", views.transcript_again, name="transcript-again"),
    path("verify/transcript/<str:code>/", views.verify_transcript, name="verify-transcript"),
    path(
        "office/certificates/transcript/<uuid:uid>/",
        views.office_transcript,
        name="office-transcript",
    ),
    path(
        "office/certificates/transcript/<uuid:uid>/ask/",
        views.office_transcript_ask,
        name="office-transcript-ask",
    ),
]
