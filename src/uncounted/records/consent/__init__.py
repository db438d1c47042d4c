"""What a person allowed, refused or withdrew, and what that costs."""
