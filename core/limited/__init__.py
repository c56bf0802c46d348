"""Hostile files meet a process of their own: limited in CPU, memory, time and output, with nothing of the portal in it.

    answer = run(Path(__file__).with_name("child.py"), data, LIMITS, "xlsx", 40)   # a dict, or raises Stopped

`running.run` starts the script, `child.Stop` is how the script refuses. This page stays empty of imports, so that the
child loads `child` alone and starts in a few hundredths of a second (reliability 5).
"""
