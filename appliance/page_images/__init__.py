"""Publications read page by page: pictures drawn on demand, kept on a shelf within a budget.

service    asked by the web process: from the shelf, or made
maker      the same wish heard in the `documents` process
renderer   keeps one drawing child warm and survives it
child      opens PDFs and draws; `orders` are its questions and answers
shelf      where pictures are
cache      how many of them stay
rules      sizes, limits, problems
"""
