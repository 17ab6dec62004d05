"""An authority beside its statistical neighbours and England: indicators, tables, pictures."""
