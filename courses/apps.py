from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "courses"
    label = "courses"
    verbose_name = "Courses"

    def ready(self) -> None:
        from ce_platform.accounts import shares
        from ce_platform.core import jobs, mail_kinds, staff_digest, sweep, verification
        from courses import access_share
        from courses.domain import counters, live, uploading, word_import
        from courses.domain.access import recount_uses
        from courses.domain.recording import look_into_upload
        from courses.domain.verification import check_versions
        from courses.mail_kinds import KINDS
        from courses.refusals import (
            INSTRUCTOR_REFUSALS,
            LIVE_REFUSALS,
            MERGING_REFUSALS,
            PURGE_REFUSALS,
            REFUSALS,
            STUDIO_REFUSALS,
        )
        from courses.share import SHARE
        from courses.shop import receiving
        from courses.waiting import questions_waiting, refused_sales

        shares.register(access_share.SHARE)
        counters.register(recount_uses)
        sweep.register("shop-calls", receiving.sweep_calls)
        mail_kinds.register(*KINDS)
        staff_digest.register("questions", questions_waiting)
        staff_digest.register("sales", refused_sales)
        jobs.register(word_import.KIND, word_import.read_in_background)
        jobs.register(uploading.KIND, look_into_upload)
        jobs.register(live.ON_PAPER, live.complete_attended)
        sweep.register("uploads", uploading.sweep_uploads)
        verification.register("versions", check_versions)
        verification.register_triggers(
            *REFUSALS,
            *STUDIO_REFUSALS,
            *INSTRUCTOR_REFUSALS,
            *LIVE_REFUSALS,
            *MERGING_REFUSALS,
            *PURGE_REFUSALS,
        )
        shares.register(SHARE)
