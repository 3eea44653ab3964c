"""Vectors to hold local binary patterns and oriented gradients against.

Made with scikit-image 0.19.3 and NumPy 1.24.2 (Debian's package python3-skimage):

    python3 scikit_image_vectors.py

The picture is a part of ../portrait.png, the astronaut Eileen Collins by NASA, public domain, with
noise: where neighbours are as bright as one another, scikit-image compares what it interpolated in
floating point, and whether it is found darker is chance.
"""
from pathlib import Path

import numpy as np
from skimage import io
from skimage.feature import hog, local_binary_pattern

here = Path(__file__).parent
rgb = io.imread(here.parent / "portrait.png").astype(int)
luma = (299 * rgb[..., 0] + 587 * rgb[..., 1] + 114 * rgb[..., 2] + 500) // 1000
noise = np.random.default_rng(1).integers(-20, 21, (40, 48))
picture = (luma[50:210:4, 40:232:4] * 4 // 5 + 25 + noise).astype(np.uint8)
assert picture.shape == (40, 48)
picture.tofile(here / "picture.u8")

for method in ["nri_uniform", "uniform", "ror"]:
    for points, radius in [(8, 1), (8, 2.5), (12, 2)]:
        labels = local_binary_pattern(picture, points, radius, method)
        labels.astype("<u2").tofile(here / f"lbp-{method}-{points}-{radius}.u16")

for cell, block, bins in [(8, 2, 9), (6, 3, 8), (5, 1, 12)]:
    values = hog(
        picture,
        orientations=bins,
        pixels_per_cell=(cell, cell),
        cells_per_block=(block, block),
        block_norm="L2-Hys",
    )
    values.astype("<f4").tofile(here / f"hog-{cell}-{block}-{bins}.f32")
