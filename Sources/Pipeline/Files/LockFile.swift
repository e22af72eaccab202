// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc

/// The file behind a ``ProcessLock``: how it changes hands.
struct LockFile: Sendable {
    let url: URL
    /// Seconds without a sign of life after which a holder that cannot be seen counts as dead.
    let limit: Double

    /// The process that the file names; nil when there is none or it cannot be understood.
    var holder: LockHolder? {
        guard let data = try? Data(contentsOf: url) else { return nil }
        return try? JSONFile.decoder().decode(LockHolder.self, from: data)
    }

    /// The holder, or what is said of one whose file cannot be understood.
    var shownHolder: LockHolder {
        holder
            ?? LockHolder(
                token: "unknown", pid: 0, host: "an unknown machine", namespace: nil, startTicks: nil, since: 0)
    }

    /// Makes a process the holder.
    func take(_ own: LockHolder) throws {
        while true {
            if try create(own) { return }
            let found = holder
            guard isAbandoned(found) else {
                // Gone since, or somebody's.
                guard DurableFile.lstatSucceeds(url) else { continue }
                throw PipelineError.locked(path: url.path, holder: shownHolder)
            }
            if try replace(found, with: own) { return }
            // Somebody else is about to; there will be a live holder in a moment.
            usleep(10_000)
        }
    }

    /// Gives the lock up if it is still this holder's.
    func release(_ own: LockHolder) {
        let claim: [URL]?
        do {
            claim = try self.claim(own.token, by: own)
            // Another takes it over at this moment.
            guard claim != nil else { return }
        } catch {
            // No room for even an empty file: the lock must not stay behind for that.
            claim = nil
        }
        if holder?.token == own.token { unlink(url.path) }
        discard(claim ?? [])
    }

    /// A sign of life, in the file server's own time.
    func touch() {
        utimensat(AT_FDCWD, url.path, nil, 0)
    }

    /// Whether a holder is known to be gone, or cannot be seen and has been silent for too long.
    func isAbandoned(_ holder: LockHolder?) -> Bool {
        if let isAlive = holder?.isAlive { return !isAlive }
        return (secondsSince(url) ?? 0) > limit
    }

    /// Makes the file, complete, where there is none.
    private func create(_ own: LockHolder) throws -> Bool {
        let draft = neighbour("draft-\(own.token)")
        try DurableFile.replace(draft, with: JSONFile.encoder().encode(own))
        defer { unlink(draft.path) }
        if link(draft.path, url.path) == 0 { return true }
        let code = errno
        if code == EEXIST {
            // Over a network the answer to a link that was made may be lost; the count of names is not.
            var status = stat()
            return stat(draft.path, &status) == 0 && status.st_nlink == 2
        }
        guard DurableFile.refusesLinks(code) else { throw DurableFile.failure("create", url.path, code: code) }
        return try makeExclusively(url, holding: JSONFile.encoder().encode(own))
    }

    /// Puts a new holder in the place of one that is gone; false when somebody else does.
    func replace(_ found: LockHolder?, with own: LockHolder) throws -> Bool {
        // A file that cannot be understood has no token; its number tells it from the next.
        guard let token = found?.token ?? inode(of: url).map({ "unknown-\($0)" }) else { return false }
        guard let claim = try claim(token, by: own) else { return false }
        defer { discard(claim) }
        // Between looking and claiming, another may have come, done all this, and even left again.
        guard holder?.token == found?.token, DurableFile.lstatSucceeds(url),
            found != nil || inode(of: url).map({ "unknown-\($0)" }) == token
        else { return false }
        try DurableFile.replace(url, with: JSONFile.encoder().encode(own))
        return true
    }

    /// The right to end one holding: the first of the names that is free, if all before were left by the dead.
    private func claim(_ token: String, by own: LockHolder) throws -> [URL]? {
        var claims: [URL] = []
        while true {
            let name = neighbour("taken-\(token)-\(claims.count + 1)")
            claims.append(name)
            if try makeExclusively(name, holding: JSONFile.encoder().encode(own)) { return claims }
            let earlier = LockFile(url: name, limit: limit)
            guard earlier.isAbandoned(earlier.holder) else { return nil }
        }
    }

    private func discard(_ claims: [URL]) {
        for claim in claims { unlink(claim.path) }
    }

    private func makeExclusively(_ name: URL, holding data: Data) throws -> Bool {
        let descriptor = open(name.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            if errno == EEXIST { return false }
            throw DurableFile.failure("create", name.path)
        }
        defer { close(descriptor) }
        do {
            if !data.isEmpty { try DurableFile.writeAll(data, to: descriptor, path: name.path) }
        } catch {
            unlink(name.path)
            throw error
        }
        return true
    }

    /// How long ago a file was touched; nil when it is not there.
    ///
    /// Measured against a file touched now: the clock that counts is the file server's, not this machine's.
    private func secondsSince(_ file: URL) -> Double? {
        guard let then = modified(file) else { return nil }
        let probe = neighbour("probe-\(UUID().uuidString)")
        defer { unlink(probe.path) }
        let isMade = (try? makeExclusively(probe, holding: Data())) == true
        let now = isMade ? modified(probe) : nil
        return (now ?? Date().timeIntervalSince1970) - then
    }

    private func modified(_ file: URL) -> Double? {
        var status = stat()
        guard stat(file.path, &status) == 0 else { return nil }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }

    private func inode(of file: URL) -> UInt? {
        var status = stat()
        return stat(file.path, &status) == 0 ? UInt(status.st_ino) : nil
    }

    private func neighbour(_ suffix: String) -> URL {
        url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).\(suffix)")
    }
}
