"""What writes the generated parts of the documentation, and checks that none is stale."""
