"""Compares (`diff`) what a branch changes in the manifests, and says what that means for the account."""
