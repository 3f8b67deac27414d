"""Personal data: finding and masking it, and how well that works."""
