package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;

/** What a reset could not take back, in the words of an outcome. A host that has any is not free to be used again. */
final class HostResidue {
    private HostResidue() {}

    static List<String> of(HostResult.HostReset done) {
        return done.residue().stream().map(HostResidue::line).toList();
    }

    private static String line(Finding left) {
        return "Host: " + ErrorCode.NEEDS_ATTENTION + ": " + left.detail() + " (" + left.remedy() + ")";
    }
}
