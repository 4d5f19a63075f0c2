from django.urls import path

from ce_platform.office.staff import views

urlpatterns = [
    path("office/staff/", views.staff_list, name="staff-list"),
    path("office/staff/invite/", views.staff_invite, name="staff-invite"),
    path("office/staff/permissions/", views.staff_permissions, name="staff-permissions"),
    path(
        "office/staff/invitations/<uuid:uid>/send/",
        views.invitation_send,
        name="staff-invitation-send",
    ),
    path(
        "office/staff/invitations/<uuid:uid>/withdraw/",
        views.invitation_withdraw,
        name="staff-invitation-withdraw",
    ),
    path("office/staff/<uuid:uid>/", views.staff_roles, name="staff-roles"),
    path("staff/invitation/<uuid:uid>/", views.invitation, name="staff-invitation"),
]
