"""The friendly stand-in for a model: no weights, only rules that anyone can read here.

`answering.rules` has them in their order; each other file holds one kind of rule.
"""
