"""The catalogue of BPS, mirrored from its WebAPI: lists, numbers, covers and PDFs."""
