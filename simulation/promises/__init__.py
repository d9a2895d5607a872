"""What must hold, and who looks."""
