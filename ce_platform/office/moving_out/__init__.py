"""Everything the owner holds, as open files in one zip. docs/moving-out.md"""
