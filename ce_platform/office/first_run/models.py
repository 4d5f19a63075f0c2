from django.db import models
from django.db.models import Q


class FirstRun(models.Model):
    """One row, `id` 1: the code that makes the first registrar, and steps set aside.

    Which steps are done is read from what they set up and kept nowhere.
    """

    code_sha256 = models.CharField(max_length=64, blank=True, help_text="Empty: no code is open.")
    code_expires_at = models.DateTimeField(null=True)
    skipped = models.CharField(max_length=200, blank=True, help_text="Steps, with spaces between.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="first_run_is_one_row"),
            models.CheckConstraint(
                condition=Q(code_sha256="", code_expires_at__isnull=True)
                | (~Q(code_sha256="") & Q(code_expires_at__isnull=False)),
                name="first_run_code_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"First run; set aside: {self.skipped or 'nothing'}"
