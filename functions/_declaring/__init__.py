"""A callable of Python read, modelled and described: what the model sees and what is accepted."""
