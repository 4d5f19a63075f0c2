from django.urls import path

from ce_platform.office.closing import views

urlpatterns = [
    path("account/close/", views.account_close, name="account-close"),
    path("office/people/<uuid:uid>/close/", views.person_close, name="person-close"),
]
