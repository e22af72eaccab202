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
        #expect(Interruption.Signal.allCases.map(\.rawValue) == [SIGINT, SIGUSR2, SIGTERM])
    }

    @Test func `is asked for by a signal to this process`() throws {
        let interruption = Interruption.fromSignals()
        // To the process, not to this thread: a worker thread of Dispatch takes no signals.
        kill(getpid(), SIGUSR2)
        let deadline = Date(timeIntervalSinceNow: 10)
        while interruption.signal == nil, Date() < deadline { usleep(1000) }
        #expect(interruption.signal == .userDefined2)
        for signal in Interruption.Signal.allCases { Glibc.signal(signal.rawValue, SIG_DFL) }
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
