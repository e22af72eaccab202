// SPDX-License-Identifier: MIT

import Configuration
import Testing

@Suite struct `An assignment of the command line` {
    static let file = """
        network: resnet18
        seed: 1
        sizes: [256, 128]
        optimiser: {rate: 0.1}
        stages:
          - pretrain: {epochs: 120}
          - adapt: {epochs: 40, head: {arcface: {scale: 64}}}
          - adapt: {name: again, epochs: 20}
          - postprocess
          - adapt: {name: twin}
          - adapt: {name: twin}
        """

    static let accepted: [(assignments: [String], path: [String], value: YAMLNode)] = [
        (["seed=2"], ["seed"], 2),
        (["seed=2", "seed=3"], ["seed"], 3),
        (["seed=null"], ["seed"], YAMLNode(.null)),
        (["seed= 0x10 # why"], ["seed"], 16),
        (["notes=a=b"], ["notes"], "a=b"),
        (["notes=no"], ["notes"], "no"),
        (["notes='3'"], ["notes"], "3"),
        (["sizes=[1, 2]"], ["sizes"], [1, 2]),
        (["optimiser.rate=0.5"], ["optimiser", "rate"], 0.5),
        (["optimiser={decay: 0}"], ["optimiser"], YAMLNode(["decay": 0])),
        (["a.b.c=1"], ["a"], YAMLNode(["b": YAMLNode(["c": 1])])),
        (["seed=~", "seed.x=1"], ["seed"], YAMLNode(["x": 1])),
    ]

    @Test(arguments: accepted)
    func `replaces or adds a value`(assignments: [String], path: [String], value: YAMLNode) throws {
        let tree = try Document.overriding(Document.parse(Self.file, file: "f.yaml"), with: assignments)
        let changed = path.reduce(Optional(tree)) { $0?[$1] }
        #expect(changed?.hasSameContent(as: value) == true)
    }

    @Test func `has a path and a value of bounded depth`() throws {
        let tree = try Document.parse(Self.file, file: "f.yaml")
        func report(_ assignment: String) -> String {
            do throws(ConfigurationError) {
                _ = try Document.overriding(tree, with: [assignment])
                return ""
            } catch {
                return error.problems.map { "\($0.span.column): \($0.kind)" }.joined()
            }
        }
        let path = { (count: Int) in Array(repeating: "a", count: count).joined(separator: ".") }
        // The root is a level, and the value of the last key another.
        #expect(report(path(99) + "=1") == "")
        #expect(report(path(100) + "=1") == "201: found a value 101 levels deep; allowed: 100 levels")
        #expect(report(path(101) + "=1") == "201: more than 100 keys; allowed: at most 100")
        #expect(report(path(60_000) + "=1") == "201: more than 100 keys; allowed: at most 100")
        #expect(report(path(98) + "=[[1]]") == "197: found a value 101 levels deep; allowed: 100 levels")
    }

    static let reachingIntoStages: [(assignment: String, row: Int, item: YAMLNode)] = [
        ("pretrain.epochs=3", 0, YAMLNode(["pretrain": YAMLNode(["epochs": 3])])),
        ("stages.pretrain.epochs=3", 0, YAMLNode(["pretrain": YAMLNode(["epochs": 3])])),
        ("pretrain=null", 0, YAMLNode(["pretrain": YAMLNode(.null)])),
        (
            "adapt.head.arcface.margin=0.5", 1,
            YAMLNode([
                "adapt": YAMLNode([
                    "epochs": 40, "head": YAMLNode(["arcface": YAMLNode(["scale": 64, "margin": 0.5])]),
                ])
            ])
        ),
        ("adapt.head=linear", 1, YAMLNode(["adapt": YAMLNode(["epochs": 40, "head": "linear"])])),
        ("again.epochs=1", 2, YAMLNode(["adapt": YAMLNode(["name": "again", "epochs": 1])])),
        ("again={epochs: 2}", 2, YAMLNode(["adapt": YAMLNode(["name": "again", "epochs": 2])])),
        ("postprocess.flip=true", 3, YAMLNode(["postprocess": YAMLNode(["flip": true])])),
    ]

    @Test(arguments: reachingIntoStages)
    func `reaches into a stage by its name`(assignment: String, row: Int, item: YAMLNode) throws {
        let before = try Document.parse(Self.file, file: "f.yaml")
        let after = try Document.overriding(before, with: [assignment])
        guard case .sequence(let old)? = before["stages"]?.value,
            case .sequence(let new)? = after["stages"]?.value
        else { Issue.record("stages are a sequence"); return }
        #expect(new.count == old.count)
        for index in new.indices {
            #expect(new[index].hasSameContent(as: index == row ? item : old[index]), "item \(index)")
        }
    }

    static let rejected: [(assignment: String, report: String)] = [
        ("foo", "override 'foo':1:1: no '=' after the key; allowed: key=value or key.path=value"),
        ("", "override '':1:1: no '=' after the key; allowed: key=value or key.path=value"),
        ("=3", "override '=3':1:1: no key; allowed: key or key.path"),
        ("a..b=1", "override 'a..b=1':1:3: an empty key in 'a..b'; allowed: key or key.path"),
        (".a=1", "override '.a=1':1:1: an empty key in '.a'; allowed: key or key.path"),
        ("a.=1", "override 'a.=1':1:3: an empty key in 'a.'; allowed: key or key.path"),
        ("seed.x=1", "override 'seed.x=1':1:6: seed: found 1; allowed: a mapping, for the key 'x'"),
        (
            "sizes.0=1",
            "override 'sizes.0=1':1:7: sizes: found a sequence; allowed: a mapping, for the key '0'"
        ),
        (
            "adapt.epochs.x=1",
            "override 'adapt.epochs.x=1':1:14: adapt.epochs: found 40; "
                + "allowed: a mapping, for the key 'x'"
        ),
        (
            "stages.adopt.epochs=1",
            "override 'stages.adopt.epochs=1':1:8: stages.adopt: found 'adopt'; "
                + "allowed: pretrain, adapt, again, postprocess, twin (did you mean 'adapt'?)"
        ),
        (
            "twin.epochs=1",
            "override 'twin.epochs=1':1:1: twin: 2 items have this name; "
                + "allowed: a 'name:' of its own for each"
        ),
        ("stages.=1", "override 'stages.=1':1:8: an empty key in 'stages.'; allowed: key or key.path"),
        (
            "extends=other",
            "override 'extends=other':1:1: 'extends' is no value; "
                + "allowed: 'extends' as a key of a file"
        ),
        (
            "seed=",
            "override 'seed=':1:6: seed: no value; allowed: seed=VALUE, or seed=null for the default"
        ),
        (
            "adapt.epochs= # 3",
            "override 'adapt.epochs= # 3':1:14: adapt.epochs: no value; "
                + "allowed: adapt.epochs=VALUE, or adapt.epochs=null for the default"
        ),
        ("=", "override '=':1:1: no key; allowed: key or key.path"),
        (
            "sizes=[1, 2",
            "override 'sizes=[1, 2':1:12: sizes: not YAML: did not find expected ',' or ']' while "
                + "parsing a flow sequence begun at 1:7"
        ),
        (
            "sizes={a: 1, a: 2}",
            "override 'sizes={a: 1, a: 2}':1:14: sizes.a: given twice; "
                + "first at override 'sizes={a: 1, a: 2}':1:8"
        ),
        (
            "seed=*x",
            "override 'seed=*x':1:6: seed: found the alias '*x' without an anchor before it; "
                + "allowed: an alias of a value that is complete"
        ),
    ]

    @Test(arguments: rejected)
    func `is reported where it leads nowhere`(assignment: String, report: String) throws {
        let tree = try Document.parse(Self.file, file: "f.yaml")
        do {
            _ = try Document.overriding(tree, with: [assignment])
            Issue.record("accepted")
        } catch {
            #expect(error.description == report)
        }
    }

    static let decoded: [(assignment: String, report: String)] = [
        (
            "adapt.iterationz=3",
            "override 'adapt.iterationz=3':1:7: adapt.iterationz: unknown key 'iterationz'; "
                + "allowed: epochs, head, iterations, name (did you mean 'iterations'?)"
        ),
        (
            "adopt.epochs=3",
            "override 'adopt.epochs=3':1:1: adopt: unknown key 'adopt'; "
                + "allowed: network, notes, optimiser, seed, sizes, stages, verbose (did you mean 'adapt'?)"
        ),
        (
            "sead=3",
            "override 'sead=3':1:1: sead: unknown key 'sead'; "
                + "allowed: network, notes, optimiser, seed, sizes, stages, verbose (did you mean 'seed'?)"
        ),
        (
            "adapt.epochs=many",
            "override 'adapt.epochs=many':1:14: adapt.epochs: found text 'many'; "
                + "allowed: an integer, 1 to 1000"
        ),
        (
            "adapt.head={arcface: {scale: 0}}",
            "override 'adapt.head={arcface: {scale: 0}}':1:30: adapt.head.arcface.scale: found 0; "
                + "allowed: 0.5 to 1000"
        ),
        (
            "stages.adapt.head.cosface.scale=30",
            "override 'stages.adapt.head.cosface.scale=30':1:19: adapt.head: found 'arcface' and "
                + "'cosface'; allowed: exactly one of arcface, cosface, linear"
        ),
        (
            "optimiser.rate=[\n0]",
            "override 'optimiser.rate=[\\n0]':1:16: optimiser.rate: found a sequence; "
                + "allowed: a number, 0.0001 to 10"
        ),
        (
            "optimiser={rate: }",
            "override 'optimiser={rate: }':1:18: optimiser.rate: no value; "
                + "allowed: a number, 0.0001 to 10, or null for the default"
        ),
        ("optimiser={rate: null}", ""),
        ("sizes=[3, ~]", "override 'sizes=[3, ~]':1:11: sizes[1]: found nothing; allowed: an integer, 1 to 4096"),
        ("notes=[é, 3]", "override 'notes=[é, 3]':1:7: notes: found a sequence; allowed: text"),
    ]

    @Test(arguments: decoded)
    func `is named by the report of its value`(assignment: String, report: String) throws {
        let file = "{network: resnet18, stages: [adapt: {epochs: 3, head: {arcface: {scale: 64}}}]}"
        #expect(SampleExperiment.report(file, [assignment]) == report)
    }
}
