"""Marked copies of publications: one file prepared for all, a short tail for each visitor.

service        asked of, by any process: offers, copies, verifying
views          what screens are given
rules          problems, numbers, what the mark says
preparing      the queue and the disk's share, in the `documents` process
answers        the same at once for a file that an officer answers a request with
marking_thread one file after the other, for both
prepared_file  one file prepared by the child `prepare`, in which `pages` rewrites it with MuPDF
tail           the kilobyte that makes a prepared file one visitor's copy
joined         both read as one file
inspection     what a file brought back says of itself
"""
