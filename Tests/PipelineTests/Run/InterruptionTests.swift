// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Testing

@testable import Pipeline

@Suite struct `An interruption` {
    @Test func `keeps the first signal`() throws {
        let interruption = Interruption()
        try interruption.check()
        interruption.request(.userDefined2)
        interruption.request(.interrupt)
        #expect(interruption.signal == .userDefined2)
        #expect(throws: Interrupted(signal: .userDefined2)) { try interruption.check() }
    }

    @Test func `has the numbers of this system`() {
        #expect(Interruption.Signal.allCases.map(\.rawValue) == [SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGTERM])
    }

    @Test func `is asked for by a signal to this process`() async {
        await #expect(processExitsWith: .exitCode(75)) { Self.leaveRun(at: .hangUp) }
        await #expect(processExitsWith: .exitCode(75)) { Self.leaveRun(at: .interrupt) }
        await #expect(processExitsWith: .exitCode(75)) { Self.leaveRun(at: .userDefined1) }
        await #expect(processExitsWith: .exitCode(75)) { Self.leaveRun(at: .userDefined2) }
        await #expect(processExitsWith: .exitCode(75)) { Self.leaveRun(at: .terminate) }
    }

    /// Sends itself a signal in the second epoch of the second stage, and ends with code 75 where a state of that epoch is
    /// kept and the run can be gone on with.
    private static func leaveRun(at signal: Interruption.Signal) {
        do {
            let scratch = try Scratch()
            let interruption = Interruption.fromSignals()
            var counting = try Counting()
            counting.at = { moment in
                guard moment == "pretrain epoch 1" else { return }
                // To the process, not to this thread: a worker thread of Dispatch takes no signals.
                kill(getpid(), signal.rawValue)
                while interruption.signal == nil { usleep(1000) }
            }
            let folder = try counting.create(in: scratch.url)
            let error = #expect(throws: Interrupted(signal: signal)) {
                try counting.orchestrator(folder, interruption: interruption).run()
            }
            let point = try folder.resumePoint(of: counting.plan.stage(named: "pretrain"), in: counting.plan)
            guard error != nil, point?.epoch == 1, try folder.result()?.status == .interrupted else { exit(1) }
            exit(75)
        } catch {
            exit(2)
        }
    }

    @Test func `is not asked for by SIGHUP where that was ignored when the process began, as by nohup`() async {
        await #expect(processExitsWith: .exitCode(75)) {
            Glibc.signal(SIGHUP, SIG_IGN)
            let interruption = Interruption.fromSignals()
            kill(getpid(), SIGHUP)
            kill(getpid(), SIGTERM)
            while interruption.signal == nil { usleep(1000) }
            exit(interruption.signal == .terminate ? 75 : 1)
        }
    }

    /// Standard error is a pipe that nobody reads: the default for that is the end of the process.
    @Test func `comes before the end of a pipe that is closed`() async {
        await #expect(processExitsWith: .exitCode(75)) {
            let interruption = Interruption.fromSignals()
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            dup2(ends[1], STDERR_FILENO)
            close(ends[0])
            StandardError().write("progress\n")
            kill(getpid(), SIGHUP)
            while interruption.signal == nil { usleep(1000) }
            StandardError().write("interrupted\n")
            exit(75)
        }
    }

    @Test func `leaves at once with the second SIGINT`() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            let interruption = Interruption.fromSignals()
            kill(getpid(), SIGINT)
            while interruption.signal == nil { usleep(1000) }
            kill(getpid(), SIGINT)
            sleep(10)
        }
    }
}
