"""The Faust shell: decode, call the fold, encode, checkpoint."""
