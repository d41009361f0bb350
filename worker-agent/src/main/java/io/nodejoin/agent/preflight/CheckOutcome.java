package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.util.Optional;

/**
 * A check and what it found.
 *
 * @param code of a join that this outcome alone ends
 * @param ignored whether the host's owner wants it ignored
 */
public record CheckOutcome(HostCheck check, Verdict verdict, ErrorCode code, boolean ignored) {

    /** Whether a join ends here. */
    public boolean prevents() {
        return check.severity() == Severity.ERROR && !ignored && verdict instanceof Verdict.Failed;
    }

    /** What is reported, if there is anything to report. */
    public Optional<Finding> finding() {
        return switch (verdict) {
            case Verdict.Passed _, Verdict.Skipped _ -> Optional.empty();
            case Verdict.Failed failed
            when ignored ->
                Optional.of(new Finding(
                        check.name(), Severity.INFO, "ignored by the agent's configuration: " + failed.detail(), ""));
            case Verdict.Failed failed ->
                Optional.of(new Finding(check.name(), check.severity(), failed.detail(), check.remedy()));
        };
    }
}
