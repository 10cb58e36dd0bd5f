"""Oscar histories that we follow only in part."""
