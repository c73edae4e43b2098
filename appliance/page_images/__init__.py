"""Publications read page by page: pictures drawn on demand, kept on a shelf within a budget.

service    asked by the web process: from the shelf, or made
finding    looks for words inside; `finding_rules` say what a find is
book       what is read, with its chapters and printed numbers
covers     the picture a publication is known by
tally      how much is read, of nobody
maker      the same wish heard in the `documents` process
renderer   keeps one drawing child warm and survives it
child      opens PDFs and draws; `orders` are its questions and answers, `child_book` what a PDF is
           like, `child_words` what is written on its pages
words      words of pages as they are stored
kept       the short way to a picture that is there
shelf      where pictures and words are
cache      how many of them stay
rules      sizes, limits, problems
"""
