package io.nodejoin.testbed.demo;

import java.util.List;

/**
 * What the joins have left behind, by name. After an orderly end all of it is empty.
 *
 * @param tokens bootstrap token Secrets
 * @param jws signature keys in cluster-info
 * @param csrsUndecided certificate signing requests neither approved nor denied
 * @param nodesUnexpected Nodes that should not be there
 * @param hostResidue what is left on the host whose join failed
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
