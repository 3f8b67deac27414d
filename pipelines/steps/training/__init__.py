"""Training, evaluation, and the champion."""
