"""The audit pack: one zip with everything a provider must be able to show of certificates.

scope says whose certificates, gathering reads them page by page, writer puts files into the zip,
making is the background job, packs is what a person does with a pack. See docs/audit-pack.md.
"""
