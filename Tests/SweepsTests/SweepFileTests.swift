// SPDX-License-Identifier: MIT

import Configuration
import Testing

@testable import Sweeps

/// A sweep of the text of a file `sweeps/rate.yaml`.
func sweep(_ text: String) throws -> Sweep {
    try Sweep(Document.parse(text, file: "sweeps/rate.yaml"), path: "sweeps/rate.yaml", name: "rate")
}

@Suite struct `The file of a sweep` {
    static let whole = """
        experiment: ../quickstart
        fixed: {adapt.epochs: 4}
        space:
          adapt.rate: {log_range: [1.0e-5, 1.0e-3]}
          adapt.clustering: [dbscan, kmeans]
          adapt.eps: {range: [0.4, 0.7], when: {adapt.clustering: dbscan}}
        sampler: random
        objective: {row: adapted, figure: top1, direction: minimize}
        seeds: [1, 2]
        budget: {trials: 12, hours: 3}
        seed: 7
        """

    @Test func `says all that there is to say`() throws {
        let sweep = try sweep(Self.whole)
        #expect(sweep.name == "rate" && sweep.experiment.value == "sweeps/../quickstart.yaml")
        #expect(sweep.fixed.map(\.assignment) == ["adapt.epochs=4"])
        #expect(sweep.space.dimensions.map(\.key) == ["adapt.rate", "adapt.clustering", "adapt.eps"])
        #expect(sweep.sampler == .random && sweep.seeds == [1, 2] && sweep.seed == 7)
        #expect(sweep.objective == Objective(row: "adapted", figure: "top1", direction: .minimize))
        #expect(sweep.budget == Budget(trials: 12, hours: 3))
    }

    @Test func `has a sampler with numbers of its own, or without`() throws {
        let text = "experiment: b\nspace: {a: {range: [0.0, 1.0]}}\nbudget: {trials: 3}\n"
        #expect(try sweep(text + "sampler: tpe").sampler == .tpe(startup: 10, candidates: 24))
        #expect(try sweep(text + "sampler: {tpe: {startup: 5}}").sampler == .tpe(startup: 5, candidates: 24))
        let error = #expect(throws: ConfigurationError.self) { try sweep(text + "sampler: {tpe: {start: 5}}") }
        #expect(
            error?.description
                == "sweeps/rate.yaml:4:17: sampler.tpe.start: unknown key 'start'; allowed: candidates, startup "
                + "(did you mean 'startup'?)")
    }

    @Test func `has a pruner that watches a stage, or none`() throws {
        let text = "experiment: b\nspace: {a: [1]}\npruner: "
        #expect(try sweep(text + "none").pruner == nil)
        let asha = try #require(try sweep(text + "{asha: {stage: adapt, first: 2}}").pruner)
        #expect(asha.rule == .asha(reduction: 3, first: 2) && asha.stage.value == "adapt" && asha.figure == "mAP")
        #expect(asha.direction == .maximize)
        let median = try sweep(text + "{median: {stage: adapt, figure: loss/id, direction: minimize, after: 5}}").pruner
        #expect(median?.rule == .median(startup: 4, after: 5) && median?.figure == "loss/id")
        #expect(median?.direction == .minimize)
        let objective = "\nobjective: {figure: loss, direction: minimize}"
        #expect(try sweep(text + "{median: {stage: adapt, figure: loss}}" + objective).pruner?.direction == .minimize)
        let error = #expect(throws: ConfigurationError.self) { try sweep(text + "median") }
        #expect(
            error?.description
                == "sweeps/rate.yaml:3:9: pruner.median: missing key 'stage'; needed: text that is not empty")
    }

    @Test func `asks for no more than an experiment and a space`() throws {
        let sweep = try sweep("{experiment: base.yml, space: {adapt.rate: [1.0e-4, 2.0e-4]}}")
        #expect(sweep.experiment.value == "sweeps/base.yml" && sweep.fixed.isEmpty && sweep.seeds.isEmpty)
        #expect(sweep.sampler == .grid && sweep.trialCount == 2 && sweep.seed == 1)
        #expect(sweep.objective == Objective(row: nil, figure: "mAP", direction: .maximize))
    }

    @Test(arguments: [
        (
            "space: {a: [1, 2]}",
            "sweeps/rate.yaml:1:1: missing key 'experiment'; needed: text that is not empty"
        ),
        (
            "experiment: b\nspace: {a: [1]}\nsead: 2",
            "sweeps/rate.yaml:3:1: sead: unknown key 'sead'; allowed: budget, description, experiment, fixed, objective, "
                + "pruner, sampler, seed, seeds, slurm, space (did you mean 'seed'?)"
        ),
        ("experiment: b\nspace: {}", "sweeps/rate.yaml:2:8: space: no settings to vary; allowed: one or more"),
        (
            "experiment: b\nspace:\n  a: {range: [2, 1]}",
            "sweeps/rate.yaml:3:14: space.a.range: found 2.0 to 1.0; allowed: two numbers, the second above the first"
        ),
        (
            "experiment: b\nspace:\n  a: {log_range: [0, 1], points: 3}",
            "sweeps/rate.yaml:3:18: space.a.log_range: found 0.0 to 1.0; allowed: two numbers, the lower above 0 and the "
                + "second above the first"
        ),
        (
            "experiment: b\nspace:\n  a: {range: [0.1, 0.2]}",
            "sweeps/rate.yaml:3:14: space.a: a grid needs values; allowed: 'points' beside the range, or choices"
        ),
        (
            "experiment: b\nspace:\n  a: {range: [1, 2], choices: [1]}",
            "sweeps/rate.yaml:3:6: space.a: found choices and range of choices, range, log_range; allowed: exactly one of them"
        ),
        (
            "experiment: b\nspace:\n  a: {choices: [1, 2], points: 3}",
            "sweeps/rate.yaml:3:32: space.a.points: 'points' divides a range, and choices are counted already"
        ),
        (
            "experiment: b\nspace:\n  a: [x, x]",
            "sweeps/rate.yaml:3:10: space.a[1]: text 'x' is among the values twice; allowed: each once"
        ),
        (
            "experiment: b\nspace:\n  method: [x, y]\n  a: {choices: [1], when: {metod: x}}",
            "sweeps/rate.yaml:4:28: space.a.when: found 'metod'; allowed: method (did you mean 'method'?)"
        ),
        (
            "experiment: b\nspace:\n  method: [x, y]\n  a: {choices: [1], when: {method: z}}",
            "sweeps/rate.yaml:4:36: space.a.when: \"z\" is none of the choices of 'method'; allowed: \"x\", \"y\""
        ),
        (
            "experiment: b\nspace: {a: [1]}\npruner: {asha: {stage: s, figure: loss/id}}",
            "sweeps/rate.yaml:3:35: pruner.asha: missing key 'direction'; needed: maximize or minimize, as 'loss/id' is not "
                + "the objective's 'mAP'"
        ),
        (
            "experiment: b\nspace: {a: [1]}\npruner: {asha: {stage: s}}\nobjective: {figure: top1}",
            "sweeps/rate.yaml:3:16: pruner.asha: missing key 'direction'; needed: maximize or minimize, as 'mAP' is not the "
                + "objective's 'top1'"
        ),
        (
            "experiment: b\nspace:\n  a: {range: [1, 9007199254740993], points: 3}",
            "sweeps/rate.yaml:3:18: space.a.range[1]: found 9007199254740993; allowed: -9007199254740992 to 9007199254740992"
        ),
        (
            "experiment: b\nspace: {a: [1]}\nsampler: randon",
            "sweeps/rate.yaml:3:10: sampler: found 'randon'; allowed: grid, random, tpe (did you mean 'random'?)"
        ),
        (
            "experiment: b\nspace: {a: [1]}\nsampler: random\nbudget: {hours: 1}",
            "sweeps/rate.yaml:4:9: budget: missing key 'trials'; needed: how many trials 'random' is to draw"
        ),
        (
            "experiment: b\nspace: {a: [1]}\nfixed: {a: 2}",
            "sweeps/rate.yaml:3:9: fixed.a: 'a' is in the space too; allowed: one or the other"
        ),
        (
            "experiment: b\nspace: {seed: [1, 2]}\nseeds: [1, 2]",
            "sweeps/rate.yaml:3:8: seeds: 'seed' is in the space too; allowed: one or the other"
        ),
        (
            "experiment: b\nspace: {a: [1]}\nseeds: [4, 4]",
            "sweeps/rate.yaml:3:12: seeds[1]: seed 4 is there twice; allowed: each once"
        ),
    ])
    func `is told of what is wrong, with its place`(text: String, report: String) {
        let error = #expect(throws: ConfigurationError.self) { try sweep(text) }
        #expect(error?.problems.map(\.description) == [report])
    }
}
