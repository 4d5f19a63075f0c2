from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "ce_platform.office"
    label = "office"
    verbose_name = "Office"

    def ready(self) -> None:
        # Models are loaded only now.
        # ---- moving out
        from ce_platform.accounts import shares
        from ce_platform.core import jobs, mail_kinds, sweep
        from ce_platform.office.moving_out import archives, built_in, making, parts
        from ce_platform.office.moving_out.mail_kinds import KINDS as MOVING_OUT

        jobs.register(archives.KIND, making.make_in_background)
        sweep.register("office.archives", archives.sweep_archives)
        mail_kinds.register(*MOVING_OUT)
        parts.register(*built_in.PARTS)
        shares.register(
            shares.Share(
                "archives",
                archives.forget_person,
                archives.move_person,
                archives.export_person,
            )
        )
        # ---- numbers
        from ce_platform.office.numbers.counting import sweep_numbers

        sweep.register("office.numbers", sweep_numbers)
