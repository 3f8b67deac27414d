"""Dataset versions on disk."""
