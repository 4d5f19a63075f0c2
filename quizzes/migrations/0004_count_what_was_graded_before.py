"""Ask for the running sums of what was graded before there were any.

The counting itself is a background job: it belongs to the code of the day, and a million attempts
are nothing to wait for in an upgrade.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def ask(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if apps.get_model("quizzes", "Attempt").objects.filter(status="graded").exists():
        apps.get_model("core", "BackgroundJob").objects.create(
            kind="quizzes.count-sums",
            title="Counting what learners answered so far",
            created_at=timezone.now(),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_append_only"),
        ("quizzes", "0003_banks_draws_and_tallies"),
    ]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop, elidable=True)]
