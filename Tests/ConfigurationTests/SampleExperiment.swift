// SPDX-License-Identifier: MIT

import Configuration

/// A small experiment that uses every reader, as the domain's drafts do.
struct SampleExperiment {
    enum Network: String, CaseIterable { case resnet18, resnet50, resnet50_ibn_a, resnest50 }
    enum Head: String, CaseIterable { case arcface, cosface, linear }
    enum Stage: String, CaseIterable { case pretrain, adapt, postprocess }

    struct Optimiser {
        let rate: Located<Double>?
        let momentum: Located<Double>?
        let decay: Located<Double>?
    }

    struct HeadDraft {
        let kind: Head
        let scale: Located<Double>?
        let margin: Located<Double>?
    }

    struct StageDraft {
        let epochs: Located<Int>?
        let iterations: Located<Int>?
        let head: Located<HeadDraft>?
    }

    let network: Located<Network>?
    let seed: Located<Int>?
    let isVerbose: Located<Bool>?
    let notes: Located<String>?
    let sizes: Located<[Located<Int>]>?
    let optimiser: Located<Optimiser>?
    let stages: Located<[NamedItem<Stage, StageDraft>]>?

    init(_ reader: MappingReader) {
        network = reader.required("network", .choice())
        seed = reader.optional("seed", .integer(-9...1000))
        isVerbose = reader.optional("verbose", .boolean)
        notes = reader.optional("notes", .text)
        sizes = reader.optional("sizes", .list(of: .integer(1...4096), count: 1...2))
        optimiser = reader.optional(
            "optimiser",
            .mapping { reader in
                Optimiser(
                    rate: reader.optional("rate", .number(0.0001...10)),
                    momentum: reader.optional("momentum", .number(0...0.99)),
                    decay: reader.optional("decay", .number(0...0.5)))
            })
        stages = reader.optional(
            "stages",
            .namedItems(Stage.self) { _, reader in
                StageDraft(
                    epochs: reader.optional("epochs", .integer(1...1000)),
                    iterations: reader.optional("iterations", .integer(1...1000)),
                    head: reader.optional(
                        "head",
                        .oneOf(Head.self) { kind, reader in
                            guard kind != .linear else {
                                return HeadDraft(kind: kind, scale: nil, margin: nil)
                            }
                            return HeadDraft(
                                kind: kind, scale: reader.optional("scale", .number(0.5...1000)),
                                margin: reader.optional("margin", .number(0...0.9)))
                        }))
            })
        if let stages { reader.suggest(stages.value.map(\.name.value)) }
    }

    /// The draft of a document with assignments.
    static func decode(_ text: String, _ assignments: [String] = []) throws(ConfigurationError)
        -> SampleExperiment
    {
        let node = try Document.overriding(Document.parse(text, file: "f.yaml"), with: assignments)
        let collector = ProblemCollector()
        let draft = SampleExperiment(MappingReader(node, reportingTo: collector))
        try collector.check()
        return draft
    }

    /// The report of a document that is not accepted; empty for one that is.
    static func report(_ text: String, _ assignments: [String] = []) -> String {
        do throws(ConfigurationError) {
            _ = try decode(text, assignments)
            return ""
        } catch {
            return error.description
        }
    }
}
