// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `A strict decoder` {
    @Test func `reads every kind of value with its place`() throws {
        let draft = try SampleExperiment.decode(
            """
            network: resnet50_ibn_a
            seed: -3
            verbose: true
            notes: "12"
            sizes: [256, 128]
            optimiser: {rate: 1, momentum: 0.9, decay: 5e-4}
            stages:
              - pretrain: {epochs: 120}
              - adapt:
                  name: again
                  epochs: 40
                  head: {arcface: {scale: 64, margin: 0.35}}
              - adapt: {head: linear}
              - postprocess
            """)
        #expect(draft.network?.value == .resnet50_ibn_a)
        #expect(
            draft.seed == Located(-3, span: SourceSpan(file: "f.yaml", line: 2, column: 7), keyPath: "seed"))
        #expect(draft.isVerbose?.value == true)
        #expect(draft.notes?.value == "12")
        #expect(draft.sizes?.value.map(\.value) == [256, 128])
        #expect(draft.sizes?.value.last?.keyPath == "sizes[1]")
        #expect(draft.optimiser?.value.rate?.value == 1)
        #expect(draft.optimiser?.value.momentum?.value == 0.9)
        #expect(draft.optimiser?.value.decay?.value == 0.0005)
        let stages = try #require(draft.stages?.value)
        #expect(stages.map(\.kind.value) == [.pretrain, .adapt, .adapt, .postprocess])
        #expect(stages.map(\.name.value) == ["pretrain", "again", "adapt", "postprocess"])
        #expect(stages[1].value.epochs?.keyPath == "again.epochs")
        let head = try #require(stages[1].value.head?.value)
        #expect(head.kind == .arcface && head.scale?.value == 64 && head.margin?.value == 0.35)
        #expect(head.margin?.keyPath == "again.head.arcface.margin")
        #expect(stages[2].value.head?.value.kind == .linear)
        #expect(stages[3].value.epochs == nil)
    }

    @Test func `tells a value that is not there from null`() {
        #expect(
            SampleExperiment.report("{network: resnet18, seed: , optimiser: {rate: }}") == """
                f.yaml:1:27: seed: no value; allowed: an integer, -9 to 1000, or null for the default
                f.yaml:1:47: optimiser.rate: no value; allowed: a number, 0.0001 to 10, or null for the default
                """)
    }

    @Test func `takes a value of null for none`() throws {
        let draft = try SampleExperiment.decode(
            "{network: resnet18, seed: null, optimiser: ~, stages: [adapt: ]}")
        #expect(draft.seed == nil && draft.optimiser == nil)
        #expect(draft.stages?.value.map(\.name.value) == ["adapt"])
    }

    static let rows: [(text: String, report: String)] = [
        (
            "seed: 1",
            "f.yaml:1:1: missing key 'network'; needed: one of resnet18, resnet50, resnet50_ibn_a, resnest50"
        ),
        (
            "network:",
            "f.yaml:1:9: network: no value; "
                + "allowed: one of resnet18, resnet50, resnet50_ibn_a, resnest50"
        ),
        (
            "network: resnet51",
            "f.yaml:1:10: network: found 'resnet51'; "
                + "allowed: resnet18, resnet50, resnet50_ibn_a, resnest50 (did you mean 'resnet50'?)"
        ),
        (
            "network: vgg",
            "f.yaml:1:10: network: found 'vgg'; "
                + "allowed: resnet18, resnet50, resnet50_ibn_a, resnest50"
        ),
        (
            "network: 18",
            "f.yaml:1:10: network: found 18; "
                + "allowed: one of resnet18, resnet50, resnet50_ibn_a, resnest50"
        ),
        ("[network]", "f.yaml:1:1: found a sequence; allowed: a mapping"),
        (
            "{network: resnet18, sead: 1}",
            "f.yaml:1:21: sead: unknown key 'sead'; "
                + "allowed: network, notes, optimiser, seed, sizes, stages, verbose (did you mean 'seed'?)"
        ),
        (
            "{network: resnet18, sizes: 3}",
            "f.yaml:1:28: sizes: found 3; "
                + "allowed: a sequence of length 1 to 2, each item an integer, 1 to 4096"
        ),
        ("{network: resnet18, sizes: []}", "f.yaml:1:28: sizes: found 0 items; allowed: 1 to 2"),
        (
            "{network: resnet18, sizes: [1, 0, x]}",
            "f.yaml:1:28: sizes: found 3 items; allowed: 1 to 2\n"
                + "f.yaml:1:32: sizes[1]: found 0; allowed: 1 to 4096\n"
                + "f.yaml:1:35: sizes[2]: found text 'x'; allowed: an integer, 1 to 4096"
        ),
        ("{network: resnet18, seed: 1e3}", "f.yaml:1:27: seed: found 1000.0; allowed: an integer, -9 to 1000"),
        ("{network: resnet18, seed: 0777}", "f.yaml:1:27: seed: found text '0777'; allowed: an integer, -9 to 1000"),
        (
            "{network: resnet18, seed: 12:00:00}",
            "f.yaml:1:27: seed: found text '12:00:00'; allowed: an integer, -9 to 1000"
        ),
        (
            "{network: resnet18, seed: 9223372036854775808}",
            "f.yaml:1:27: seed: found 9.223372036854776e+18; allowed: an integer, -9 to 1000"
        ),
        ("{network: resnet18, verbose: no}", "f.yaml:1:30: verbose: found text 'no'; allowed: true or false"),
        ("{network: resnet18, notes: 12}", "f.yaml:1:28: notes: found 12; allowed: text"),
        ("{network: resnet18, notes: [a]}", "f.yaml:1:28: notes: found a sequence; allowed: text"),
        ("{network: resnet18, optimiser: 3}", "f.yaml:1:32: optimiser: found 3; allowed: a mapping"),
        (
            "{network: resnet18, optimiser: {rate: 0}}",
            "f.yaml:1:39: optimiser.rate: found 0; allowed: 0.0001 to 10"
        ),
        (
            "{network: resnet18, optimiser: {rate: .nan}}",
            "f.yaml:1:39: optimiser.rate: found .nan; allowed: a number, 0.0001 to 10"
        ),
        (
            "{network: resnet18, optimiser: {rate: .inf}}",
            "f.yaml:1:39: optimiser.rate: found .inf; allowed: a number, 0.0001 to 10"
        ),
        (
            "{network: resnet18, optimiser: {momentum: 1}}",
            "f.yaml:1:43: optimiser.momentum: found 1; allowed: 0 to 0.99"
        ),
        (
            "{network: resnet18, optimiser: {decay: 0.6}}",
            "f.yaml:1:40: optimiser.decay: found 0.6; allowed: 0 to 0.5"
        ),
        (
            "{network: resnet18, optimiser: {decay: '0.1'}}",
            "f.yaml:1:40: optimiser.decay: found text '0.1'; allowed: a number, 0 to 0.5"
        ),
        (
            "{network: resnet18, optimizer: {rate: 0}}",
            "f.yaml:1:21: optimizer: unknown key 'optimizer'; "
                + "allowed: network, notes, optimiser, seed, sizes, stages, verbose (did you mean "
                + "'optimiser'?)"
        ),
        (
            "{network: resnet18, stages: adapt}",
            "f.yaml:1:29: stages: found text 'adapt'; "
                + "allowed: a sequence of items, each one of pretrain, adapt, postprocess"
        ),
        (
            "{network: resnet18, stages: [adopt]}",
            "f.yaml:1:30: stages[0]: found 'adopt'; "
                + "allowed: pretrain, adapt, postprocess (did you mean 'adapt'?)"
        ),
        (
            "{network: resnet18, stages: [{}]}",
            "f.yaml:1:30: stages[0]: found an empty mapping; "
                + "allowed: one of pretrain, adapt, postprocess"
        ),
        (
            "{network: resnet18, stages: [3]}",
            "f.yaml:1:30: stages[0]: found 3; allowed: one of pretrain, adapt, postprocess"
        ),
        (
            "network: resnet18\nstages:\n  - adapt:\n    epochs: 3",
            "f.yaml:4:5: stages[0]: found 'adapt' and 'epochs'; "
                + "allowed: exactly one of pretrain, adapt, postprocess (are the keys below 'adapt' "
                + "indented enough?)"
        ),
        (
            "{network: resnet18, stages: [adapt: {epochs: 0, iterations: 1001}]}",
            "f.yaml:1:46: adapt.epochs: found 0; allowed: 1 to 1000\n"
                + "f.yaml:1:61: adapt.iterations: found 1001; allowed: 1 to 1000"
        ),
        (
            "{network: resnet18, stages: [adapt, adapt: {epochs: 1}]}",
            "f.yaml:1:37: adapt: the name 'adapt' is taken at f.yaml:1:30; "
                + "allowed: a 'name:' of its own for each item"
        ),
        (
            "{network: resnet18, stages: [adapt: {name: 3}]}",
            "f.yaml:1:44: adapt.name: found 3; allowed: text"
        ),
        // An override could not say it.
        (
            "{network: resnet18, stages: [adapt: {name: v1.0}]}",
            "f.yaml:1:44: v1.0.name: found text 'v1.0'; allowed: letters, digits, - and _, at most 199 bytes"
        ),
        (
            "{network: resnet18, stages: [adapt: {name: ../a}]}",
            "f.yaml:1:44: ../a.name: found text '../a'; allowed: letters, digits, - and _, at most 199 bytes"
        ),
        (
            "{network: resnet18, stages: [adapt: {name: \"\"}]}",
            "f.yaml:1:44: name: found text ''; allowed: letters, digits, - and _, at most 199 bytes"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: {}}]}",
            "f.yaml:1:44: adapt.head: found an empty mapping; "
                + "allowed: one of arcface, cosface, linear"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: arcfase}]}",
            "f.yaml:1:44: adapt.head: found 'arcfase'; "
                + "allowed: arcface, cosface, linear (did you mean 'arcface'?)"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: {arcface: 3}}]}",
            "f.yaml:1:54: adapt.head.arcface: found 3; allowed: a mapping"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: {arcface: {margin: 1}}}]}",
            "f.yaml:1:63: adapt.head.arcface.margin: found 1; allowed: 0 to 0.9"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: {arcface: {margins: 0.5}}}]}",
            "f.yaml:1:55: adapt.head.arcface.margins: unknown key 'margins'; "
                + "allowed: margin, scale (did you mean 'margin'?)"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: {linear: {margin: 0.5}}}]}",
            "f.yaml:1:54: adapt.head.linear.margin: unknown key 'margin'; allowed: none"
        ),
        (
            "{network: resnet18, stages: [adapt: {head: {arcface: , cosface: }}]}",
            "f.yaml:1:56: adapt.head: found 'arcface' and 'cosface'; "
                + "allowed: exactly one of arcface, cosface, linear"
        ),
        (
            "seed: x\nnetwork: resnet5\nstages:\n  - adapt: {epoch: 3, iterations: 0}\nvebrose: true",
            "f.yaml:1:7: seed: found text 'x'; allowed: an integer, -9 to 1000\n"
                + "f.yaml:2:10: network: found 'resnet5'; "
                + "allowed: resnet18, resnet50, resnet50_ibn_a, resnest50 (did you mean 'resnet50'?)\n"
                + "f.yaml:4:13: adapt.epoch: unknown key 'epoch'; "
                + "allowed: epochs, head, iterations, name (did you mean 'epochs'?)\n"
                + "f.yaml:4:35: adapt.iterations: found 0; allowed: 1 to 1000\n"
                + "f.yaml:5:1: vebrose: unknown key 'vebrose'; "
                + "allowed: network, notes, optimiser, seed, sizes, stages, verbose (did you mean "
                + "'verbose'?)"
        ),
    ]

    @Test(arguments: rows)
    func `reports what it does not accept`(text: String, report: String) {
        #expect(SampleExperiment.report(text) == report)
    }
}
