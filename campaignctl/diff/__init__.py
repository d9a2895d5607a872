"""`diff`: what a branch changes in the manifests, and what that means for the account."""
