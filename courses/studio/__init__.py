"""The studio: where instructors write courses. Rules, forms, pages; changes are in `domain`."""
