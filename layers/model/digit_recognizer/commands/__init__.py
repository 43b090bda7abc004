"""What only an operator does; no function imports it.

Imports everything but download, api and other commands' doors.
"""
