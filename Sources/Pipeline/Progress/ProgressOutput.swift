// SPDX-License-Identifier: MIT

public import Foundation

/// Where progress is shown.
public protocol ProgressOutput: Sendable {
    /// How it is shown.
    var style: LogStyle { get }
    /// The terminal's width, or nil where lines cannot be rewritten, or are not to be.
    var columns: Int? { get }
    /// Whether colours are wanted.
    var usesColour: Bool { get }
    /// Writes text as it is.
    func write(_ text: String)
}

extension ProgressOutput {
    public var style: LogStyle { .auto }
}

/// Standard error as a place for progress.
public struct StandardError: ProgressOutput {
    public let style: LogStyle
    private let isTerminal: Bool
    /// Whether it is a terminal and `NO_COLOR` is unset or empty.
    public let usesColour: Bool

    /// Standard error, with colours and rewriting as the environment wants them.
    ///
    /// - Parameters:
    ///   - style: How progress is shown; but for ``LogStyle/auto`` no line is rewritten.
    ///   - environment: `NO_COLOR` (any text: no colours) and `TERM` (`dumb`: plain lines) count.
    public init(style: LogStyle = .auto, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.style = style
        isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        usesColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty
    }

    /// The terminal's width now, so that a resized window is respected; 80 when it does not say.
    public var columns: Int? {
        guard isTerminal, style == .auto else { return nil }
        var size = winsize()
        let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// Writes text as it is; a standard error that is closed swallows it.
    public func write(_ text: String) {
        // A closed standard error must not end a run of days; there is nowhere left to report it.
        try? DurableFile.writeAll(Data(text.utf8), to: STDERR_FILENO, path: "standard error")
    }
}
