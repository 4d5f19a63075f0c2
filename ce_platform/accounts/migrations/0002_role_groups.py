"""The three roles are groups that always exist."""

from typing import Any

from django.db import migrations

ROLES = ("instructor", "registrar", "operator")


def add_groups(apps: Any, schema_editor: Any) -> None:
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(add_groups, migrations.RunPython.noop)]
