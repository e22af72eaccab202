// SPDX-License-Identifier: MIT

import Configuration
import Training
import Pipeline
import Testing

@testable import Experiments

/// An experiment that leaves no part out: its resolved form has every number that a file may have.
private func wholeFile(head: String = "{arcface: {}}") throws -> YAMLNode {
    let text = """
        data: {location: {synthetic: {}}}
        image: {height: 64, width: 32}
        stages:
          - pretrain: {name: direct, images: source, networks: 2}
          - translate:
          - translate: {name: cycle, method: cyclegan}
          - translate: {name: similar, method: spgan}
          - pretrain:
          - adapt: {head: \(head)}
          - adapt: {name: mutual, method: mmt, from: direct}
          - adapt: {name: dense, method: mmt, from: direct, clustering: dbscan}
          - adapt: {name: self-paced, method: spcl}
          - adapt: {name: contrast, method: cluster-contrast, batch: 64}
          - postprocess:
        """
    return try Document.parse(text, file: "x.yaml")
}

private func wholeExperiment(head: String = "{arcface: {}}") throws -> Experiment {
    try Experiment(wholeFile(head: head), name: "x")
}

/// Where a number stands in a tree: keys, and places in sequences.
private enum Step: Hashable {
    case key(String)
    case item(Int)
}

extension YAMLNode {
    /// The places of all numbers.
    fileprivate var numbers: [[Step]] {
        switch value {
        case .scalar(.integer), .scalar(.float): [[]]
        case .scalar: []
        case .sequence(let items): items.enumerated().flatMap { index, item in item.numbers.map { [.item(index)] + $0 } }
        case .mapping(let entries): entries.flatMap { entry in entry.value.numbers.map { [.key(entry.key)] + $0 } }
        }
    }

    fileprivate func replacing(_ path: ArraySlice<Step>, with text: String) -> YAMLNode {
        guard let step = path.first else { return YAMLNode(Scalar(plain: text)) }
        var node = self
        switch (value, step) {
        case (.sequence(var items), .item(let index)):
            items[index] = items[index].replacing(path.dropFirst(), with: text)
            node.value = .sequence(items)
        case (.mapping(var entries), .key(let key)):
            for index in entries.indices where entries[index].key == key {
                entries[index].value = entries[index].value.replacing(path.dropFirst(), with: text)
            }
            node.value = .mapping(entries)
        default: preconditionFailure("no \(step) in \(found)")
        }
        return node
    }

    private var found: String { "\(value)" }
}

/// What comes of a document: the report of what is wrong with it, or nothing once it has a plan and a forecast.
private func outcome(_ document: YAMLNode) throws -> ConfigurationError? {
    let experiment: Experiment
    do {
        experiment = try Experiment(document, name: "x")
    } catch let error as ConfigurationError {
        return error
    }
    let world = try #require(experiment.settings.data.drawnWorld)
    _ = try experiment.plan(dataDigest: ContentDigest(of: "data"))
    let forecaster = Forecaster(statesKept: experiment.settings.checkpoints.keep)
    let slow = StageCost(
        steps: [.init(batch: 4, seconds: 1000, peakBytes: 1 << 38), .init(batch: 8, seconds: 2000, peakBytes: 1 << 39)],
        secondsPerImage: 1000, peakBytes: 1 << 40, stateBytes: 1 << 38, networkBytes: 1 << 38, matrixRate: 1)
    let all = RunForecast(
        Dictionary(
            uniqueKeysWithValues: experiment.stages.map {
                ($0.name, forecaster.forecast($0.definition.load(DatasetCounts(world)), slow, done: 0))
            }))
    #expect(all.memoryBytes > 0 && all.diskBytes > 0 && all.seconds.isFinite && !"\(all)".isEmpty)
    return nil
}

/// The ends of a range that a report names.
private func range(in report: String) throws -> (low: String, high: String) {
    let match = try #require(report.firstMatch(of: /([-+.0-9e]+) to ([-+.0-9e]+)/), "no range in: \(report)")
    return (String(match.1), String(match.2))
}

@Suite struct `Every number of an experiment file` {
    private static let heads = ["{arcface: {}}", "{cosface: {}}", "{am: {}}", "{circle: {}}"]

    /// 2⁶³, what single and double precision cannot hold, and what is no number of anything.
    private static let hostile = [
        "9223372036854775808", "-9223372036854775808", "1e39", "-1e39", "1e400", ".inf", "-.inf", ".nan", "nan", "-1",
    ]

    @Test(arguments: heads) func `has a range, and is refused outside it`(head: String) throws {
        let document = try wholeExperiment(head: head).document
        // All keys with the first head, and those of the other heads.
        let places = document.numbers.filter { head == Self.heads[0] || $0.contains(.key("head")) }
        // The tables of all parts are there: a part that was left out would make this pass without a look at it.
        #expect(places.count > (head == Self.heads[0] ? 130 : 1))
        for place in places {
            for text in Self.hostile {
                let error = try outcome(document.replacing(place[...], with: text))
                let report = try #require(error?.problems.first, "\(place) is \(text), and accepted")
                #expect(report.description.contains("allowed: "), "\(report)")
                #expect(error?.problems.count == 1, "\(String(describing: error))")
            }
        }
    }

    @Test func `can be at either end of its range`() throws {
        let document = try wholeExperiment().document
        for place in document.numbers {
            let report = try #require(try outcome(document.replacing(place[...], with: "1e39"))).description
            let (low, high) = try range(in: report)
            for text in [low, high] {
                // Rules between values may speak against it, the range may not.
                let report = try outcome(document.replacing(place[...], with: text))?.description ?? ""
                #expect(!report.contains("\(low) to \(high)"), "\(place) at \(text)")
            }
        }
    }

    /// With everything as large as may be, but for the batch, which has to leave room for the images' size and is a
    /// multiple of the instances, which are fewer, and of the groups of normalisation, the networks, of which MMT and MMT+ take two, and the
    /// radius, which leaves room for SpCL's gap.
    @Test func `can be as large as may be together with all others`() throws {
        let document = try wholeExperiment().document
        var largest = document
        for place in document.numbers {
            let report = try #require(try outcome(document.replacing(place[...], with: "1e39"))).description
            guard case .key(let key)? = place.last else { continue }
            let value = [
                "batch": "16", "instances": "8", "images_per_norm_group": "16", "networks": "2", "eps": "0.9",
                "eps_gap": "0.09",
            ][key]
            largest = largest.replacing(place[...], with: try value ?? range(in: report).high)
        }
        let found = try outcome(largest)?.description
        #expect(found == nil)
    }

    @Test(arguments: [
        (
            "adapt.iterations=1000000", "adapt.batch=128",
            "override 'adapt.batch=128':1:7: adapt.batch: 1000000 iterations of 128 images are more than an epoch may have; "
                + "allowed: iterations × batch up to 100000000"
        ),
        (
            "image={height: 2048, width: 2048}", "postprocess.camera={batch: 100}",
            "override 'postprocess.camera={batch: 100}':1:13: postprocess.camera: 100 images of 2048 × 2048 pixels are more "
                + "than a batch may hold; allowed: batch × height × width up to 268435456"
        ),
    ])
    func `is held against those that it is multiplied with`(first: String, second: String, report: String) throws {
        let document = try Document.overriding(wholeFile(), with: [first, second])
        let reports = try outcome(document)?.problems.map(\.description)
        #expect(reports == [report])
    }

    @Test(arguments: [
        ("adapt.from=''", "adapt.from: found text ''; allowed: text that is not empty"),
        ("initial_weights=''", "initial_weights: found text ''; allowed: text that is not empty"),
        ("data.location={folder: ''}", "data.location.folder: found text ''; allowed: text that is not empty"),
        ("direct.epochs=", "direct.epochs: no value; allowed: direct.epochs=VALUE, or direct.epochs=null for the default"),
        (
            "direct={epochs: }",
            "direct.epochs: no value; allowed: an integer, 1 to 1000000, or null for the default"
        ),
    ])
    func `and every text is written where its key is`(override: String, report: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Experiment(Document.overriding(wholeFile(), with: [override]), name: "x")
        }
        #expect(error?.problems.first.map { "\($0)".hasSuffix(report) } == true, "\(String(describing: error))")
    }

    @Test func `has its default where null is asked for`() throws {
        let asked = try Experiment(
            Document.overriding(wholeExperiment().document, with: ["direct.epochs=3", "direct.epochs=null"]), name: "x")
        #expect(asked.document.yamlText == (try wholeExperiment().document.yamlText))
    }
}

@Suite struct `Every number of settings in one argument` {
    private static let readers: [(keys: [String], read: @Sendable (String) throws -> Void)] = [
        (PostProcessing.ReRanking.fields.map(\.key), { _ = try InlineSettings.reRanking($0) }),
        (DensitySettings.fields.map(\.key), { _ = try InlineSettings.dbscan($0) }),
        (SelfPacedSettings.fields.map(\.key), { _ = try InlineSettings.selfPaced($0) }),
    ]

    @Test(arguments: ["9223372036854775808", "1e39", "1e400", ".inf", ".nan", "nan", "-1", ""])
    func `has a range, and is refused outside it`(text: String) {
        for (keys, read) in Self.readers {
            #expect(!keys.isEmpty)
            for key in keys {
                #expect(throws: ConfigurationError.self, "\(key)=\(text)") { try read("\(key)=\(text)") }
            }
        }
    }
}
