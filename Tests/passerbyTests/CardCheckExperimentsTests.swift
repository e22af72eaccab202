// SPDX-License-Identifier: MIT

import Foundation
import Programs
import Testing

/// What `scripts/check-gpu` asks for, with a program that only plans it: a card's minutes are too dear to find there that an
/// experiment is refused. Sizes are a card's or the processor's.
@Suite struct `Experiments of a card's check` {
    @Test(arguments: ["cpu", "cuda"])
    func `can be run`(device: String) throws {
        let home = try TemporaryHome()
        let (program, calls) = (home.url.appendingPathComponent("program"), home.url.appendingPathComponent("calls"))
        try """
        #!/bin/bash
        if [ "$1" = doctor ]; then
            echo '{"processor": {"name": "", "cores": 2}, "libtorch": {"version": "", "cards": 1}, "cards": []}'
            exit
        fi
        words=()
        for word in "${@:3}"; do
            case "$word" in -*) ;; *=*) words+=("$word") ;; esac
        done
        said=$(XDG_CACHE_HOME=\(home.url.path) \(TemporaryHome.program().path) plan "$2" "${words[@]}" --no-calibration 2>&1)
        printf '%s %s %s\\n' $? "$(basename "$2" .yaml)" "$(tail -n 1 <<<"$said")" >>\(calls.path)
        exit 1
        """.write(to: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("scripts/check-gpu")
        let parts = "doctor,speed,busy,forecast,arithmetic,graphs,exchange,resume,quickstart"
        let check = try runToEnd([
            "env", "PASSERBY_PROGRAM=\(program.path)", "python3", script.path, "--device", device, "--parts", parts,
            "--limit", "900",
        ])
        let planned = try String(contentsOf: calls, encoding: .utf8).split(separator: "\n")
        for call in planned { #expect(call.hasPrefix("0 "), "\(call)\n\(check.output)\(check.messages)") }
        #expect(
            Set(planned.map { $0.split(separator: " ")[1] }) == [
                "speed", "busy", "personx2market1501", "visda", "quickstart", "spcl", "cluster-contrast", "spgan",
            ])
    }
}
