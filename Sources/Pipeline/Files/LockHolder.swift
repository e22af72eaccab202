// SPDX-License-Identifier: MIT

internal import Foundation

/// The process that holds a lock.
public struct LockHolder: Sendable, Codable, Equatable, CustomStringConvertible {
    /// What tells this holding from all others, those of the same process included.
    public let token: String
    /// Its number on its machine.
    public let pid: Int32
    /// Its machine.
    public let host: String
    /// Its machine's or container's own count of processes; nil where that cannot be found out.
    public let namespace: String?
    /// What its machine's run is called, from one start to the next: names of machines are not always their own. Nil where
    /// that cannot be found out, and where a program left the lock that did not note it.
    public let boot: String?
    /// When it began, in clock ticks since its machine's boot; nil where that cannot be found out.
    public let startTicks: UInt64?
    /// When it took the lock, in seconds since 1970.
    public let since: Double
    /// The run that it works on.
    public let run: RunName?

    public var description: String {
        "process \(pid) on \(host) since \(RunFolder.readableTime(since))" + (run.map { " for run \($0)" } ?? "")
    }

    /// This process, from now on.
    init(run: RunName?, now: Double) {
        token = UUID().uuidString
        pid = getpid()
        host = ThisProcess.host
        namespace = ThisProcess.namespace
        boot = ThisProcess.boot
        startTicks = ThisProcess.startTicks(of: pid)
        since = now
        self.run = run
    }

    init(
        token: String, pid: Int32, host: String, namespace: String?, boot: String? = nil, startTicks: UInt64?,
        since: Double, run: RunName? = nil
    ) {
        self.token = token
        self.pid = pid
        self.host = host
        self.namespace = namespace
        self.boot = boot
        self.startTicks = startTicks
        self.since = since
        self.run = run
    }

    /// Whether the process still runs; nil when it cannot be seen from here, as on another machine or in another
    /// container.
    var isAlive: Bool? { isAlive(seeing: ThisProcess.status) }

    /// - Parameter status: What can be seen of a process by its number.
    func isAlive(seeing status: (Int32) -> ThisProcess.Status?) -> Bool? {
        guard host == ThisProcess.host, namespace == ThisProcess.namespace, boot == nil || boot == ThisProcess.boot else {
            return nil
        }
        guard hasProcess else { return false }
        // Of somebody else's process the number may be all that can be seen (proc(5), `hidepid`); or it has just ended.
        guard let seen = status(pid) else { return hasProcess ? nil : false }
        return !seen.hasEnded && (startTicks == nil || startTicks == seen.startTicks)
    }

    /// Whether some process has the number.
    private var hasProcess: Bool {
        // EPERM: it is there, and somebody else's.
        kill(pid, 0) == 0 || errno == EPERM
    }
}
