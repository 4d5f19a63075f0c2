"""Pages of the studio, one module per noun."""
