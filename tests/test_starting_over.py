"""What makes tests that commit faster leaves nothing of theirs behind, and takes nothing away."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from tests.factories.certificates import make_certificate
from tests.starting_over import start_over


def rows() -> dict[str, list[tuple[Any, ...]]]:
    models = apps.get_models(include_auto_created=True)
    found = {m._meta.label: sorted(m._base_manager.values_list(), key=repr) for m in models}
    return {label: values for label, values in found.items() if values}


@pytest.mark.django_db(transaction=True)
def test_database_is_what_it_was_before_a_test_that_committed() -> None:
    before = rows()
    make_certificate()  # Frozen: triggers refuse to delete it.
    Group.objects.all().delete()
    assert rows().keys() ^ before.keys() > {"auth.Group", "certificates.Certificate"}

    start_over()

    assert rows() == before
