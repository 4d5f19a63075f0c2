from django.urls import path

from ce_platform.office.moving_in import views

urlpatterns = [
    path("office/moving-in/", views.home, name="moving-in"),
    path("office/moving-in/addresses/list/", views.redirect_list, name="redirect-list"),
    path(
        "office/moving-in/addresses/<int:pk>/remove/", views.redirect_remove, name="redirect-remove"
    ),
    path("office/moving-in/runs/<uuid:uid>/", views.detail, name="import-detail"),
    path("office/moving-in/runs/<uuid:uid>/columns/", views.columns, name="import-columns"),
    path("office/moving-in/runs/<uuid:uid>/check/", views.check, name="import-check"),
    path("office/moving-in/runs/<uuid:uid>/apply/", views.apply, name="import-apply"),
    path("office/moving-in/runs/<uuid:uid>/invite/", views.invite, name="import-invite"),
    path("office/moving-in/runs/<uuid:uid>/undo/", views.undo, name="import-undo"),
    path("office/moving-in/runs/<uuid:uid>/discard/", views.discard, name="import-discard"),
    path("office/moving-in/runs/<uuid:uid>/to-mend.csv", views.problems, name="import-problems"),
    path("office/moving-in/<slug:kind>/", views.bring, name="import-bring"),
    path(
        "office/moving-in/<slug:kind>/template.<slug:ending>",
        views.template,
        name="import-template",
    ),
]
