// SPDX-License-Identifier: MIT

public import Foundation
internal import Glibc
internal import Synchronization

/// The right to work on something, held by one process at a time, among all machines that see the lock's file.
///
/// The file is there, complete, from the moment the lock is held: it is written under another name and linked. A
/// lock is taken over when its holder is gone from this machine, or when its holder cannot be seen from here and
/// has not touched the file for ``Rhythm/limit``.
///
/// Whoever wants to take a lock over, and its holder when it gives it up, must first make the file
/// `.NAME.taken-TOKEN-1`, which only one of them can; what it then does is void unless the lock still has that
/// token. So no two can take over the same dead holder's lock, and nobody can remove a lock that has passed to
/// another. The numbers go up where one died in between.
public final class ProcessLock {
    /// How often a holder shows that it lives, and when others stop believing it.
    public struct Rhythm: Sendable {
        /// Seconds between two signs of life.
        public let interval: Double
        /// Seconds without one after which a holder that cannot be seen counts as dead.
        public let limit: Double

        /// Far apart, for a network file system may show a file's time a minute late.
        public static let standard = Rhythm(interval: 15, limit: 180)

        /// A rhythm; the limit several times the interval.
        public init(interval: Double, limit: Double) {
            precondition(interval > 0 && limit > interval, "interval \(interval) is not below limit \(limit)")
            self.interval = interval
            self.limit = limit
        }
    }

    private let heart: Heart
    private let rhythm: Rhythm
    private let timer: any DispatchSourceTimer

    /// Takes the lock, or says who has it.
    ///
    /// - Parameters:
    ///   - url: The lock's file, in an existing folder.
    ///   - run: The run that wants it, for others to read.
    ///   - now: Seconds since 1970.
    ///   - rhythm: The same for all that may want this lock.
    /// - Throws: ``PipelineError/locked(path:holder:)``; device errors.
    public convenience init(_ url: URL, run: RunName? = nil, now: Double, rhythm: Rhythm = .standard) throws {
        try self.init(url, run: run, now: now, rhythm: rhythm, elapsed: ThisProcess.secondsSinceBoot)
    }

    /// - Parameter elapsed: Seconds since some moment, those included in which the machine slept.
    init(
        _ url: URL, run: RunName?, now: Double, rhythm: Rhythm, elapsed: @escaping @Sendable () -> Double
    ) throws {
        let file = LockFile(url: url, limit: rhythm.limit)
        let own = LockHolder(run: run, now: now)
        try file.take(own)
        let heart = Heart(file: file, own: own, elapsed: elapsed)
        self.heart = heart
        self.rhythm = rhythm
        timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
        timer.schedule(deadline: .now() + rhythm.interval, repeating: rhythm.interval)
        timer.setEventHandler { heart.beat() }
        timer.resume()
    }

    deinit {
        timer.cancel()
        heart.file.release(heart.own)
    }

    /// Throws once another process has taken this lock over.
    ///
    /// It does so where this one gave no sign of life for long, as when it was stopped and continued.
    ///
    /// - Throws: ``PipelineError/lockLost(path:)``.
    /// - Complexity: Looks at the file only where the last sign of life is long past.
    public func check() throws {
        if heart.silence > 2 * rhythm.interval { heart.beat() }
        if heart.isLost { throw PipelineError.lockLost(path: heart.file.url.path) }
    }

    /// The process that a lock's file names; nil when there is none or the file cannot be understood.
    public static func holder(in url: URL) -> LockHolder? {
        LockFile(url: url, limit: Rhythm.standard.limit).holder
    }

    /// The process that holds a lock now; nil when nobody does, or only one that is gone.
    public static func liveHolder(in url: URL) -> LockHolder? {
        let file = LockFile(url: url, limit: Rhythm.standard.limit)
        return DurableFile.lstatSucceeds(url) && !file.isAbandoned(file.holder) ? file.shownHolder : nil
    }
}

/// Shows that a holder lives, or notices that the lock is another's.
private final class Heart: Sendable {
    let file: LockFile
    let own: LockHolder
    private let elapsed: @Sendable () -> Double
    private let lastBeat: Atomic<UInt64>
    private let lost = Atomic<Bool>(false)

    init(file: LockFile, own: LockHolder, elapsed: @escaping @Sendable () -> Double) {
        self.file = file
        self.own = own
        self.elapsed = elapsed
        lastBeat = Atomic(elapsed().bitPattern)
    }

    var isLost: Bool { lost.load(ordering: .relaxed) }

    /// Seconds since the last sign of life.
    var silence: Double { elapsed() - Double(bitPattern: lastBeat.load(ordering: .relaxed)) }

    func beat() {
        let now = elapsed()
        guard file.holder?.token == own.token else {
            // Gone altogether counts too: somebody removed it, and others may come in.
            lost.store(true, ordering: .relaxed)
            return
        }
        file.touch()
        lastBeat.store(now.bitPattern, ordering: .relaxed)
    }
}
