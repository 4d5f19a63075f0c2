from django.urls import path

from ce_platform.office.numbers import views

urlpatterns = [
    path("office/numbers/", views.numbers, name="numbers"),
    path("office/numbers/<slug:table>.csv", views.numbers_table, name="numbers-table"),
]
