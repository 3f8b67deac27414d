"""Questions, answers and dialogues as rows: written without repeating, read back in order."""
