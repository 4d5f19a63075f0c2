"""What outside shops tell: a sale becomes a code and a mail. See docs/access-and-shop.md."""
