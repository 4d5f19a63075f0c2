from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ce_platform.accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from ce_platform.accounts import share, share_of_core, shares, staff_invitations
        from ce_platform.accounts.mail_kinds import KINDS
        from ce_platform.accounts.safety import receivers
        from ce_platform.accounts.sessions import sweep_sessions
        from ce_platform.core import mail_kinds, sweep

        # Closing goes the other way round: what the others log while they erase is blanked after
        # them, and the addresses by which mail is found go last.
        shares.register(share.SHARE)
        shares.register(share_of_core.SHARE)
        sweep.register("sessions", sweep_sessions)
        receivers.connect()
        mail_kinds.register(*KINDS)
        shares.register(
            shares.Share(
                name="staff-invitations",
                erase=staff_invitations.erase_invitations,
                move=staff_invitations.move_invitations,
                export=staff_invitations.export_invitations,
            )
        )
