"""Scenes: digits on paper and screens as people photograph, scan and export them.

A scene is put together of a surface, what is printed on it, the ink, the light and the camera; its
kinds are named in `kinds`. Imports the strokes of `drawings`; nothing that learns may come in.
"""
