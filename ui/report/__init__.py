"""The Report page: a section a module, each drawn from a view of the run."""
