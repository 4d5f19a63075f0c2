"""What moving out tells the apps below, once models are loaded."""

from ce_platform.accounts import shares
from ce_platform.core import jobs, mail_kinds, sweep
from ce_platform.office.moving_out import archives, built_in, making, parts
from ce_platform.office.moving_out.mail_kinds import KINDS


def ready() -> None:
    jobs.register(archives.KIND, making.make_in_background)
    sweep.register("office.archives", archives.sweep_archives)
    mail_kinds.register(*KINDS)
    parts.register(*built_in.PARTS)
    shares.register(
        shares.Share(
            "archives",
            archives.forget_person,
            archives.move_person,
            archives.export_person,
        )
    )
