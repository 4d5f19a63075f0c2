"""The desk of access: codes, invitations, how each course is opened, the shops."""
