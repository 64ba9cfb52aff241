"""What we say: pages, news, and publications with their files.

Verbs: submit, revise, approve and withdraw content; add a file. `import_news` brings in the news of a former site.
What is public is decided by the database's clock (`published`), in lists, feeds, files and the API alike.
"""
