"""The size of the network's input, and how a digit is placed in it. The only place in Python that defines it.

MNIST's conventions (LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998,
section III.A; verified on the published images): the longest side of the digit is 20 pixels, its aspect ratio is kept,
the brightest pixel is 255, and the centre of mass lies at pixel (14, 14) of 28x28.
"""

SIDE = 28  # pixels of the square
DIGIT = 20  # pixels of the longest side of the digit in it
CENTRE = 14  # pixel of the centre of mass, in both directions
