"""What belongs to no single app below: each module of models stands with its feature."""
