"""The pages of recalculation runs and of the official forms."""
