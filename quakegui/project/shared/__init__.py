"""A project whose tables are in a PostgreSQL database that several people use at once.

The folder of such a project has the address of the database, in `project.toml`, in place of the database file; the tables and
all that is done with them are the same. `address` is where the database is, `connecting` how it is reached, `tables` what the
server itself enforces, `roles` who may do what, `listening` how the changes of others arrive.
"""
