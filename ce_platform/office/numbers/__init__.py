"""How many enrolled, completed and passed, and how long it took. docs/numbers.md"""
