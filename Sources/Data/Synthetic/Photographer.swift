// SPDX-License-Identifier: MIT

internal import Randomness

/// Draws the shots of a world.
///
/// Holds the people and the cameras, which all shots share.
struct Photographer: Sendable {
    private let world: SyntheticWorld
    private let people: [Crowd: [Pedestrian]]
    private let studios: [CameraLook]
    private let streets: [Int: CameraLook]

    init(_ world: SyntheticWorld) {
        let key = world.key
        let effects = world.effects.scaled(by: world.gap)
        self.world = world
        people = Dictionary(
            uniqueKeysWithValues: Crowd.allCases.map { crowd in
                (crowd, Pedestrian.crowd(world.crowdSize(crowd), purpose: "\(crowd).person", key: key))
            })
        studios = (0..<world.source.cameras).map { camera in
            var random = key.stream("source.camera", index: camera)
            return CameraLook(studio: &random)
        }
        let numbers = SyntheticWorld.Target.cameraNumbers
        streets = Dictionary(
            uniqueKeysWithValues: numbers.enumerated().map { slot, number in
                (number, CameraLook.street(slot: slot, of: numbers.count, effects: effects, key: key))
            })
    }

    /// The JPEG file of a shot.
    ///
    /// - Throws: ``DataError/notEncodable(width:height:reason:)``.
    func file(of shot: Shot) throws -> [UInt8] {
        try image(of: shot).jpeg(quality: look(of: shot).quality)
    }

    /// The image of a shot; a pure function of the world and the shot.
    func image(of shot: Shot) -> Image {
        let look = look(of: shot)
        var random = world.key.stream("\(shot.part).image", index: shot.index)
        let strangers = people[.strangers] ?? []
        let backdrop = Backdrop(look: look, key: world.key, camera: shot.camera, passersBy: strangers)
        var canvas = Canvas(imageWidth: world.width, imageHeight: world.height, ground: look.wall)
        backdrop.paint(on: &canvas, &random)
        if let person = person(in: shot) {
            let framing = Framing(shot.subject, misalignment: look.effects.misalignment, &random)
            framing.figure(of: person, in: canvas, light: look.light, pose: Pose(&random)).paint(on: &canvas)
        }
        backdrop.occlude(&canvas, &random)
        let development = Development(look: look, width: world.width, height: world.height)
        let pixels = development.pixels(of: canvas.reduced(), &random)
        return Image(width: world.width, height: world.height, pixels: pixels)
    }

    private func look(of shot: Shot) -> CameraLook {
        let look = shot.part == .source ? studios[shot.camera - 1] : streets[shot.camera]
        guard let look else {
            preconditionFailure("camera \(shot.camera) is none of \(streets.keys.sorted())")
        }
        return look
    }

    private func person(in shot: Shot) -> Pedestrian? {
        switch shot.subject {
        case .person(let crowd, let index), .fragment(let crowd, let index): people[crowd]?[index]
        case .surroundings: nil
        }
    }
}

/// Where a detector put its box about a person.
private struct Framing {
    /// The body height as a share of the image height.
    var size: Float
    /// The body's axis, as a share of the image width.
    var axis: Float
    /// The crown, as a share of the image height.
    var crown: Float

    init(_ subject: Shot.Subject, misalignment: Double, _ random: inout RandomStream) {
        size = random.between(0.86, 0.90)
        axis = 0.5 + random.between(-0.03, 0.03)
        crown = random.between(0.05, 0.08)
        let strength = Float(misalignment)
        size *= 1 + strength * random.between(-0.06, 0.06)
        axis += strength * random.between(-0.035, 0.035)
        crown += strength * random.between(-0.035, 0.035)
        if random.happens(0.035 * misalignment) {
            // A box that ends at the knees.
            size *= random.between(1.2, 1.45)
        }
        if case .fragment = subject {
            size *= random.between(1.5, 2.2)
            axis += random.between(-0.5, 0.5)
            crown -= random.between(0, 1)
        }
    }

    func figure(of person: Pedestrian, in canvas: Canvas, light: Light, pose: Pose) -> Figure {
        let width = Float(canvas.width), height = Float(canvas.height)
        // Boxes narrower than 1 : 2 must still hold the person's breadth.
        let scale = size * min(height, 2.2 * width) * person.stature
        return Figure(
            person: person, pose: pose, light: light, crown: Point(axis * width, crown * height), scale: scale
        )
    }
}
