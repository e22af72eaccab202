// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Pipeline
import Reporting
import Testing

@testable import Experiments

@Suite struct `A question about keys` {
    private let reference = ExperimentReference()

    @Test func `is answered for each form that methods give the key`() throws {
        let place = try reference.place("adapt.clusters", method: nil)
        #expect(
            "\(place)" == """
                adapt.clusters (mmt, clustering-baseline)
                  Clusters that k-means makes.
                  allowed: an integer, 1 to 1000000
                  unit: clusters
                  default: 500
                  goes with: clustering: kmeans
                """)
        let momentum = try reference.place("adapt.momentum", method: nil)
        #expect(momentum.answers.map(\.methods) == [["spcl"], ["cluster-contrast"]])
        #expect(try reference.place("adapt.momentum", method: "spcl").answers.map(\.key.standardText) == ["0.2"])
    }

    @Test func `is answered with the keys of a method where a stage is asked about`() throws {
        #expect(try reference.place("adapt", method: nil).method?.name == "mmt+")
        let place = try reference.place("adapt", method: "spcl")
        #expect(
            place.method?.name == "spcl" && place.keys.map(\.key) == ["name", "method"] + SpCLSettings.fields.map(\.key))
        #expect(try reference.place("", method: "spcl").path == "adapt")
        #expect(place.others == ["mmt+", "mmt", "clustering-baseline", "cluster-contrast"])
    }

    @Test func `says which keys must be given`() throws {
        let text = "\(try reference.place("data", method: nil))"
        #expect(text.contains("\n  must be given\n") && !text.contains("default: see its keys"), "\(text)")
        #expect("\(try reference.place("", method: nil))".contains("\ndata             required  "))
    }

    @Test func `leads into values that have keys of their own`() throws {
        #expect(try reference.place("data.location.synthetic.effects.blur", method: nil).answers[0].key.standardText == "1")
        let scale = try reference.place("adapt.head.arcface.scale", method: nil)
        #expect(
            "\(scale)" == """
                adapt.head.arcface.scale (mmt+)
                  What cosines are multiplied by.
                  allowed: a number, 0.001 to 10000
                  default: 64
                  in the paper: s
                """)
    }

    @Test(arguments: [
        (
            "adapt.head.arcfac", nil,
            "adapt.head: unknown key 'arcfac'; allowed: linear, arcface, cosface, am, circle (did you mean 'arcface'?)"
        ),
        ("image.heigth", nil, "image: unknown key 'heigth'; allowed: height, width (did you mean 'height'?)"),
        ("eps", nil, "'eps' is a key of stages: 'passerby keys adapt.eps'"),
        (
            "rate", nil,
            "'rate' is a key of stages: 'passerby keys pretrain.rate' or 'passerby keys translate.rate' or "
                + "'passerby keys adapt.rate'"
        ),
        ("head.arcface.scale", nil, "'head.arcface.scale' is a key of stages: 'passerby keys adapt.head.arcface.scale'"),
        ("seed.x", nil, "seed: unknown key 'x'; allowed: none"),
        ("image.", nil, "image: unknown key ''; allowed: height, width"),
        (
            "pretrain", "spcl", "pretrain: no method 'spcl'; allowed: source-pretraining"
        ),
        (
            "translate", "spgam",
            "translate: no method 'spgam'; allowed: sda, cyclegan, spgan, existing (did you mean 'spgan'?)"
        ),
        (
            "image", "spcl",
            "'image' is no key of a stage, and only stages have methods; allowed: a place that begins with pretrain, translate, "
                + "adapt, postprocess, evaluate"
        ),
    ])
    func `that cannot be answered says what can`(path: String, method: String?, message: String) throws {
        let error = #expect(throws: KeyError.self) { try reference.place(path, method: method) }
        #expect(error?.description == message)
        #expect(error?.exitKind == .usage)
    }

    @Test func `names the nearest key of any method`() throws {
        let error = #expect(throws: KeyError.self) { try reference.place("adapt.epsgap", method: nil) }
        guard case .unknownKey("epsgap", "adapt", let allowed, nearest: "eps_gap")? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(allowed.contains("eps_gap") && allowed.contains("head") && Set(allowed).count == allowed.count)
    }

    @Test func `is answered as JSON`() throws {
        let answer = try JSONValue(encoding: reference.place("image.height", method: nil))
        let expected: JSONValue = [
            "place": "image.height", "keys": [],
            "key": [
                [
                    "key": "height", "meaning": "Height of an image.", "unit": "pixels", "allowed": "an integer, 8 to 4096",
                    "required": true,
                ]
            ],
        ]
        #expect(answer == expected)
    }
}

@Suite struct `The page of all keys` {
    private static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")

    @Test func `says what the tables of fields say`() throws {
        let page = try String(contentsOf: Self.docs.appendingPathComponent("experiment.md"), encoding: .utf8)
        let parts = page.components(separatedBy: "<!-- generated -->\n\n")
        #expect(
            parts.count == 2 && parts.last == ExperimentReference().markdown, "scripts/write-reference brings it up to date")
    }

    @Test func `has every key of every method under its own heading`() throws {
        let sections = ExperimentReference().markdown.components(separatedBy: "\n### ")
        for method in StageMethod.allCases.map(\.settings) {
            let heading = "`\(method.kind.rawValue)` with `method: \(method.method)`"
            let section = try #require(sections.first { $0.hasPrefix(heading) }, "\(heading)")
            for key in method.keys { #expect(section.contains("\n| `\(key.key)` | "), "\(heading): \(key.key)") }
        }
    }

    /// A bar inside a cell would begin another one.
    @Test func `has four cells in every row`() {
        let rows = ExperimentReference().markdown.split(separator: "\n").filter { $0.hasPrefix("|") }
        for row in rows { #expect(row.count { $0 == "|" } == 5, "\(row)") }
    }
}
