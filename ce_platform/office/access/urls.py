"""Addresses of the desk of access."""

from django.urls import path

from ce_platform.office.access.views import codes, courses, exports, invitations, refunds, shops

urlpatterns = [
    path("office/access/", codes.code_list, name="access-code-list"),
    path("office/access/codes/new/", codes.code_new, name="access-code-new"),
    path("office/access/codes/<uuid:uid>/", codes.code_detail, name="access-code-detail"),
    path("office/access/codes/<uuid:uid>/change/", codes.code_change, name="access-code-change"),
    path("office/access/codes/<uuid:uid>/cancel/", codes.code_cancel, name="access-code-cancel"),
    path("office/access/codes/<uuid:uid>/restore/", codes.code_restore, name="access-code-restore"),
    path("office/access/codes/<uuid:uid>/send/", codes.code_send, name="access-code-send"),
    path("office/access/batches/<uuid:batch>/", codes.batch_detail, name="access-batch"),
    path("office/access/batches/<uuid:batch>/csv/", exports.batch_csv, name="access-batch-csv"),
    path("office/access/export/<slug:what>/", exports.export_csv, name="access-export"),
    path("office/access/invitations/", invitations.invitation_list, name="access-invitation-list"),
    path(
        "office/access/invitations/new/", invitations.invitation_new, name="access-invitation-new"
    ),
    path(
        "office/access/invitations/<uuid:uid>/again/",
        invitations.invitation_again,
        name="access-invitation-again",
    ),
    path(
        "office/access/invitations/<uuid:uid>/withdraw/",
        invitations.invitation_withdraw,
        name="access-invitation-withdraw",
    ),
    path("office/access/courses/", courses.course_list, name="access-course-list"),
    path("office/access/courses/<slug:slug>/", courses.course_change, name="access-course"),
    path("office/access/refunds/<uuid:uid>/", refunds.refund, name="access-refund"),
    path("office/access/refunds/<uuid:uid>/undo/", refunds.refund_undo, name="access-refund-undo"),
    path("office/access/shops/", shops.shop_desk, name="access-shop-desk"),
    path("office/access/shops/new/", shops.shop_new, name="access-shop-new"),
    path("office/access/shops/<uuid:uid>/", shops.shop_setup, name="access-shop-setup"),
    path("office/access/shops/<uuid:uid>/keys/", shops.key_new, name="access-shop-key-new"),
    path(
        "office/access/shops/keys/<uuid:uid>/revoke/",
        shops.key_revoke,
        name="access-shop-key-revoke",
    ),
    path("office/access/shops/test/", shops.test_sale, name="access-shop-test"),
]
