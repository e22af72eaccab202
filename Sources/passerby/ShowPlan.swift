// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Pipeline

struct ShowPlan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows the stages of an experiment, which a run would run, reuse or resume, and what they will take.",
        discussion: """
            'reuse': another run has computed the stage already. 'resume': --resume would go on within it. 'passerby why \
            NAME STAGE' says why a stage would run again. Time, memory and disk are estimated from a few steps of each stage on \
            made-up images. They are measured once on this machine, half a minute a stage at most (longer where other \
            programs compute), and kept in the user's cache folder; --no-calibration leaves that out. Without the data or \
            the weights on this machine the stages alone are shown. Exit code 69: memory, a card's memory or disk is too \
            small.
            """)

    @OptionGroup var arguments: ExperimentArguments
    @OptionGroup var logs: LogsArgument

    @Flag(help: "As for a run that reuses nothing.")
    var fresh = false

    @Flag(inversion: .prefixedNo, help: "Measure steps that nobody has measured on this machine.")
    var calibration = true

    @OptionGroup var threads: ThreadsArgument

    @Flag(help: "Print every setting, defaults too, as YAML with where it comes from, and nothing else.")
    var settings = false

    @Flag(help: "Print the plan as one JSON document.")
    var json = false

    mutating func validate() throws {
        guard !settings || !json else { throw ValidationError("--settings and --json exclude each other") }
    }

    func run() throws {
        guard !settings else {
            print(try arguments.settings().text, terminator: "")
            return
        }
        do {
            try showPlan()
        } catch {
            guard let outline = try ExperimentOutline(arguments.experiment(), lacking: error) else { throw error }
            try show(outline)
        }
    }

    /// Data and weights may be somewhere else: whoever asks what an experiment would do is told so much.
    private func show(_ outline: ExperimentOutline) throws {
        if json { try printJSON(outline) } else { print(outline) }
        StandardError().write("note: keys, what is reused and forecasts need what is not here. \(outline.missing)\n")
    }

    private func showPlan() throws {
        let launch = try arguments.launch()
        let cache = CalibrationCache(threads: threads.count, on: launch.device)
        var (status, flight) = try launch.flightPlan(fresh ? .fresh : .new, logs: logs.folder, cache: cache)
        if hasDevice(launch), calibration { try calibrate(flight) }
        status.forecast = flight.forecast
        if json {
            try printJSON(status)
        } else {
            print(status)
            let unmeasured = flight.unmeasured
            if !unmeasured.isEmpty { print("not measured yet: \(unmeasured.joined(separator: ", "))") }
        }
        let obstacles = flight.obstacles(
            memory: freeMemory(), card: freeCardMemory(launch.device), disk: freeDisk(logs.folder) ?? .max)
        guard obstacles.isEmpty else { throw CommandError.doesNotFit(obstacles) }
    }

    /// Whether a run could compute here; says why not.
    private func hasDevice(_ launch: Launch) -> Bool {
        do {
            try launch.checkDevice()
            return true
        } catch {
            StandardError().write("note: a run would not begin here, and nothing is measured. \(error)\n")
            return false
        }
    }

    private func calibrate(_ flight: FlightPlan) throws {
        let runs = ChildRuns(
            experiment: [arguments.name] + arguments.overrides, logs: logs.folder.path, threads: threads.count,
            interruption: .fromSignals())
        try flight.measure(by: runs) { StandardError().write("\($0)\n") }
    }
}
