"""From a frozen record to the bytes of its PDF."""
