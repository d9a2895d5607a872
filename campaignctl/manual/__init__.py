"""`pause`, `resume`, `complete`, `archive`, `pause-all`: an action by hand on named campaigns, without a plan."""
