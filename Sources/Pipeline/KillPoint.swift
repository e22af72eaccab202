// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc

/// A moment at which a process ends itself with SIGKILL, to find out whether its run can be continued.
///
/// Written `STAGE:BOUNDARY:MILLISECONDS:STRIDE`; what is left out at the end is 0.
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

    /// The moment of a text, or nil.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }
        guard (2...4).contains(parts.count), numbers.count == parts.count - 1 else { return nil }
        let filled = numbers + [0, 0]
        self.init(stage: String(parts[0]), boundary: filled[0], milliseconds: filled[1], stride: filled[2])
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
