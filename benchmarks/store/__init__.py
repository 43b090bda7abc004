"""The topic `store`: what saving, compacting and downloading cost, by how many rows there are.

Imports the shared package, a function and `sections`; each step runs in a process of its own.
No drawing comes in: the rows are noise as long as real ones.
"""
