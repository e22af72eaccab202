// SPDX-License-Identifier: MIT

internal import Randomness

/// One image file of a synthetic world, before it is drawn: where it lies, who is seen and which camera
/// looks.
struct Shot: Sendable, Equatable {
    /// The parts of a synthetic world that are listed and drawn apart.
    enum Part: String, Sendable, CaseIterable {
        case source, training, query, gallery, testQuery, testGallery

        /// The folder of the part's images below the world's root.
        var folder: String {
            switch self {
            case .source: "personX/image_train"
            case .training: "target_training/image_train"
            case .query: "target_validation/image_query"
            case .gallery: "target_validation/image_gallery"
            case .testQuery: "target_test/image_query"
            case .testGallery: "target_test/image_gallery"
            }
        }
    }

    /// What the image shows.
    enum Subject: Sendable, Equatable {
        /// The person in row `index` of a crowd.
        case person(Crowd, index: Int)
        /// A person of whom the detection shows only a part.
        case fragment(Crowd, index: Int)
        /// Nobody.
        case surroundings
    }

    let part: Part
    let name: String
    let subject: Subject
    /// The identity in the file name; 0 in the target's training and test sets, where names tell none.
    let identity: Int
    /// The camera number as published: 1-based, and without 3 in the target.
    let camera: Int
    /// The shot's position among those of its part, which keys its random numbers.
    let index: Int

    var path: String { "\(part.folder)/\(name)" }
}

/// The groups of people, drawn apart so that no person is in two of them.
enum Crowd: String, Sendable, CaseIterable {
    case source, training, singletons, validation, strangers, test
}

extension SyntheticWorld {
    var key: RandomKey { RandomKey(seed: seed).derived("synthetic") }

    /// How many people each crowd has.
    func crowdSize(_ crowd: Crowd) -> Int {
        switch crowd {
        case .source: source.identities
        case .training: target.trainingIdentities
        case .singletons: target.singletons
        case .validation: target.validationIdentities
        case .strangers: 40
        case .test: target.testIdentities ?? 0
        }
    }

    /// The parts that there are.
    var parts: [Shot.Part] {
        Shot.Part.allCases.filter { ![.testQuery, .testGallery].contains($0) || target.testIdentities != nil }
    }

    /// Every image of a part, in the order of its listing.
    func shots(of part: Shot.Part) -> [Shot] {
        switch part {
        case .source: sourceShots()
        case .training: trainingShots()
        case .query: validationShots(.query)
        case .gallery: validationShots(.gallery)
        case .testQuery, .testGallery: testShots(part)
        }
    }

    private func sourceShots() -> [Shot] {
        (0..<source.identities * source.imagesPerIdentity).map { index in
            let (row, image) = index.quotientAndRemainder(dividingBy: source.imagesPerIdentity)
            let camera = (image + row) % source.cameras + 1
            let name = "\(padded(row + 1, 4))_c\(camera)s1_\(image + 1).jpg"
            return Shot(
                part: .source, name: name, subject: .person(.source, index: row), identity: row + 1,
                camera: camera, index: index)
        }
    }

    /// The training images in random order and numbered in it, so that neither name nor place tells who is
    /// seen.
    private func trainingShots() -> [Shot] {
        var scenes: [(subject: Shot.Subject, camera: Int)] = []
        for (row, count) in trainingImageCounts.enumerated() {
            let cameras = itinerary(of: .training, row: row)
            scenes += (0..<count).map { (.person(.training, index: row), cameras[$0 % cameras.count]) }
        }
        for row in 0..<target.singletons {
            scenes.append((.person(.singletons, index: row), itinerary(of: .singletons, row: row)[0]))
        }
        var random = key.stream("training.order")
        let digits = max(6, "\(scenes.count)".count)
        return random.permutation(scenes.count).enumerated().map { index, scene in
            Shot(
                part: .training, name: "\(padded(index, digits)).jpg", subject: scenes[scene].subject,
                identity: 0,
                camera: scenes[scene].camera, index: index)
        }
    }

    /// Queries and gallery walk the same cameras, so that every query has a match in another camera.
    private func validationShots(_ part: Shot.Part) -> [Shot] {
        let perIdentity = part == .query ? target.queriesPerIdentity : target.galleryPerIdentity
        var scenes: [(subject: Shot.Subject, identity: Int, camera: Int)] = []
        for row in 0..<target.validationIdentities {
            let cameras = itinerary(of: .validation, row: row)
            scenes += (0..<perIdentity).map {
                (.person(.validation, index: row), row + 1, cameras[$0 % cameras.count])
            }
        }
        if part == .gallery {
            scenes += (0..<target.distractors).map { row in
                var random = key.stream("distractor", index: row)
                return (distractor(&random), 0, Target.cameraNumbers[random.below(target.cameras)])
            }
        }
        var random = key.stream("\(part).order")
        return random.permutation(scenes.count).enumerated().map { index, position in
            let scene = scenes[position]
            let frame =
                part == .query ? position : target.validationIdentities * target.queriesPerIdentity + position
            let name = "\(padded(scene.identity, 4))_c\(scene.camera)s1_\(padded(frame, 6))_01.jpg"
            return Shot(
                part: part, name: name, subject: scene.subject, identity: scene.identity,
                camera: scene.camera,
                index: index)
        }
    }

    /// In random order and numbered in it, as the training images are.
    private func testShots(_ part: Shot.Part) -> [Shot] {
        let isQuery = part == .testQuery
        let perIdentity = isQuery ? target.queriesPerIdentity : target.galleryPerIdentity
        let scenes = (0..<crowdSize(.test)).flatMap { row in
            let cameras = itinerary(of: .test, row: row)
            return (0..<perIdentity).map { (row: row, camera: cameras[$0 % cameras.count]) }
        }
        var random = key.stream("\(part).order")
        let digits = max(isQuery ? 4 : 6, "\(scenes.count)".count)
        return random.permutation(scenes.count).enumerated().map { index, scene in
            Shot(
                part: part, name: "\(padded(index, digits)).jpg", subject: .person(.test, index: scenes[scene].row),
                identity: 0, camera: scenes[scene].camera, index: index)
        }
    }

    private func distractor(_ random: inout RandomStream) -> Shot.Subject {
        let stranger = random.below(crowdSize(.strangers))
        switch random.uniform() {
        case ..<0.5: return .surroundings
        case ..<0.8: return .fragment(.strangers, index: stranger)
        default: return .person(.strangers, index: stranger)
        }
    }

    /// The cameras that a person of the target passes, in order: at least as many as there are queries, and
    /// two.
    private func itinerary(of crowd: Crowd, row: Int) -> [Int] {
        var random = key.stream("\(crowd).itinerary", index: row)
        let least = max(2, [.validation, .test].contains(crowd) ? target.queriesPerIdentity : 2)
        let count = least + random.below(target.cameras - least + 1)
        return random.permutation(target.cameras).prefix(count).map { Target.cameraNumbers[$0] }
    }
}

/// A number in decimal with leading zeros.
func padded(_ number: Int, _ digits: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
