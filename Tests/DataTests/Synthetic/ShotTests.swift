// SPDX-License-Identifier: MIT

import Testing

@testable import Data

@Suite struct `The shots of a synthetic world` {
    let world = SyntheticWorld()

    @Test func `give every query a match in another camera`() {
        let (queries, gallery) = (world.shots(of: .query), world.shots(of: .gallery))
        #expect(queries.count == world.target.validationIdentities * world.target.queriesPerIdentity)
        for query in queries {
            #expect(
                gallery.contains { $0.identity == query.identity && $0.camera != query.camera },
                "\(query.name)")
        }
    }

    @Test func `take the queries of a person from different cameras`() {
        let byIdentity = Dictionary(grouping: world.shots(of: .query), by: \.identity)
        #expect(byIdentity.count == world.target.validationIdentities)
        #expect(
            byIdentity.values.allSatisfy { Set($0.map(\.camera)).count == world.target.queriesPerIdentity })
    }

    @Test func `show each training person between the least and the most times, in at least two cameras`() {
        let people = world.shots(of: .training).filter { shot in
            if case .person(.training, _) = shot.subject { true } else { false }
        }
        var seen: [Int: [Int]] = [:]
        for case (.person(_, let index), let camera) in people.map({ ($0.subject, $0.camera) }) {
            seen[index, default: []].append(camera)
        }
        #expect(seen.count == world.target.trainingIdentities)
        #expect(seen.values.allSatisfy { (4...12).contains($0.count) && Set($0).count >= 2 })
        #expect(Set(seen.values.map(\.count)).count > 1)
    }

    @Test func `show each singleton once`() {
        let singletons = world.shots(of: .training).compactMap { shot -> Int? in
            if case .person(.singletons, let index) = shot.subject { index } else { nil }
        }
        #expect(singletons.sorted() == Array(0..<world.target.singletons))
    }

    @Test func `have as many distractors as asked, of all three kinds, under identity 0`() {
        let distractors = world.shots(of: .gallery).filter { $0.identity == 0 }
        #expect(distractors.count == world.target.distractors)
        let bare = distractors.count { $0.subject == .surroundings }
        let fragments = distractors.count { if case .fragment = $0.subject { true } else { false } }
        #expect(bare > 0 && fragments > 0 && bare + fragments < distractors.count)
    }

    @Test func `take the people of each part from crowds of their own`() {
        var world = world
        world.target.testIdentities = 6
        var crowds: [Shot.Part: Set<Crowd>] = [:]
        for part in Shot.Part.allCases {
            for shot in world.shots(of: part) where shot.part != .gallery || shot.identity != 0 {
                if case .person(let crowd, _) = shot.subject { crowds[part, default: []].insert(crowd) }
            }
        }
        let expected: [Shot.Part: Set<Crowd>] = [
            .source: [.source], .training: [.training, .singletons], .query: [.validation],
            .gallery: [.validation], .testQuery: [.test], .testGallery: [.test],
        ]
        #expect(crowds == expected)
    }

    /// Each test person as often as a validation person, in an order and under names that tell nothing.
    @Test func `show the test set's people as often as the validation set's`() {
        var world = world
        world.target.testIdentities = 6
        for (part, perIdentity) in [(Shot.Part.testQuery, 2), (.testGallery, 8)] {
            let shots = world.shots(of: part)
            let people = shots.compactMap { if case .person(.test, let row) = $0.subject { row } else { nil } }
            #expect(people.sorted() == (0..<6).flatMap { Array(repeating: $0, count: perIdentity) })
            #expect(people != people.sorted() && shots.allSatisfy { $0.identity == 0 })
            #expect(shots.map(\.name) == shots.indices.map { padded($0, part == .testQuery ? 4 : 6) + ".jpg" })
        }
        #expect(self.world.parts == [.source, .training, .query, .gallery])
    }

    @Test func `do not list a training person's images one after another`() {
        let subjects = world.shots(of: .training).map(\.subject)
        let repeats = zip(subjects, subjects.dropFirst()).count { $0 == $1 }
        // In random order, about 8 of 1,240 neighbours show the same person; grouped by person over 1,000.
        #expect(repeats < 30)
    }
}

@Suite struct `The people of a synthetic world` {
    @Test func `differ from each other in at least two visible features`() {
        let world = SyntheticWorld()
        let people = Pedestrian.crowd(60, purpose: "training.person", key: world.key)
        for first in people.indices {
            for second in people.indices where second > first {
                #expect(people[first].differences(from: people[second]) >= 2)
            }
        }
    }

    @Test func `are other people in every crowd`() {
        let key = SyntheticWorld().key
        let crowds = Crowd.allCases.map { Pedestrian.crowd(20, purpose: "\($0).person", key: key) }
        for (first, second) in [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4)] {
            #expect(crowds[first].allSatisfy { !crowds[second].contains($0) })
        }
    }

    @Test func `are the first of a larger crowd`() {
        let key = SyntheticWorld().key
        let larger = Pedestrian.crowd(30, purpose: "source.person", key: key)
        #expect(Pedestrian.crowd(10, purpose: "source.person", key: key) == Array(larger.prefix(10)))
    }
}
