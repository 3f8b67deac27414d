"""Wider masks, for ways of writing that the cleaning spec does not know: the recipe `careful`."""
