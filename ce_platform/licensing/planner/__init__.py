"""What a therapist sees about renewals: credits gathered, plans worked out, reminders written."""
