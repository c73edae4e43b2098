"""Scans: asked for at the station, read, seen, made into PDFs, taken home, and deleted in time.

Asked of, by any process; the rows it writes are the orders of the `documents` process:
    service         jobs: opened for a visit, looked up, finished, deleted; `job_changes`
    scan_pages      pages asked of a scanner (`new_pages`), turned, cut, moved, removed
    scan_files      what a visitor takes home; `archive` and `drawing` make it on the way
    scan_room       whether disk and quota have room for another page; `reserve`
    rows            jobs and pages found again, as `views` for screens
    turns           whose turn a scanner is
    presets         the big buttons of the station
    scanners        what each scanner can do
    scan_texts      words to search, asked for
    hand_outs       files printed or copied to a stick, asked for

Rules, without any of the world:
    rules, turn_rules, preset_rules, hand_out_rules
    life            how long scans are kept
    parts           how a job becomes files
    collating       two passes through a feeder become one stack
    looks           how a page is to be seen

Carried out by the `documents` process:
    worker          its step
    scanning        one scanner's thread; `page_book` and `scanner_book` write down how it went
    finishing       PDFs of a job, in a child: `assemble`
    previews        pictures of pages for screens
    text_reading    words of pages, in a child: `read_page`
    handing_out     `printing`, and `usb_stick` with its child `copy_out`
    tidying         deletes what is over, puts right what a kill left

Tools of those:
    files           one folder a job, every file whole
    child           runs a child and kills it; `child_limits` are what a child sets itself
    blank, shrinking, word_table
    picture_child   a page's picture, turned and cut
    picture_header  what a JPEG or TIFF says of itself
    pdf             pages put into one PDF: `pdf_writer`, `pdf_layout`, `pdf_words`, `helvetica`
    mark_drawing    the mark across a page
"""
