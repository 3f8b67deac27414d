"""What rules do to a text: pure functions, a string in and a string out."""
