package io.nodejoin.agent.preflight;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import java.util.Optional;

/**
 * A check and its result.
 *
 * @param code the error code of a join that fails for this result alone
 * @param ignored whether the agent's configuration ignores the check
 */
public record CheckReport(HostCheck check, CheckResult result, ErrorCode code, boolean ignored) {

    /** Returns whether the result fails a join. */
    public boolean blocksJoin() {
        return check.severity() == Severity.ERROR && !ignored && result instanceof CheckResult.Failed;
    }

    /** Returns the finding to report, if there is one. */
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
