"""`user_pixel_data.csv` on its way out: streamed, or joined on S3.

Imports rows and what is below them. What doesn't come in: HTTP, NumPy, commands.
"""
