// SPDX-License-Identifier: MIT

internal import Foundation

extension PipelineError {
    /// The named error behind what Foundation throws from a stage's own writing, or nil for anything else.
    init?(cause: any Error) {
        guard let cause = cause as? CocoaError else { return nil }
        let path = cause.filePath ?? cause.url?.path ?? "a file of the run"
        switch cause.code {
        case .fileWriteOutOfSpace: self = .diskFull(path: path)
        case .fileWriteVolumeReadOnly, .fileWriteNoPermission: self = .readOnly(path: path)
        default: return nil
        }
    }
}

extension PipelineError {
    /// What the system said, of an error that Foundation wraps it in.
    static func systemReason(of error: any Error) -> String {
        guard let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error,
            (cause as NSError).domain == NSPOSIXErrorDomain
        else { return "\(error)" }
        return String(cString: strerror(Int32((cause as NSError).code)))
    }
}
