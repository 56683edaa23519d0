"""What all outside feeds share: the contract of a feed, the poller that runs it, its breaker."""
