"""Softcopy requests: made by visitors, answered by staff, followed and picked up by code.

For screens, by any process:
    service     made, taken on, answered, judged; as `views`
    files       the file that answers one: brought, looked at, fetched
    mailing     the same file by e-mail
    book        the rows: looked up, and changed by the rules
    keeping     forgets what is over, in the daily cleaning

Rules, without any of the world:
    rules       the states, and which may follow which
    form        what is accepted, and what is said when it is not
    choices     the codes of the survey of data needs
    file_types  what an officer may answer with
"""
