"""The templates and catalogues that reports are made from."""
