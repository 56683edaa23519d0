"""The bots: one pure module each, a state and an `on_event`."""
