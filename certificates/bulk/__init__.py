"""Many certificates at once: one zip, one PDF for paper, or one table.

selection says which, names how each is called in the zip, table what a line says, sheets puts many
PDFs into one, making is the background job, bundles is what a person does with one. See
docs/certificates-in-bulk.md.
"""
