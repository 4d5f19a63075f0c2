from django.urls import path

from ce_platform.office.own_data import views

urlpatterns = [
    path("account/data/", views.own_data, name="own-data"),
    path("account/data/ask/", views.own_data_ask, name="own-data-ask"),
    path("account/data/<uuid:uid>/download/", views.own_data_download, name="own-data-download"),
]
