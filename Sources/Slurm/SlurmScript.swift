// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// The batch script of jobs, to be read and edited.
///
/// Its jobs are ordinary commands that share the work. Slurm warns them before their time is up; then they keep their state,
/// and go on in their next turn.
public struct SlurmScript: Sendable, Equatable {
    /// Seconds before the time limit that a worker is warned: some steps of training, and a checkpoint to be written.
    private static let notice = 120
    private static let mark = "# written: "

    /// The whole script.
    public let text: String

    /// - Parameters:
    ///   - folder: Where a job changes to, as a shell has to be given it.
    ///   - command: The worker's command line, likewise.
    init(of work: SlurmWork, jobs: Int, folder: String, command: String) {
        let settings = work.settings
        let body =
            Self.directives(of: work, jobs: jobs).map { "#SBATCH --\($0)\n" }.joined()
                + """

                cd \(folder) || exit 69

                # Slurm warns with USR2 before the time is up, and with TERM before it takes the job from its node. Either way the
                # worker keeps its state and ends with 75.
                worker='' warned='' signalled=''
                forward() { signalled=$1; if [ -n "$worker" ]; then kill -s "$1" "$worker" 2>/dev/null; fi; }
                trap 'warned=yes; forward USR2' USR2
                trap 'forward TERM' TERM

                \(settings.setup.map { $0 + "\n" }.joined())\(command) &
                worker=$!
                # One that came before there was a worker.
                [ -z "$signalled" ] || forward "$signalled"
                while :; do
                    signalled='' code=0
                    wait "$worker" || code=$?
                    # A signal ends the waiting, not the worker.
                    [ -n "$signalled" ] || break
                done

                """ + Self.end(settings)
        text = Self.heading(work) + Self.mark + Self.digest(of: body) + "\n" + body
    }

    private static func heading(_ work: SlurmWork) -> String {
        """
        #!/usr/bin/env bash
        # The jobs of the \(work.kind) '\(work.name)' for Slurm: each claims \(work.parts) until none is left.
        # '\(work.command) --launcher slurm' submits this file. It may be edited below the next line: then it is
        # submitted as it is, and written anew only with --rewrite-script.

        """
    }

    /// Without their dashes: the launcher's own, those of the file in their places, and then its others.
    private static func directives(of work: SlurmWork, jobs: Int) -> [String] {
        let settings = work.settings
        let own: [SlurmSettings.SbatchOption] = [
            .init("job-name", work.name), .init("array", "1-\(jobs)"), .init("chdir", work.folder.path),
            .init("output", "%A_%a.txt"), .init("open-mode", "append"), .init("requeue", nil),
            .init("signal", "B:USR2@\(notice)"),
        ]
        let kept = own.filter { option in
            !settings.without.contains(option.name) && !settings.options.contains { $0.name == option.name }
        }
        return (kept + settings.options).map { option in
            option.value.map { "\(option.name)=\(quoted($0))" } ?? option.name
        }
    }

    /// A value as `sbatch` reads it.
    private static func quoted(_ value: String) -> String {
        guard !value.allSatisfy({ $0.isLetter || $0.isNumber || "-_./:@%,=+[]".contains($0) }) else { return value }
        return "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private static func end(_ settings: SlurmSettings) -> String {
        guard settings.chain == 1 else {
            return """
                # This is submitted \(settings.chain) times, each after the one before: the next goes on.
                exit "$code"

                """
        }
        return """
            # Time is up, and there is more to do: this job queues again, and goes on. Its own number may be that of the whole array.
            job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}
            if [ -n "$warned" ] && [ "$code" -eq 75 ]; then scontrol requeue "${job:-$SLURM_JOB_ID}"; fi
            exit "$code"

            """
    }

    // MARK: What was edited

    /// Whether a script is as it was written, whatever settings it was written for.
    static func isUnedited(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: mark), let end = text[mark.upperBound...].firstIndex(of: "\n") else {
            return false
        }
        return text[mark.upperBound..<end] == digest(of: String(text[text.index(after: end)...]))
    }

    private static func digest(of body: String) -> String {
        String(ContentDigest(of: body).hexadecimal.prefix(16))
    }
}
