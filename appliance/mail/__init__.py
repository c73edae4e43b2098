"""Files sent by e-mail through the office's own account, when the office is connected.

For screens, by any process:
    service     asked for, cancelled, hurried; as `views`
    copies      the files that wait, a folder for each message
    book        the rows: looked up, and changed by the rules

At work, in the sync process:
    sending     one message at a time, beside the loop
    sender      one talk with a server
    letter      a message as the bytes that go over the line
    texts       the words of the e-mails

Rules, without any of the world:
    rules       what becomes of a message, and how many may be asked for
    answers     what a server's answers mean
"""
