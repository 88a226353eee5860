"""Architectures that transformers doesn't have, written as transformers models.

Each module has an idempotent ``register()``, after which the Auto classes and
``transformers.pipeline`` load a folder of that architecture like any other. Importing this package
is cheap; its modules import torch.
"""
