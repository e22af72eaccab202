// SPDX-License-Identifier: MIT

public import Vocabulary

// Shapes: Q queries · G gallery rows.

/// Who is seen in one row, and by which camera.
public struct Sighting: Sendable, Hashable {
    public let identity: Identity
    public let camera: Camera

    public init(identity: Identity, camera: Camera) {
        self.identity = identity
        self.camera = camera
    }
}

/// Who is seen in the query rows, `[Q]`.
public struct QuerySightings: Sendable {
    public let sightings: [Sighting]

    public init(_ sightings: [Sighting]) {
        self.sightings = sightings
    }
}

/// Who is seen in the gallery rows, `[G]`.
public struct GallerySightings: Sendable {
    public let sightings: [Sighting]

    public init(_ sightings: [Sighting]) {
        self.sightings = sightings
    }
}
