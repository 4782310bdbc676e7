"""The pages of assessor teams."""
