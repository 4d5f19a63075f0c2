from django.urls import path

from ce_platform.accounts import views
from ce_platform.accounts.safety import views as safety

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("security/", safety.security, name="security"),
    path("security/sign-ins/end-others/", safety.sign_ins_end_others, name="sign-ins-end-others"),
    path("security/sign-ins/<int:pk>/end/", safety.sign_in_end, name="sign-in-end"),
]
