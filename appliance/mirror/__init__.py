"""The catalogue of BPS, mirrored from its WebAPI: lists, numbers, covers and PDFs.

At work, in the sync process or for the command:
    mirroring   one at a time, in turns beside the loop
    puller      what to ask for next, and how politely
    passes      where each list stands; a page and its place in one transaction
    records     a record of the source, kept in the publication that it is
    numbers     what only a record's own answer has
    files       covers, PDFs, tables: `shelf` says which, `links` where, `download` brings one
    state       whether the source may be asked now
    progress    what a person at the keyboard is told

Between us and the source:
    client      the WebAPI, whose addresses hold the key
    fetch       GET that trusts nobody
    shapes      its answers, and `texts` out of them
    trouble     what can go wrong, in words, and when to try again

For screens:
    service     how far, what is wrong, what is always kept
    covers
    kept_tables

Rules, without any of the world:
    rules
    tables      the texts of a table out of HTML
"""
