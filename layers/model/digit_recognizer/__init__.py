"""The digit recogniser's shared package: what more than one function needs.

Importing the package itself costs nothing; each module imports only what it uses.
"""
