from django.urls import path

from ce_platform.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.profile, name="profile"),
]
