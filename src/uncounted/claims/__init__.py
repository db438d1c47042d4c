"""Published claims put to the test."""
