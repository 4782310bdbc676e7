"""The pages of imports, and of facts entered by hand."""
