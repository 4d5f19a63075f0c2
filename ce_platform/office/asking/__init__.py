"""Questions to the office and their answers: a thread at the person, or at an address."""
