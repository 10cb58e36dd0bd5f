"""Commands of the market; the list with what each does stands in docs/operations.md."""
