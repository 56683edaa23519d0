"""Where it travels: one typed catalogue of topics, the codec, and creating and verifying topics."""
