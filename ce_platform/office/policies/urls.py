from django.urls import path, register_converter
from django.urls.converters import StringConverter

from ce_platform.core.models import PolicyDocument
from ce_platform.office.policies import desk, views


class KindConverter(StringConverter):
    """Only the kinds there are: everything else is no such page."""

    regex = "|".join(PolicyDocument.Kind.values)


register_converter(KindConverter, "policy_kind")

urlpatterns = [
    path("policies/", views.policy_list, name="policy-list"),
    path("policies/accept/", views.policy_accept, name="policy-accept"),
    path("policies/<policy_kind:kind>/", views.policy_detail, name="policy-detail"),
    path("policies/<policy_kind:kind>/<int:version>/", views.policy_version, name="policy-version"),
    path(
        "policies/<policy_kind:kind>/<int:version>/changes/",
        views.policy_changes,
        name="policy-changes",
    ),
    path("office/policies/", desk.policy_list, name="office-policy-list"),
    path("office/policies/<policy_kind:kind>/", desk.policy_edit, name="office-policy-edit"),
    path(
        "office/policies/<policy_kind:kind>/publish/",
        desk.policy_publish,
        name="office-policy-publish",
    ),
    path(
        "office/policies/<policy_kind:kind>/discard/",
        desk.policy_discard,
        name="office-policy-discard",
    ),
]
