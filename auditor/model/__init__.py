"""The facts about an account: frozen, each with where it came from."""
