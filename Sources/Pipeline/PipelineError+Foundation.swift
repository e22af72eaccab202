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
