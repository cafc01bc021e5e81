"""The friendly stand-in for a model: no weights, only rules that anyone can read here.

`answering` holds the order of the rules; each other file holds one kind of rule.
"""
