// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Foundation
import Pipeline
import Testing

@testable import Experiments

/// The smallest experiment that has every stage.
private let minimal = """
    data: {location: {synthetic: {}}}
    image: {height: 64, width: 32}
    backbone: resnet18
    stages:
      - pretrain: {name: direct, images: source, networks: 1}
      - translate:
      - pretrain: {epochs: 2}
      - adapt: {iterations: 3}
      - postprocess:
    """

private func report(_ text: String, _ overrides: [String] = []) -> String? {
    do {
        let tree = try Document.overriding(Document.parse(text, file: "x.yaml"), with: overrides)
        _ = try Experiment(tree, name: "x")
        return nil
    } catch {
        return "\(error)"
    }
}

@Suite struct `An experiment file` {
    @Test func `gives the same experiment when its resolved form is read again`() throws {
        let first = try Experiment(Document.parse(minimal, file: "x.yaml"), name: "x")
        let text = first.document.yamlText
        let second = try Experiment(Document.parse(text, file: "experiment.yaml"), name: "x")
        #expect(second.document.yamlText == text)
    }

    @Test func `fills in the earlier stages that a stage needs`() throws {
        let experiment = try Experiment(Document.parse(minimal, file: "x.yaml"), name: "x")
        #expect(experiment.stages.map(\.name) == ["direct", "translate", "pretrain", "adapt", "postprocess"])
        #expect(
            experiment.stages.map { $0.definition.inputs.map(\.stage) } == [
                [], ["direct"], ["translate"], ["pretrain"], ["adapt"],
            ])
    }

    /// Plans say `data` where a stage takes what no other made.
    @Test func `has no stage that is called as the data are`() {
        #expect(
            report(minimal.replacing("name: direct", with: "name: data"))
                == "x.yaml:5:22: data.name: found text 'data'; allowed: letters, digits, - and _, at most 199 bytes, and not "
                + "'data'")
    }

    @Test func `has stages whose keys do not depend on what they are called`() throws {
        let renamed = minimal.replacing("name: direct", with: "name: raw")
            .replacing("- translate:", with: "- translate: {name: stylise}")
        let plans = try [minimal, renamed].map { text in
            try Experiment(Document.parse(text, file: "x.yaml"), name: "x").plan(dataDigest: ContentDigest(of: ""))
        }
        #expect(plans[0].stages.map(\.inputs) != plans[1].stages.map(\.inputs))
        #expect(plans[0].stages.map { plans[0].key(of: $0) } == plans[1].stages.map { plans[1].key(of: $0) })
    }

    @Test(arguments: [
        ("adapt.eps=0.5", [false, false, false, true, true]),
        ("postprocess.flip=false", [false, false, false, false, true]),
        ("translate.rate=1.0e-3", [false, true, true, true, true]), ("seed=2", [true, true, true, true, true]),
        ("workers=7", [false, false, false, false, false]), ("on_bad_image=error", [false, false, false, false, false]),
        ("on_bad_image=skip", [true, true, true, true, true]), ("backbone=resnet34", [true, true, true, true, true]),
        // Another network for all that follows the translation, which is trained once.
        ("pretrain.backbone=resnet50", [false, false, true, true, true]),
        ("postprocess.camera={backbone: resnet50}", [false, false, false, false, true]),
        ("postprocess.camera={backbone: resnet18}", [false, false, false, false, false]),
        ("adapt.evaluate_every=7", [false, false, false, false, false]),
        ("pretrain.evaluate_every=7", [false, false, false, false, false]),
        ("translate.samples_every=7", [false, false, false, false, false]),
        ("translate.pool=7", [false, true, true, true, true]),
        ("checkpoints={minutes: 1, keep: 3}", [false, false, false, false, false]),
        // What one device has computed another goes on from; rounding is another result, and single precision none.
        ("device=cuda:3", [false, false, false, false, false]), ("device=cpu", [false, false, false, false, false]),
        ("deterministic=false", [false, false, false, false, false]),
        ("precision=fp32", [false, false, false, false, false]), ("precision=bf16", [true, true, true, true, true]),
        ("direct.images_per_norm_group=16", [true, true, true, true, true]),
    ])
    func `has stages whose keys change from where a setting comes in`(override: String, expected: [Bool]) throws {
        let plans = try [[], [override]].map { overrides in
            let document = try Document.overriding(Document.parse(minimal, file: "x.yaml"), with: overrides)
            return try Experiment(document, name: "x").plan(dataDigest: ContentDigest(of: ""))
        }
        let changed = zip(plans[0].stages, plans[1].stages).map { plans[0].key(of: $0) != plans[1].key(of: $1) }
        #expect(changed == expected)
    }

    @Test(arguments: [
        ("pretrain", "settings.pretrain.epochs", "x.yaml:7:24"), ("direct", "settings.pretrain.images", "x.yaml:5:38"),
        ("adapt", "settings.adapt.iterations", "override 'adapt.iterations=5':1:18"),
        ("adapt", "settings.adapt.eps", nil), ("adapt", "settings.image.height", "x.yaml:2:17"),
        ("pretrain", "settings.pretrain.backbone", "x.yaml:3:11"),
        ("postprocess", "settings.postprocess.camera.backbone", "x.yaml:3:11"), ("adapt", "seed", nil),
        ("postprocess", "data", "x.yaml:1:7"),
    ])
    func `knows where what determines a stage is written`(stage: String, field: String, place: String?) throws {
        let document = try Document.overriding(
            Document.parse(minimal, file: "x.yaml"), with: ["adapt.iterations=5"])
        #expect(FieldPlaces(document).place(stage: stage, field: field) == place)
    }

    @Test func `knows which backbone each stage's networks have`() throws {
        let document = try Document.overriding(
            Document.parse(minimal, file: "x.yaml"), with: ["pretrain.backbone=resnet50"])
        let experiment = try Experiment(document, name: "x")
        #expect(
            experiment.stages.map { $0.definition.offer.networks?.members.map(\.shape.backbone) }
                == [[.resnet18], nil, [.resnet50, .resnet50], [.resnet50, .resnet50], nil])
        #expect(experiment.backbonesBegun == [.resnet18, .resnet50])
        #expect(
            FieldPlaces(document).place(stage: "pretrain", field: "settings.pretrain.backbone")
                == "override 'pretrain.backbone=resnet50':1:19")
    }

    @Test(arguments: ["stages: [pretrain]", "{data: null, stages: [pretrain]}"])
    func `says what it is about, even where all of that is the default`(text: String) throws {
        let document = try Document.parse(text, file: "x.yaml")
        let error = #expect(throws: ConfigurationError.self) { try Experiment(document, name: "x") }
        #expect(
            error?.problems.map(\.description) == [
                "x.yaml:1:1: missing key 'data'; needed: a mapping such as {source: market1501, target: msmt17}"
            ])
        let said = try Document.parse("{data: {}, stages: [{pretrain: {images: source}}]}", file: "x.yaml")
        #expect(throws: Never.self) { try Experiment(said, name: "x") }
    }

    /// Each row: an override of the smallest experiment, and the whole report.
    @Test(arguments: [
        (
            "adapt.iterationz=3",
            "override 'adapt.iterationz=3':1:7: adapt.iterationz: unknown key 'iterationz'; allowed: "
        ),
        (
            "adapt.iterations=0",
            "override 'adapt.iterations=0':1:18: adapt.iterations: found 0; allowed: 1 to 1000000"
        ),
        (
            "adapt.iterations=many",
            "override 'adapt.iterations=many':1:18: adapt.iterations: found text 'many'; allowed: an integer, 1 to 1000000"
        ),
        (
            "backbone=resnet19",
            "override 'backbone=resnet19':1:10: backbone: found 'resnet19'; allowed: resnet18, resnet34, "
                + "resnet50, resnet101, resnet18_ibn_a, resnet50_ibn_a, resnet101_ibn_a, resnext101_ibn_a, densenet121_ibn_a, "
                + "densenet169_ibn_a, resnest50, resnest101 (did you mean 'resnet18'?)"
        ),
        (
            "adapt.head={arcface: {scale: 64}, cosface: {}}",
            "override 'adapt.head={arcface: {scale: 64}, cosface: {}}':1:35: adapt.head: found 'arcface' and 'cosface'; "
                + "allowed: exactly one of linear, arcface, cosface, am, circle"
        ),
        (
            "adapt.batch=30",
            "override 'adapt.batch=30':1:7: adapt.batch: a batch of 30 holds no whole number of identities with 4 "
                + "images each; allowed: a multiple of 'instances'"
        ),
        (
            "direct.batch=4",
            "override 'direct.batch=4':1:8: direct.batch: a batch of 4 shows one identity with 4 images, and a triplet needs "
                + "another; allowed: 8 or more"
        ),
        (
            "adapt.from=direct",
            "override 'adapt.from=direct':1:7: adapt.from: 'direct' trains 1 network, and mmt+ needs 2"
        ),
        (
            "adapt.from=translate",
            "override 'adapt.from=translate':1:7: adapt.from: 'translate' is no earlier stage that leaves networks; "
                + "allowed: direct, pretrain"
        ),
        (
            "translate.epochs=200",
            "override 'translate.epochs=200':1:11: translate.epochs: 200 epochs, but constant_epochs 50 + decay_epochs "
                + "50 end before; allowed: up to 100"
        ),
        (
            "image={height: 62, width: 32}",
            "override 'image={height: 62, width: 32}':1:7: image: 62 × 32 pixels cannot be translated by sda; "
                + "allowed: multiples of 4, 32 or more"
        ),
        (
            "device=gpu",
            "override 'device=gpu':1:8: device: found 'gpu'; allowed: auto, cpu, cuda, cuda:N (did you mean 'cuda'?)"
        ),
        (
            "device=cuda:x",
            "override 'device=cuda:x':1:8: device: found 'cuda:x'; allowed: auto, cpu, cuda, cuda:N"
        ),
        (
            "precision=fp16",
            "override 'precision=fp16':1:11: precision: found 'fp16'; allowed: fp32, tf32, bf16"
        ),
        (
            "direct.images_per_norm_group=24",
            "override 'direct.images_per_norm_group=24':1:8: direct.images_per_norm_group: a batch of 64 has no whole "
                + "number of groups of 24 images"
        ),
        (
            "postprocess.from=[adapt, adapt]",
            "override 'postprocess.from=[adapt, adapt]':1:13: postprocess.from: 'adapt' is named twice; allowed: each stage "
                + "once"
        ),
        (
            "postprocess={from: [adapt, pretrain], ensemble: false}",
            "override 'postprocess={from: [adapt, pretrain], ensemble: false}':1:39: postprocess.ensemble: the networks of 2 "
                + "stages are tested as one ensemble; allowed: ensemble: true"
        ),
        (
            "postprocess.from=[adapt, nobody]",
            "override 'postprocess.from=[adapt, nobody]':1:13: postprocess.from: 'nobody' is no earlier stage that leaves "
                + "networks; allowed: direct, pretrain, adapt"
        ),
        (
            "postprocess.from=[]", "override 'postprocess.from=[]':1:18: postprocess.from: found 0 items; allowed: 1 to 100"
        ),
        (
            "translate={method: cyclegan, epochs: 60}",
            "override 'translate={method: cyclegan, epochs: 60}':1:30: translate.epochs: 60 epochs, but constant_epochs 26 + "
                + "decay_epochs 25 end before; allowed: up to 51"
        ),
        (
            "adopt.epochs=3",
            "override 'adopt.epochs=3':1:1: adopt: unknown key 'adopt'; "
        ),
    ])
    func `is refused with the place, what was found and what is allowed`(override: String, expected: String) throws {
        let text = try #require(report(minimal, [override]))
        #expect(text.hasPrefix(expected), "\(text)")
    }

    @Test func `suggests the nearest key`() throws {
        let text = try #require(report(minimal, ["adapt.iterationz=3"]))
        #expect(text.hasSuffix("(did you mean 'iterations'?)"))
    }

    @Test func `has all its problems reported at once`() throws {
        let text = try #require(report(minimal, ["adapt.k1=0", "sede=3", "direct.rate=-1"]))
        #expect(text.split(separator: "\n").count == 3, "\(text)")
    }

    @Test func `accepts what it was made for`() {
        #expect(report(minimal) == nil)
        #expect(report(minimal, ["postprocess.camera=false", "postprocess.rerank=false", "adapt.head=linear"]) == nil)
        #expect(report(minimal, ["data.location={folder: /somewhere}"]) == nil)
    }
}
