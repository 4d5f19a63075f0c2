"""Pages of the desk of access, by noun."""
