from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "ce_platform.licensing"
    label = "licensing"
    verbose_name = "Licensing"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.accounts import shares
        from ce_platform.core import jobs, mail_kinds, staff_digest, sweep, verification
        from ce_platform.licensing.domain.ending import sweep_endings
        from ce_platform.licensing.mail_kinds import KINDS
        from ce_platform.licensing.packet import making
        from ce_platform.licensing.parts import LicensingPart
        from ce_platform.licensing.planner import document, elsewhere, reminders, sources
        from ce_platform.licensing.refusals import (
            CONSENT_REFUSALS,
            OF_PROPOSALS,
            PURGE_REFUSALS,
            REFUSALS,
        )
        from ce_platform.licensing.share import SHARE
        from ce_platform.licensing.waiting import submissions_waiting
        from courses import parts

        parts.register(LicensingPart())
        mail_kinds.register(*KINDS)
        staff_digest.register("submissions", submissions_waiting)
        sweep.register("licensing.endings", sweep_endings)
        jobs.register(making.KIND, making.make_in_background, is_of_the_office=True)
        sources.register("elsewhere", elsewhere.external_credits)
        sweep.register("licensing.reminders", reminders.sweep_reminders)
        jobs.register(document.KIND, document.make_in_background)
        verification.register_triggers(*REFUSALS, *OF_PROPOSALS, *CONSENT_REFUSALS, *PURGE_REFUSALS)
        shares.register(SHARE)
