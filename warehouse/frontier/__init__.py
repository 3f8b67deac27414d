"""What is still to fetch, and who has it until when."""
