"""Says what must hold, and who looks."""
