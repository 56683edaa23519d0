"""With what parameters: settings of the process, YAML of bots, risk and feeds."""
