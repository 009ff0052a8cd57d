"""Where numbers come from: the only room that touches network and disk."""
