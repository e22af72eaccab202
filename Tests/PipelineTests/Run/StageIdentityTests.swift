// SPDX-License-Identifier: MIT

import Testing

@testable import Pipeline

@Suite struct `The identity of a stage` {
    private struct Change: CustomTestStringConvertible {
        let field: String
        var format = 3
        var seed: UInt64 = 1
        var stage = StagePlan(
            name: "adapt", method: "sum", settings: ["epochs": 3], inputs: ["data"],
            outputs: [Artefact(name: "model", kind: .weights)])
        var data = "three pictures"

        var testDescription: String { field }
        var identity: StageIdentity {
            get throws {
                let parts = ["pictures": ContentDigest(of: data)]
                let all = StageIdentity.all(
                    of: [stage], format: format, seed: seed, data: ContentDigest(of: data), parts: parts)
                return try #require(all.first)
            }
        }
    }

    private static func stage(
        _ method: String = "sum", epochs: Int = 3, inputs: [String] = ["data"], output: String = "model"
    ) -> StagePlan {
        StagePlan(
            name: "adapt", method: method, settings: ["epochs": .integer(epochs)], inputs: inputs,
            outputs: [Artefact(name: output, kind: .weights)])
    }

    private static let changes = [
        Change(field: "format", format: 4), Change(field: "seed", seed: 2),
        Change(field: "method", stage: stage("mean")), Change(field: "settings.epochs", stage: stage(epochs: 4)),
        Change(field: "outputs[0]", stage: stage(output: "network")), Change(field: "data.pictures", data: "four"),
    ]

    @Test(arguments: changes)
    private func `has another key with every field, and names the field`(change: Change) throws {
        let (old, new) = (try Change(field: "").identity, try change.identity)
        #expect(old.key != new.key)
        #expect(old.differences(from: new).map(\.path) == [change.field])
    }

    @Test func `has another key with another input, which is told by the input's own identity`() throws {
        func second(after first: StagePlan) throws -> StageIdentity {
            let stages = [first, StagePlan(name: "rank", method: "m", settings: [:], inputs: ["adapt"], outputs: [])]
            return try #require(
                StageIdentity.all(
                    of: stages, format: 3, seed: 1, data: ContentDigest(of: "a"), parts: nil
                ).last)
        }
        let (old, new) = (try second(after: Self.stage()), try second(after: Self.stage(epochs: 4)))
        #expect(old.key != new.key && old.differences(from: new).isEmpty)
    }

    @Test func `has another key where inputs are more or the data is none of them`() throws {
        let (old, without) = (try Change(field: "").identity, try Change(field: "", stage: Self.stage(inputs: [])).identity)
        #expect(old.key != without.key && old.differences(from: without).map(\.path) == ["data", "inputs"])
    }

    @Test func `is the same whatever the stage is called and whether parts of the data are known`() throws {
        let renamed = StagePlan(
            name: "other", method: "sum", settings: ["epochs": 3], inputs: ["data"],
            outputs: [Artefact(name: "model", kind: .document)])
        let known = try Change(field: "").identity
        let unknown = StageIdentity.all(
            of: [renamed], format: 3, seed: 1, data: ContentDigest(of: "three pictures"), parts: nil)[0]
        #expect(known.key == unknown.key && known.differences(from: unknown).isEmpty)
    }
}
