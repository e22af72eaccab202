// SPDX-License-Identifier: MIT

/// The beginning of an experiment on images of 32 × 32 pixels, of which there are a few dozen.
let tinyData = """
    data:
      location:
        synthetic:
          source: {identities: 6, images: 6, cameras: 3}
          target: {identities: 6, fewest_images: 4, most_images: 6, singletons: 2, validation_identities: 4,
                   queries: 2, gallery: 4, distractors: 4, cameras: 3}
          width: 32
          height: 32
    image: {height: 32, width: 32}
    backbone: resnet18
    """

/// Twice ten people, of whom images are made up and never drawn.
let tenPeople = """
    data:
      location:
        synthetic:
          source: {identities: 10, images: 10, cameras: 3}
          target: {identities: 10, fewest_images: 5, most_images: 5, singletons: 0, validation_identities: 10,
                   queries: 2, gallery: 8, distractors: 0, cameras: 3}
    """
