"""`make deploy` and `make destroy`: the stack, the page's files, a smoke test."""
