// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc

/// What a child reads that is to stop when this process is gone, however that happens: nothing, until its other end is
/// closed.
struct Lifeline {
    let pipe = Pipe()

    init() {
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        // Other children do not hold it open.
        _ = fcntl(descriptor, F_SETFD, fcntl(descriptor, F_GETFD) | FD_CLOEXEC)
    }
}
