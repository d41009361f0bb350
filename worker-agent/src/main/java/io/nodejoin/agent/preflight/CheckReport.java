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
public record CheckReport(HostCheck check, CheckResult result, ErrorCode code, boolean ignored) {

    /** Whether a join ends here. */
    public boolean blocksJoin() {
        return check.severity() == Severity.ERROR && !ignored && result instanceof CheckResult.Failed;
    }

    /** What is reported, if there is anything to report. */
    public Optional<Finding> finding() {
        return switch (result) {
            case CheckResult.Passed _, CheckResult.Skipped _ -> Optional.empty();
            case CheckResult.Failed failed
            when ignored ->
                Optional.of(new Finding(
                        check.name(), Severity.INFO, "ignored by the agent's configuration: " + failed.detail(), ""));
            case CheckResult.Failed failed ->
                Optional.of(new Finding(check.name(), check.severity(), failed.detail(), check.remedy()));
        };
    }
}
