"""Helpers of the course "From Pixels to Diffusion": data, drawing, claims, exercises.

Importing this package is instant and changes nothing; each name below loads its
module at first use.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "catalogue": ["PAGES"],
        "checks": ["check_grey"],
        "claims": ["ClaimError", "claim"],
        "datasets": ["data_path", "load_image", "make_time_lapse", "make_volume",
                     "read_image"],
        "doctor": ["doctor"],
        "exercise": ["Exercise", "Mistake", "load_exercises"],
        "plotting": ["explore", "show", "show_histogram", "show_images"],
        "profiles": ["profile", "quick_or_full"],
        "quiet": ["quiet_tensorflow"],
    },
)
