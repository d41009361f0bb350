package io.nodejoin.workflows.compensation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;

/** The residue lines of a host's reset. A host with residue cannot be used again. */
public final class HostResidue {
    private HostResidue() {}

    public static List<String> describe(HostResult.HostReset reset) {
        return reset.residue().stream().map(HostResidue::describeFinding).toList();
    }

    private static String describeFinding(Finding finding) {
        return "Host: " + ErrorCode.HOST_ROLLBACK_INCOMPLETE + ": " + finding.detail() + " (" + finding.remedy() + ")";
    }
}
