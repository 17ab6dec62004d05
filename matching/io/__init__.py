"""Files to typed values, or to a full list of what is wrong with them."""
