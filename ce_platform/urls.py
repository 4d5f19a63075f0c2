"""Every address of the platform."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# Operators sign in on the same page as everybody: with its rate limits.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Operation"
admin.site.index_title = "People, and every record as it stands"

urlpatterns = [
    path("", include("ce_platform.pages.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/", include("ce_platform.accounts.urls")),
    path("account/security/", include("allauth.mfa.urls")),
    path("", include("courses.urls")),
    path("", include("quizzes.urls")),
    path("", include("ce_platform.licensing.urls")),
    path("", include("certificates.urls")),
    path("", include("ce_platform.office.urls")),
    path("operator/", admin.site.urls),
]

handler403 = "ce_platform.pages.views.forbidden"
handler404 = "ce_platform.pages.views.not_found"
handler500 = "ce_platform.pages.views.server_error"
