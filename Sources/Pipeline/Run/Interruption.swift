// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc
public import Reporting
internal import Synchronization

/// A request to stop at the next step boundary, made by a signal.
public final class Interruption: Sendable {
    /// The signals that ask a run to stop and to be resumable.
    public enum Signal: Int32, Sendable, CaseIterable, CustomStringConvertible {
        case hangUp = 1, interrupt = 2, userDefined1 = 10, userDefined2 = 12, terminate = 15

        public var description: String {
            switch self {
            case .hangUp: "SIGHUP"
            case .interrupt: "SIGINT"
            case .userDefined1: "SIGUSR1"
            case .userDefined2: "SIGUSR2"
            case .terminate: "SIGTERM"
            }
        }
    }

    /// The one that this process's signals set.
    ///
    /// A signal handler can be handed nothing, so it needs a fixed place; all else gets an interruption
    /// passed in.
    private static let ofProcess = Interruption()
    private let pending = Atomic<Int32>(0)

    /// An interruption that nobody has asked for.
    public init() {}

    /// The first signal that asked to stop, or nil.
    public var signal: Signal? {
        Signal(rawValue: pending.load(ordering: .relaxed))
    }

    /// Asks to stop, as the signal would.
    public func request(_ signal: Signal) {
        _ = pending.compareExchange(expected: 0, desired: signal.rawValue, ordering: .relaxed)
    }

    /// Has the signals of this process ask to stop from now on: Ctrl-C, SIGTERM, a terminal that is closed (SIGHUP), and
    /// those by which schedulers warn (SIGUSR1, SIGUSR2).
    ///
    /// A process that was started with SIGHUP ignored, as by `nohup`, goes on ignoring it. A terminal or a pipe that
    /// nobody reads any more is met as a failed write, not as SIGPIPE: state must be kept first.
    /// Each handler only sets a flag. A second SIGINT ends the process at once, as if nothing had been
    /// installed; what is on disk stays whole, because every file of a run is written atomically.
    ///
    /// - Returns: The interruption of this process, the same with every call.
    public static func fromSignals() -> Interruption {
        let interruption = ofProcess
        // A limit on file sizes is to be met as a failed write, which has a name and leaves the run resumable.
        Glibc.signal(SIGXFSZ, SIG_IGN)
        Glibc.signal(SIGPIPE, SIG_IGN)
        for number in Signal.allCases.map(\.rawValue) where number != SIGHUP || !isIgnored(number) {
            Glibc.signal(number) { number in
                if number == SIGINT { Glibc.signal(number, SIG_DFL) }
                _ = Interruption.ofProcess.pending.compareExchange(
                    expected: 0, desired: number, ordering: .relaxed)
            }
        }
        return interruption
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        // SIG_IGN is no function, so it is told by its address.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Throws once a stop was asked for.
    ///
    /// - Throws: ``Interrupted``.
    public func check() throws {
        if let signal { throw Interrupted(signal: signal) }
    }
}

/// A run stopped because it was asked to; it can be resumed.
public struct Interrupted: ReportedError, Equatable {
    /// Who asked.
    public let signal: Interruption.Signal

    public var exitKind: ExitKind { .resumable }

    public var description: String { "interrupted by \(signal)" }
}
