// SPDX-License-Identifier: MIT

public import Foundation

/// The process that works in a run folder.
public struct LockHolder: Sendable, Codable, Equatable, CustomStringConvertible {
    /// Its number on its machine.
    public let pid: Int32
    /// Its machine.
    public let host: String
    /// When it began, in clock ticks since its machine's boot; nil where that cannot be found out.
    public let startTicks: UInt64?
    /// When it took the lock, in seconds since 1970.
    public let since: Double

    public var description: String { "process \(pid) on \(host)" }

    /// Whether the process still runs; nil when it is on another machine and nobody here can know.
    var isAlive: Bool? {
        guard host == ThisProcess.host else { return nil }
        // EPERM: it is there, and somebody else's.
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        return startTicks == nil || startTicks == ThisProcess.startTicks(of: pid)
    }
}

/// The right to write in a run folder, held by one process at a time.
///
/// The kernel's lock on the file decides between processes of one machine and ends with its process. What the
/// file says decides where the kernel's does not reach, as between machines on some network file systems: the
/// lock of a dead process of this machine is taken over; one of another machine is not, for it may be alive.
public final class RunLock {
    private let url: URL
    private let descriptor: Int32

    /// Takes the lock, or says who has it.
    ///
    /// - Parameters:
    ///   - url: The lock's file, in an existing folder.
    ///   - now: Seconds since 1970.
    /// - Throws: ``PipelineError/locked(path:holder:)``; device errors.
    public init(_ url: URL, now: Double) throws {
        // Everything that throws comes before the properties: a complete object would be released, and
        // would take the other process's file with it.
        let descriptor = try Self.openLocked(url)
        do {
            try Self.claim(url, descriptor, now: now)
        } catch {
            close(descriptor)
            throw error
        }
        self.url = url
        self.descriptor = descriptor
    }

    deinit {
        // The name goes before the kernel's lock does: nobody else can have taken it meanwhile.
        unlink(url.path)
        close(descriptor)
    }

    /// The process that a lock's file names; nil when there is none or it is torn.
    public static func holder(in url: URL) -> LockHolder? {
        guard let data = try? Data(contentsOf: url) else { return nil }
        return try? JSONFile.decoder().decode(LockHolder.self, from: data)
    }

    /// Writes this process into a locked file, unless one that may be alive stands there.
    private static func claim(_ url: URL, _ descriptor: Int32, now: Double) throws {
        if let holder = holder(in: url), holder.isAlive ?? true {
            throw PipelineError.locked(path: url.path, holder: holder)
        }
        let pid = getpid()
        let own = LockHolder(
            pid: pid, host: ThisProcess.host, startTicks: ThisProcess.startTicks(of: pid), since: now)
        guard ftruncate(descriptor, 0) == 0 else { throw DurableFile.failure("write", url.path) }
        try DurableFile.writeAll(JSONFile.encoder().encode(own), to: descriptor, path: url.path)
        guard fsync(descriptor) == 0 else { throw DurableFile.failure("flush", url.path) }
    }

    /// Opens the file and takes the kernel's lock on it.
    private static func openLocked(_ url: URL) throws -> Int32 {
        while true {
            let descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw DurableFile.failure("open", url.path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                // Some cluster file systems have no such lock; then the file's text alone decides.
                if [ENOSYS, EOPNOTSUPP, ENOLCK].contains(code) { return descriptor }
                close(descriptor)
                guard code == EWOULDBLOCK else { throw DurableFile.failure("lock", url.path, code: code) }
                // Between taking the lock and writing its name a holder is there and unknown.
                let unknown = LockHolder(pid: 0, host: "an unknown machine", startTicks: nil, since: 0)
                throw PipelineError.locked(path: url.path, holder: holder(in: url) ?? unknown)
            }
            if isStillNamed(url, descriptor) { return descriptor }
            // The holder before removed the name after we had opened the file: ours locks nothing. Again.
            close(descriptor)
        }
    }

    private static func isStillNamed(_ url: URL, _ descriptor: Int32) -> Bool {
        var named = stat()
        var opened = stat()
        return stat(url.path, &named) == 0 && fstat(descriptor, &opened) == 0
            && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
    }
}
