"""How the embedded checkpoints were trained and measured; the library needs none of it."""
