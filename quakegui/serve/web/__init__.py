"""Web services: earthquakes and readings are asked for, checked, kept as files of the project, and imported like other files.

`http` asks one question and distrusts the answer; `services` lists known services; `answers` remembers what was asked, so that
a second run asks only for what is missing or may have changed; `earthquakes` and `readings` divide a request into questions.
"""
