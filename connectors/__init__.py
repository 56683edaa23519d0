"""In and out of the outside world: the venue, a sandbox that stands in for it, news, chain."""
