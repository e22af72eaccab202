// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Programs
import Testing

/// What TensorBoard's own reader makes of a run's event files, where Python can install it.
@Suite struct `A run in TensorBoard` {
    private let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
        try """
        extends: tiny
        override:
          data.location.synthetic.target.identities: 8
          stages:
            - translate: {method: cyclegan, epochs: 3, iterations: 2, batch: 2, constant_epochs: 2, decay_epochs: 1,
                          samples_every: 1, pool: 4, generator_channels: 4, generator_blocks: 1, discriminator_channels: 4}
            - adapt: {method: spcl, epochs: 3, iterations: 3, batch: 8, rate: 1.0e-3, milestones: [2], padding: 2, k1: 6,
                      k2: 3, images_per_norm_group: 8, evaluate_every: 1}
        """.write(to: home.url.appendingPathComponent("board.yaml"), atomically: true, encoding: .utf8)
    }

    private struct Reading: Decodable {
        struct Picture: Decodable, Equatable {
            let step, width, height: Int
            /// Base 64.
            let file: String
        }

        /// Step and value, in the order of reading.
        let scalars: [String: [[Double]]]
        let pictures: [String: [Picture]]
        /// Step and status, 1 for a start.
        let sessions: [[Int]]
        let result: [String]
        /// Settings and status as the plugin's own back end lists them.
        let settings: [String: JSONValue]
        let status: String
    }

    private static let program = """
        import base64, glob, json, sys
        from tensorboard.backend.event_processing import data_provider, event_file_loader, plugin_event_multiplexer
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
        from tensorboard.context import RequestContext
        from tensorboard.plugins.base_plugin import TBContext
        from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups
        from google.protobuf import json_format
        folder = sys.argv[1]
        board = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0, "tensors": 0})
        board.Reload()
        tags = board.Tags()
        files = sorted(glob.glob(folder + "/events.out.tfevents.*"))
        events = [event for file in files for event in event_file_loader.LegacyEventFileLoader(file).Load()]
        runs = plugin_event_multiplexer.EventMultiplexer().AddRun(folder, "run").Reload()
        provider = data_provider.MultiplexerDataProvider(runs, folder)
        context = backend_context.Context(TBContext(data_provider=provider))
        asked = api_pb2.ListSessionGroupsRequest(slice_size=9, include_metrics=False, allowed_statuses=[0, 1, 2, 3])
        groups = list_session_groups.Handler(RequestContext(), context, "", asked).run().session_groups
        group = json_format.MessageToDict(groups[0])
        print(json.dumps({
            "scalars": {tag: [[event.step, event.value] for event in board.Scalars(tag)] for tag in tags["scalars"]},
            "pictures": {tag: [{"step": e.step, "width": e.width, "height": e.height,
                                "file": base64.b64encode(e.encoded_image_string).decode()} for e in board.Images(tag)]
                         for tag in tags["images"]},
            "sessions": [[e.step, e.session_log.status] for e in events if e.HasField("session_log")],
            "result": [e.tensor_proto.string_val[0].decode() for e in board.Tensors("result")],
            "settings": group["hparams"],
            "status": group["sessions"][0]["status"],
        }))
        """

    private static let python = Python(with: "tensorboard", "2.20.0")

    private func read(_ run: RunFolder) throws -> Reading {
        let found = try Self.python.run(["-c", Self.program, run.url.path])
        #expect(found.code == 0, "\(found.messages)")
        return try JSONDecoder().decode(Reading.self, from: Data(found.output.utf8))
    }

    /// Killed within the second epoch of three, after the steps of which no state was kept, and gone on with.
    @Test(.needs(python)) func `is what was recorded, each value once, also after a kill`() throws {
        let words = ["run", "board.yaml", "seed=5", "--threads", "1", "--json"]
        let killed = try home.passerby(words + ["--kill-at", "adapt:14:0:4"])
        #expect(killed.code == 9, "\(killed.messages)")
        let resumed = try home.passerby(words + ["--resume"])
        #expect(resumed.code == 0, "\(resumed.messages)")
        let result = try JSONDecoder().decode(RunResult.self, from: resumed.output)
        let run = RunFolder(url: home.logs.appendingPathComponent("board/\(result.run)"))
        let board = try read(run)

        var recorded: [String: [Int: Double]] = [:]
        for event in try Event.read(from: run.eventsFile) {
            recorded["\(event.stage)/\(event.name)", default: [:]][event.epoch] = event.value
        }
        for (tag, values) in recorded {
            let found = board.scalars[tag] ?? []
            #expect(found.map { Int($0[0]) } == values.keys.sorted(), "\(tag)")
            for point in found { #expect(Float(point[1]) == values[Int(point[0])].map { Float($0) }, "\(tag)") }
        }
        for name in ["learning_rate", "mAP", "top1", "clusters", "outliers", "stability", "loss/source"] {
            #expect(recorded["adapt/\(name)"]?.keys.sorted() == [0, 1, 2], "\(name)")
        }
        // A tenth from the milestone on.
        #expect(board.scalars["adapt/learning_rate"]?.map { Float($0[1]) } == [1e-3, 1e-3, 1e-4])
        #expect(board.sessions.count == 1 && board.sessions[0][1] == 1 && board.sessions[0][0] > 0)

        // Eight images across, and three rows: as they are, translated, and back. The restart has dropped none.
        let samples = try [1, 2, 3].map { epoch in
            try Data(contentsOf: run.samples(of: "translate").appendingPathComponent("translation-000\(epoch).png"))
        }
        #expect(
            board.pictures == [
                "translate/translation": samples.enumerated().map {
                    .init(step: $0, width: 256, height: 96, file: $1.base64EncodedString())
                }
            ])

        for row in result.rows {
            for (name, value) in row.figures {
                #expect(board.scalars["result/\(row.name)/\(name)"]?.map { $0.map { Float($0) } } == [[0, Float(value)]])
            }
        }
        #expect(result.rows.count == 3 && board.result.count == 1 && board.result[0].contains("| adapted, oracle pick | "))
        let settings: [String: JSONValue] = [
            "experiment": "board", "seed": 5, "image.height": 32, "backbone": "resnet18", "adapt.method": "spcl",
            "adapt.epochs": 3, "adapt.rate": 0.001,
            "adapt.milestones": "[2]", "translate.method": "cyclegan",
        ]
        for (name, value) in settings { #expect(board.settings[name] == value, "\(name)") }
        #expect(board.status == "STATUS_SUCCESS")
    }
}
