"""The office's daily work across all apps: people, staff, moving in and out."""

from django.urls import URLPattern

app_name = "office"
urlpatterns: list[URLPattern] = []
