"""A CV as text, for instructors who have no file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_role_groups")]

    operations = [
        migrations.AddField(
            model_name="instructorprofile",
            name="cv_text",
            field=models.TextField(blank=True),
        ),
    ]
