"""What closing, merging and fetching one's own data tell the apps below, once models are loaded."""

from ce_platform.accounts import shares
from ce_platform.core import jobs, mail_kinds, sweep
from ce_platform.office.closing.mail_kinds import KINDS as CLOSING_KINDS
from ce_platform.office.closing.parts import PART
from ce_platform.office.closing.search import sweep_endings
from ce_platform.office.merging.mail_kinds import KINDS as MERGING_KINDS
from ce_platform.office.own_data import asking, making
from ce_platform.office.own_data import share as own_data
from ce_platform.office.own_data.mail_kinds import KINDS as OWN_DATA_KINDS
from ce_platform.office.people import parts


def ready() -> None:
    mail_kinds.register(*CLOSING_KINDS, *MERGING_KINDS, *OWN_DATA_KINDS)
    sweep.register("office.endings", sweep_endings)
    sweep.register("office.own-data", asking.sweep_own_data)
    jobs.register(asking.KIND, making.make_in_background)
    shares.register(own_data.SHARE)
    parts.register(PART)
