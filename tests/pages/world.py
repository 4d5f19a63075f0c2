"""One of everything, owned by the owner, for the permission table."""
