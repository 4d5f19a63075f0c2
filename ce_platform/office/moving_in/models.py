"""Imports as they are looked at, done and undone; columns that were named once; old addresses."""

import json
import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import BackgroundJob, StoredFile


class ImportRun(models.Model):
    """One file on its way in. Nothing of it is anywhere else before it is *done*."""

    class State(models.TextChoices):
        COLUMNS = "columns", "Columns to be named"
        CHECKING = "checking", "Being looked through"
        LOOKED_AT = "looked-at", "Looked through"
        APPLYING = "applying", "Being brought in"
        DONE = "done", "Brought in"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Could not be read"

    # Only moving_in/running.py and throwing_away.py assign `state`.
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.COLUMNS: frozenset({State.CHECKING, State.FAILED}),
        State.CHECKING: frozenset({State.LOOKED_AT, State.FAILED}),
        State.LOOKED_AT: frozenset({State.CHECKING, State.COLUMNS, State.APPLYING, State.FAILED}),
        State.APPLYING: frozenset({State.DONE, State.LOOKED_AT}),
        State.DONE: frozenset({State.UNDONE}),
        State.UNDONE: frozenset(),
        State.FAILED: frozenset({State.CHECKING, State.COLUMNS}),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=30, help_text="See kinds/__init__.py.")
    state = models.CharField(max_length=10, choices=State.choices)
    file = models.ForeignKey(
        StoredFile,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="What was brought. Empty again when it is not needed any more.",
    )
    file_name = models.CharField(max_length=200)
    source = models.CharField(max_length=80, help_text="The earlier system, in words.")
    profile = models.CharField(max_length=40, blank=True, help_text="See profiles.py.")
    columns_json = models.TextField(default="[]", help_text="Our column of each of theirs.")
    options_json = models.TextField(default="{}")
    line_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    change_count = models.PositiveIntegerField(default=0)
    same_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    bad_count = models.PositiveIntegerField(default=0)
    note_count = models.PositiveIntegerField(default=0)
    pdf_count = models.PositiveIntegerField(default=0)
    unused_json = models.TextField(default="[]", help_text="Files of the zip that no line names.")
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    created_by_label = models.CharField(max_length=254)
    job = models.ForeignKey(BackgroundJob, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)
    applied_by_id = models.BigIntegerField(null=True)
    applied_by_label = models.CharField(max_length=254, blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=300, blank=True)
    blanked_at = models.DateTimeField(null=True, help_text="Its lines do not name anybody now.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "undone"], applied_at__isnull=False)
                | (~Q(state__in=["done", "undone"]) & Q(applied_at__isnull=True)),
                name="import_done_has_time",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="import_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("office:import-detail", args=[self.uid])

    @property
    def columns(self) -> list[str]:
        found: list[str] = json.loads(self.columns_json)
        return found

    @property
    def options(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.options_json)
        return found


class ImportLine(models.Model):
    """One line of the file. After some weeks it names nobody, and only says what became of it."""

    class Action(models.TextChoices):
        NEW = "new", "New"
        CHANGE = "change", "Fills in what is missing"
        SAME = "same", "Here already"
        SKIPPED = "skipped", "Left out"
        BAD = "bad", "To be mended"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(help_text="As the spreadsheet counts.")
    action = models.CharField(max_length=8, choices=Action.choices)
    values_json = models.TextField(default="{}", help_text="Read and put in order.")
    problems_json = models.TextField(default="[]", help_text="[[column, value, sentence]]")
    note = models.TextField(blank=True, help_text="Worth a look; stops nothing.")
    pdf_name = models.CharField(max_length=200, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=64, blank=True, help_text="What it is known again by.")
    person_key = models.CharField(
        max_length=64, blank=True, help_text="Of the address, keyed: it tells no address."
    )
    user = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+", help_text="Whose it became."
    )
    target = models.CharField(max_length=64, blank=True, help_text="What it became.")
    is_new_account = models.BooleanField(default=False)
    invited_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "row"], name="import_line_once"),
        ]
        indexes = [
            models.Index(fields=["run", "action", "row"], name="import_line_by_action"),
            models.Index(fields=["person_key"], name="import_line_by_person"),
        ]

    def __str__(self) -> str:
        return f"row {self.row}: {self.action}"

    @property
    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.values_json)
        return found

    @property
    def problems(self) -> list[list[str]]:
        found: list[list[str]] = json.loads(self.problems_json)
        return found


class ColumnName(models.Model):
    """A heading of somebody else's table that the office has named once."""

    kind = models.CharField(max_length=30)
    heading = models.CharField(max_length=120, help_text="Folded.")
    column = models.CharField(max_length=40, blank=True, help_text="Empty: not wanted.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "heading"], name="column_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.column}"


class Redirect(models.Model):
    """An address that was printed or linked before, and where it leads now."""

    old_path = models.CharField(max_length=400, unique=True, help_text="With ? where it had one.")
    target = models.CharField(max_length=400, help_text="A path of this site.")
    hit_count = models.PositiveBigIntegerField(default=0)
    last_hit_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField()
    run = models.ForeignKey(
        ImportRun, null=True, on_delete=models.PROTECT, related_name="redirects"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(old_path__startswith="/") & Q(target__startswith="/"),
                name="redirect_between_own_paths",
            ),
            models.CheckConstraint(
                condition=~Q(old_path=models.F("target")), name="redirect_leads_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.target}"
