"""From stored questions and answers to a dataset version."""
