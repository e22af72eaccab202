// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc

/// A moment at which a process ends itself with SIGKILL, to find out whether its run can be continued.
///
/// Written `STAGE:BOUNDARY:MILLISECONDS:STRIDE`.
public struct KillPoint: Sendable, Equatable, CustomStringConvertible {
    /// The stage.
    public let stage: String
    /// After so many of the moments at which this process could leave the stage; 0 is its beginning.
    public let boundary: Int
    /// So much later, in whatever the process then does; 0 strikes at once.
    public let milliseconds: Int
    /// Until then state is kept whenever so many of these moments have passed; 0 for no more often than usual.
    public let stride: Int

    /// A moment; all numbers count from 0.
    public init(stage: String, boundary: Int, milliseconds: Int = 0, stride: Int = 0) {
        precondition(
            boundary >= 0 && milliseconds >= 0 && stride >= 0,
            "\(boundary), \(milliseconds) and \(stride) count from 0")
        self.stage = stage
        self.boundary = boundary
        self.milliseconds = milliseconds
        self.stride = stride
    }

    /// The moment of a text, or nil; no number is above a thousand million.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.suffix(3).compactMap { Int($0) }.filter { (0...1_000_000_000).contains($0) }
        // A stage's name may hold colons, and is not empty.
        let stage = parts.dropLast(3).joined(separator: ":")
        guard numbers.count == 3, !stage.isEmpty else { return nil }
        self.init(stage: stage, boundary: numbers[0], milliseconds: numbers[1], stride: numbers[2])
    }

    public var description: String { "\(stage):\(boundary):\(milliseconds):\(stride)" }

    /// Ends the process where this is the moment.
    func pass(_ stage: String, _ boundary: Int) {
        guard stage == self.stage, boundary == self.boundary else { return }
        guard milliseconds > 0 else {
            kill(getpid(), SIGKILL)
            return
        }
        let delay = DispatchTimeInterval.milliseconds(milliseconds)
        DispatchQueue.global().asyncAfter(deadline: .now() + delay) { kill(getpid(), SIGKILL) }
    }
}
