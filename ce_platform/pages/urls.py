from django.urls import path

from ce_platform.pages import views

app_name = "pages"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
]
