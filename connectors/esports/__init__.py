"""Esports: PandaScore, Abios, Riot and Steam, each to `GameState`."""
