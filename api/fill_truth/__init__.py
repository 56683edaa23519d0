"""How far simulated fills are from the truth: the sandbox venue knows every queue."""
