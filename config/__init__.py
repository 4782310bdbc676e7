"""Settings, the launcher and the wiring of the apps."""
