"""Looking at cells (an account and a region): one, or many at a time."""
