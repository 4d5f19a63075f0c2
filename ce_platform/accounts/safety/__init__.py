"""Keeping accounts with their owners: second steps, sign-ins, warnings. docs/account-safety.md"""
