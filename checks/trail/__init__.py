"""Trail settings."""
