"""Moving in: what an earlier system knew, from tables that an office has, all or nothing."""
