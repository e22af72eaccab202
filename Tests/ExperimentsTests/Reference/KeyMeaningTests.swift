// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Data
import Testing

@testable import Experiments

private let reference = ExperimentReference()

/// A mapping of the file or of a stage, by the keys that lead to it, with what is said of its keys.
struct DescribedPlace: CustomTestStringConvertible {
    let method: ExperimentReference.Method?
    let path: [KeyDescription]
    let keys: [KeyDescription]

    var testDescription: String {
        ([method.map { "\($0.kind.rawValue) \($0.name)" } ?? "file"] + path.map(\.key)).joined(separator: ".")
    }

    static let all: [DescribedPlace] =
        places(nil, reference.keys, []) + reference.methods.flatMap { places($0, $0.keys, []) }

    private static func places(
        _ method: ExperimentReference.Method?, _ keys: [KeyDescription], _ path: [KeyDescription]
    ) -> [DescribedPlace] {
        [DescribedPlace(method: method, path: path, keys: keys)]
            + keys.flatMap { $0.form.keys.isEmpty ? [] : places(method, $0.form.keys, path + [$0]) }
    }

    /// What the program says of a file that has this at the place.
    func problems(_ entries: [YAMLNode.Entry]) -> [Problem] {
        var body = YAMLNode(.mapping(entries))
        for key in path.reversed() {
            // A key that goes with another one's value has that beside it.
            let other = key.condition.map { YAMLNode.Entry(key: $0.key, value: YAMLNode($0.value)) }
            body = YAMLNode(.mapping([.init(key: key.key, value: body)] + [other].compactMap { $0 }))
        }
        var root = method == nil ? body.entries : []
        if !root.contains(where: { $0.key == "data" }) { root.append(.init(key: "data", value: YAMLNode(.mapping([])))) }
        if let method {
            let inside = YAMLNode(.mapping([.init(key: "method", value: YAMLNode(method.name))] + body.entries))
            root.append(.init(key: "stages", value: [YAMLNode(.mapping([.init(key: method.kind.rawValue, value: inside)]))]))
        } else {
            root.append(.init(key: "stages", value: ["pretrain"]))
        }
        do throws(any Error) {
            _ = try Experiment(YAMLNode(.mapping(root)), name: "x")
            return []
        } catch {
            return (error as? ConfigurationError)?.problems ?? []
        }
    }
}

@Suite struct `What is said of a key` {
    @Test(arguments: DescribedPlace.all) func `is a sentence`(place: DescribedPlace) {
        for key in place.keys {
            let text = key.meaning.text
            #expect(text.hasSuffix(".") && text.first?.isUppercase == true || text.hasPrefix("k-"), "\(key.key): \(text)")
            #expect(text.count > 10 && text.count <= 140 && !text.contains(where: \.isNewline), "\(key.key): \(text)")
        }
    }

    @Test(arguments: DescribedPlace.all) func `says what is allowed, and what holds where it is left out`(
        place: DescribedPlace
    ) {
        for key in place.keys where key.key != "override" {
            if case .other(let words) = key.form { Issue.record("\(key.key) is any \(words)") }
            #expect(key.isRequired || key.standard != nil || key.meaning.leftOut != nil, "\(key.key)")
        }
    }

    /// The reader names the keys that it has asked for where it finds one that it has not.
    @Test(arguments: DescribedPlace.all) func `is said of the keys that are read, and of no others`(place: DescribedPlace) {
        let found = place.problems([.init(key: "zzz", value: 1)]).compactMap { problem -> [String]? in
            switch problem.kind {
            case .unknownKey("zzz", let allowed, _), .unknownValue("zzz", let allowed, _): allowed
            default: nil
            }
        }
        let composition = place.method == nil && place.path.isEmpty ? Document.keys.map(\.key) : []
        #expect(found.map { ($0 + composition).sorted() } == [place.keys.map(\.key).sorted()])
    }

    /// A file that writes a default down is the experiment that leaves it out.
    @Test func `has the default that holds`() throws {
        func check<Part: Configurable>(_ type: Part.Type) throws {
            for key in type.keys {
                guard let standard = key.standard else { continue }
                let condition = key.condition.map { YAMLNode.Entry(key: $0.key, value: YAMLNode($0.value)) }
                let without = [condition].compactMap { $0 }
                let with = without + (condition?.key == key.key ? [] : [.init(key: key.key, value: standard)])
                let problems = ProblemCollector()
                let parts = [without, with].map { type.init(MappingReader(YAMLNode(.mapping($0)), reportingTo: problems)) }
                try problems.check()
                #expect(parts[0].node.hasSameContent(as: parts[1].node), "\(type).\(key.key)")
            }
        }
        for method in StageMethod.allCases {
            let settings: any StageSettings.Type = method.settings
            try check(settings)
        }
        try check(ExperimentSettings.self)
        try check(DataChoice.self)
        try check(CheckpointChoice.self)
        try check(CameraSettings.self)
        try check(SyntheticWorld.self)
        try check(SyntheticWorld.Target.self)
    }

    /// Numbers of the papers, by hand: MMT's k₁ is 20, SpCL's 30; k-means has 500 clusters where it is chosen.
    @Test func `has each method's own default`() throws {
        func standard(_ method: String, _ key: String) throws -> String {
            let found = try #require(reference.methods.first { $0.name == method }?.keys.first { $0.key == key })
            return try #require(found.standard).flowText
        }
        #expect(try standard("mmt", "k1") == "20" && standard("spcl", "k1") == "30")
        #expect(try standard("clustering-baseline", "clusters") == "500" && standard("clustering-baseline", "k1") == "20")
        #expect(try standard("mmt+", "head") == "{arcface: {scale: 64, margin: 0.35}}")
    }

    @Test func `is not said in keys of stages where an old value holds`() {
        #expect(!ExperimentSettings().entries(.result).contains { $0.key == "precision" })
        #expect(ExperimentSettings().entries().contains { $0.key == "precision" })
        #expect(!SDASettings().entries(.result).contains { $0.key == "generator_norm" })
        #expect(!PostprocessSettings().entries([.result, .cost]).contains { $0.key == "submission" })
        var none = SDASettings()
        none.config.networks.generatorNorm = .none
        #expect(none.entries(.result).contains { $0.key == "generator_norm" })
    }
}
