"""Marking of submitted notebooks: the judge here, the student's code in a kernel.

``submission`` reads a notebook, ``slices`` chooses what to run, ``kernel`` runs it
within limits, ``inside`` is the part in the kernel, ``wire`` what the two say to
each other, ``answer`` stands for a student's function, ``marking`` asks the
course's own judge, ``report`` writes what came out.
"""
