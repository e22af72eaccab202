// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Pipeline
import Programs
import Testing

@testable import Experiments

private let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

@Suite struct `The schema of experiment files` {
    private let schema = ExperimentSchema().document

    @Test func `is the one in the docs`() throws {
        let file = home.appendingPathComponent("docs/experiment.schema.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(try JSONValue(text: text) == schema, "scripts/write-reference brings it up to date")
    }

    /// The same table: minimum and maximum are the bounds of the reader, the description is the meaning.
    @Test func `has a key's bounds, default and meaning`() throws {
        let found = schema["$defs"]?["adapt.spcl"]?["properties"]?["momentum"]
        let expected: JSONValue = [
            "type": ["number", "null"], "minimum": 0, "maximum": 1, "default": 0.2,
            "description": "What a row of the memory keeps of itself at an update. In the paper: m.",
        ]
        #expect(found == expected)
        let words = schema["$defs"]?["pretrain.source-pretraining"]?["properties"]?["images"]?["enum"]
        #expect(words == ["source", "translated", nil] as JSONValue)
    }

    @Test(arguments: StageMethod.allCases) func `has every key of every method`(method: StageMethod) throws {
        let settings = method.settings
        let found = schema["$defs"]?["\(settings.kind.rawValue).\(settings.method)"]?["properties"]
        for key in settings.keys {
            let description = found?[key.key]?["description"]
            guard case .string(let text)? = description else {
                Issue.record("\(method): \(key.key)")
                continue
            }
            #expect(text.hasPrefix(key.meaning.text), "\(method): \(key.key)")
        }
    }
}

extension JSONValue {
    fileprivate subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }
}

/// What a validator that others wrote says, where Python can install it.
@Suite struct `The schema in a validator of JSON Schema` {
    private static let validator = Python(with: "jsonschema", "4.26.0")

    /// Files by their names with what the validator complains of, each as the key path that our own reports have.
    private func complaints(_ files: [String: YAMLNode]) throws -> [String: [String]] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (schema, input) = (folder.appendingPathComponent("schema"), folder.appendingPathComponent("input"))
        try Data(ExperimentSchema().document.canonicalText.utf8).write(to: schema)
        try Data(JSONValue.object(files.mapValues { JSONValue($0) }).canonicalText.utf8).write(to: input)
        let found = try Self.validator.run(["-c", Self.program, schema.path, input.path])
        #expect(found.code == 0, "\(found.messages)")
        return try JSONDecoder().decode([String: [String]].self, from: Data(found.output.utf8))
    }

    private static let program = """
        import json, sys
        from jsonschema import Draft202012Validator as Validator
        schema = json.load(open(sys.argv[1]))
        Validator.check_schema(schema)
        def name(stage):
            body = list(stage.values())[0] if isinstance(stage, dict) else None
            return (body or {}).get("name") or (list(stage)[0] if isinstance(stage, dict) else stage)
        def places(error, document):
            keys, node = [], document
            for step in error.absolute_path:
                node = node[step]
                # A report calls a stage by its name.
                if keys == ["stages"] and len(error.absolute_path) > 2: keys = [name(node)]
                elif len(keys) == 1 and isinstance(step, str) and "stages" in error.absolute_path and step == error.absolute_path[2]: pass
                else: keys.append(step if isinstance(step, str) else f"[{step}]")
            extra = sorted(set(node) - set(error.schema["properties"])) if error.validator == "additionalProperties" else []
            path = ".".join(keys).replace(".[", "[")
            return [f"{path}.{key}".lstrip(".") for key in extra] or [path]
        def complaints(document):
            found = Validator(schema).iter_errors(document)
            return sorted({place for error in found for place in places(error, document)})
        print(json.dumps({name: complaints(document) for name, document in json.load(open(sys.argv[2])).items()}))
        """

    @Test(.needs(validator)) func `accepts every file that comes with the program, as it is written`() throws {
        let folder = home.appendingPathComponent("experiments")
        let names = `An experiment that comes with the program`.files
        let files = try names.map { name in
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            return (name, try Document.parse(text, file: name))
        }
        let found = try complaints(Dictionary(uniqueKeysWithValues: files))
        #expect(found.count == names.count && names.count > 40)
        for (name, places) in found { #expect(places.isEmpty, "\(name): \(places)") }
    }

    /// Files with one mistake each, and where both say that it is.
    private static let mistakes: [(text: String, place: String)] = [
        ("seeed: 1", "seeed"),
        ("seed: -1", "seed"),
        ("workers: two", "workers"),
        ("device: gpu", "device"),
        ("data: {target: market1502}", "data.target"),
        ("data: {target: {kind: market1502, path: x}}", "data.target.kind"),
        ("data: {target: {kind: vehiclex}}", "data.target.kind"),
        ("data: {source: {kind: none}}", "data.source.kind"),
        ("data: {source: {pth: x}}", "data.source.pth"),
        ("data: {source: {path: 7}}", "data.source.path"),
        ("data: {location: {synthetic: {gap: 2}}}", "data.location.synthetic.gap"),
        ("data: {location: {synthetic: {targets: {}}}}", "data.location.synthetic.targets"),
        ("data: {location: elsewhere}", "data.location"),
        ("image: {height: 64, width: 4}", "image.width"),
        ("image: {height: 64}", "image"),
        ("checkpoints: {minute: 3}", "checkpoints.minute"),
        ("stages: [{adapt: {epochs: 0}}]", "adapt.epochs"),
        ("stages: [{adapt: {encoder: direct}}]", "adapt.encoder"),
        ("stages: [{adapt: {method: spcl, head: linear}}]", "adapt.head"),
        ("stages: [{adapt: {method: spgl}}]", "adapt.method"),
        ("stages: [{adapt: {head: {arcface: {scale: 0}}}}]", "adapt.head.arcface.scale"),
        ("stages: [{adapt: {head: softmax}}]", "adapt.head"),
        ("stages: [{adapt: {name: again, method: clustering-baseline, eps: {nearest: 2}}}]", "again.eps.nearest"),
        ("stages: [{pretrain: {milestones: [1, x]}}]", "pretrain.milestones[1]"),
        ("stages: [{postprocess: {rerank: {lambda: 1.5}}}]", "postprocess.rerank.lambda"),
        ("stages: [{postprocess: {camera: 3}}]", "postprocess.camera"),
        ("stages: [{postprocess: {from: [a, 3]}}]", "postprocess.from[1]"),
        ("stages: [{adopt: {}}]", "stages[0].adopt"),
    ]

    /// Files that are right but for one mistake each.
    private static func wrongFiles() throws -> [(text: String, document: YAMLNode, place: String)] {
        let base = try Document.parse("data: {}\nstages: [pretrain]\n", file: "x.yaml")
        return try mistakes.map { text, place in
            let mistake = try Document.parse(text, file: "x.yaml")
            let kept = base.entries.filter { mistake[$0.key] == nil }
            return (text, YAMLNode(.mapping(kept + mistake.entries)), place)
        }
    }

    @Test func `has the places of mistakes that our own report has`() throws {
        for (text, document, place) in try Self.wrongFiles() {
            let error = #expect(throws: ConfigurationError.self, "\(text)") { try Experiment(document, name: "x") }
            let ours = error?.problems.map(\.keyPath) ?? []
            #expect(ours == [place] || place.hasPrefix("stages[0]") && ours == ["stages[0]"], "\(text): \(ours)")
        }
    }

    @Test(.needs(validator)) func `refuses a wrong file in the place that our own report has`() throws {
        let files = try Self.wrongFiles()
        let found = try complaints(Dictionary(uniqueKeysWithValues: files.map { ($0.text, $0.document) }))
        for (text, _, place) in files { #expect(found[text] == [place], "\(text)") }
    }

    /// The other file may have the data, the stages, and the method.
    @Test(.needs(validator)) func `asks less of a file that builds on another`() throws {
        let texts = [
            "extends: quickstart", "extends: quickstart\nimage: {height: 128}",
            "extends: quickstart\nstages: [{adapt: {momentum: 0.3}}]", "stages: [{adapt: {momentum: 0.3}}]", "seed: 1",
        ]
        let files = try texts.map { ($0, try Document.parse($0, file: "x.yaml")) }
        let found = try complaints(Dictionary(uniqueKeysWithValues: files))
        #expect(texts.map { found[$0] } == [[], [], [], ["", "adapt.momentum"], [""]])
    }
}
