package io.nodejoin.workflows.compensation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;

/** What a reset could not take back, in the words of an outcome. A host that has any is not free to be used again. */
public final class HostResidue {
    private HostResidue() {}

    public static List<String> describe(HostResult.HostReset reset) {
        return reset.residue().stream().map(HostResidue::describeFinding).toList();
    }

    private static String describeFinding(Finding finding) {
        return "Host: " + ErrorCode.HOST_ROLLBACK_INCOMPLETE + ": " + finding.detail() + " (" + finding.remedy() + ")";
    }
}
