"""One training step, in one room: what it is made of, and what it needs to be saved."""
