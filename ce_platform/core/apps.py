from django.apps import AppConfig
from django.forms import ChoiceField, Field, ModelChoiceField
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "ce_platform.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        # What Django says under an empty field, in the words of this site.
        Field.default_error_messages["required"] = _("Fill this in.")
        for choice in (ChoiceField, ModelChoiceField):
            choice.default_error_messages["required"] = _("Choose one.")

        from ce_platform.core import (
            cache,
            files,
            jobs,
            keeping,
            mail,
            policies,
            statistics,
            storage,
            sweep,
            verification,
        )
        from ce_platform.core import checks as _checks  # noqa: F401 – they register themselves
        from ce_platform.core.refusals import (
            OF_ENDINGS,
            OF_LOG,
            POLICY_REFUSALS,
            PURGE_REFUSALS,
            REFUSALS,
        )

        jobs.register(files.LET_GO, files.erase_let_go)
        verification.register("stored files", files.check_files)
        verification.register("policies", policies.check_policies)
        verification.register_triggers(
            *REFUSALS, *OF_LOG, *OF_ENDINGS, *POLICY_REFUSALS, *PURGE_REFUSALS
        )
        sweep.register("cache", cache.sweep_cache)
        sweep.register("mail", mail.sweep_mail)
        sweep.register("jobs", jobs.sweep_jobs)
        sweep.register("files.parts", storage.sweep_parts)
        sweep.register("files.unfinished", keeping.sweep_unfinished)
        sweep.register("statistics", statistics.sweep_statistics)
