"""The bots: one pure module each, with the contract and the rules that they share."""
