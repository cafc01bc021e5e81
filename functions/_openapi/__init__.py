"""OpenAPI documents: their operations, each as the HTTP function that it would be.

Read without trust: nothing is fetched, sizes are bounded, and what cannot be taken says why.
"""
