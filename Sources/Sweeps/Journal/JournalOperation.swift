// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// One line of a journal, in the format of Optuna's journal storage.
///
/// Studies and trials are named by how many came before them in the journal.
enum JournalOperation: Equatable {
    case createStudy(name: String, direction: Objective.Direction)
    /// A trial that runs from now on.
    case createTrial(study: Int, Created)
    /// A value before the trial's end.
    case report(trial: Int, step: Int, value: Double)
    /// A value under a name of ours.
    case setAttribute(trial: Int, name: String, value: JSONValue)
    /// The trial's end, after which its lines count for nothing.
    case end(trial: Int, SweepTrial.State, value: Double?, time: Double)
    /// What another program has added, such as a note of Optuna's dashboard.
    case foreign

    /// What is known of a trial when it begins.
    struct Created: Equatable {
        /// Seconds since 1970.
        let time: Double
        /// By setting, in Optuna's terms: JSON texts, see ``Dimension/distribution``.
        let distributions: [String: String]
        /// By setting: numbers, and of choices which it is.
        let coordinates: [String: Double]
        let attributes: [String: JSONValue]
    }

    /// The numbers that operations have in the journal.
    private enum Code: Int {
        case createStudy = 0
        case createTrial = 4
        case endTrial = 6
        case report = 7
        case setAttribute = 8
    }

    // MARK: Writing

    /// The line without its end.
    ///
    /// - Parameter worker: What tells this process from all others that write journals.
    func json(by worker: String) -> JSONValue {
        let (code, members): (Code, [String: JSONValue]) =
            switch self {
            case .createStudy(let name, let direction):
                (.createStudy, ["study_name": .string(name), "directions": [.integer(direction.code)]])
            case .createTrial(let study, let created): (.createTrial, Self.members(created, of: study))
            case .report(let trial, let step, let value):
                (
                    .report,
                    ["trial_id": .integer(trial), "step": .integer(step), "intermediate_value": .number(value)]
                )
            case .setAttribute(let trial, let name, let value):
                (.setAttribute, ["trial_id": .integer(trial), "user_attr": .object([name: value])])
            case .end(let trial, let state, let value, let time):
                (
                    .endTrial,
                    [
                        "trial_id": .integer(trial), "state": .integer(state.rawValue),
                        "values": value.map { [.number($0)] } ?? .null, "datetime_complete": .string(timestamp(time)),
                    ]
                )
            case .foreign: preconditionFailure("another program's line is none to be written")
            }
        return .object(members.merging(["op_code": .integer(code.rawValue), "worker_id": .string(worker)]) { $1 })
    }

    private static func members(_ created: Created, of study: Int) -> [String: JSONValue] {
        [
            "study_id": .integer(study), "datetime_start": .string(timestamp(created.time)),
            "state": .integer(SweepTrial.State.running.rawValue), "value": .null, "values": .null,
            "distributions": .object(created.distributions.mapValues { .string($0) }),
            "params": .object(created.coordinates.mapValues { .number($0) }),
            "user_attrs": .object(created.attributes), "system_attrs": [:], "intermediate_values": [:],
        ]
    }

    // MARK: Reading

    /// The operation of a line; nil for one that lacks what its code says.
    init?(_ line: JSONValue) {
        guard case .object(let members) = line, let code = members["op_code"]?.whole else { return nil }
        switch Code(rawValue: code) {
        case .createStudy:
            guard let name = members["study_name"]?.text, let first = members["directions"]?.items?.first?.whole,
                let direction = Objective.Direction(code: first)
            else { return nil }
            self = .createStudy(name: name, direction: direction)
        case .createTrial:
            guard let study = members["study_id"]?.whole else { return nil }
            self = .createTrial(
                study: study,
                Created(
                    time: 0, distributions: members["distributions"]?.members?.compactMapValues(\.text) ?? [:],
                    coordinates: members["params"]?.members?.compactMapValues(\.double) ?? [:],
                    attributes: members["user_attrs"]?.members ?? [:]))
        case .report:
            guard let trial = members["trial_id"]?.whole, let step = members["step"]?.whole,
                let value = members["intermediate_value"]?.double
            else { return nil }
            self = .report(trial: trial, step: step, value: value)
        case .setAttribute:
            guard let trial = members["trial_id"]?.whole, let attribute = members["user_attr"]?.members?.first else {
                return nil
            }
            self = .setAttribute(trial: trial, name: attribute.key, value: attribute.value)
        case .endTrial:
            guard let trial = members["trial_id"]?.whole, let number = members["state"]?.whole else { return nil }
            // Optuna has a state more, of trials that wait; none of ours does.
            guard let state = SweepTrial.State(rawValue: number) else {
                self = .foreign
                return
            }
            self = .end(trial: trial, state, value: members["values"]?.items?.first?.double, time: 0)
        case nil: self = .foreign
        }
    }
}

extension Objective.Direction {
    fileprivate var code: Int {
        switch self {
        case .minimize: 1
        case .maximize: 2
        }
    }

    fileprivate init?(code: Int) {
        guard let found = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = found
    }
}

/// `2026-01-31T09:45:00.250000+00:00`.
private func timestamp(_ seconds: Double) -> String {
    let microseconds = Int((seconds * 1_000_000).rounded(.down))
    var time = time_t(microseconds / 1_000_000)
    var parts = tm()
    gmtime_r(&time, &parts)
    return String(
        format: "%04d-%02d-%02dT%02d:%02d:%02d.%06d+00:00", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1,
        Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec), microseconds % 1_000_000)
}
