"""What a stranger's file holds, found by looking inside it in limited children; refused when it could do harm.

    found = inspect(upload, "作品.mp4")    # core.files.inspection.inspecting; raises Refused(file.<code>)

`inspecting` chooses the child by the file's signature and puts its refusal into words; `*_child` look inside;
`checking` keeps the answer with a stored file, after the virus scanner (`clamd`) has had its say.
This page stays empty of imports: the children load their neighbours through it.
"""
