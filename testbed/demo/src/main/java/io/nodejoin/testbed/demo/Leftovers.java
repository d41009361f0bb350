package io.nodejoin.testbed.demo;

import java.util.List;

/**
 * What joins have left behind, by name. All lists are empty if nothing is left.
 *
 * @param tokens bootstrap token Secrets
 * @param jws signature keys in cluster-info
 * @param csrsUndecided certificate signing requests neither approved nor denied
 * @param nodesUnexpected Nodes that should not be there
 * @param hostResidue leftovers on the host whose join failed
 */
record Leftovers(
        List<String> tokens,
        List<String> jws,
        List<String> csrsUndecided,
        List<String> nodesUnexpected,
        List<String> hostResidue) {
    Leftovers {
        tokens = List.copyOf(tokens);
        jws = List.copyOf(jws);
        csrsUndecided = List.copyOf(csrsUndecided);
        nodesUnexpected = List.copyOf(nodesUnexpected);
        hostResidue = List.copyOf(hostResidue);
    }
}
