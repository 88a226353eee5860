"""Recipes that turn weights found inside installed packages into standard model folders.

One module a golem, each with ``assemble(target, progress)``. SOURCES.md says where the weights come
from and under which licence.
"""
