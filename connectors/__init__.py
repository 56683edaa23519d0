"""In and out of the outside world: the venue, the sandbox that stands in for it, news, esports, chain."""
