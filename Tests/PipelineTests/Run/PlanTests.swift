// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

private func plan(
    experiment: String = "visda", seed: UInt64 = 7, data: String = "three pictures", epochs: Int = 2,
    first: String = "translate"
) throws -> Plan {
    try Plan(
        experiment: experiment, seed: seed, dataDigest: ContentDigest(of: data),
        stages: [
            StagePlan(
                name: first, method: "sda", settings: ["rate": 0.1, "epochs": .integer(epochs)],
                inputs: ["data"], outputs: [Artefact(name: "images", kind: .images)]),
            StagePlan(
                name: "pretrain", method: "erm", settings: [:], inputs: [first],
                outputs: [Artefact(name: "model", kind: .weights)]),
        ])
}

private func keys(_ plan: Plan) -> [String] { plan.stages.map { plan.key(of: $0).description } }

@Suite struct `A stage key` {
    // sha256sum of the text, without the line breaks,
    //     {"format":4,"inputs":["DATA"],"method":"sda","outputs":["images"],"seed":"7",
    //     "settings":{"epochs":2,"rate":0.1}}
    // where DATA is the sum of "three pictures", and then, where KEY is the first result, of
    //     {"format":4,"inputs":["KEY"],"method":"erm","outputs":["model"],"seed":"7","settings":{}}
    @Test func `is the digest of the canonical text, input keys included`() throws {
        #expect(
            keys(try plan()) == [
                "71e118e4ebd31116a89611a6bf75114f1b615fd33c42c765ac5d8ffc438fadd8",
                "952de2731ee948b51c03c2057bf4eac68358dd32ba26850404403e7b7f597644",
            ])
    }

    @Test func `does not depend on the names of experiment and stages`() throws {
        #expect(keys(try plan(experiment: "market", first: "stylise")) == keys(try plan()))
    }

    @Test func `changes with the seed, the data and the settings, for all that follows too`() throws {
        let plans = [try plan(), try plan(seed: 8), try plan(data: "four"), try plan(epochs: 3)]
        for stage in 0..<2 { #expect(Set(plans.map { keys($0)[stage] }).count == plans.count) }
    }

    @Test func `survives the plan's own file`() throws {
        let written = try JSONFile.encoder().encode(try plan(seed: .max))
        let read = try JSONFile.decoder().decode(Plan.self, from: written)
        #expect(try read == plan(seed: .max))
        #expect(keys(read) == keys(try plan(seed: .max)))
    }
}

@Suite struct `A plan` {
    static func stage(
        _ name: String, from inputs: [String] = ["data"], to outputs: [String] = []
    ) -> StagePlan {
        StagePlan(
            name: name, method: "m", settings: [:], inputs: inputs,
            outputs: outputs.map { Artefact(name: $0, kind: .weights) })
    }

    private static let allowed =
        "; allowed between slashes: 1 to 199 bytes without control characters that do not begin with a dot"

    @Test(arguments: [
        ("e", [stage("a"), stage("a")], "the name 'a' is taken"),
        ("e", [stage("data")], "the name 'data' is taken"),
        ("e", [stage("a", from: ["b"]), stage("b")], "stage 'a' needs 'b', which is none of data"),
        ("e", [stage("a"), stage("b", from: ["c"])], "stage 'b' needs 'c', which is none of a, data"),
        ("e", [stage("../a")], "stage name '../a' is no file name"),
        ("e", [stage("a", to: ["x/y"])], "artefact name 'x/y' is no file name"),
        ("e", [stage("a", to: ["x", "x"])], "stage 'a' cannot write 'x': the name is taken"),
        ("e", [stage("a", to: ["checkpoints"])], "stage 'a' cannot write 'checkpoints': the name is taken"),
        ("../e", [], "experiment name '../e' is not made of file names\(allowed)"),
        ("", [], "experiment name '' is not made of file names\(allowed)"),
        ("a\nb", [], "experiment name 'a\\nb' is not made of file names\(allowed)"),
    ])
    func `is refused with the reason`(experiment: String, stages: [StagePlan], reason: String) {
        let error = #expect(throws: PipelineError.self) {
            try Plan(experiment: experiment, seed: 1, dataDigest: ContentDigest(of: ""), stages: stages)
        }
        #expect(error?.description == "the plan cannot be run: \(reason)")
    }

    @Test func `names the fields in which it differs from another`() throws {
        #expect(try plan().differences(from: plan()) == [])
        #expect(
            try plan().differences(from: plan(seed: 8, epochs: 3)).map(\.description) == [
                "seed: \"7\" on record, \"8\" asked for",
                "stages.translate.settings.epochs: 2 on record, 3 asked for",
            ])
    }
}
