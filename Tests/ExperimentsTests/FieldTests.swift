// SPDX-License-Identifier: MIT

import Configuration
import Pipeline
import Tensor
import Testing
import Training

@testable import Experiments

/// All tables of fields that experiment files are made of, by the type that has them.
private let tables: [(name: String, fields: [(key: String, roles: FieldRoles)])] = {
    func table<Part: Configurable>(_ part: Part.Type) -> (String, [(String, FieldRoles)]) {
        ("\(part)", part.fields.map { ($0.key, $0.roles) })
    }
    func table(_ settings: any StageSettings.Type) -> (String, [(String, FieldRoles)]) {
        func opened<Settings: StageSettings>(_ type: Settings.Type) -> (String, [(String, FieldRoles)]) {
            ("\(type)", type.fields.map { ($0.key, $0.roles) })
        }
        return opened(settings)
    }
    return StageMethod.allCases.map { table($0.settings) } + [
        table(ExperimentSettings.self), table(DataChoice.self), table(CheckpointChoice.self), table(CameraSettings.self),
    ]
}()

@Suite struct `Every field` {
    @Test func `says what it has an effect on`() {
        for (name, fields) in tables {
            for field in fields { #expect(!field.roles.isEmpty, "\(name).\(field.key)") }
        }
    }

    @Test func `has a device of any number`() throws {
        #expect(DeviceChoice(rawValue: "cuda:7") == .device(.cuda(7)))
        for choice in DeviceChoice.allCases + [.device(.cuda(7))] {
            #expect(DeviceChoice(rawValue: choice.rawValue) == choice)
        }
        #expect(DeviceChoice(rawValue: "cuda:") == nil && DeviceChoice(rawValue: "gpu") == nil)
    }

    @Test func `is declared once`() {
        for (name, fields) in tables {
            #expect(Set(fields.map(\.key)).count == fields.count, "\(name)")
            // Read beside the fields, whatever the method.
            #expect(fields.allSatisfy { !["name", "method"].contains($0.key) }, "\(name)")
        }
    }

    /// What is only reported is in no key, nor is a stage's name; what is not has a key of its own.
    @Test func `enters keys by its roles`() throws {
        let pretrain = PretrainSettings()
        let keys = pretrain.entries(.result).map(\.key)
        #expect(keys.contains("epochs") && !keys.contains("evaluate_every") && !keys.contains("from"))
        #expect(
            PretrainSettings().entries(.cost).map(\.key).sorted()
                == ["auto_augment", "batch", "instances", "target_forward"])
        var postprocess = PostprocessSettings()
        #expect(JSONValue(postprocess.entries(.cost)) == ["camera": ["batch": 64]] as JSONValue)
        postprocess.camera = nil
        #expect(JSONValue(postprocess.entries(.cost)) == ["camera": false] as JSONValue)
    }

    /// The report's schedules are the methods' defaults.
    @Test func `has the report's number where a file leaves it out`() {
        let steps = StepSchedule(rate: 3.5e-4, warmup: 10, milestones: [40, 70])
        #expect(SourcePretraining.Config().schedule == steps && CameraNetwork.Config().schedule == steps)
        #expect(SDA.Config().schedule == LinearDecaySchedule(rate: 2e-4, constant: 50, decaying: 50))
    }
}

@Suite struct `The list of methods` {
    @Test func `has a default for every kind of stage`() {
        for kind in StageKind.allCases {
            #expect(StageMethod.allCases.contains { $0.settings.kind == kind }, "\(kind)")
        }
    }

    @Test func `has names that differ within a kind`() {
        let names = StageMethod.allCases.map { "\($0.settings.kind) \($0.settings.method)" }
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: [
        ("adapt: {method: mmt+, encoder: direct}", "x.yaml:5:27: adapt.encoder: unknown key 'encoder'; allowed: alpha, "),
        ("adapt: {method: spgl, epochs: 3}", "x.yaml:5:21: adapt.method: found 'spgl'; allowed: mmt+"),
        ("translate: {method: mmt+}", "x.yaml:5:25: translate.method: found 'mmt+'; allowed: sda"),
        ("adapt: {method: 3}", "x.yaml:5:21: adapt.method: found 3; allowed: one of mmt+"),
    ])
    func `decides which keys a stage may have`(stage: String, report: String) throws {
        let text = """
            data: {location: {synthetic: {}}}
            image: {height: 64, width: 32}
            stages:
              - pretrain: {name: direct, images: source}
              - \(stage)
            """
        let error = #expect(throws: ConfigurationError.self) {
            try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        }
        // One report: what other keys may be there is not known where the method is not.
        #expect(error?.problems.count == 1)
        #expect("\(error.map { "\($0.problems[0])" } ?? "")".hasPrefix(report), "\(String(describing: error))")
    }

    @Test func `refuses networks that a method cannot go on with`() throws {
        let text = """
            data: {location: {synthetic: {}}}
            image: {height: 64, width: 32}
            stages:
              - pretrain: {images: source}
              - adapt: {name: first}
              - adapt: {name: second, method: clustering-baseline, from: first}
            """
        let error = #expect(throws: ConfigurationError.self) {
            try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        }
        #expect(
            error?.problems.map { "\($0)" } == [
                "x.yaml:6:56: second.from: 'first' leaves a network with statistics by domain, which needs images of both; "
                    + "allowed: one without"
            ])
    }
}
