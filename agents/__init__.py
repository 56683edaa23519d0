"""Decide: ten bots and the stages as pure folds, the Faust shell and the replay that run them."""
