"""The built-in checks: one class per requirement."""
