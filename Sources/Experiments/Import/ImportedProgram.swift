// SPDX-License-Identifier: MIT

internal import Configuration
internal import Reporting

/// A program of another repository whose options can be read.
struct ImportedProgram: Sendable {
    let repository: String
    /// The file's name, or what tells a configuration from others.
    let name: String
    /// Where it is written what the methods here do otherwise.
    let pages: [String]
    let options: [ImportedOption]
    /// Puts the stages, what is in the program's code, and what follows from several options into a draft.
    let compose: @Sendable (ImportedOptions, inout ImportDraft) -> Void

    init(
        repository: String, name: String, pages: [String], options: [[ImportedOption]],
        compose: @escaping @Sendable (ImportedOptions, inout ImportDraft) -> Void
    ) {
        self.repository = repository
        self.name = name
        self.pages = pages
        self.options = options.flatMap(\.self)
        self.compose = compose
    }
}

/// What becomes of a program by its name.
enum ProgramChoice: Sendable {
    case known(ImportedProgram)
    /// No method here does what it does, or another command does it; a sentence.
    case notHere(String)
}

// MARK: What the repositories of one family have in common

extension ImportedOption {
    /// Folders, threads and what is printed: no result depends on them.
    static let surroundings: [ImportedOption] = [
        ImportedOption("--data-dir", .text("data.location.folder")),
        ImportedOption("--workers", or: "-j", .key("workers")),
        ImportedOption("--logs-dir", .beside("each run is told where to keep what it leaves: passerby run … --logs DIR")),
        ImportedOption("--print-freq", .beside("progress is shown all the time")),
    ]

    static func imageSize(height: Int, width: Int) -> [ImportedOption] {
        [
            ImportedOption("--height", standard: YAMLNode(height), .key("image.height")),
            ImportedOption("--width", standard: YAMLNode(width), .key("image.width")),
        ]
    }

    static func dataset(
        _ name: String, or other: String, standard: YAMLNode? = nil, under path: String,
        _ words: KeyValuePairs<String, String>
    ) -> ImportedOption {
        ImportedOption(name, or: other, standard: standard, .word(path, words))
    }

    static func backbone(standard: YAMLNode?, _ words: KeyValuePairs<String, String>) -> ImportedOption {
        ImportedOption("--arch", or: "-a", standard: standard, .word("backbone", words))
    }

    static func halfPrecision(_ name: String) -> ImportedOption {
        ImportedOption(name, .always([false], "in single precision here, unless the run is given precision=bf16"))
    }

    /// Networks here have the length of their backbone's maps.
    static let bareNetwork: [ImportedOption] = [
        ImportedOption("--features", .always([0], "there is no embedding layer here, and results differ")),
        ImportedOption("--dropout", .always([0], "there is no dropout here, and results differ")),
    ]

    /// Batches of a stage, of so many images of one identity each.
    static func batches(of stage: String, batch: Int = 64, instances: Int = 4) -> [ImportedOption] {
        [
            ImportedOption("--batch-size", or: "-b", standard: YAMLNode(batch), .key("\(stage).batch")),
            ImportedOption("--num-instances", standard: YAMLNode(instances), .key("\(stage).instances")),
        ]
    }

    /// How long a stage trains, and how fast.
    static func training(of stage: String, epochs: Int, iterations: Int, evaluateEvery: Int) -> [ImportedOption] {
        [
            ImportedOption("--epochs", standard: YAMLNode(epochs), .key("\(stage).epochs")),
            ImportedOption("--iters", standard: YAMLNode(iterations), .key("\(stage).iterations")),
            ImportedOption("--lr", standard: 3.5e-4, .key("\(stage).rate")),
            ImportedOption("--weight-decay", standard: 5e-4, .key("\(stage).weight_decay")),
            ImportedOption("--eval-step", standard: YAMLNode(evaluateEvery), .key("\(stage).evaluate_every")),
            ImportedOption("--seed", standard: 1, .key("seed")),
        ]
    }

    /// Neighbours and radius of a stage's clustering.
    static func clustering(of stage: String, k1: Int = 30) -> [ImportedOption] {
        [
            ImportedOption("--k1", standard: YAMLNode(k1), .key("\(stage).k1")),
            ImportedOption("--k2", standard: 6, .key("\(stage).k2")),
            ImportedOption("--eps", standard: 0.6, .key("\(stage).eps")),
        ]
    }
}

extension ImportedOptions {
    /// What a rate that falls every so many epochs means in milestones.
    func stepMilestones(_ step: String, epochs: String) -> ImportedValue? {
        guard let length = read(step, .integer(Limits.epochs)), let total = self[epochs]?.node.integer,
            let value = self[step]
        else { return nil }
        let milestones = stride(from: length, to: total, by: length).prefix(Limits.milestones.upperBound + 1)
        return ImportedValue(
            node: YAMLNode(
                .sequence(milestones.map { YAMLNode(.integer($0), span: value.node.span) }), span: value.node.span),
            reason: value.reason)
    }

    /// The images of a batch that one device normalises together.
    func deviceShare(of batch: String, devices standard: Int) -> ImportedValue? {
        guard let value = self[batch], let images = value.node.integer else { return nil }
        let devices = source.devices ?? standard
        guard devices > 0, images % devices == 0, images / devices > 1 else {
            report(
                "a batch of \(counted(images, "image")) has no equal shares of 2 or more for \(counted(devices, "device"))",
                at: batch)
            return nil
        }
        let whose = source.devices == nil ? "as the authors have" : "which CUDA_VISIBLE_DEVICES names"
        return ImportedValue(
            node: YAMLNode(.integer(images / devices), span: value.node.span),
            reason: "a batch of \(images) on \(counted(devices, "device")), \(whose)")
    }
}
