from django.apps import AppConfig


class QuizzesConfig(AppConfig):
    name = "quizzes"
    label = "quizzes"
    verbose_name = "Quizzes"

    def ready(self) -> None:
        # Models are loaded only now.
        from ce_platform.accounts import shares
        from ce_platform.core import jobs, mail_kinds, staff_digest, sweep, verification
        from courses import parts
        from courses.domain import counters
        from quizzes.domain import recounting, regrading
        from quizzes.domain.attempts import sweep_overdue
        from quizzes.mail_kinds import KINDS
        from quizzes.parts import QuizzesPart
        from quizzes.refusals import (
            CLOSING_REFUSALS,
            OF_DRAWS_AND_REGRADES,
            OF_PROPOSALS,
            PURGE_REFUSALS,
            REFUSALS,
        )
        from quizzes.share import SHARE
        from quizzes.verification import check_grades, check_revisions
        from quizzes.waiting import requests_waiting

        parts.register(QuizzesPart())
        mail_kinds.register(*KINDS)
        staff_digest.register("requests", requests_waiting)
        counters.register(recounting.recount_sums)
        jobs.register(recounting.KIND, recounting.count_in_background)
        jobs.register(regrading.KIND, regrading.regrade_in_background)
        sweep.register("quizzes.overdue-attempts", sweep_overdue)
        verification.register("question revisions", check_revisions)
        verification.register("grades", check_grades)
        verification.register_triggers(
            *REFUSALS, *OF_DRAWS_AND_REGRADES, *OF_PROPOSALS, *CLOSING_REFUSALS, *PURGE_REFUSALS
        )
        shares.register(SHARE)
