"""Helpers of the course "From Pixels to Diffusion": data, drawing, claims, exercises.

Importing this package is instant and changes nothing; each name below loads its
module at first use.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "catalogue": ["PAGES"],
        "cells": ["Cells", "held_out_cells", "make_cells", "make_fields"],
        "checks": ["check_grey"],
        "claims": ["ClaimError", "claim"],
        "datasets": ["data_path", "load_image", "load_labelled_images",
                     "make_time_lapse", "make_volume", "read_image"],
        "digits": ["make_digits"],
        "doctor": ["doctor"],
        "exercise": ["Exercise", "Mistake", "load_exercises"],
        "leaderboard": ["claim_row", "draw_leaderboard", "measure_row",
                        "read_leaderboard"],
        "metrics": ["counting_error", "dice", "instance_f1", "iou", "match_instances"],
        "mnist": ["load_digits", "load_mnist"],
        "plotting": ["explore", "show", "show_histogram", "show_history", "show_images",
                     "show_labels"],
        "profiles": ["profile", "quick_or_full"],
        "quiet": ["quiet_tensorflow"],
    },
)
