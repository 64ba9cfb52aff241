"""The services of development, demo and tests: PostgreSQL, Valkey and an SMTP catcher from wheels.

Nothing here is used in production, and nothing here knows Django: these modules start real
servers in a directory of our own, reached by sockets that only this account may open, and make
sure that they end when the process that started them ends, however it ends.
"""
