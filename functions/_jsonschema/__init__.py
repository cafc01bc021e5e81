"""JSON Schema of our own: which schemas may be registered, and whether a value fits one.

All functions are held to it; those without Python behind them by nothing else. Written for schemas
and values that nobody vouches for: no reference leaves the document, patterns run in linear time,
and the work for one value is bounded.
"""
