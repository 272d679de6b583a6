"""A shop's facts in SQLite: schema, migrations, one class per port, backup."""
