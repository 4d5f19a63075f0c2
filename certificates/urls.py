from django.http import HttpResponse
from django.urls import URLPattern, path

app_name = "certificates"
urlpatterns: list[URLPattern] = [path("verify/<str:code>/", lambda r, code: HttpResponse(""), name="verify-detail")]
