"""What moving in tells the apps below and beside it, once models are loaded."""

from ce_platform.accounts import shares
from ce_platform.core import jobs, sweep
from ce_platform.office.moving_in import kinds, running, share, throwing_away
from ce_platform.office.moving_in.kinds.codes import Codes
from ce_platform.office.moving_in.kinds.completions import Completions
from ce_platform.office.moving_in.kinds.licenses import Licenses
from ce_platform.office.moving_in.kinds.numbers import Numbers
from ce_platform.office.moving_in.kinds.people import People
from ce_platform.office.moving_in.kinds.redirects import Redirects
from ce_platform.office.moving_in.kinds.submissions import Submissions
from ce_platform.office.people import parts


def ready() -> None:
    for kind in (
        Numbers(),
        Submissions(),
        People(),
        Licenses(),
        Completions(),
        Codes(),
        Redirects(),
    ):
        kinds.register(kind)
    jobs.register(running.CHECK_JOB, running.check_in_background)
    jobs.register(running.APPLY_JOB, running.apply_in_background)
    jobs.register(running.INVITE_JOB, running.invite_in_background)
    sweep.register("office.imports", throwing_away.sweep_runs)
    shares.register(share.SHARE)
    parts.register(share.PART)
