"""Who takes part in a program, on which side, offering and wanting what."""
