"""The catalogue: records of publications, their printed copies and softcopies, and the search.

For screens, by any process:
    service         records found, shown and changed
    holdings        copies, and what a scanned code names
    editions        the rest of a publication's series, by `series_rules`
    questions       what was looked for in vain, asked of the officer
    softcopy        where the file of a publication is
    facets, areas   which years, subjects and areas there are, and how areas are called

The search:
    search          a page of hits, in the order of `ranking`
    query           what a typed text asks for; `vocabulary` knows the words there are
    index           each record's entry, made anew after every change
    words           a text's words and their stems
    codes           numbers that stand on covers

Files in and out:
    import_desk     a shelf list on the staff's screen: tried, then taken
    importing       records and copies taken line by line; `known_again` finds those that are here
    import_file     lines of a file of any kind; `import_marc` with `marc_fields`
    import_sheet    rows of a workbook, which `sheet_child` reads
    import_words    what others call columns, kinds and states
    export_file     the whole catalogue as a file

Rows, and rules without any of the world:
    record_table, copy_table
    rules, copy_rules
"""
